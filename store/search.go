package store

import (
	"slices"
	"strconv"
	"strings"

	"postroom/desk"
)

// What full text search finds: subject, names and addresses, the new text and
// signature of a mail (never what it quotes) and the names of its attachments;
// and the texts of notes, in rows of their own.

// fullText is how a database searches.
type fullText struct {
	// and, or and without join two searches: both, one of them, the first but
	// not the second.
	and, or, without string
	// leaf looks for the words of a text, next to each other; prefix says that
	// the last one may go on. There is a word in the text.
	leaf func(in field, text string, prefix bool) string
	// scope looks for what stands in one of the scopes.
	scope func(tokens []string) string
	// add puts a row into the index, with these values; remove takes one out,
	// removeIn all whose ids are greater than one and not greater than another.
	add, remove, removeIn string
	// check fails where the index itself is damaged, and empty empties it then;
	// no statement where the index is a table like others.
	check, empty string
	// segments counts the parts the index consists of; no statement where it
	// keeps itself tidy.
	segments string
	values   func(searchRow) []any
	// messageHit and noteHit are the newest hit of a conversation behind one.
	messageHit, noteHit string
	// hasWord and noteHasWord are predicates on the conversation c: they ask
	// its messages and notes for a word. A note has no sender, so addresses are
	// asked of messages only. OTHER leaves out a message that is known not to
	// have it, HIT is a predicate on the message.
	hasWord, noteHasWord string
}

// maxIndexed is how much of one text is indexed: what is longer is no letter.
const maxIndexed = 256 << 10

// scopeOf is the token by which every search limits itself to an inbox: the one
// a message was in when it was indexed, which may have gone into another one
// since ([reader.inIndex]). It is a bare number: too short to fill the prefix
// index.
func scopeOf(in desk.InboxID) string { return strconv.FormatInt(int64(in), 10) }

// noteScope marks the rows of notes besides their inbox, so that a search for
// what customers wrote can leave them out.
const noteScope = " n"

// searchRow is a row of the index that waits for the end of its transaction.
type searchRow struct {
	id                                              desk.MessageID
	scope, subject, sender, recipients, body, files string
}

func (w *writer) indexMessage(m desk.Message) {
	body := m.Mail.Text
	if m.Mail.Signature != "" {
		body += "\n" + m.Mail.Signature
	}
	var files []string
	for _, a := range m.Mail.Attachments {
		files = append(files, a.Filename)
	}
	w.search = append(w.search, searchRow{
		m.ID, scopeOf(m.Inbox), atMost(m.Mail.Subject, maxIndexed), boxes(m.Mail.From),
		boxes(m.Mail.To, m.Mail.Cc, m.Mail.Bcc), atMost(body, maxIndexed), strings.Join(files, "\n"),
	})
}

func (w *writer) indexNote(n desk.Note) {
	w.search = append(w.search, searchRow{id: n.ID, scope: scopeOf(n.Inbox) + noteScope, body: atMost(n.Text, maxIndexed)})
}

// unindex takes a message or note out of the index.
func (w *writer) unindex(id desk.MessageID) error {
	w.search = slices.DeleteFunc(w.search, func(r searchRow) bool { return r.id == id })
	return w.do(w.dialect.text.remove, id)
}

// flushSearch writes the waiting rows, all together: SQLite tells the index of
// every statement in between, and each time it would write what it has
// gathered to disk, which costs half of all the time of receiving mail.
func (w *writer) flushSearch() error {
	for _, r := range w.search {
		if err := w.do(w.dialect.text.add, w.dialect.text.values(r)...); err != nil {
			return err
		}
	}
	w.search = nil
	return nil
}

// List is [reader.List]; it finds what this transaction has added.
func (w *writer) List(viewer desk.UserID, v desk.View, win desk.Window) (desk.Page, error) {
	if err := w.flushSearch(); err != nil {
		return desk.Page{}, err
	}
	return w.reader.List(viewer, v, win)
}

// boxes are names and addresses as one text.
func boxes(lists ...[]desk.Mailbox) string {
	var b strings.Builder
	for _, list := range lists {
		for _, m := range list {
			b.WriteString(m.Name + " " + m.Addr + "\n")
		}
	}
	return atMost(b.String(), maxIndexed)
}
