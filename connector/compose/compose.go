package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"postroom/desk"
)

// Options say how a mail is to look.
type Options struct {
	// PlainOnly leaves the HTML part out.
	PlainOnly bool
}

// maxReferences is how many ids of the conversation a mail refers to.
const maxReferences = 50

// Build makes the mail of an outbox row. Its Date is the given time. Bcc is
// never written: those recipients are in the envelope alone. An error is a
// [desk.Error] of kind Invalid that names what cannot be sent.
func Build(out desk.Outgoing, now time.Time, opts Options) ([]byte, error) {
	var h header
	h.text("Date", now.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	h.mailboxes("From", []desk.Mailbox{out.From})
	if out.ReplyTo != "" {
		h.mailboxes("Reply-To", []desk.Mailbox{{Name: out.From.Name, Addr: out.ReplyTo}})
	}
	switch {
	case len(out.To) > 0:
		h.mailboxes("To", out.To)
	case len(out.Cc) == 0:
		// A mail to hidden recipients alone: an empty group is what RFC 5322
		// A.1.3 has for them, and servers that want a To are content.
		h.write("To", []string{"undisclosed-recipients:;"})
	}
	h.mailboxes("Cc", out.Cc)
	h.text("Subject", out.Subject)
	if !isMessageID(out.HeaderID) {
		h.fail("BAD_MESSAGE_ID", "%q is no Message-ID.", out.HeaderID)
	}
	h.ids("Message-ID", []string{out.HeaderID})
	h.ids(desk.OwnIDField, []string{out.HeaderID})
	h.ids("In-Reply-To", []string{out.InReplyTo})
	h.ids("References", out.References)
	switch { // so that nobody's absence note answers it (RFC 3834 5)
	case out.Test():
		h.text("Auto-Submitted", "auto-generated")
	case out.Automatic():
		h.text("Auto-Submitted", "auto-replied")
	}
	h.text("MIME-Version", "1.0")
	if h.err != nil {
		return nil, h.err
	}
	parts := []part{{"text/plain", cleanBody(out.Body())}}
	if !opts.PlainOnly {
		page, err := htmlPage(parts[0].text)
		if err != nil {
			return nil, fmt.Errorf("turn Markdown into HTML: %w", err)
		}
		parts = append(parts, part{"text/html", page})
	}
	return assemble(h.buf.Bytes(), parts, out.HeaderID), nil
}

// part is one form of the text, with LF line ends.
type part struct{ mediaType, text string }

// assemble puts the parts behind the header, the plainest first (RFC 2046
// 5.1.4).
func assemble(head []byte, parts []part, id string) []byte {
	var whole bytes.Buffer
	whole.Write(head)
	if len(parts) == 1 {
		parts[0].write(&whole)
		return whole.Bytes()
	}
	var bodies []string
	for _, p := range parts {
		var b bytes.Buffer
		p.write(&b)
		bodies = append(bodies, b.String())
	}
	mark := boundary(id, bodies)
	fmt.Fprintf(&whole, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", mark)
	for _, b := range bodies {
		// The line break before a boundary belongs to the boundary.
		fmt.Fprintf(&whole, "--%s\r\n%s\r\n", mark, b)
	}
	fmt.Fprintf(&whole, "--%s--\r\n", mark)
	return whole.Bytes()
}

// boundary derives the line between the parts from the Message-ID, so that
// the same mail is made of the same bytes each time.
func boundary(id string, bodies []string) string {
	seed := id
	for {
		sum := sha256.Sum256([]byte(seed))
		mark := "=_" + hex.EncodeToString(sum[:16])
		if !strings.Contains(strings.Join(bodies, "\n"), mark) {
			return mark
		}
		seed = mark
	}
}
