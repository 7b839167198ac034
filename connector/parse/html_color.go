package parse

import (
	"strconv"
	"strings"
)

// color is an RGB colour plus one, so that the zero value is a colour nobody
// knows: one that was not told, or a picture.
type color uint32

const transparent color = 1 << 25

func rgb(r, g, b uint32) color { return color(r<<16|g<<8|b) + 1 }

// readColor reads a colour of CSS or of a bgcolor attribute.
func readColor(value string) color {
	value = strings.ToLower(strings.TrimSpace(value))
	switch value {
	case "white":
		return rgb(255, 255, 255)
	case "black":
		return rgb(0, 0, 0)
	case "transparent":
		return transparent
	}
	if digits, ok := strings.CutPrefix(value, "#"); ok {
		return readHexColor(digits)
	}
	inside, ok := strings.CutPrefix(value, "rgb")
	if !ok {
		return 0
	}
	inside = strings.Trim(strings.TrimPrefix(inside, "a"), "() ")
	parts := strings.FieldsFunc(inside, func(c rune) bool { return c == ',' || c == ' ' || c == '/' })
	if len(parts) < 3 {
		return 0
	}
	if len(parts) > 3 && zeroLength(parts[3]) {
		return transparent
	}
	var channels [3]uint32
	for i := range channels {
		n, err := strconv.ParseUint(parts[i], 10, 8)
		if err != nil {
			return 0
		}
		channels[i] = uint32(n)
	}
	return rgb(channels[0], channels[1], channels[2])
}

// readHexColor reads the digits of #fff and #ffffff.
func readHexColor(digits string) color {
	n, err := strconv.ParseUint(digits, 16, 32)
	switch {
	case err != nil:
		return 0
	case len(digits) == 3:
		v := uint32(n)
		return rgb((v>>8)*17, (v>>4&15)*17, (v&15)*17)
	case len(digits) == 6:
		return color(n) + 1
	default:
		return 0
	}
}

// readBackground reads the background property. One with a picture can have
// any colour.
func readBackground(value string) color {
	lower := strings.ToLower(value)
	if strings.Contains(lower, "url(") || strings.Contains(lower, "gradient") {
		return 0
	}
	if strings.HasPrefix(lower, "rgb") {
		end := strings.IndexByte(lower, ')')
		return readColor(lower[:end+1])
	}
	first, _, _ := strings.Cut(lower, " ")
	return readColor(first)
}

// setBackground takes over a background, unless it lets through what is
// behind it.
func (s *state) setBackground(c color) {
	if c != transparent {
		s.background = c
	}
}

// unseenColor tells whether text has the colour of what is behind it. Both
// have to be told: a colour that nobody knows hides nothing.
func (s *state) unseenColor() bool {
	return s.color == transparent || s.color != 0 && s.color == s.background
}
