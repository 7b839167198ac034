package parse

import "bytes"

// cms is what can be read of an S/MIME container without a key (RFC 5652).
type cms struct {
	// content is what a signed container holds, in clear.
	content []byte
	// encrypted is true for a container that needs a key, and algorithm names
	// the cipher where it is a known one.
	encrypted bool
	algorithm string
	// cut is true when the bytes end before the container does.
	cut bool
}

// The tags of BER that matter here.
const (
	berInteger     = 0x02
	berOctets      = 0x04
	berOID         = 0x06
	berOctetsMany  = 0x24 // an octet string in pieces
	berSequence    = 0x30
	berSet         = 0x31
	berExplicit    = 0xa0
	berIndefinite  = 0x80
	berNestingCap  = 20
	oidPKCS7       = "\x2a\x86\x48\x86\xf7\x0d\x01\x07" // 1.2.840.113549.1.7
	oidAuthEnvelop = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"
)

// berItem is one element of BER.
type berItem struct {
	tag     byte
	content []byte
	cut     bool // the input ends before the element
}

// readBER cuts the first element from b. An element that the input ends in the
// middle of is given as far as it goes.
func readBER(b []byte, depth int) (item berItem, rest []byte, ok bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f || depth > berNestingCap {
		return item, nil, false
	}
	item.tag = b[0]
	size := int(b[1])
	b = b[2:]
	switch {
	case size == berIndefinite:
		inside := b
		for len(inside) >= 2 && (inside[0] != 0 || inside[1] != 0) {
			if _, inside, ok = readBER(inside, depth+1); !ok {
				return item, nil, false
			}
		}
		item.content, item.cut = b[:len(b)-len(inside)], len(inside) < 2
		return item, inside[min(2, len(inside)):], true
	case size > berIndefinite:
		digits := size - berIndefinite
		if digits > 4 || digits > len(b) {
			return item, nil, false
		}
		size = 0
		for _, c := range b[:digits] {
			size = size<<8 | int(c)
		}
		b = b[digits:]
	}
	item.cut = size > len(b)
	size = min(size, len(b))
	item.content = b[:size]
	return item, b[size:], true
}

// octets joins the pieces of an octet string.
func (i berItem) octets() []byte {
	if i.tag != berOctetsMany {
		return i.content
	}
	var all []byte
	for rest := i.content; len(rest) > 0; {
		piece, more, ok := readBER(rest, 1)
		if !ok {
			break
		}
		if piece.tag == berOctets {
			all = append(all, piece.content...)
		}
		rest = more
	}
	return all
}

// readCMS reads a ContentInfo (RFC 5652 section 3).
func readCMS(data []byte) (c cms, ok bool) {
	outer, _, ok := readBER(data, 0)
	if !ok || outer.tag != berSequence {
		return c, false
	}
	kind, rest, ok := readBER(outer.content, 0)
	if !ok || kind.tag != berOID {
		return c, false
	}
	explicit, _, ok := readBER(rest, 0)
	if !ok || explicit.tag != berExplicit {
		return c, false
	}
	inner, _, ok := readBER(explicit.content, 0)
	if !ok || inner.tag != berSequence {
		return c, false
	}
	switch string(kind.content) {
	case oidPKCS7 + "\x02":
		c, ok = signedData(inner.content)
	case oidPKCS7 + "\x03", oidAuthEnvelop:
		c = cms{encrypted: true, algorithm: cipher(inner.content)}
	default:
		return c, false
	}
	c.cut = outer.cut
	return c, ok
}

// signedData finds the content in SignedData (RFC 5652 section 5.1): it stands
// in the first sequence, behind the version and the set of digests.
func signedData(b []byte) (c cms, ok bool) {
	info, ok := firstSequence(b)
	if !ok {
		return c, false
	}
	kind, rest, ok := readBER(info.content, 0)
	if !ok || kind.tag != berOID {
		return c, false
	}
	explicit, _, ok := readBER(rest, 0)
	if !ok || explicit.tag != berExplicit {
		return c, false // a signature of something that is elsewhere
	}
	content, _, ok := readBER(explicit.content, 0)
	if !ok {
		return c, false
	}
	c.content = content.octets()
	return c, len(bytes.TrimSpace(c.content)) > 0
}

// cipher names the algorithm in EnvelopedData (RFC 5652 section 6.1), "" for
// an unknown one.
func cipher(b []byte) string {
	info, ok := firstSequence(b)
	if !ok {
		return ""
	}
	_, rest, ok := readBER(info.content, 0)
	if !ok {
		return ""
	}
	algorithm, _, ok := readBER(rest, 0)
	if !ok || algorithm.tag != berSequence {
		return ""
	}
	oid, _, ok := readBER(algorithm.content, 0)
	if !ok {
		return ""
	}
	const nistAES = "\x60\x86\x48\x01\x65\x03\x04\x01"
	switch string(oid.content) {
	case nistAES + "\x02":
		return "AES-128"
	case nistAES + "\x16":
		return "AES-192"
	case nistAES + "\x2a":
		return "AES-256"
	case nistAES + "\x06":
		return "AES-128-GCM"
	case nistAES + "\x1a":
		return "AES-192-GCM"
	case nistAES + "\x2e":
		return "AES-256-GCM"
	case "\x2a\x86\x48\x86\xf7\x0d\x03\x07":
		return "3DES"
	case "\x2a\x86\x48\x86\xf7\x0d\x03\x02":
		return "RC2"
	default:
		return ""
	}
}

// firstSequence gives the first sequence behind the versions and sets that
// both kinds of data begin with.
func firstSequence(b []byte) (berItem, bool) {
	for range 6 {
		item, rest, ok := readBER(b, 0)
		if !ok {
			return item, false
		}
		switch item.tag {
		case berSequence:
			return item, true
		case berInteger, berSet, berExplicit:
			b = rest
		default:
			return item, false
		}
	}
	return berItem{}, false
}
