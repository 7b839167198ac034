package parse

import (
	"bytes"
	"strings"
)

// uuLimit is the longest line of uuencoded data: a length, 60 characters for
// 45 bytes, and room for what some programs put behind them.
const uuLimit = 100

// decodeUU undoes uuencode (POSIX.1, uuencode). Text in front of the begin
// line and behind the end line is left out; both lines may be missing.
func decodeUU(src []byte) []byte {
	dst := make([]byte, 0, len(src)*3/4)
	inside := false
	for pos := 0; pos < len(src); {
		line, next := cutLine(src, pos)
		pos = next
		if _, ok := uuBegin(line); ok && !inside {
			inside, dst = true, dst[:0]
			continue
		}
		if isUUEnd(line) && inside {
			break
		}
		dst = appendUULine(dst, line)
	}
	return dst
}

// uuBegin reads a line such as `begin 644 photo.jpg`.
func uuBegin(line []byte) (name string, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte("begin "))
	if !ok || len(line) > 300 {
		return "", false
	}
	mode, file, ok := bytes.Cut(rest, []byte(" "))
	if !ok || len(mode) < 3 || len(mode) > 5 || len(bytes.TrimSpace(file)) == 0 {
		return "", false
	}
	for _, c := range mode {
		if c < '0' || c > '7' {
			return "", false
		}
	}
	return string(bytes.TrimSpace(file)), true
}

// uuName gives the name in the begin line of a uuencoded part.
func uuName(body []byte) string {
	for pos := 0; pos < min(len(body), sampleSize); {
		line, next := cutLine(body, pos)
		if name, ok := uuBegin(line); ok {
			return safeName(clean(name))
		}
		pos = next
	}
	return ""
}

func isUUEnd(line []byte) bool { return string(bytes.TrimRight(line, " \t")) == "end" }

// isUULine tells whether a line is one of uuencoded data: its first character
// says how many bytes it holds, and about that many characters follow. Blanks
// at the end, which stand for zeros, may have been cut off.
func isUULine(line []byte) bool {
	if len(line) == 0 || len(line) > uuLimit || line[0] < ' ' || line[0] > '`' {
		return false
	}
	count := int(line[0]-' ') & 63
	want := 1 + (count+2)/3*4
	if count == 0 && len(bytes.TrimRight(line, " `")) > 0 || len(line) > want+2 || len(line) < want-4 {
		return false
	}
	for _, c := range line {
		if c < ' ' || c > '`' {
			return false
		}
	}
	return true
}

// appendUULine decodes one line of data. A line that is none gives nothing.
func appendUULine(dst, line []byte) []byte {
	if !isUULine(line) {
		return dst
	}
	count := int(line[0]-' ') & 63
	at := func(i int) byte {
		if i >= len(line) {
			return 0
		}
		return (line[i] - ' ') & 63
	}
	for i := 1; count > 0; i += 4 {
		a, b, c, d := at(i), at(i+1), at(i+2), at(i+3)
		group := [3]byte{a<<2 | b>>4, b<<4 | c>>2, c<<6 | d}
		dst = append(dst, group[:min(count, 3)]...)
		count -= 3
	}
	return dst
}

// uuBlock gives the name and the end of the uuencoded file that begins at pos
// of a text. It has to have a first line of data; the end line may be missing.
func uuBlock(text []byte, pos int) (name string, end int, ok bool) {
	line, at := cutLine(text, pos)
	if name, ok = uuBegin(line); !ok {
		return "", 0, false
	}
	lines := 0
	for at < len(text) {
		line, next := cutLine(text, at)
		if isUUEnd(line) {
			return name, next, true
		}
		if !isUULine(line) {
			break
		}
		lines++
		at = next
	}
	return name, at, lines > 0
}

// takeFiles takes the files out of a plain text that stand in it as text:
// uuencoded ones, and the blocks of OpenPGP. It gives the text that is left.
func (r *reading) takeFiles(p *part, text []byte) []byte {
	if !bytes.Contains(text, []byte("begin ")) && !bytes.Contains(text, []byte(pgpBegin)) {
		return text
	}
	left := make([]byte, 0, len(text))
	for pos := 0; pos < len(text); {
		if len(r.leaves) >= r.opts.MaxParts {
			r.defect("too many files in the text, the rest is left as it stands")
			return append(left, text[pos:]...)
		}
		if name, end, ok := uuBlock(text, pos); ok {
			r.work += end - pos
			r.leaves = append(r.leaves, filePart(name, decodeUU(text[pos:end])))
			pos = end
			continue
		}
		if words, end, ok := r.pgpBlock(p, text, pos); ok {
			left = append(left, words...)
			pos = end
			continue
		}
		_, next := cutLine(text, pos)
		r.work += next - pos
		left = append(left, text[pos:next]...)
		pos = next
	}
	return left
}

// filePart makes an attachment of a file that was found inside of something
// else.
func filePart(name string, data []byte) *part {
	p := &part{mediaType: nameType(name), body: data, disposition: "attachment"}
	if name != "" {
		p.dispParams = params{"filename": name}
	}
	return p
}

// nameType gives the media type that a file name tells.
func nameType(name string) string {
	extension := ""
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		extension = strings.ToLower(name[dot+1:])
	}
	switch extension {
	case "txt", "log":
		return "text/plain"
	case "csv", "html", "calendar":
		return "text/" + extension
	case "htm":
		return "text/html"
	case "ics":
		return "text/calendar"
	case "vcf":
		return "text/vcard"
	case "jpg", "jpeg":
		return "image/jpeg"
	case "png", "gif", "bmp", "tiff", "webp":
		return "image/" + extension
	case "tif":
		return "image/tiff"
	case "pdf", "zip", "rtf", "json", "xml":
		return "application/" + extension
	case "doc":
		return "application/msword"
	case "xls":
		return "application/vnd.ms-excel"
	case "docx":
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case "xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case "eml":
		return "message/rfc822"
	default:
		return "application/octet-stream"
	}
}
