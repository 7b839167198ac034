package compose

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime/quotedprintable"
	"strings"
)

const (
	// plainLine is how long a line may be that goes out as it is. The limit
	// of the protocol is 998, but who knows what stands in between.
	plainLine = 78
	// base64Line is the width RFC 2045 6.8 gives.
	base64Line = 76
)

// cleanBody gives a text the line ends LF only, takes out NUL and makes it
// valid UTF-8. A bare CR, which some servers take for a line end and others do
// not, becomes one: two servers that disagree about lines are how a second
// mail is smuggled in (promises A11).
func cleanBody(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(s)
	s = strings.ToValidUTF8(s, "\uFFFD")
	if !strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	return s
}

// write writes the part with its own header, in the encoding that fits.
func (p part) write(b *bytes.Buffer) {
	field := func(encoding string) {
		fmt.Fprintf(b, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", p.mediaType, encoding)
	}
	text := strings.ReplaceAll(p.text, "\n", "\r\n")
	// "From " at the start of a line is changed by mail stores of the mbox
	// kind; only base64 hides it.
	from := strings.HasPrefix(p.text, "From ") || strings.Contains(p.text, "\nFrom ")
	if !from && sevenBit(p.text) {
		field("7bit")
		b.WriteString(text)
		return
	}
	if quoted := quotedPrintable(text); !from && len(quoted) <= len(text)*4/3+len(text)/20 {
		field("quoted-printable")
		b.WriteString(quoted)
		return
	}
	field("base64")
	code := base64.StdEncoding.EncodeToString([]byte(text))
	for len(code) > 0 {
		n := min(base64Line, len(code))
		b.WriteString(code[:n] + "\r\n")
		code = code[n:]
	}
}

// sevenBit tells whether a text passes every server unchanged as it is.
func sevenBit(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if len(line) > plainLine || strings.HasSuffix(line, " ") && line != "-- " || strings.HasSuffix(line, "\t") {
			return false
		}
		for i := range len(line) {
			if line[i] < ' ' && line[i] != '\t' || line[i] >= 0x7f {
				return false
			}
		}
	}
	return true
}

// quotedPrintable encodes text with CRLF line ends (RFC 2045 6.7).
func quotedPrintable(text string) string {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	// Writing to a buffer does not fail.
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}
