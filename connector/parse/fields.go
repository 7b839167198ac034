package parse

import (
	"bytes"
	"strings"

	"postroom/desk"
)

const (
	// maxFields and maxFieldValue bound what is kept of a header for rules.
	maxFields     = 200
	maxFieldValue = 1000
)

// fieldsOf are the fields of a header that a rule can ask for. Signatures and
// the seals of forwarding servers say nothing to a person and are left out.
func (r *reading) fieldsOf(h *header) []desk.Field {
	list := make([]desk.Field, 0, min(len(h.fields), maxFields))
	for i := range h.fields {
		if len(list) == maxFields {
			break
		}
		f := &h.fields[i]
		if isSeal(f.name) {
			continue
		}
		value := unfold(f.value[:min(len(f.value), 4*maxFieldValue)])
		if strings.Contains(value, "=?") {
			value = r.words(value)
		} else {
			value = tidy(r.rawText(value))
		}
		if len(value) > maxFieldValue {
			value = strings.ToValidUTF8(value[:maxFieldValue], "")
		}
		list = append(list, desk.Field{Name: string(f.name), Value: value})
	}
	return list
}

// isSeal recognises the fields of RFC 6376 and RFC 8617.
func isSeal(name []byte) bool {
	return sameName(name, "dkim-signature") || len(name) > 4 && bytes.EqualFold(name[:4], []byte("arc-"))
}
