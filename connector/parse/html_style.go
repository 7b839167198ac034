package parse

import "strings"

// applyStyle takes over what a style says about being seen. What hides
// something in Outlook only (mso-hide) hides nothing: it stands on what all
// other programs show. A font
// size of zero and visibility are inherited and can be undone inside: layouts
// set font-size:0 on a container to close gaps. The others hide everything.
func applyStyle(s *state, style string) {
	clipped := false // overflow:hidden
	flat := false    // height or width zero
	placed := false  // position:absolute or fixed
	away := false    // far outside of the window
	for style != "" {
		var rule string
		rule, style, _ = strings.Cut(style, ";")
		name, value, ok := strings.Cut(rule, ":")
		if !ok {
			continue
		}
		name = strings.TrimSpace(name)
		if name == "" || strings.IndexByte("bcdfhlmoptvw", name[0]|0x20) < 0 {
			continue // a letter that no property below begins with
		}
		important := strings.IndexByte(value, '!') >= 0
		value = cssValue(value)
		switch {
		case strings.EqualFold(name, "display"):
			s.setDisplay(value, important)
		case strings.EqualFold(name, "visibility"):
			s.invisible = strings.EqualFold(value, "hidden") || strings.EqualFold(value, "collapse")
		case strings.EqualFold(name, "font-size"):
			s.tiny = tinyLength(value)
		case strings.EqualFold(name, "font"):
			size, _, _ := strings.Cut(value, "/")
			s.tiny = tinyLength(size)
		case strings.EqualFold(name, "color"):
			s.color = readColor(value)
		case strings.EqualFold(name, "background-color"), strings.EqualFold(name, "background"):
			s.setBackground(readBackground(value))
		case strings.EqualFold(name, "background-image"):
			if !strings.EqualFold(value, "none") {
				s.background = 0
			}
		case strings.EqualFold(name, "position"):
			placed = strings.EqualFold(value, "absolute") || strings.EqualFold(value, "fixed")
		case strings.EqualFold(name, "left"), strings.EqualFold(name, "top"):
			away = away || farAway(value)
		case strings.EqualFold(name, "text-indent"):
			s.hidden = s.hidden || farAway(value)
		case strings.EqualFold(name, "max-height"), strings.EqualFold(name, "opacity"), strings.EqualFold(name, "max-width"):
			s.hidden = s.hidden || zeroLength(value)
		case strings.EqualFold(name, "height"), strings.EqualFold(name, "width"):
			flat = flat || zeroLength(value)
		case strings.EqualFold(name, "overflow"):
			clipped = strings.EqualFold(value, "hidden")
		case strings.EqualFold(name, "white-space"):
			s.pre = strings.HasPrefix(strings.ToLower(value), "pre") && !strings.EqualFold(value, "pre-line")
		}
	}
	s.hidden = s.hidden || clipped && flat || placed && away
}

// setDisplay takes over the display property, the only one that a more special
// rule commonly undoes.
func (s *state) setDisplay(value string, important bool) {
	if !s.fixed || important {
		s.gone, s.fixed = strings.EqualFold(value, "none"), important
	}
}

// farAway tells whether a length moves text out of every window.
func farAway(value string) bool {
	size, negative := strings.CutPrefix(value, "-")
	end := 0
	for end < len(size) && size[end] >= '0' && size[end] <= '9' {
		end++
	}
	return negative && end >= 3
}

// tinyLength tells whether letters of this size are none: zero, or a pixel and
// less, which is how text is hidden from people and not from filters.
func tinyLength(value string) bool {
	if zeroLength(value) {
		return true
	}
	for _, unit := range []string{"px", "pt"} {
		if number, ok := strings.CutSuffix(strings.ToLower(value), unit); ok {
			return number == "1" || strings.HasPrefix(number, "0.") || strings.HasPrefix(number, ".")
		}
	}
	return false
}

func cssValue(value string) string {
	value, _, _ = strings.Cut(value, "!")
	return strings.TrimSpace(value)
}

// zeroLength tells whether a CSS length is zero in any unit.
func zeroLength(value string) bool {
	if value == "" || value[0] != '0' && value[0] != '.' {
		return false
	}
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c >= '1' && c <= '9':
			return false
		case c != '0' && c != '.':
			return true
		}
	}
	return true
}

func styleValue(style, property string) string {
	for style != "" {
		var rule string
		rule, style, _ = strings.Cut(style, ";")
		name, value, ok := strings.Cut(rule, ":")
		if ok && strings.EqualFold(strings.TrimSpace(name), property) {
			return cssValue(value)
		}
	}
	return ""
}

// zeroMargin tells whether a paragraph stands close to the next one.
func zeroMargin(style string) bool {
	if !strings.Contains(style, "margin") && !strings.Contains(style, "MARGIN") {
		return false
	}
	margin := strings.Fields(styleValue(style, "margin"))
	if len(margin) > 0 {
		vertical := zeroLength(margin[0])
		if len(margin) > 2 {
			vertical = vertical && zeroLength(margin[2])
		}
		return vertical
	}
	return zeroLength(styleValue(style, "margin-bottom")) && zeroLength(styleValue(style, "margin-top"))
}

func styledPixel(style string) bool {
	if style == "" {
		return false
	}
	return pixel(styleValue(style, "width")) || pixel(styleValue(style, "height"))
}
