package parse

import "strings"

// attributes are those of a start tag that matter for text. They point into
// the source.
type attributes struct {
	style, class, id, href, kind, alt string
	width, height, smart, start       string
	marker, name                      string // Zimbra's and GMX's marks of a quote
	colspan                           string
	background                        string // a colour
	hidden, border                    bool
}

// take keeps an attribute that matters. Of two with the same name the first
// counts.
func (a *attributes) take(key, value string) {
	var place *string
	switch key[0] | 0x20 {
	case 's':
		place = pick(key, "style", &a.style, "start", &a.start)
	case 'c':
		place = pick(key, "class", &a.class, "colspan", &a.colspan)
	case 'h':
		place = pick(key, "href", &a.href, "height", &a.height)
		a.hidden = a.hidden || strings.EqualFold(key, "hidden")
	case 'i', 't':
		place = pick(key, "id", &a.id, "type", &a.kind)
	case 'a', 'w':
		place = pick(key, "alt", &a.alt, "width", &a.width)
	case 'd':
		place = pick(key, "data-smartmail", &a.smart, "data-marker", &a.marker)
	case 'n':
		place = pick(key, "name", &a.name, "", nil)
	case 'b':
		place = pick(key, "bgcolor", &a.background, "", nil)
		if strings.EqualFold(key, "background") && value != "" {
			a.background = "?" // a picture, of any colour
		}
		a.border = a.border || strings.EqualFold(key, "border") && value != "" && value[0] != '0'
	}
	if place != nil && *place == "" {
		*place = unescape(value)
	}
}

// pick gives the place of the one name of two that the key is.
func pick(key, one string, place *string, other string, otherPlace *string) *string {
	switch {
	case len(key) == len(one) && strings.EqualFold(key, one):
		return place
	case len(key) == len(other) && strings.EqualFold(key, other):
		return otherPlace
	default:
		return nil
	}
}
