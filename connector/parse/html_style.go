package parse

import "strings"

// applyStyle takes over what an inline style says about being seen. A font
// size of zero and visibility are inherited and can be undone inside: layouts
// set font-size:0 on a container to close gaps. The others hide everything.
func applyStyle(s *state, style string) {
	clipped := false // overflow:hidden
	flat := false    // height or width zero
	for style != "" {
		var rule string
		rule, style, _ = strings.Cut(style, ";")
		name, value, ok := strings.Cut(rule, ":")
		if !ok {
			continue
		}
		name = strings.TrimSpace(name)
		if name == "" || strings.IndexByte("dvfmohwDVFMOHW", name[0]) < 0 {
			continue // a colour, a border, and whatever else there is
		}
		value = cssValue(value)
		switch {
		case strings.EqualFold(name, "display"):
			s.hidden = s.hidden || strings.EqualFold(value, "none")
		case strings.EqualFold(name, "visibility"):
			s.invisible = strings.EqualFold(value, "hidden") || strings.EqualFold(value, "collapse")
		case strings.EqualFold(name, "font-size"):
			s.tiny = zeroLength(value)
		case strings.EqualFold(name, "font"):
			size, _, _ := strings.Cut(value, "/")
			s.tiny = zeroLength(size)
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
	s.hidden = s.hidden || clipped && flat
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
