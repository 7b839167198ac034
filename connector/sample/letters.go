package sample

import (
	"encoding/base64"
	"fmt"
	"mime"
	"strings"
	"time"
)

// letter is one mail of the sample office before it becomes bytes.
type letter struct {
	from, to      string // "Name <addr>" with the name still unencoded
	subject, text string
	id, inReplyTo string
	at            time.Time
	attach        string
	html          bool
	extra         string // further header lines, each with its CRLF
}

// bytes writes the letter as RFC 5322.
func (l letter) bytes() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s>\r\n",
		encodeMailbox(l.from), encodeMailbox(l.to), mime.QEncoding.Encode("utf-8", l.subject), l.at.Format(time.RFC1123Z), l.id)
	if l.inReplyTo != "" {
		fmt.Fprintf(&b, "In-Reply-To: <%s>\r\nReferences: <%s>\r\n", l.inReplyTo, l.inReplyTo)
	}
	b.WriteString(l.extra + "MIME-Version: 1.0\r\n")
	body := part("text/plain; charset=utf-8", "", []byte(strings.ReplaceAll(l.text, "\n", "\r\n")))
	const edge = "=_postroom_sample"
	switch {
	case l.attach != "":
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n%s\r\n--%s\r\n%s\r\n--%s--\r\n", edge, edge, body, edge,
			part(typeOf(l.attach), l.attach, []byte("A sample file called "+l.attach+".\r\n")), edge)
	case l.html:
		fmt.Fprintf(&b, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n--%s\r\n%s\r\n--%s\r\n%s\r\n--%s--\r\n", edge, edge, body, edge,
			part("text/html; charset=utf-8", "", []byte(asHTML(l.text))), edge)
	default:
		b.WriteString(body)
	}
	return []byte(b.String())
}

func part(contentType, name string, data []byte) string {
	head := "Content-Type: " + contentType + "\r\n"
	if name != "" {
		head = fmt.Sprintf("Content-Type: %s; name=\"%s\"\r\nContent-Disposition: attachment; filename=\"%s\"\r\n", contentType, name, name)
	}
	var b strings.Builder
	b.WriteString(head + "Content-Transfer-Encoding: base64\r\n\r\n")
	for enc := base64.StdEncoding.EncodeToString(data); enc != ""; {
		n := min(76, len(enc))
		b.WriteString(enc[:n] + "\r\n")
		enc = enc[n:]
	}
	return b.String()
}

func typeOf(file string) string {
	if strings.HasSuffix(file, ".pdf") {
		return "application/pdf"
	}
	return "image/jpeg"
}

func asHTML(text string) string {
	esc := strings.NewReplacer("&", "&amp;", "<", "&lt;", "\n\n", "</p><p>", "\n", "<br>").Replace(text)
	return "<html><body><p>" + esc + "</p></body></html>"
}

// encodeMailbox turns `Name <addr>` into a header value.
func encodeMailbox(s string) string {
	name, addr, ok := strings.Cut(s, " <")
	if !ok {
		return s
	}
	return mime.QEncoding.Encode("utf-8", name) + " <" + addr
}

// quote is a text as the clients of customers quote it below an answer.
func quote(text, who string, at time.Time) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight("> "+l, " ")
	}
	return fmt.Sprintf("\n\nOn %s, %s wrote:\n\n%s\n", at.Format("Mon, 2 Jan 2006 at 15:04"), who, strings.Join(lines, "\n"))
}
