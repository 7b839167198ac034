package parse

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"postroom/desk"
)

// failer is the part of testing.TB that rapid has too.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkForm checks what holds for every message whatsoever.
func checkForm(t failer, raw []byte, mail desk.Mail) {
	t.Helper()
	data, err := json.Marshal(mail)
	if err != nil {
		t.Fatalf("no JSON: %v", err)
	}
	if strings.Contains(string(data), ":null") {
		t.Fatalf("a list is null: %s", data)
	}
	texts := []string{mail.MessageID, mail.Subject, mail.BodyText, mail.BodyHTML, mail.Text, mail.Quoted, mail.Signature}
	texts = append(texts, mail.InReplyTo...)
	texts = append(texts, mail.References...)
	texts = append(texts, mail.Defects...)
	texts = append(texts, mail.DeliveredTo...)
	texts = append(texts, mail.AuthResults...)
	for _, list := range [][]desk.Mailbox{mail.From, mail.ReplyTo, mail.To, mail.Cc, mail.Bcc} {
		for _, box := range list {
			texts = append(texts, box.Name, box.Addr)
		}
	}
	for _, to := range mail.Auto.Recipients {
		texts = append(texts, to.Addr, to.Status, to.Action)
	}
	for i, a := range mail.Attachments {
		texts = append(texts, a.Filename, a.ContentType, a.ContentID)
		checkName(t, a.Filename)
		if i > 20 && i < len(mail.Attachments)-1 {
			continue // each of these reads the whole message again
		}
		body, err := AttachmentData(raw, i)
		if err != nil {
			t.Fatalf("attachment %d: %v", i, err)
		}
		sum := sha256.Sum256(body)
		if int64(len(body)) != a.Size || hex.EncodeToString(sum[:]) != a.SHA256 {
			t.Fatalf("attachment %d is described otherwise than it is", i)
		}
	}
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			t.Fatalf("no valid text: %q", s)
		}
	}
	if size := len(mail.BodyText); size > max(len(raw), smallMail)*defaultGrowth*2 {
		t.Fatalf("%d bytes became %d", len(raw), size)
	}
	checkNothingLost(t, mail)
}

// checkNothingLost makes sure that the three parts of the text hold the words
// of the whole, no more and no less.
func checkNothingLost(t failer, mail desk.Mail) {
	t.Helper()
	count := map[string]int{}
	for one := range strings.SplitSeq(mail.BodyText, "\n") {
		count[content(one)]++
	}
	for _, part := range []string{mail.Text, mail.Quoted, mail.Signature} {
		for one := range strings.SplitSeq(part, "\n") {
			count[content(one)]--
		}
		checkOrder(t, mail.BodyText, part)
	}
	for one, n := range count {
		// The target of a link may stand in more than one part.
		if one == "" || n < 0 && strings.HasPrefix(one, "[") {
			continue
		}
		if n != 0 {
			t.Fatalf("line %q: %+d too many in the whole\nwhole:\n%s\ntext:\n%s\nquoted:\n%s\nsignature:\n%s",
				one, n, mail.BodyText, mail.Text, mail.Quoted, mail.Signature)
		}
	}
}

// checkOrder makes sure that the lines of a part stand in the order they have
// in the whole.
func checkOrder(t failer, whole, part string) {
	t.Helper()
	rest := strings.Split(whole, "\n")
	for one := range strings.SplitSeq(part, "\n") {
		want := content(one)
		if want == "" || strings.HasPrefix(want, "[") {
			continue
		}
		for len(rest) > 0 && content(rest[0]) != want {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			t.Fatalf("line %q does not stand where it stood\nwhole:\n%s\npart:\n%s", want, whole, part)
		}
		rest = rest[1:]
	}
}

// content is what a line says. A quoted blank line says nothing: at the end of a
// quote it is dropped like any blank one.
func content(line string) string {
	if strings.Trim(line, "> \t") == "" {
		return ""
	}
	return strings.TrimSpace(line)
}

func checkName(t failer, name string) {
	t.Helper()
	if name == "" || len(name) > 255 || name == "." || name == ".." || strings.ContainsAny(name, `/\`) {
		t.Fatalf("unsafe file name %q", name)
	}
	for _, c := range name {
		if unicode.IsControl(c) || c == 0x202e {
			t.Fatalf("unsafe file name %q", name)
		}
	}
}

func TestAnyBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOf(rapid.Byte()).Draw(t, "raw")
		checkForm(t, raw, parse(raw, Options{}))
	})
}

// TestAnyPieces puts together messages from pieces that mean something, which
// reaches deeper than plain noise.
func TestAnyPieces(t *testing.T) {
	pieces := rapid.SampledFrom([]string{
		"From: ", "To: ", "Subject: ", "Date: ", "Content-Type: ", "Content-Disposition: attachment; ", "Content-Transfer-Encoding: ",
		"base64", "quoted-printable", "multipart/mixed; boundary=b", "multipart/alternative; boundary=\"b\"", "text/html; charset=utf-7",
		"text/plain; format=flowed; delsp=yes", "message/rfc822", "multipart/report; report-type=delivery-status; boundary=b",
		"message/delivery-status", "filename*0*=utf-8''%41", "; filename=\"../../x\"", "\r\n", "\n", "\r", "\n\n", "--b\n", "--b--\n", "--b",
		"<table><tr><td>", "</td></tr></table>", "<blockquote type=cite>", "</blockquote>", "<div class=gmail_quote>", "</div>", "<p>", "<br>",
		"<a href=\"https://acme.test/\">", "</a>", "<pre>", "<ul><li>", "<ol start=9>", "<div style=\"display:none\">", "<style>", "&nbsp;", "&#0;",
		"> ", ">> ", "-- \n", "On Mon, 1 Jan 2024 at 10:00 Ann <a@b.test> wrote:\n", "-----Original Message-----\n", "From: a\nSent: b\nTo: c\n",
		"begin 644 a.txt\n", "#86)C\n", "end\n", "-----BEGIN PGP MESSAGE-----\n", "-----BEGIN PGP SIGNED MESSAGE-----\n", "-----END PGP MESSAGE-----\n",
		"x-uuencode", "text/calendar; method=REQUEST", "BEGIN:VEVENT\n", "SUMMARY:x\n", "DTSTART:20240101T100000Z\n", "END:VEVENT\n",
		"application/ms-tnef", "\x78\x9f\x3e\x22\x01\x00", "\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00", "application/pkcs7-mime", "\x30\x80\x06\x01\x00",
		"---------- Forwarded message ---------\n", "Sent from my iPhone\n", "Subject: Re: a\n", "Subject: Fwd: a\n", "In-Reply-To: <a@b.test>\n",
		"Von: A <a@b.test>\nGesendet: 1. Januar 2024 10:00\nAn: C\n", "________________________________\n", "<div id=divRplyFwdMsg>", "<div name=quote>", "<div data-marker=__HEADERS__>",
		"<div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\">", "<div class=yahoo_quoted>", "<div id=Signature>", "Ann <a@b.test\n", "> wrote:\n", "answers below\n", "=?utf-8?q?", "=?iso-2022-jp?B?", "?=", "=", "=41", "=\n", "QUJD", "\"", "(", "<", ",", ";", ":", "@",
		"\x00", "\xff", "\x1b$B", "é", " ", "hello", "Final-Recipient: rfc822; a@b.test\nAction: failed\nStatus: 5.1.1\n\n",
	})
	rapid.Check(t, func(t *rapid.T) {
		raw := []byte(strings.Join(rapid.SliceOfN(pieces, 0, 60).Draw(t, "pieces"), ""))
		checkForm(t, raw, parse(raw, Options{}))
	})
}

func TestSafeName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if name := safeName(rapid.String().Draw(t, "name")); name != "" {
			checkName(t, name)
		}
	})
}
