package parse

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"postroom/desk"
)

// ErrNoMessage is what [Check] gives for bytes that are no mail at all.
var ErrNoMessage = errors.New("no message")

// Check tells whether raw is a message at all (RFC 5322 section 2.1). It gives
// an error that wraps [ErrNoMessage] only where there is nothing to read: no
// bytes, or only blanks or NUL bytes. Everything else [Parse] can read.
func Check(raw []byte) error {
	if len(bytes.Trim(raw, "\x00\r\n\t \v\f")) == 0 {
		return fmt.Errorf("%w: there is nothing but blanks", ErrNoMessage)
	}
	return nil
}

// notText tells whether the beginning of b is no text in any charset.
func notText(b []byte) bool {
	b = b[:min(len(b), sampleSize)]
	odd := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b && c != '\f' || c == 0x7f {
			odd++
		}
	}
	return odd*20 > len(b)
}

// Parse reads a message (RFC 5322, RFC 2045 to 2049). It reads whatever it is
// given: it never refuses, never panics and takes linear time. What was broken
// is told in the Defects of the result.
func Parse(raw []byte, opts Options) (mail desk.Mail) {
	defer func() {
		// A mistake in this package must cost one mail its form, not the inbox
		// its sync.
		if cause := recover(); cause != nil {
			mail = emptyMail()
			mail.BodyText = RawText(raw, len(raw))
			mail.Text = mail.BodyText
			mail.Defects = []string{"the message could not be read and is shown raw"}
		}
	}()
	return parse(raw, opts)
}

// parse is Parse without the safety net, so that tests and fuzzers fall.
func parse(raw []byte, opts Options) desk.Mail {
	return newReading(raw, opts).read(raw)
}

func (r *reading) read(raw []byte) desk.Mail {
	top := r.readTop(raw)
	mail := emptyMail()
	r.hint = r.charsetHint(top)
	r.readHeader(&mail, &top.header)
	r.readBody(&mail, top)
	for i, p := range r.leaves {
		mail.Attachments = append(mail.Attachments, r.describe(p, i+1))
	}
	mail.Auto = r.automatic(&mail, top)
	mail.Defects = append(mail.Defects, r.defects...)
	return mail
}

// readTop reads the message itself. Binary data without a header are shown as
// the attachment they probably were.
func (r *reading) readTop(raw []byte) *part {
	top := r.readPart(skipEnvelope(raw), 0, "text/plain")
	if len(top.header.fields) == 0 && notText(top.body) {
		r.defect("the mail is binary data and no text")
		top.mediaType = "application/octet-stream"
	}
	return top
}

// emptyMail has every list empty instead of nil, as the JSON form wants it.
func emptyMail() desk.Mail {
	return desk.Mail{
		InReplyTo: []string{}, References: []string{},
		From: []desk.Mailbox{}, ReplyTo: []desk.Mailbox{}, To: []desk.Mailbox{}, Cc: []desk.Mailbox{},
		Attachments: []desk.Attachment{}, Defects: []string{},
		Auto: desk.Auto{Kind: desk.AutoNone, Recipients: []desk.AutoRecipient{}},
	}
}

// reading is the state of one Parse.
type reading struct {
	opts     Options
	parts    int
	work     int    // steps of the loops that hostile mail aims at, for a test
	textLeft int    // decoded text that may still be made
	hint     string // the charset to guess for bytes that name none
	leaves   []*part
	defects  []string
}

// defectCap is how many defects are told; a broken mail can have thousands.
const defectCap = 30

func newReading(raw []byte, opts Options) *reading {
	opts = opts.withDefaults()
	return &reading{opts: opts, textLeft: opts.textCap(len(raw))}
}

func (r *reading) defect(text string) {
	if len(r.defects) >= defectCap {
		return
	}
	text = clean(text)
	for _, d := range r.defects {
		if d == text {
			return
		}
	}
	r.defects = append(r.defects, text)
}

// readHeader fills everything that stands in the header (RFC 5322 section 3.6).
func (r *reading) readHeader(mail *desk.Mail, h *header) {
	r.headerDefects(h)
	mail.Subject = r.words(h.text("subject"))
	mail.From = r.addressField(h, "from")
	mail.ReplyTo = r.addressField(h, "reply-to")
	mail.To = r.addressField(h, "to")
	mail.Cc = r.addressField(h, "cc")
	mail.Bcc = r.addressField(h, "bcc")
	if len(mail.From) == 0 {
		// RFC 5322 section 3.6.2 lets Sender stand beside From; alone it is
		// the best that is known.
		mail.From = r.addressField(h, "sender")
	}
	r.readIdentity(mail, h)
	r.readDate(mail, h)
	mail.DeliveredTo = r.deliveredTo(h)
	for _, value := range h.all("authentication-results") {
		mail.AuthResults = append(mail.AuthResults, tidy(r.rawText(value)))
	}
	mail.Fields = r.fieldsOf(h)
}

func (r *reading) headerDefects(h *header) {
	switch {
	case len(h.fields) == 0:
		r.defect("no header")
		return
	case h.garbled:
		r.defect("a line of the header is no field")
	}
	if h.open {
		r.defect("no blank line between header and body")
	}
	if !h.has("from") {
		r.defect("no From header")
	}
	for _, name := range []string{"From", "Subject", "Date", "To", "Message-ID"} {
		count := 0
		lower := strings.ToLower(name)
		for i := range h.fields {
			if sameName(h.fields[i].name, lower) {
				count++
			}
		}
		if count > 1 {
			r.defect("more than one " + name + " header, the first is read")
		}
	}
}

func (r *reading) addressField(h *header, name string) []desk.Mailbox {
	list := []desk.Mailbox{}
	left := addressCap
	for i := range h.fields {
		if !sameName(h.fields[i].name, name) || left <= 0 {
			continue
		}
		if name == "from" && len(list) > 0 {
			break
		}
		value := unfold(h.fields[i].value)
		left -= len(value)
		list = append(list, r.addresses(value)...)
	}
	return list
}

func (r *reading) readIdentity(mail *desk.Mail, h *header) {
	if value, ok := h.get("message-id"); !ok {
		r.missing(h, "Message-ID")
	} else {
		id, defect := ownID(value)
		mail.MessageID = id
		if defect != "" {
			r.defect(defect)
		}
	}
	mail.InReplyTo = messageIDs(h.text("in-reply-to"))
	mail.References = messageIDs(strings.Join(h.all("references"), " "))
	if value, ok := h.get(strings.ToLower(desk.OwnIDField)); ok {
		mail.OwnID, _ = ownID(value) // one that is none of ours is found by nobody
	}
}

func (r *reading) readDate(mail *desk.Mail, h *header) {
	value, ok := h.get("date")
	if !ok {
		r.missing(h, "Date")
		return
	}
	date, zoned, ok := parseDate(value)
	if !ok {
		r.defect("the Date header cannot be read")
		return
	}
	if !zoned {
		r.defect("the Date header has no zone, read as UTC")
	}
	mail.Date = date
}

// missing tells of a field that every message should have. Where there is no
// header at all, that has been told.
func (r *reading) missing(h *header, name string) {
	if len(h.fields) > 0 {
		r.defect("no " + name + " header")
	}
}

// deliveredTo gathers the envelope recipients, each once.
func (r *reading) deliveredTo(h *header) []string {
	var list []string
	seen := map[string]bool{}
	for _, name := range []string{"delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "apparently-to"} {
		for _, value := range h.all(name) {
			for _, box := range r.addresses(value) {
				folded := desk.FoldAddress(box.Addr)
				if strings.Contains(folded, "@") && !seen[folded] {
					seen[folded] = true
					list = append(list, box.Addr)
				}
			}
		}
	}
	return list
}

// readBody fills the texts from the tree of parts.
func (r *reading) readBody(mail *desk.Mail, top *part) {
	content := r.bodyOf(top)
	var lines []line
	var html []string
	for _, piece := range content.pieces {
		if piece.html != "" {
			html = append(html, piece.html)
		}
		var more []line
		switch {
		case piece.isHTML:
			rendered := renderHTML(piece.html, r.opts.textCap(len(piece.html)))
			r.work += rendered.work
			if rendered.cut {
				r.defect("the text of the HTML is too long and was cut")
			}
			more = rendered.lines
		case piece.text != "":
			more = textLines(piece.text, lineCap+1-len(lines))
		}
		if len(lines) > 0 && len(more) > 0 {
			lines = append(lines, line{})
		}
		if len(lines) == 0 {
			lines = more
		} else {
			lines = append(lines, more...)
		}
	}
	mail.BodyHTML = strings.Join(html, "\n")
	mail.BodyText = joinLines(lines)
	if len(content.pieces) == 1 && content.pieces[0].text != "" {
		mail.BodyText = content.pieces[0].text
	}
	if len(lines) > lineCap {
		r.defect("too many lines to find quotes among them")
		mail.Text = mail.BodyText
		return
	}
	r.split(mail, lines)
}

// RawText gives readable text of any bytes, valid UTF-8 and at most limit
// bytes long, for a conversation whose message could not be read.
func RawText(raw []byte, limit int) string {
	text, _ := decodeUnicode(lineBreaks(raw[:min(len(raw), max(limit, 0))]), "", "")
	text = strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return -1
		}
		return c
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return clip(text, limit)
}

// clip cuts s to at most n bytes without cutting a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:max(n, 0)]
}
