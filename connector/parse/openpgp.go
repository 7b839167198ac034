package parse

import "bytes"

const pgpBegin = "-----BEGIN PGP "

// pgpBlock reads the OpenPGP block that begins at pos of a text (RFC 9580
// section 6.2). A signed text is shown without its armour; what cannot be read
// becomes an attachment, and words says so in its place.
func (r *reading) pgpBlock(p *part, text []byte, pos int) (words []byte, end int, ok bool) {
	line, next := cutLine(text, pos)
	kind, ok := bytes.CutPrefix(bytes.TrimRight(line, " \t"), []byte(pgpBegin))
	if !ok || !bytes.HasSuffix(kind, []byte("-----")) {
		return nil, 0, false
	}
	var name string
	switch string(kind[:len(kind)-5]) {
	case "SIGNED MESSAGE":
		words, end = signedText(text, next)
		return words, end, true
	case "MESSAGE":
		name, words = "encrypted.asc", []byte(encryptedWords("OpenPGP", "")+"\n")
	case "SIGNATURE":
		name = "signature.asc"
	case "PUBLIC KEY BLOCK", "PRIVATE KEY BLOCK":
		name = "key.asc"
	default:
		return nil, 0, false
	}
	end = armourEnd(text, next)
	r.work += end - pos
	file := filePart(name, text[pos:end])
	switch name {
	case "signature.asc":
		file.mediaType = "application/pgp-signature"
	case "key.asc":
		file.mediaType = "application/pgp-keys"
	default:
		file.mediaType = "application/pgp-encrypted"
	}
	file.header = p.header
	r.leaves = append(r.leaves, file)
	return words, end, true
}

// armourEnd gives the end of the block whose data begin at pos: behind its end
// line, or where there is none, that of the text.
func armourEnd(text []byte, pos int) int {
	for pos < len(text) {
		line, next := cutLine(text, pos)
		pos = next
		if bytes.HasPrefix(line, []byte("-----END PGP ")) {
			return pos
		}
	}
	return len(text)
}

// signedText gives the signed text that begins at pos behind its armour
// headers, and where its signature begins (RFC 9580 section 7).
func signedText(text []byte, pos int) (words []byte, end int) {
	for pos < len(text) {
		line, next := cutLine(text, pos)
		if !bytes.HasPrefix(line, []byte("Hash: ")) && !bytes.HasPrefix(line, []byte("Charset: ")) && !blank(line) {
			break
		}
		pos = next
		if blank(line) {
			break
		}
	}
	for pos < len(text) {
		line, next := cutLine(text, pos)
		if bytes.HasPrefix(line, []byte(pgpBegin)) {
			break
		}
		words = append(words, bytes.TrimPrefix(text[pos:next], []byte("- "))...)
		pos = next
	}
	return words, pos
}

// encryptedWords is what stands in the place of text that cannot be read.
func encryptedWords(system, algorithm string) string {
	if algorithm != "" {
		system += " (" + algorithm + ")"
	}
	return "[Encrypted with " + system + ". What is encrypted is in the attachment.]"
}
