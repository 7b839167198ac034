package parse

import (
	"strconv"
	"strings"
)

// labelCap is how much of a link's label is compared with its target.
const labelCap = 400

// targetCap is how long a target may be to be shown.
const targetCap = 2000

// openLink is the link being written.
type openLink struct {
	target string
	label  []byte
	lines  int  // lines written before it
	image  bool // it holds an image without text
}

func (w *htmlWalk) beginLink(href string) {
	w.link = openLink{target: linkTarget(href), label: w.link.label[:0], lines: len(w.out)}
}

// linkTarget cleans a target as a browser does and gives "" for all that leads
// nowhere a person should go from a mail.
func linkTarget(href string) string {
	if href = strings.TrimFunc(href, unseen); strings.IndexFunc(href, unseen) >= 0 {
		href = strings.ReplaceAll(strings.Map(func(c rune) rune {
			if unseen(c) && c != ' ' {
				return -1
			}
			return c
		}, href), " ", "%20")
	}
	if len(href) > targetCap {
		return ""
	}
	if strings.HasPrefix(href, "//") {
		href = "https:" + href
	}
	scheme, _, ok := strings.Cut(href, ":")
	if !ok {
		return ""
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto":
		return href
	default:
		return ""
	}
}

func unseen(c rune) bool { return c <= ' ' || c == 0x7f || c == '\u00a0' }

// endLink writes the number of the footnote behind a link, unless its label
// already tells where it leads.
func (w *htmlWalk) endLink() {
	target := w.link.target
	if target == "" {
		return
	}
	if len(w.link.label) == 0 && w.link.image {
		w.text("[image]")
	}
	w.link.target = ""
	label := strings.TrimSpace(string(w.link.label))
	note := linkNote(target, label)
	if label == "" || sameTarget(label, target) && note == target {
		return
	}
	if w.targets == nil {
		w.targets = map[string]int{}
	}
	number, known := w.targets[target]
	if !known {
		number = len(w.targets) + 1
		w.targets[target] = number
	}
	sign := "[" + strconv.Itoa(number) + "]"
	note = sign + " " + note
	if !known {
		w.size += len(note) + 1
	}
	if len(w.cur) == 0 && len(w.out) > w.link.lines {
		// The label ended with a block: the sign goes to its last line.
		for i := len(w.out) - 1; i >= w.link.lines; i-- {
			if w.out[i].text != "" {
				w.out[i].text += " " + sign
				w.out[i].notes = append(w.out[i].notes, note)
				w.size += len(sign) + 1
				return
			}
		}
	}
	if len(w.cur) > 0 {
		w.cur = append(w.cur, ' ')
	}
	space := w.space
	w.write(sign)
	w.space = space
	w.notes = append(w.notes, note)
}

// sameTarget tells whether a label shows the target itself.
func sameTarget(label, target string) bool {
	if strings.EqualFold(label, target) {
		return true
	}
	return strings.EqualFold(plainTarget(label), plainTarget(target))
}

// plainTarget takes off what people leave out when they write a target.
func plainTarget(s string) string {
	for _, prefix := range []string{"mailto:", "https://", "http://"} {
		if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
			s = s[len(prefix):]
			if prefix == "mailto:" {
				s, _, _ = strings.Cut(s, "?")
			}
			break
		}
	}
	if len(s) > 4 && strings.EqualFold(s[:4], "www.") {
		s = s[4:]
	}
	return strings.TrimSuffix(s, "/")
}
