package parse

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

func charsetLabel(label string) string {
	return strings.ToLower(strings.Trim(label, " \t\"'<>;,"))
}

// sevenBit tells whether plain ASCII bytes can mean something else in this
// charset.
func sevenBit(label string) bool {
	return strings.HasPrefix(label, "utf-7") || strings.HasPrefix(label, "utf7") ||
		strings.HasPrefix(label, "hz") || wide(label) ||
		strings.HasPrefix(label, "unicode-1-1-utf-7") || strings.HasPrefix(label, "iso-2022-kr")
}

// lookupCharset knows the names of the web, those of IANA, and the misspelt
// ones that mail programs really write. It gives nil for any other.
func lookupCharset(label string) encoding.Encoding {
	switch label {
	case "hz-gb-2312", "hz":
		return simplifiedchinese.HZGB2312
	case "cp932", "ms932", "windows-31j", "x-ms-cp932", "sjis", "shift-jis":
		return japanese.ShiftJIS
	case "cp50220", "cp50221", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-ms", "iso2022jp", "iso2022-jp", "csiso2022jp":
		return japanese.ISO2022JP
	case "eucjp", "euc-jp-ms", "x-euc", "eucjp-ms":
		return japanese.EUCJP
	case "cp936", "gb-2312", "gb_2312", "ms936", "euc-cn", "euccn", "x-gbk", "gb2312-80", "eucgb2312-cn":
		return simplifiedchinese.GBK
	case "big5-tw":
		return traditionalchinese.Big5
	case "cp949", "uhc", "ks_c_5601", "ksc5601", "x-windows-949", "euckr":
		return korean.EUCKR
	case "mac", "macroman", "mac-roman", "x-mac-western":
		return charmap.Macintosh
	case "mac-cyrillic", "maccyrillic", "x-mac-ukraine":
		return charmap.MacintoshCyrillic
	}
	if enc, err := htmlindex.Get(label); err == nil {
		if name, err := htmlindex.Name(enc); err == nil && name != "replacement" {
			return enc
		}
	}
	if enc, err := ianaindex.MIME.Encoding(label); err == nil && enc != nil {
		return enc
	}
	// Python names its codecs with an underscore, and writes them into headers.
	if dashed := strings.ReplaceAll(label, "_", "-"); dashed != label {
		if enc := lookupCharset(dashed); enc != nil {
			return enc
		}
	}
	return misspeltCharset(label)
}

// misspeltCharset knows the families of names that are written in many ways.
func misspeltCharset(label string) encoding.Encoding {
	for _, prefix := range []string{"windows", "win-", "win", "cp-", "cp", "ibm-", "x-cp", "x-ansi-", "ansi-", "ms-"} {
		number, ok := strings.CutPrefix(label, prefix)
		if !ok {
			continue
		}
		if enc, err := htmlindex.Get("windows-" + number); err == nil {
			return enc
		}
		if enc, err := ianaindex.MIME.Encoding("ibm" + number); err == nil && enc != nil {
			return enc
		}
	}
	for _, prefix := range []string{"iso8859", "iso-8859", "iso_8859", "iso 8859", "8859", "latin-"} {
		number, ok := strings.CutPrefix(label, prefix)
		if !ok {
			continue
		}
		family := "iso-8859-"
		if prefix == "latin-" {
			family = "latin"
		}
		if enc, err := htmlindex.Get(family + strings.Trim(number, "-_ ")); err == nil {
			return enc
		}
	}
	return nil
}

// controlTwin gives the Windows charset that text is really in when it claims
// to be ISO 8859 but has bytes where that has only control characters: the
// quotation marks and dashes of Windows programs.
func controlTwin(label string) (encoding.Encoding, string) {
	twins := map[string]struct {
		enc  encoding.Encoding
		name string
	}{
		"2": {charmap.Windows1250, "windows-1250"}, "4": {charmap.Windows1257, "windows-1257"},
		"5": {charmap.Windows1251, "windows-1251"}, "6": {charmap.Windows1256, "windows-1256"},
		"7": {charmap.Windows1253, "windows-1253"}, "8": {charmap.Windows1255, "windows-1255"},
		"8-i": {charmap.Windows1255, "windows-1255"}, "13": {charmap.Windows1257, "windows-1257"},
		"15": {charmap.Windows1252, "windows-1252"},
	}
	number, ok := strings.CutPrefix(label, "iso-8859-")
	if !ok {
		return nil, ""
	}
	twin, ok := twins[number]
	if !ok {
		return nil, ""
	}
	return twin.enc, twin.name
}

// hasC1 tells whether there are bytes that ISO 8859 leaves to control
// characters.
func hasC1(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 && c < 0xa0 {
			return true
		}
	}
	return false
}
