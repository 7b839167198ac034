package parse

import "strings"

const (
	// idCap is the longest Message-ID worth keeping: a line of RFC 5322.
	idCap = 998
	// idsCap is how many references are kept: the first one, which names the
	// conversation, and the newest.
	idsCap = 500
)

// messageIDs reads the ids of a References or In-Reply-To field (RFC 5322
// section 3.6.4) without angle brackets, each once, in order.
func messageIDs(value string) []string {
	ids := []string{}
	seen := map[string]bool{}
	keep := func(id string) {
		if id = cleanID(id); id != "" && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	if strings.IndexByte(value, '<') < 0 {
		for _, word := range strings.FieldsFunc(value, func(c rune) bool { return c <= ' ' || c == ',' }) {
			if strings.IndexByte(word, '@') > 0 {
				keep(word)
			}
		}
	}
	for {
		start := strings.IndexByte(value, '<')
		if start < 0 {
			break
		}
		value = value[start+1:]
		end := strings.IndexAny(value, "<>")
		if end < 0 {
			keep(value)
			break
		}
		keep(value[:end])
		value = value[end:]
	}
	if len(ids) > idsCap {
		ids = append(ids[:1:1], ids[len(ids)-idsCap+1:]...)
	}
	return ids
}

// cleanID takes out the blanks that folding leaves in an id. An id that is
// empty, too long or not text is none.
func cleanID(id string) string {
	id = strings.Join(strings.Fields(strings.Trim(id, "<> \t\r\n")), "")
	if len(id) > idCap {
		return ""
	}
	for i := 0; i < len(id); i++ {
		if id[i] < ' ' || id[i] == 0x7f {
			return ""
		}
	}
	return clean(id)
}

// ownID reads the Message-ID field; defect tells when it cannot be used.
func ownID(value string) (id, defect string) {
	if start := strings.IndexByte(value, '<'); start >= 0 {
		value = value[start+1:]
		if end := strings.IndexByte(value, '>'); end >= 0 {
			value = value[:end]
		}
	}
	if id = cleanID(value); id == "" {
		return "", "the Message-ID cannot be used"
	}
	return id, ""
}
