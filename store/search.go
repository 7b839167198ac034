package store

import (
	"strconv"
	"strings"

	"postroom/desk"
)

// What full text search finds: subject, names and addresses, the new text and
// signature of a mail (never what it quotes) and the names of its attachments;
// and the texts of notes, in rows of their own.

const (
	addSearch    = `INSERT INTO search (rowid, scope, subject, sender, recipients, body, files) VALUES (?, ?, ?, ?, ?, ?, ?)`
	removeSearch = `DELETE FROM search WHERE rowid = ?`
)

// maxIndexed is how much of one text is indexed: what is longer is no letter.
const maxIndexed = 256 << 10

// scopeOf is the token by which every search limits itself to an inbox. It is
// a bare number: too short to fill the prefix index.
func scopeOf(in desk.InboxID) string { return strconv.FormatInt(int64(in), 10) }

// noteScope marks the rows of notes besides their inbox, so that a search for
// what customers wrote can leave them out.
const noteScope = " n"

func (w *writer) indexMessage(m desk.Message) error {
	body := m.Mail.Text
	if m.Mail.Signature != "" {
		body += "\n" + m.Mail.Signature
	}
	var files []string
	for _, a := range m.Mail.Attachments {
		files = append(files, a.Filename)
	}
	return w.do(addSearch, m.ID, scopeOf(m.Inbox), atMost(m.Mail.Subject, maxIndexed), boxes(m.Mail.From),
		boxes(m.Mail.To, m.Mail.Cc, m.Mail.Bcc), atMost(body, maxIndexed), strings.Join(files, "\n"))
}

func (w *writer) indexNote(n desk.Note) error {
	return w.do(addSearch, n.ID, scopeOf(n.Inbox)+noteScope, "", "", "", atMost(n.Text, maxIndexed), "")
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
