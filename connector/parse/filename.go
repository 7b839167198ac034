package parse

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameCap is the longest file name common file systems take, in bytes.
const nameCap = 255

// safeName makes a file name from outside safe to create in a directory: no
// path, no control or direction character, no device name, no leading dot,
// at most 255 bytes. It gives "" when nothing is left.
func safeName(name string) string {
	name = strings.ToValidUTF8(name, "_")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsControl(c), unicode.Is(unicode.Cf, c), c == utf8.RuneError:
			return -1
		case unicode.IsSpace(c):
			return ' '
		case strings.ContainsRune(`<>:"|?*`, c), c == '∕', c == '⁄', c == '⧵', c == '／', c == '＼':
			return '_'
		default:
			return c
		}
	}, name)
	name = strings.TrimLeft(name, ". ")
	name = strings.TrimRight(name, ". ")
	if strings.HasPrefix(name, "-") || strings.HasPrefix(name, "~") {
		// Programs would read these as an option or a home directory.
		name = "_" + name
	}
	if device(name) {
		name = "_" + name
	}
	return shorten(name)
}

// device tells whether Windows would open a device under this name.
func device(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	stem = strings.TrimRight(stem, " ")
	switch stem {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) &&
		stem[3] >= '0' && stem[3] <= '9'
}

// shorten cuts a name in front of its extension.
func shorten(name string) string {
	if len(name) <= nameCap {
		return name
	}
	extension := ""
	if dot := strings.LastIndexByte(name, '.'); dot > 0 && len(name)-dot <= 20 {
		name, extension = name[:dot], name[dot:]
	}
	end := nameCap - len(extension)
	for end > 0 && !utf8.RuneStart(name[end]) {
		end--
	}
	return strings.TrimRight(name[:end], ". ") + extension
}

// plainName is the name of a part that has none: what it is and its number.
func plainName(mediaType string, number int) string {
	stem, extension := "part", ""
	switch {
	case mediaType == "message/rfc822" || mediaType == "message/global":
		stem, extension = "message", ".eml"
	case mediaType == "message/partial":
		stem, extension = "piece", ".txt"
	case mediaType == "text/vcard", mediaType == "text/x-vcard", mediaType == "text/directory":
		stem, extension = "contact", ".vcf"
	case mediaType == "text/calendar", mediaType == "application/ics":
		stem, extension = "invite", ".ics"
	case mediaType == "message/delivery-status", mediaType == "message/disposition-notification", mediaType == "message/feedback-report":
		stem, extension = "report", ".txt"
	case mediaType == "application/pgp-signature":
		stem, extension = "signature", ".asc"
	case mediaType == "application/pgp-encrypted":
		stem, extension = "version", ".txt"
	case mediaType == "application/pkcs7-signature", mediaType == "application/x-pkcs7-signature":
		stem, extension = "smime", ".p7s"
	case mediaType == "application/pkcs7-mime", mediaType == "application/x-pkcs7-mime":
		stem, extension = "smime", ".p7m"
	case mediaType == "application/ms-tnef":
		stem, extension = "winmail", ".dat"
	case strings.HasPrefix(mediaType, "image/"):
		stem = "image"
	case strings.HasPrefix(mediaType, "audio/"):
		stem = "audio"
	case strings.HasPrefix(mediaType, "video/"):
		stem = "video"
	case strings.HasPrefix(mediaType, "text/"):
		stem = "text"
	}
	if extension == "" {
		extension = typeExtension(mediaType)
	}
	return stem + "-" + strconv.Itoa(number) + extension
}

// typeExtension knows the few media types whose extension is not their name.
func typeExtension(mediaType string) string {
	_, minor, _ := strings.Cut(mediaType, "/")
	minor = strings.TrimPrefix(minor, "x-")
	switch minor {
	case "jpeg", "pjpeg":
		return ".jpg"
	case "svg+xml":
		return ".svg"
	case "plain", "rfc822-headers":
		return ".txt"
	case "mpeg":
		return ".mpg"
	case "tiff":
		return ".tif"
	case "png", "gif", "webp", "bmp", "heic", "html", "csv", "xml", "json", "pdf", "zip", "rtf", "ogg", "wav", "mp4", "calendar", "gzip":
		return "." + minor
	default:
		return ".bin"
	}
}
