package parse

import (
	"bytes"
	"fmt"
	"strings"

	"postroom/desk"
)

// spare is something that is shown when a mail has no text of its own: an
// attached mail, or a text that a container holds.
type spare struct {
	mail  *part // an attached mail, read only when it is needed
	piece bodyPiece
}

// bodyOf gives what the message says, the notes in front.
func (r *reading) bodyOf(top *part) body {
	content := r.collect(top, true)
	if !content.says() {
		content.pieces = r.spareText(content.spare)
	}
	if len(content.notes) > 0 {
		note := bodyPiece{text: strings.Join(content.notes, "\n\n")}
		content.pieces = append([]bodyPiece{note}, content.pieces...)
	}
	return content
}

// spareCap is how many attached mails are shown as text.
const spareCap = 20

// spareText gives what stands for the text of a mail without any: all attached
// mails, as a digest has them, or the first text of another kind.
func (r *reading) spareText(list []spare) []bodyPiece {
	var pieces []bodyPiece
	for _, s := range list[:min(len(list), spareCap)] {
		switch {
		case s.mail != nil:
			pieces = append(pieces, bodyPiece{text: r.attachedMail(s.mail)})
		case len(pieces) == 0:
			pieces = append(pieces, s.piece)
		}
	}
	return pieces
}

// collectContainer opens the parts that hold other parts in a form of their
// own, and says in words what the others are that nobody could read. ok is
// false for every ordinary part.
func (r *reading) collectContainer(p *part) (content body, ok bool) {
	switch p.mediaType {
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		return r.collectSMIME(p), true
	case "application/ms-tnef", "application/vnd.ms-tnef":
		return r.collectTNEF(p), true
	case "text/calendar", "application/ics":
		r.leaves = append(r.leaves, p)
		return r.calendarBody(p), true
	case "message/rfc822", "message/global":
		r.leaves = append(r.leaves, p)
		return body{spare: []spare{{mail: p}}}, true
	case "message/partial":
		r.leaves = append(r.leaves, p)
		return textBody(r.partialWords(p)), true
	case "text/x-amp-html", "text/watch-html":
		return body{}, true // forms of the text for certain screens
	case "message/external-body":
		return textBody(r.externalWords(p)), true
	case "application/octet-stream":
		switch strings.ToLower(r.partName(p.dispParams, p.params)) {
		case "smime.p7m":
			return r.collectSMIME(p), true
		case "winmail.dat":
			return r.collectTNEF(p), true
		}
	}
	return body{}, false
}

// collectSMIME reads S/MIME as far as that goes without a key (RFC 8551):
// what is only signed is shown, what is encrypted is named.
func (r *reading) collectSMIME(p *part) body {
	container, ok := readCMS(undoTransfer(p.body, p.encoding))
	if ok && !container.encrypted && p.depth < r.opts.MaxDepth && r.parts < r.opts.MaxParts {
		if container.cut {
			r.defect("an S/MIME part is cut off, what could be read of it is shown")
			r.leaves = append(r.leaves, p)
		}
		return r.collect(r.readPart(container.content, p.depth+1, "text/plain"), true)
	}
	r.leaves = append(r.leaves, p)
	kind := strings.ToLower(p.params["smime-type"])
	switch {
	case container.encrypted, !ok && (kind == "" || strings.Contains(kind, "enveloped")):
		return textBody(encryptedWords("S/MIME", container.algorithm))
	default:
		r.defect("an S/MIME part cannot be read, it stays an attachment")
		return body{}
	}
}

// collectTNEF opens Outlook's winmail.dat: its files become attachments, its
// text is there for a mail without any. Where something in it could not be
// read, or nothing was found, it stays an attachment itself.
func (r *reading) collectTNEF(p *part) body {
	data := undoTransfer(p.body, p.encoding)
	t, ok := readTNEF(data, max(0, r.opts.MaxParts-len(r.leaves)))
	r.work += len(data) / 11
	if !ok || !t.complete {
		r.defect("winmail.dat is broken, what could be read of it is shown")
	}
	var content body
	if s, ok := r.tnefText(&t); ok {
		content.spare = []spare{s}
	}
	if !t.complete || len(t.files) == 0 {
		r.leaves = append(r.leaves, p)
	}
	r.leaves = append(r.leaves, t.files...)
	return content
}

// tnefText gives the best text of a winmail.dat.
func (r *reading) tnefText(t *tnef) (spare, bool) {
	switch {
	case len(t.text) > 0:
		return spare{piece: bodyPiece{text: r.capped(lineBreaks(bytes.TrimRight(t.text, "\x00")), t.charset)}}, true
	case len(t.html) > 0:
		return spare{piece: bodyPiece{html: r.capped(lineBreaks(t.html), t.charset), isHTML: true}}, true
	case len(t.rtf) > 0:
		rtf, cut := inflateRTF(t.rtf, r.textLeft)
		r.work += len(rtf)
		if cut {
			r.defect("the text is too long and was cut")
		}
		text, isHTML := readRTF(rtf)
		text = r.capped([]byte(text), "utf-8")
		if isHTML {
			return spare{piece: bodyPiece{html: text, isHTML: true}}, true
		}
		return spare{piece: bodyPiece{text: text}}, true
	default:
		return spare{}, false
	}
}

// capped decodes text and counts it against the cap.
func (r *reading) capped(data []byte, charset string) string {
	if len(data) > r.textLeft {
		r.defect("the text is too long and was cut")
		data = data[:r.textLeft]
	}
	text := r.decode(data, charset)
	r.textLeft = max(0, r.textLeft-len(text))
	return text
}

// attachedMail writes an attached mail as text, for a mail that consists of
// nothing else: somebody forwarded it that way.
func (r *reading) attachedMail(p *part) string {
	if p.depth >= r.opts.MaxDepth || r.parts >= r.opts.MaxParts {
		return ""
	}
	inner := r.readPart(skipEnvelope(undoTransfer(p.body, p.encoding)), p.depth+1, "text/plain")
	mine := r.leaves
	content := r.bodyOf(inner)
	r.leaves = mine // its attachments are inside of the attached mail
	var b strings.Builder
	b.WriteString("---------- Forwarded message ---------\n")
	for _, name := range []string{"From", "Date", "Subject", "To"} {
		if value := r.words(inner.header.text(strings.ToLower(name))); value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	for _, piece := range content.pieces {
		text := piece.text
		if piece.isHTML {
			text = joinLines(renderHTML(piece.html, r.opts.textCap(len(piece.html))).lines)
		}
		if text != "" {
			b.WriteString("\n" + text + "\n")
		}
	}
	return b.String()
}

// partialWords tells of a piece of a mail that was cut up (RFC 2046 section
// 5.2.2).
func (r *reading) partialWords(p *part) string {
	number, total := r.words(p.params["number"]), r.words(p.params["total"])
	if total != "" {
		total = " of " + clip(total, 10)
	}
	return "[Piece " + clip(number, 10) + total + " of a mail that was sent in pieces. It is in the attachment.]"
}

// externalWords tells where content is that was not sent along (RFC 2046
// section 5.2.3, RFC 2017).
func (r *reading) externalWords(p *part) string {
	access := strings.ToLower(p.params["access-type"])
	place := p.params["url"]
	if place == "" {
		place = strings.Trim(strings.Join([]string{p.params["site"], p.params["directory"], p.params["name"]}, "/"), "/")
	}
	place = strings.Join(strings.Fields(r.words(place)), "")
	if access == "" {
		access = "unknown"
	}
	return fmt.Sprintf("[What belongs here was not sent along. It is kept at: %s (%s)]", clip(place, targetCap), clip(r.words(access), 40))
}

// withoutForks leaves out of an AppleDouble (RFC 1740) the part that only
// holds what a Macintosh knows about the file beside it.
func withoutForks(p *part) *part {
	left := *p
	left.children = nil
	for _, child := range p.children {
		if child.mediaType != "application/applefile" {
			left.children = append(left.children, child)
		}
	}
	if len(left.children) == 0 {
		return p
	}
	return &left
}

// mailboxWords gives a mailbox as people write it.
func mailboxWords(box desk.Mailbox) string {
	switch {
	case box.Name == "":
		return box.Addr
	case box.Addr == "":
		return box.Name
	default:
		return box.Name + " <" + box.Addr + ">"
	}
}
