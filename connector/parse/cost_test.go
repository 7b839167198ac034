package parse

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// hostile are messages of a size, each aimed at a loop that would take the
// square of its input if it forgot what it has seen.
var hostile = map[string]func(n int) string{
	"open quotes":      func(n int) string { return "To: " + strings.Repeat(`"\`, n) + "\n\nx" },
	"open angles":      func(n int) string { return "To: " + strings.Repeat("<", n) + "a@b,\n\nx" },
	"open comments":    func(n int) string { return "To: " + strings.Repeat("(", n) + "\n\nx" },
	"open words":       func(n int) string { return "To: " + strings.Repeat("=?a?q?", n) + "\n\nx" },
	"groups":           func(n int) string { return "To: " + strings.Repeat("a:", n) + "\n\nx" },
	"commas in angles": func(n int) string { return "To: " + strings.Repeat("<,", n) + "\n\nx" },
	"near boundaries": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" + strings.Repeat("--bb\n", n)
	},
	"empty parts": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\n", n)
	},
	"nested parts": func(n int) string {
		return strings.Repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", n)
	},
	"parts without end": func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%dx\n\n--b%dx\n", i, i)
		}
		return b.String()
	},
	"open elements": func(n int) string {
		return "Content-Type: text/html\n\n" + strings.Repeat("<b>", n) + strings.Repeat("</i>", n)
	},
	"deep elements": func(n int) string {
		return "Content-Type: text/html\n\n" + strings.Repeat("<div>", n) + "x" + strings.Repeat("</div>", n)
	},
	"nested tables": func(n int) string {
		return "Content-Type: text/html\n\n" + strings.Repeat("<table><tr><td>x", n)
	},
	"nested quotes": func(n int) string {
		return "Content-Type: text/html\n\n" + strings.Repeat("<blockquote>x", n)
	},
	"deepest elements": func(n int) string {
		return "Content-Type: text/html\n\n" + strings.Repeat("<div>", 15*n) + "x" + strings.Repeat("</div>", 15*n)
	},
	"style rules": func(n int) string {
		return "Content-Type: text/html\n\n<style>" + strings.Repeat(".a{color:red}", n) + "</style>" + strings.Repeat("<b class=a>", n)
	},
	"open style rules": func(n int) string {
		return "Content-Type: text/html\n\n" + strings.Repeat("<style>a{b:{/*", n)
	},
	"classes": func(n int) string {
		return "Content-Type: text/html\n\n<style>.a{color:red}</style><b class='" + strings.Repeat("a ", n) + "'>x"
	},
	"links": func(n int) string {
		return "Content-Type: text/html\n\n" + strings.Repeat("<a href=https://é.test/>b.test</a>", n)
	},
	"introductions": func(n int) string {
		return "\n\n" + strings.Repeat("On 1 Jan 2024 Ann wrote:\n\n\n", n)
	},
	"old line ends":    func(n int) string { return strings.Repeat("a: b\r", n) },
	"open words apart": func(n int) string { return "Subject: " + strings.Repeat("=?utf-8?q?a ", n) + "\n\nx" },
	"parameter pieces": func(n int) string {
		var b strings.Builder
		b.WriteString("Content-Type: application/pdf; x=y")
		for i := range n {
			fmt.Fprintf(&b, ";\n n*%d*=%%41", n-i)
		}
		return b.String() + "\n\nx"
	},
	"parameter quotes": func(n int) string { return `Content-Type: a/b; x=` + strings.Repeat(`";"`, n) + "\n\nx" },
	"parameters": func(n int) string {
		return "Content-Type: a/b" + strings.Repeat(`;a="b" c="\"`, n) + "\n\nx"
	},
	"nested comments": func(n int) string { return "To: " + strings.Repeat("(a (", n) + "\n\nx" },
	"many recipients": func(n int) string { return "To: " + strings.Repeat("Ann <a@b.test>, ", n) + "\n\nx" },
	"long header":     func(n int) string { return strings.Repeat("Received: from a by b\n", n) + "\nx" },
	"stray lines":     func(n int) string { return "From: a@b.test\n" + strings.Repeat("no field\nX-A: b\n", n) + "\nx" },
	"closing boundaries": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b--\n--b\n", n)
	},
	"guessed boundaries": func(n int) string { return "Content-Type: multipart/mixed\n\n" + strings.Repeat("--b\n", n) },
	"mails in mails": func(n int) string {
		return strings.Repeat("Content-Type: message/rfc822\n\n", n) + "x"
	},
	"mails side by side": func(n int) string {
		return "Content-Type: multipart/digest; boundary=b\n\n" + strings.Repeat("--b\n\nSubject: x\n\ny\n", n)
	},
	"uuencoded files": func(n int) string { return "\n\n" + strings.Repeat("begin 644 a\n#86)C\nend\n", n) },
	"open uuencode":   func(n int) string { return "\n\n" + strings.Repeat("begin 644 a\n", n) },
	"pgp blocks":      func(n int) string { return "\n\n" + strings.Repeat(pgpBegin+"MESSAGE-----\n", n) },
	"pgp signed":      func(n int) string { return "\n\n" + strings.Repeat(pgpBegin+"SIGNED MESSAGE-----\n", n) },
	"tnef files": func(n int) string {
		// An attribute that begins an attachment, again and again.
		return winmail("\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00", n)
	},
	"tnef properties": func(n int) string {
		const property = "\x1e\x00\x07\x37\x01\x00\x00\x00\x02\x00\x00\x00a\x00\x00\x00"
		list := "\xff\xff\xff\xff" + strings.Repeat(property, n)
		size := binary.LittleEndian.AppendUint32(nil, uint32(len(list)))
		return winmail("\x02\x05\x90\x06\x00"+string(size)+list+"\x00\x00", 1)
	},
	"nested ber": func(n int) string {
		return "Content-Type: application/pkcs7-mime\n\n" + strings.Repeat("\x30\x80", n)
	},
	"calendar lines": func(n int) string {
		return "Content-Type: text/calendar\n\nBEGIN:VEVENT\n" + strings.Repeat("ATTENDEE;CN=\"a\":b\n", n)
	},
	"calendar events": func(n int) string {
		return "Content-Type: text/calendar\n\n" + strings.Repeat("BEGIN:VEVENT\n", n)
	},
	"broken introductions": func(n int) string {
		return "Subject: Re: a\n\n" + strings.Repeat("1 Jan 2024 10:00 Ann <a@b.test\n>, again\n<:\n", n)
	},
	"labels": func(n int) string {
		return "Subject: Re: a\n\n" + strings.Repeat("From: a@b.test\nSent: today\n________________________________\n", n)
	},
	"forward markers": func(n int) string { return "\n\n" + strings.Repeat("---- x ----\n\nFrom: a\n", n) },
	"rulers":          func(n int) string { return "\n\n" + strings.Repeat("-----\n\n", n) },
	"signatures":      func(n int) string { return "\n\n" + strings.Repeat("Sent from my iPhone\n\n-- \n", n) },
	"answers between quotes": func(n int) string {
		return "Subject: Re: a\n\n" + strings.Repeat("On 1 Jan 2024 10:00 Ann wrote:\n> a\n\nsee above\n", n)
	},
	"boxes": func(n int) string {
		return "Subject: Re: a\nContent-Type: text/html\n\n" + strings.Repeat("<div name=quote>1 Jan 2024 10:00 Ann wrote:<br>a</div>b<br>", n)
	},
	"addresses in a bounce": func(n int) string {
		return "Return-Path: <>\nFrom: MAILER-DAEMON@b.test\nSubject: failure notice\n\n" + strings.Repeat("<a@b.test>:\n", n)
	},
	"addresses in a line of a bounce": func(n int) string {
		return "Return-Path: <>\nFrom: MAILER-DAEMON@b.test\nSubject: failure notice\n\n" + strings.Repeat("a@b ", n)
	},
	"recipients without a status": func(n int) string {
		var b strings.Builder
		b.WriteString("Return-Path: <>\nFrom: MAILER-DAEMON@b.test\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n")
		for i := range n {
			fmt.Fprintf(&b, "a%d@b.test\n", i)
		}
		b.WriteString("--b\nContent-Type: message/delivery-status\n\n")
		for i := range n {
			fmt.Fprintf(&b, "Final-Recipient: rfc822; a%d@b.test\n\n", i)
		}
		return b.String()
	},
	"recipients in one block": func(n int) string {
		return "Return-Path: <>\nContent-Type: message/delivery-status\nFrom: MAILER-DAEMON@b.test\n\n" + strings.Repeat("Final-Recipient: rfc822; a@b.test\nx: y\n", n)
	},
	"encoded words": func(n int) string { return "Subject: " + strings.Repeat("=?utf-8?q?a?= =?x?b?YQ?= ", n) + "\n\nx" },
}

// winmail is a mail that is nothing but a TNEF with n times these attributes.
func winmail(attributes string, n int) string {
	return "Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22\x01\x00" + strings.Repeat(attributes, n)
}

// rtfBomb is a mail with compressed RTF that becomes eight times its size: all
// but the first letters are references to these.
func rtfBomb(n int) string {
	const head = 207                                          // where the dictionary ends that every such text begins with
	reference := string([]byte{head >> 4, head<<4&0xff | 14}) // 16 letters, which never ends at its own place
	packed := strings.Repeat("\x00xxxxxxxx", 3) + strings.Repeat("\xff"+strings.Repeat(reference, 8), n)
	value := strings.Repeat("\x00", 8) + "LZFu\x00\x00\x00\x00" + packed
	size := func(n int) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }
	list := size(1) + "\x02\x01\x09\x10" + size(1) + size(len(value)) + value + strings.Repeat("\x00", -len(value)&3)
	return winmail("\x01\x03\x90\x06\x00"+size(len(list))+list+"\x00\x00", 1)
}

// TestLinearCost counts steps and bytes instead of time: twice the message may
// take about twice the steps and the memory, not four times.
func TestLinearCost(t *testing.T) {
	for name, message := range hostile {
		t.Run(name, func(t *testing.T) {
			const n = 4000
			steps := func(n int) (work, bytes float64) {
				raw := []byte(message(n))
				r := newReading(raw, Options{})
				mail := r.read(raw)
				checkForm(t, raw, mail)
				return float64(r.work), float64(r.work) / float64(len(raw))
			}
			once, _ := steps(n)
			twice, each := steps(2 * n)
			if twice > 2.5*once+5000 {
				t.Errorf("%.0f steps for one, %.0f for two", once, twice)
			}
			// The searches that are bounded by a constant are bounded by this.
			if each > 2000 {
				t.Errorf("%.0f steps for a byte", each)
			}
		})
	}
}

// TestCaps makes sure that what is over a cap is cut and told.
func TestCaps(t *testing.T) {
	tests := map[string]struct {
		raw    string
		defect string
	}{
		"depth":  {hostile["parts without end"](200), "parts are nested too deeply, the rest is left out"},
		"parts":  {hostile["empty parts"](100_000), "too many parts, the rest is left out"},
		"header": {"From: a@b.test\nSubject: " + strings.Repeat("x", 300<<10) + "\nDate: Tue, 2 Jan 2024 10:00:00 +0000\n\nbody", "the header is too long and was cut"},
		"lines":  {"From: a@b.test\n\n" + strings.Repeat("a\n", lineCap+10), "too many lines to find quotes among them"},
		"rtf":    {rtfBomb(20_000), "the text is too long and was cut"},
		"list":   {"To: " + strings.Repeat("a@b.test, ", 10000) + "\n\n", "an address field is too long and was cut"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			mail := parse([]byte(test.raw), Options{})
			checkForm(t, []byte(test.raw), mail)
			if !slices.Contains(mail.Defects, test.defect) {
				t.Errorf("defects are %q", mail.Defects)
			}
			// Whoever reads it is told, unless all of it is there.
			if told := slices.Contains(mail.Missing(), test.defect); told == (name == "lines") {
				t.Errorf("missing are %q", mail.Missing())
			}
		})
	}
}
