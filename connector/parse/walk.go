package parse

import (
	"bytes"
	"strings"
)

// part is one node of the tree of parts (RFC 2046). The body is still in its
// transfer encoding and points into the raw message.
type part struct {
	header      header
	body        []byte
	encoding    string
	mediaType   string
	params      params
	disposition string
	dispParams  params
	children    []*part
	depth       int
}

// multipart tells whether the part was read as a list of parts.
func (p *part) multipart() bool { return strings.HasPrefix(p.mediaType, "multipart/") }

// attached tells whether the sender meant the part as a file.
func (p *part) attached() bool { return p.disposition == "attachment" }

// readPart reads a part and everything below it. standard is the media type a
// part has that does not name one.
func (r *reading) readPart(raw []byte, depth int, standard string) *part {
	r.parts++
	h, body := splitHeader(raw, r.opts.MaxHeader)
	if len(h.fields) > 0 && !h.common() {
		// Text whose first lines happen to have colons.
		h, body = header{}, raw
	}
	p := &part{header: h, body: body, depth: depth}
	if h.cut {
		r.defect("the header is too long and was cut")
	}
	r.readType(p, standard)
	if p.multipart() {
		r.readMultipart(p, depth)
	}
	return p
}

// readType fills media type, disposition and transfer encoding from the header.
func (r *reading) readType(p *part, standard string) {
	if value, ok := p.header.get("content-type"); ok {
		p.mediaType, p.params = r.parseParams(value)
	}
	if !validType(p.mediaType) {
		switch p.mediaType {
		case "", "text":
			p.mediaType = standard
		case "html":
			p.mediaType = "text/html"
		default:
			r.defect("Content-Type " + clip(r.words(p.mediaType), 60) + " cannot be read")
			p.mediaType = standard
			if p.params["boundary"] != "" {
				p.mediaType = "multipart/mixed"
			}
		}
	}
	if value, ok := p.header.get("content-disposition"); ok {
		p.disposition, p.dispParams = r.parseParams(value)
	}
	name, known := transferEncoding(p.header.text("content-transfer-encoding"))
	if !known {
		r.defect("transfer encoding " + clip(r.words(name), 40) + " unknown, read as it stands")
	}
	if name == "base64" && !plausibleBase64(p.body) {
		r.defect("what should be base64 is not, read as it stands")
		name = ""
	}
	p.encoding = name
}

func validType(mediaType string) bool {
	major, minor, ok := strings.Cut(mediaType, "/")
	if !ok || major == "" || minor == "" || len(mediaType) > 200 {
		return false
	}
	for i := 0; i < len(mediaType); i++ {
		if c := mediaType[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' {
			return false
		}
	}
	return strings.IndexByte(minor, '/') < 0
}

// readMultipart cuts the body of a multipart at its boundary and reads the
// parts. One that cannot be cut becomes text.
func (r *reading) readMultipart(p *part, depth int) {
	if depth >= r.opts.MaxDepth {
		r.defect("parts are nested too deeply, the rest is left out")
		p.body, p.mediaType = nil, "text/plain"
		return
	}
	boundary, ok := r.boundary(p)
	if !ok {
		p.mediaType, p.params = "text/plain", nil
		return
	}
	standard := "text/plain"
	if p.mediaType == "multipart/digest" {
		standard = "message/rfc822"
	}
	cuts := boundaryCutter{rest: p.body, mark: []byte("--" + boundary)}
	cuts.skipPreamble()
	for {
		raw, ok := cuts.next()
		if !ok {
			break
		}
		if r.parts >= r.opts.MaxParts {
			r.defect("too many parts, the rest is left out")
			break
		}
		p.children = append(p.children, r.readPart(raw, depth+1, standard))
	}
	r.work += cuts.work
	switch {
	case len(p.children) == 0:
		r.defect("a multipart has no parts, read as text")
		p.body, p.mediaType, p.params = p.body[:len(p.body)-len(cuts.begin)], "text/plain", nil
		return
	case !cuts.closed:
		r.defect("a multipart has no closing boundary")
	}
	p.body = nil
}

// boundary finds the boundary of a multipart: the one it names, where that
// occurs, else one that its lines let guess.
func (r *reading) boundary(p *part) (boundary string, ok bool) {
	boundary = p.params["boundary"]
	if boundary != "" && r.hasBoundary(p.body, boundary) {
		return boundary, true
	}
	if p.encoding != "" {
		// A multipart may not be encoded (RFC 2045 section 6.4), and is.
		p.body, p.encoding = undoTransfer(p.body, p.encoding), ""
		if boundary != "" && r.hasBoundary(p.body, boundary) {
			return boundary, true
		}
	}
	if guess, ok := r.guessBoundary(p.body); ok {
		r.defect("the boundary was missing or wrong and was guessed")
		return guess, true
	}
	if boundary == "" {
		r.defect("a multipart has no boundary, read as text")
	} else {
		r.defect("the boundary of a multipart does not occur, read as text")
	}
	return "", false
}

// guessBoundary finds the boundary of a multipart that names none or a wrong
// one: a line that begins with two hyphens and is followed by a Content field,
// or is met again with two hyphens at its end.
func (r *reading) guessBoundary(body []byte) (string, bool) {
	for pos, lines, looks := 0, 0, 0; pos < len(body) && lines < 200; lines++ {
		line, next := cutLine(body, pos)
		if len(line) >= 2 && len(line) < 200 && line[0] == '-' && line[1] == '-' {
			after, _ := cutLine(body, next)
			mark := bytes.TrimRight(line, " \t")
			if len(after) > 8 && bytes.EqualFold(after[:8], []byte("content-")) {
				return string(mark[2:]), true
			}
			if looks++; looks <= 10 && len(mark) > 2 {
				r.work += len(body) - next
				if closing := bytes.Index(body[next:], append(bytes.Clone(mark), "--"...)); closing > 0 && body[next+closing-1] < ' ' {
					return string(mark[2:]), true
				}
			}
		}
		pos = next
	}
	return "", false
}

// boundaryCutter cuts a body at its boundary lines (RFC 2046 section 5.1.1).
type boundaryCutter struct {
	rest   []byte
	mark   []byte
	begin  []byte // the body from its first boundary line on
	done   bool
	closed bool
	work   int
}

func (r *reading) hasBoundary(body []byte, boundary string) bool {
	c := boundaryCutter{rest: body, mark: []byte("--" + boundary)}
	start, _, _ := c.find()
	r.work += c.work
	return start >= 0
}

func (c *boundaryCutter) skipPreamble() {
	start, end, last := c.find()
	if start < 0 {
		c.done = true
		return
	}
	c.begin = c.rest[start:]
	c.rest = c.rest[end:]
	c.closing(last)
}

// closing takes note of a boundary line. Behind the closing one nothing should
// follow; where another part does, two multiparts share their boundary.
func (c *boundaryCutter) closing(last bool) {
	c.done, c.closed = last, last
	if !last {
		return
	}
	if _, end, again := c.find(); end > 0 && !again {
		c.rest = c.rest[end:]
		c.done, c.closed = false, false
	}
}

// next gives the raw bytes of the next part.
func (c *boundaryCutter) next() ([]byte, bool) {
	if c.done {
		return nil, false
	}
	start, end, last := c.find()
	if start < 0 {
		c.done = true
		return c.rest, !blank(c.rest)
	}
	raw := c.rest[:start]
	c.rest = c.rest[end:]
	c.closing(last)
	return raw, true
}

// find gives where the content before the next boundary line ends, where the
// line after it begins, and whether it is the closing one.
func (c *boundaryCutter) find() (start, end int, last bool) {
	for from := 0; from < len(c.rest); {
		i := bytes.Index(c.rest[from:], c.mark)
		if i < 0 {
			c.work += len(c.rest) - from
			return -1, 0, false
		}
		c.work += i + len(c.mark)
		at := from + i
		after := at + len(c.mark)
		from = after
		if at > 0 && c.rest[at-1] != '\n' && c.rest[at-1] != '\r' {
			continue
		}
		tail, next := cutLine(c.rest, after)
		last := bytes.HasPrefix(tail, []byte("--"))
		if !last && !blank(tail) {
			continue
		}
		return beforeBreak(c.rest, at), next, last
	}
	return -1, 0, false
}

// beforeBreak steps back over the line break before pos, which belongs to the
// boundary and not to the part.
func beforeBreak(b []byte, pos int) int {
	lf := pos > 0 && b[pos-1] == '\n'
	if lf {
		pos--
	}
	if pos > 0 && b[pos-1] == '\r' {
		pos--
	}
	if lf && pos > 0 && b[pos-1] == '\r' {
		pos-- // converted twice
	}
	return pos
}
