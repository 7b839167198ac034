package parse

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// tnef is what a winmail.dat holds: Outlook's own container (MS-OXTNEF).
type tnef struct {
	files    []*part
	text     []byte // PidTagBody or attBody, in charset
	html     []byte // PidTagHtml, in charset
	rtf      []byte // PidTagRtfCompressed, still compressed
	charset  string
	complete bool // it was read to its end
}

// The attributes of a TNEF stream that matter here (MS-OXTNEF 2.1.3.3).
const (
	tnefSignature  = 0x223e9f78
	attBody        = 0x0002800c
	attMAPIProps   = 0x00069003
	attCodepage    = 0x00069007
	attRenderData  = 0x00069002 // begins an attachment
	attAttachTitle = 0x00018010
	attAttachData  = 0x0006800f
	attAttachProps = 0x00069005
	tnefAttachment = 0x02 // the level of what belongs to an attachment
)

// The MAPI properties that matter here (MS-OXPROPS).
const (
	propBody           = 0x1000
	propRTFCompressed  = 0x1009
	propBodyHTML       = 0x1013
	propCodepage       = 0x3fde
	propAttachData     = 0x3701
	propAttachName     = 0x3704
	propAttachLongName = 0x3707
	propAttachType     = 0x370e
	propAttachID       = 0x3712
)

// readTNEF reads a winmail.dat as far as it goes. ok is false when data is
// none. What it gives points into data.
func readTNEF(data []byte, maxFiles int) (t tnef, ok bool) {
	defer func() {
		t.files = slices.DeleteFunc(t.files, func(file *part) bool {
			return len(file.body) == 0 && file.dispParams == nil
		})
	}()
	if len(data) < 6 || binary.LittleEndian.Uint32(data) != tnefSignature {
		return t, false
	}
	t.charset = "windows-1252"
	rest := data[6:]
	for len(rest) >= 11 {
		level, attribute := rest[0], binary.LittleEndian.Uint32(rest[1:])
		size := binary.LittleEndian.Uint32(rest[5:])
		if level != 1 && level != tnefAttachment {
			return t, true
		}
		rest = rest[9:]
		if uint64(size)+2 > uint64(len(rest)) {
			// Cut off: what is there of a file is better than nothing.
			t.take(attribute, rest)
			return t, true
		}
		if attribute == attRenderData && len(t.files) >= maxFiles {
			return t, true
		}
		t.take(attribute, rest[:size])
		rest = rest[size+2:] // behind the checksum
	}
	t.complete = len(rest) == 0
	return t, true
}

// take keeps what an attribute says.
func (t *tnef) take(attribute uint32, value []byte) {
	switch attribute {
	case attCodepage:
		if len(value) >= 4 {
			t.setCodepage(binary.LittleEndian.Uint32(value))
		}
	case attBody:
		t.text = value
	case attMAPIProps:
		mapiProps(value, t.takeBody)
	case attRenderData:
		t.files = append(t.files, filePart("", nil))
	case attAttachTitle, attAttachData, attAttachProps:
		if len(t.files) == 0 {
			t.files = append(t.files, filePart("", nil))
		}
		t.takeFile(t.files[len(t.files)-1], attribute, value)
	}
}

func (t *tnef) setCodepage(page uint32) {
	switch label := "cp" + strconv.FormatUint(uint64(page), 10); {
	case page == 65001:
		t.charset = "utf-8"
	case page == 20127, page == 0:
	case lookupCharset(label) != nil:
		t.charset = label
	}
}

func (t *tnef) takeFile(file *part, attribute uint32, value []byte) {
	switch attribute {
	case attAttachTitle:
		if file.dispParams["filename"] == "" {
			text, _ := decodeCharset([]byte(zeroEnded(value)), t.charset, "")
			nameFile(file, text)
		}
	case attAttachData:
		file.body = value
	case attAttachProps:
		mapiProps(value, func(p mapiProp) { t.fileProp(file, p) })
	}
}

func (t *tnef) fileProp(file *part, p mapiProp) {
	switch p.id {
	case propAttachLongName:
		nameFile(file, p.text(t.charset))
	case propAttachName:
		if file.dispParams["filename"] == "" {
			nameFile(file, p.text(t.charset))
		}
	case propAttachType:
		if kind := strings.ToLower(p.text(t.charset)); validType(kind) && !strings.HasPrefix(kind, "multipart/") {
			file.mediaType = kind
		}
	case propAttachID:
		if id := p.text(t.charset); id != "" {
			file.header.fields = append(file.header.fields, field{name: []byte("Content-ID"), value: []byte(id)})
			file.disposition = ""
		}
	case propAttachData:
		if p.kind == mapiObject && len(p.value) > 16 {
			file.body = p.value[16:] // behind the id of its interface
		} else if len(file.body) == 0 {
			file.body = p.value
		}
	}
}

func nameFile(file *part, name string) {
	if name == "" {
		return
	}
	file.dispParams = params{"filename": name}
	if file.mediaType == "application/octet-stream" {
		file.mediaType = nameType(name)
	}
}

func (t *tnef) takeBody(p mapiProp) {
	switch p.id {
	case propBody:
		if t.text = p.value; p.kind == mapiUnicode {
			t.text = []byte(p.text(""))
			t.charset = "utf-8"
		}
	case propBodyHTML:
		t.html = p.value
	case propRTFCompressed:
		t.rtf = p.value
	case propCodepage:
		if len(p.value) >= 4 {
			t.setCodepage(binary.LittleEndian.Uint32(p.value))
		}
	}
}

// mapiProp is one property; of several values, the first.
type mapiProp struct {
	id, kind uint16
	value    []byte
}

// The types of properties (MS-OXCDATA 2.11.1).
const (
	mapiShort     = 0x0002
	mapiLong      = 0x0003
	mapiFloat     = 0x0004
	mapiDouble    = 0x0005
	mapiCurrency  = 0x0006
	mapiAppTime   = 0x0007
	mapiError     = 0x000a
	mapiBoolean   = 0x000b
	mapiObject    = 0x000d
	mapiInteger8  = 0x0014
	mapiString    = 0x001e
	mapiUnicode   = 0x001f
	mapiTime      = 0x0040
	mapiGUID      = 0x0048
	mapiBinary    = 0x0102
	mapiManyFlag  = 0x1000
	mapiNamedFrom = 0x8000
)

// text gives the value of a property of text.
func (p mapiProp) text(charset string) string {
	if p.kind != mapiUnicode {
		text, _ := decodeCharset([]byte(zeroEnded(p.value)), charset, "")
		return clean(text)
	}
	units := make([]uint16, 0, len(p.value)/2)
	for i := 0; i+1 < len(p.value); i += 2 {
		unit := binary.LittleEndian.Uint16(p.value[i:])
		if unit == 0 {
			break
		}
		units = append(units, unit)
	}
	return string(utf16.Decode(units))
}

func zeroEnded(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}

// mapiProps hands every property of a list to take, until the list ends or
// cannot be read (MS-OXTNEF 2.1.3.4).
func mapiProps(b []byte, take func(mapiProp)) {
	scan := mapiScanner{rest: b}
	count := scan.long()
	for ; count > 0 && !scan.broken && len(scan.rest) > 0; count-- {
		p := mapiProp{kind: scan.short(), id: scan.short()}
		if p.id >= mapiNamedFrom {
			scan.skipName()
		}
		many := p.kind&mapiManyFlag != 0
		p.kind &^= mapiManyFlag
		size, fixed := fixedSize(p.kind)
		values := uint32(1)
		if many || !fixed {
			values = scan.long()
		}
		for n := uint32(0); n < values && !scan.broken; n++ {
			if !fixed {
				size = scan.long()
			}
			value := scan.bytes(size)
			// Half a name is no name, but half a file is better than none.
			whole := !scan.broken || p.kind == mapiBinary || p.kind == mapiObject
			if n == 0 && len(value) > 0 && whole {
				p.value = value
				take(p)
			}
		}
	}
}

// fixedSize gives the size of values that do not tell theirs.
func fixedSize(kind uint16) (size uint32, fixed bool) {
	switch kind {
	case mapiShort, mapiLong, mapiFloat, mapiError, mapiBoolean:
		return 4, true
	case mapiDouble, mapiCurrency, mapiAppTime, mapiInteger8, mapiTime:
		return 8, true
	case mapiGUID:
		return 16, true
	case mapiObject, mapiString, mapiUnicode, mapiBinary:
		return 0, false
	default:
		return 4, true
	}
}

// mapiScanner cuts values from a list of properties. After a value that is
// longer than the list it is broken and gives nothing more.
type mapiScanner struct {
	rest   []byte
	broken bool
}

// bytes cuts size bytes and the padding to four behind them.
func (s *mapiScanner) bytes(size uint32) []byte {
	if uint64(size) > uint64(len(s.rest)) {
		value := s.rest
		s.rest, s.broken = nil, true
		return value
	}
	value := s.rest[:size]
	padded := min((uint64(size)+3)&^3, uint64(len(s.rest)))
	s.rest = s.rest[padded:]
	return value
}

func (s *mapiScanner) long() uint32 {
	if len(s.rest) < 4 {
		s.rest, s.broken = nil, true
		return 0
	}
	value := binary.LittleEndian.Uint32(s.rest)
	s.rest = s.rest[4:]
	return value
}

func (s *mapiScanner) short() uint16 {
	if len(s.rest) < 2 {
		s.rest, s.broken = nil, true
		return 0
	}
	value := binary.LittleEndian.Uint16(s.rest)
	s.rest = s.rest[2:]
	return value
}

// skipName steps over the name of a named property: an id, or a text.
func (s *mapiScanner) skipName() {
	s.bytes(16)
	if kind := s.long(); kind == 0 {
		s.long()
	} else {
		s.bytes(s.long())
	}
}
