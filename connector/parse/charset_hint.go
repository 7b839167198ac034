package parse

import "strings"

// charsetHint finds the charset to guess for bytes that name none: the one
// that the mail names elsewhere, for its text or in an encoded word, or the
// one its language was commonly written in.
func (r *reading) charsetHint(top *part) string {
	if label := textCharset(top); label != "" {
		return label
	}
	for _, name := range []string{"subject", "from", "to", "cc", "reply-to"} {
		if label := wordCharset(top.header.text(name)); label != "" {
			return label
		}
	}
	if label := partCharset(top); label != "" {
		return label
	}
	return languageCharset(top.header.text("content-language"))
}

// hintOf gives the label if it is of any use as a hint.
func hintOf(label string) string {
	label = charsetLabel(label)
	if unlabelled(label) || strings.HasPrefix(label, "utf") || sevenBit(label) || lookupCharset(label) == nil {
		return ""
	}
	return label
}

// wordCharset gives the charset of the first encoded word.
func wordCharset(value string) string {
	start := strings.Index(value, "=?")
	if start < 0 {
		return ""
	}
	word, _, ok := readWord(value[start:])
	if !ok {
		return ""
	}
	return hintOf(word.charset)
}

// textCharset gives the charset that a text names, itself or in its HTML.
func textCharset(p *part) string {
	if label := hintOf(p.params["charset"]); label != "" || p.mediaType != "text/html" {
		return label
	}
	return hintOf(metaCharset(undoTransfer(p.body[:min(len(p.body), sampleSize)], p.encoding)))
}

// partCharset gives the first useful charset that a text below p names.
func partCharset(p *part) string {
	for _, child := range p.children {
		if label := textCharset(child); label != "" {
			return label
		}
		if label := partCharset(child); label != "" {
			return label
		}
	}
	return ""
}

// languageCharset gives the charset in which mail in a language was usually
// written before UTF-8 (Content-Language, RFC 3282).
func languageCharset(language string) string {
	language, _, _ = strings.Cut(strings.ToLower(language), ",")
	language, region, _ := strings.Cut(strings.TrimSpace(language), "-")
	switch language {
	case "ru", "bg", "be", "uk", "mk", "sr":
		return "windows-1251"
	case "pl", "cs", "sk", "hu", "sl", "hr", "ro":
		return "windows-1250"
	case "el":
		return "windows-1253"
	case "tr":
		return "windows-1254"
	case "he", "yi":
		return "windows-1255"
	case "ar", "fa", "ur":
		return "windows-1256"
	case "et", "lv", "lt":
		return "windows-1257"
	case "vi":
		return "windows-1258"
	case "th":
		return "windows-874"
	case "ja":
		return "shift_jis"
	case "ko":
		return "euc-kr"
	case "zh":
		if region == "tw" || region == "hk" || region == "hant" {
			return "big5"
		}
		return "gb18030"
	default:
		return ""
	}
}
