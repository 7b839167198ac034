package safe

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLabel is the length of the longest label in the DNS. A longer one is no
// host, and encoding it would cost more than linear time.
const maxLabel = 63

// Addr returns an address for display, with its host as [Host] shows it.
func Addr(s string) Text {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return Line(s)
	}
	return Line(s[:at+1] + punycodeHost(s[at+1:]))
}

// Addrs is [Addr] of several, with commas between them.
func Addrs(list []string) Text {
	parts := make([]Text, len(list))
	for i, a := range list {
		parts[i] = Addr(a)
	}
	return Join(", ", parts...)
}

// Host returns the name of a host for display. A label with anything beyond
// ASCII is shown in the form the DNS uses (RFC 3492): whole words exist in
// Cyrillic that look like Latin ones, so a look at mixed scripts is not
// enough. Letters are put in lower case; normal forms are left alone, and two
// spellings that differ on the wire look different here.
func Host(s string) Text { return Line(punycodeHost(s)) }

func punycodeHost(s string) string {
	if isASCII(s) {
		return s
	}
	labels := strings.Split(strings.Map(plainDot, s), ".")
	for i, l := range labels {
		if !isASCII(l) {
			labels[i] = punycodeLabel(l)
		}
	}
	return strings.Join(labels, ".")
}

// plainDot replaces what browsers take for a dot (RFC 3490, 3.1).
func plainDot(r rune) rune {
	switch r {
	case '\u3002', '\uFF0E', '\uFF61':
		return '.'
	}
	return r
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// punycodeLabel encodes one label. One that cannot be a label keeps its ASCII
// and shows everything else as U+FFFD.
func punycodeLabel(l string) string {
	if utf8.RuneCountInString(l) > maxLabel || strings.ContainsRune(l, utf8.RuneError) {
		return strings.Map(func(r rune) rune {
			if r >= utf8.RuneSelf {
				return utf8.RuneError
			}
			return r
		}, l)
	}
	return "xn--" + punycode([]rune(strings.Map(unicode.ToLower, l)))
}

// The parameters of RFC 3492, section 5.
const (
	punyBase        = 36
	punyTMin        = 1
	punyTMax        = 26
	punySkew        = 38
	punyDamp        = 700
	punyInitialBias = 72
	punyInitialN    = 0x80
)

// punycode is the encoding procedure of RFC 3492, section 6.3. With at most
// maxLabel runes no number in it can overflow.
func punycode(label []rune) string {
	var out []byte
	for _, r := range label {
		if r < punyInitialN {
			out = append(out, byte(r))
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(punyInitialN), 0, punyInitialBias
	for handled := basic; handled < len(label); {
		next := rune(unicode.MaxRune)
		for _, r := range label {
			if r >= n {
				next = min(next, r)
			}
		}
		delta += int(next-n) * (handled + 1)
		n = next
		for _, r := range label {
			if r < n {
				delta++
			}
			if r == n {
				out = appendPunyNumber(out, delta, bias)
				bias = punyAdapt(delta, handled+1, handled == basic)
				delta = 0
				handled++
			}
		}
		delta++
		n++
	}
	return string(out)
}

// appendPunyNumber writes a number of variable length (section 3.3).
func appendPunyNumber(out []byte, q, bias int) []byte {
	for k := punyBase; ; k += punyBase {
		t := min(max(k-bias, punyTMin), punyTMax)
		if q < t {
			return append(out, punyDigit(q))
		}
		out = append(out, punyDigit(t+(q-t)%(punyBase-t)))
		q = (q - t) / (punyBase - t)
	}
}

func punyDigit(d int) byte { return "abcdefghijklmnopqrstuvwxyz0123456789"[d] }

// punyAdapt is the bias adaptation of section 6.1.
func punyAdapt(delta, points int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for delta > (punyBase-punyTMin)*punyTMax/2 {
		delta /= punyBase - punyTMin
		k += punyBase
	}
	return k + (punyBase-punyTMin+1)*delta/(delta+punySkew)
}
