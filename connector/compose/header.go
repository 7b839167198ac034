package compose

import (
	"bytes"
	"fmt"
	"strings"

	"postroom/desk"
)

const (
	// foldAt is where lines of the header should end (RFC 5322 2.1.1).
	foldAt = 78
	// idCap keeps a line with one id on it below the limit of 998.
	idCap = 900
)

// header writes the fields of a mail. After the first error it writes nothing
// more.
type header struct {
	buf bytes.Buffer
	err error
}

func (h *header) fail(code, format string, args ...any) {
	if h.err == nil {
		h.err = &desk.Error{Kind: desk.Invalid, Code: code, Message: fmt.Sprintf(format, args...), Hint: "Change it and send again."}
	}
}

// unclean refuses what could begin a new line, and with it a new field.
func (h *header) unclean(field, value string) bool {
	if !strings.ContainsAny(value, "\r\n\x00") {
		return false
	}
	h.fail("BAD_HEADER", "%s must not contain a line break: %q.", field, value)
	return true
}

// text writes an unstructured field (RFC 5322 3.6.5).
func (h *header) text(field, value string) {
	if h.unclean(field, value) {
		return
	}
	if plainText(value) {
		h.write(field, strings.Split(value, " "))
		return
	}
	h.write(field, encodedWords(value))
}

// mailboxes writes an address field (RFC 5322 3.6.3); nothing without any.
func (h *header) mailboxes(field string, list []desk.Mailbox) {
	var words []string
	for i, m := range list {
		if h.unclean(field, m.Name) {
			return
		}
		addr, err := Address(m.Addr)
		if err != nil {
			h.fail("BAD_RECIPIENT", "%q in %s is not a mail address.", m.Addr, field)
			return
		}
		name := phrase(m.Name)
		if len(name) > 0 {
			addr = "<" + addr + ">"
		}
		if i < len(list)-1 {
			addr += ","
		}
		words = append(append(words, name...), addr)
	}
	if len(words) > 0 {
		h.write(field, words)
	}
}

// ids writes a field of Message-IDs (RFC 5322 3.6.4), the newest ones when
// there are too many. What is no id is left out: it came in from outside.
func (h *header) ids(field string, list []string) {
	var words []string
	for _, id := range list {
		if isMessageID(id) {
			words = append(words, "<"+id+">")
		}
	}
	if len(words) > 0 {
		h.write(field, words[max(0, len(words)-maxReferences):])
	}
}

// write folds the words of a field into lines; between two words there is one
// blank.
func (h *header) write(field string, words []string) {
	if h.err != nil {
		return
	}
	line := field + ":"
	for i, w := range words {
		if i > 0 && len(line)+1+len(w) > foldAt {
			h.buf.WriteString(line + "\r\n")
			line = ""
		}
		line += " " + w
	}
	h.buf.WriteString(line + "\r\n")
}

// isMessageID knows the msg-id of RFC 5322 3.6.4 without its brackets. Dots may
// stand anywhere: mail programs put them everywhere.
func isMessageID(id string) bool {
	left, right, ok := strings.Cut(id, "@")
	if !ok || left == "" || right == "" || len(id) > idCap {
		return false
	}
	if strings.HasPrefix(right, "[") && strings.HasSuffix(right, "]") {
		right = strings.NewReplacer(":", "").Replace(right[1 : len(right)-1])
	}
	return right != "" && onlyAtoms(left) && onlyAtoms(right)
}

// onlyAtoms tells whether s is made of atext (RFC 5322 3.2.3) and dots.
func onlyAtoms(s string) bool {
	for i := range len(s) {
		if !isAtext(s[i]) && s[i] != '.' {
			return false
		}
	}
	return true
}

func isAtext(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}
