package parse

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"postroom/desk"
)

// describe measures one attached part.
func (r *reading) describe(p *part, number int) desk.Attachment {
	name := safeName(r.partName(p.dispParams, p.params))
	if name == "" && p.encoding == "x-uuencode" {
		name = uuName(p.body)
	}
	if name == "" && isMessage(p.mediaType) {
		name = r.attachedSubject(p)
	}
	if name == "" {
		name = plainName(p.mediaType, number)
	}
	size, sum := measure(p)
	return desk.Attachment{
		Filename:    name,
		ContentType: p.mediaType,
		Size:        size,
		SHA256:      sum,
		ContentID:   contentID(p.header.text("content-id")),
		Inline:      isInline(p),
	}
}

func isMessage(mediaType string) bool {
	return mediaType == "message/rfc822" || mediaType == "message/global"
}

// isInline tells whether the part is meant to be seen inside the text: marked
// inline, or an image that the HTML can refer to.
func isInline(p *part) bool {
	switch p.disposition {
	case "inline":
		return true
	case "":
		return p.header.has("content-id") && strings.HasPrefix(p.mediaType, "image/")
	default:
		return false
	}
}

func contentID(value string) string {
	return cleanID(value)
}

// attachedSubject names an attached mail after its subject.
func (r *reading) attachedSubject(p *part) string {
	// Its header stands in the first bytes; the rest need not be decoded here.
	head := p.body[:min(len(p.body), 64<<10)]
	h, _ := splitHeader(skipEnvelope(undoTransfer(head, p.encoding)), r.opts.MaxHeader)
	subject := strings.NewReplacer("/", "_", `\`, "_").Replace(r.words(h.text("subject")))
	if name := safeName(clip(subject, 120)); name != "" {
		return name + ".eml"
	}
	return ""
}

// measure gives the decoded size and digest of a part without holding it.
func measure(p *part) (int64, string) {
	digest := sha256.New()
	var size int64
	if p.encoding != "base64" {
		data := undoTransfer(p.body, p.encoding)
		digest.Write(data)
		size = int64(len(data))
	} else {
		const piece = 48 << 10
		var stream base64Stream
		buffer := make([]byte, 0, min(len(p.body), piece)/4*3+6)
		for src := p.body; len(src) > 0; {
			n := min(len(src), piece)
			data := stream.decode(buffer[:0], src[:n])
			digest.Write(data)
			size += int64(len(data))
			src = src[n:]
		}
		data := stream.end(buffer[:0])
		digest.Write(data)
		size += int64(len(data))
	}
	return size, hex.EncodeToString(digest.Sum(nil))
}

// AttachmentData gives the decoded bytes of the n-th attachment of a message
// (RFC 2045 section 6), counted from 0 in the order of desk.Mail.Attachments.
// The caps are the default ones.
func AttachmentData(raw []byte, n int) ([]byte, error) {
	r := newReading(raw, Options{})
	top := r.readTop(raw)
	r.collect(top, true)
	if n < 0 || n >= len(r.leaves) {
		return nil, fmt.Errorf("the message has %d attachments, there is none with number %d", len(r.leaves), n)
	}
	p := r.leaves[n]
	return undoTransfer(p.body, p.encoding), nil
}
