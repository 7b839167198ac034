package parse

import "strings"

// unflow joins the lines of format=flowed text (RFC 3676): a line that ends
// with a blank goes on in the next one of the same quote depth. With delSp the
// blank itself is not part of the text.
func unflow(text string, delSp bool) string {
	var b strings.Builder
	b.Grow(len(text))
	openDepth := -1 // quote depth of a paragraph still to be continued
	for len(text) > 0 {
		line, rest, more := strings.Cut(text, "\n")
		text = rest
		depth := 0
		for depth < len(line) && line[depth] == '>' {
			depth++
		}
		line = line[depth:]
		// Space-stuffing: one blank stands before lines that need it.
		line = strings.TrimPrefix(line, " ")
		separator := line == "-- "
		if openDepth >= 0 && (openDepth != depth || separator) {
			b.WriteByte('\n')
			openDepth = -1
		}
		if openDepth < 0 && depth > 0 {
			for range depth {
				b.WriteByte('>')
			}
			if line != "" {
				b.WriteByte(' ')
			}
		}
		if strings.HasSuffix(line, " ") && !separator && more {
			if delSp {
				line = line[:len(line)-1]
			}
			b.WriteString(line)
			openDepth = depth
			continue
		}
		b.WriteString(line)
		openDepth = -1
		if more {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
