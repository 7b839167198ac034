package compose_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/mail"
	"strings"
	"testing"
	"time"

	message "github.com/emersion/go-message/mail"
	"pgregory.net/rapid"

	"postroom/connector/compose"
	"postroom/connector/parse"
	"postroom/desk"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("", 3600)) }

func reply() desk.Outgoing {
	return desk.Outgoing{
		Author: 1, From: desk.Mailbox{Name: "Anna Wójcik", Addr: "support@acme.test"}, ReplyTo: "support+pr1.3g9.00ff.abc@acme.test",
		To: []desk.Mailbox{{Name: "Ben, O'Hara", Addr: "ben@customer.test"}, {Addr: "carl@customer.test"}},
		Cc: []desk.Mailbox{{Name: "Dörte", Addr: "doerte@bücher.test"}}, Bcc: []desk.Mailbox{{Name: "Hidden", Addr: "hidden@acme.test"}},
		Subject: "Re: Rechnung für März — 14 % zu hoch", Text: "Hello Ben,\n\n> is it 14 %?\nYes. Sorry!\n\n-- \nAnna\n",
		HeaderID: "pr1.3g9.00ff.abc@acme.test", InReplyTo: "b@customer.test", References: []string{"a@customer.test", "b@customer.test"},
	}
}

func build(t *testing.T, out desk.Outgoing) string {
	t.Helper()
	raw, err := compose.Build(out, noon(), compose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestBuildWritesTheMail(t *testing.T) {
	t.Parallel()
	const want = `Date: Mon, 23 Nov 2026 12:00:00 +0100
From: =?utf-8?q?Anna_W=C3=B3jcik?= <support@acme.test>
Reply-To: =?utf-8?q?Anna_W=C3=B3jcik?= <support+pr1.3g9.00ff.abc@acme.test>
To: "Ben, O'Hara" <ben@customer.test>, carl@customer.test
Cc: =?utf-8?q?D=C3=B6rte?= <doerte@xn--bcher-kva.test>
Subject: =?utf-8?q?Re=3A_Rechnung_f=C3=BCr_M=C3=A4rz_=E2=80=94_14_=25_z?=
 =?utf-8?q?u_hoch?=
Message-ID: <pr1.3g9.00ff.abc@acme.test>
X-Postroom-Id: <pr1.3g9.00ff.abc@acme.test>
In-Reply-To: <b@customer.test>
References: <a@customer.test> <b@customer.test>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_MARK"

--=_MARK
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Hello Ben,

> is it 14 %?
Yes. Sorry!

--` + " " + `
Anna

--=_MARK
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<!DOCTYPE html>
<html>
<head><meta charset=3D"utf-8"></head>
<body>
<p>Hello Ben,</p>
<blockquote type=3D"cite" style=3D"margin:0 0 0 .8ex;padding-left:1ex;borde=
r-left:2px solid #ccc">
<p>is it 14 %?</p>
</blockquote>
<p>Yes. Sorry!</p>
<p>--<br>
Anna</p>
</body>
</html>

--=_MARK--
`
	got := build(t, reply())
	_, rest, _ := strings.Cut(got, "boundary=\"=_")
	mark, _, _ := strings.Cut(rest, "\"")
	if len(mark) != 32 {
		t.Errorf("the boundary is %q", mark)
	}
	if got = strings.ReplaceAll(strings.ReplaceAll(got, mark, "MARK"), "\r\n", "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if build(t, reply()) != build(t, reply()) {
		t.Error("the same row gives two mails")
	}
}

func TestBuildRefusesWhatCannotBeAHeader(t *testing.T) {
	t.Parallel()
	for code, spoil := range map[string][]func(*desk.Outgoing, string){
		"BAD_HEADER": {
			func(o *desk.Outgoing, x string) { o.Subject = x },
			func(o *desk.Outgoing, x string) { o.From.Name = x },
			func(o *desk.Outgoing, x string) { o.To[0].Name = x },
			func(o *desk.Outgoing, x string) { o.Cc[0].Name = x },
		},
		"BAD_RECIPIENT": {
			func(o *desk.Outgoing, x string) { o.From.Addr = x },
			func(o *desk.Outgoing, x string) { o.To[0].Addr = x },
			func(o *desk.Outgoing, x string) { o.Cc[0].Addr = x },
			func(o *desk.Outgoing, x string) { o.ReplyTo = x },
		},
		"BAD_MESSAGE_ID": {func(o *desk.Outgoing, x string) { o.HeaderID = x }},
	} {
		for _, x := range []string{"a@b\r\nBcc: x@evil.test", "a@b\nX: y", "a\r@b", "a\x00@b"} {
			for i, s := range spoil {
				out := reply()
				s(&out, x)
				_, err := compose.Build(out, noon(), compose.Options{})
				var said *desk.Error
				if !errors.As(err, &said) || said.Code != code || said.Kind != desk.Invalid {
					t.Errorf("%s %d with %q: %v", code, i, x, err)
				}
			}
		}
	}
}

func TestBuildLeavesOutIDsThatAreNone(t *testing.T) {
	t.Parallel()
	out := reply()
	out.InReplyTo = "x@y>\r\nBcc: <z@z"
	out.References = []string{"no-at", "a b@c", "a@b@c", "<a@b>", "a@b\r\nBcc: x@y", strings.Repeat("a", 1000) + "@b", "@b", "a@", "ok@[10.0.0.1]", "fine.id+x=y@mail.test"}
	for i := range 60 {
		out.References = append(out.References, strings.Repeat("x", i+1)+"@many.test")
	}
	got := parse.Parse([]byte(build(t, out)), parse.Options{})
	if len(got.References) != 50 || got.References[49] != out.References[69] || len(got.InReplyTo) != 0 {
		t.Errorf("%d references, the last %q, in reply to %q", len(got.References), got.References[len(got.References)-1], got.InReplyTo)
	}
	out.References = out.References[:10]
	got = parse.Parse([]byte(build(t, out)), parse.Options{})
	if strings.Join(got.References, " ") != "ok@[10.0.0.1] fine.id+x=y@mail.test" {
		t.Errorf("references %q", got.References)
	}
}

func TestBuildToHiddenRecipientsAlone(t *testing.T) {
	t.Parallel()
	out := reply()
	out.To, out.Cc = nil, nil
	raw := build(t, out)
	if !strings.Contains(raw, "\r\nTo: undisclosed-recipients:;\r\n") || strings.Contains(raw, "hidden@") {
		t.Errorf("got:\n%s", raw)
	}
}

// The wire knows one end of a mail; nothing in a text may look like another
// (promises A11).
func TestBuildHasNoBareLineEnds(t *testing.T) {
	t.Parallel()
	out := reply()
	out.Text = "a\r.\rMAIL FROM:<x@evil.test>\n.\r\nb\n\r.\n\x00\r\n.\r\n"
	raw := build(t, out)
	left := strings.ReplaceAll(raw, "\r\n", "")
	if strings.ContainsAny(left, "\r\n\x00") {
		t.Errorf("there are bare line ends in:\n%q", raw)
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"anna@example.test": "anna@example.test", " a.b+c@X.test ": "a.b+c@X.test", "a(b@x.test": `"a(b"@x.test`, `"a b"@x.test`: `"a b"@x.test`,
		`a"b@x.test`: `"a\"b"@x.test`, "a..b@x.test": `"a..b"@x.test`, "x@bücher.test": "x@xn--bcher-kva.test", "x@[10.0.0.1]": "x@[10.0.0.1]",
		"x@[IPv6:::1]": "x@[IPv6:::1]", "jürgen@x.test": "jürgen@x.test", "": "", "a": "", "@x": "", "a@": "", "a@b c": "", "a@b>": "", "a@b\r\nRCPT": "",
		"a\nb@c": "", "a@.": "", "a@[1 2]": "", "a@" + strings.Repeat("x", 64): "", "a@b..c": "",
	} {
		if got, err := compose.Address(in); got != want || (err != nil) != (want == "") {
			t.Errorf("%q gives %q, %v", in, got, err)
		}
	}
	out := reply()
	if compose.NeedsUTF8(out) {
		t.Error("an international domain needs SMTPUTF8")
	}
	out.Bcc = []desk.Mailbox{{Addr: "jürgen@x.test"}}
	if !compose.NeedsUTF8(out) {
		t.Error("an international local part does not need SMTPUTF8")
	}
}

// name draws display names and subjects: letters of several scripts, what is
// special in headers, and what looks like an encoded word.
func name() *rapid.Generator[string] {
	return rapid.StringOfN(rapid.RuneFrom([]rune("ab Zü字👩,;:\"\\()<>@=?_-.é\t'[]")), 0, 200, -1)
}

func addr() *rapid.Generator[string] {
	return rapid.StringMatching(`[a-z][a-z0-9.+_-]{0,20}[a-z0-9]@[a-z][a-z0-9]{0,20}\.test`).Filter(func(s string) bool { return !strings.Contains(s, "..") })
}

func outgoing() *rapid.Generator[desk.Outgoing] {
	return rapid.Custom(func(t *rapid.T) desk.Outgoing {
		box := rapid.Custom(func(t *rapid.T) desk.Mailbox {
			return desk.Mailbox{Name: strings.TrimSpace(name().Draw(t, "name")), Addr: addr().Draw(t, "address")}
		})
		out := desk.Outgoing{
			Author: 1, From: box.Draw(t, "from"), To: rapid.SliceOfN(box, 1, 30).Draw(t, "to"), Cc: rapid.SliceOfN(box, 0, 3).Draw(t, "cc"), Bcc: rapid.SliceOfN(box, 0, 3).Draw(t, "bcc"),
			Subject: name().Draw(t, "subject"), Text: rapid.String().Draw(t, "text"),
			HeaderID: addr().Draw(t, "id"), References: rapid.SliceOfNDistinct(addr(), 0, 60, rapid.ID[string]).Draw(t, "references"),
		}
		if n := len(out.References); n > 0 {
			out.InReplyTo = out.References[n-1]
		}
		if rapid.Bool().Draw(t, "plus") {
			out.ReplyTo = addr().Draw(t, "reply to")
		}
		return out
	})
}

// Whatever is typed, the readers of the standard library and of go-message find
// exactly our header in the mail, and no line is too long (promises A10).
func TestBuildHoldsForAnyMail(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		out := outgoing().Draw(t, "mail")
		raw, err := compose.Build(out, noon(), compose.Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkWire(t, raw)
		checkHeader(t, raw, out)
		checkParsed(t, raw, out)
	})
}

func checkWire(t rapid.TB, raw []byte) {
	t.Helper()
	for _, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("a line of %d bytes, or with a bare line end: %q", len(line), line)
		}
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for _, line := range bytes.Split(head, []byte("\r\n")) {
		if len(line) > 78 && bytes.Contains(line, []byte("=?")) || len(bytes.TrimSpace(line)) == 0 {
			t.Fatalf("a bad line in the header: %q", line)
		}
	}
}

func checkHeader(t rapid.TB, raw []byte, out desk.Outgoing) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Date", "From", "To", "Subject", "Message-Id", "X-Postroom-Id", "Mime-Version", "Content-Type"}
	for field, there := range map[string]bool{"Reply-To": out.ReplyTo != "", "Cc": len(out.Cc) > 0, "In-Reply-To": out.InReplyTo != "", "References": len(out.References) > 0} {
		if there {
			want = append(want, field)
		}
	}
	if len(m.Header) != len(want) {
		t.Fatalf("the header is %v, want %v", m.Header, want)
	}
	for _, field := range want {
		if len(m.Header[field]) != 1 {
			t.Fatalf("%d times %s", len(m.Header[field]), field)
		}
	}
	for field, boxes := range map[string][]desk.Mailbox{"From": {out.From}, "To": out.To, "Cc": out.Cc} {
		if len(boxes) == 0 {
			continue
		}
		list, err := m.Header.AddressList(field)
		if err != nil || len(list) != len(boxes) {
			t.Fatalf("%s is %q: %v", field, m.Header.Get(field), err)
		}
		for i, b := range boxes {
			if list[i].Address != b.Addr || list[i].Name != b.Name {
				t.Fatalf("%s has %q %q, want %+v", field, list[i].Name, list[i].Address, b)
			}
		}
	}
	if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || subject != out.Subject {
		t.Fatalf("the subject is %q, want %q (%v)", subject, out.Subject, err)
	}
}

// checkParsed reads the mail with go-message and with our own reader.
func checkParsed(t rapid.TB, raw []byte, out desk.Outgoing) {
	t.Helper()
	r, err := message.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	refs, err := r.Header.MsgIDList("References")
	newest := out.References[max(0, len(out.References)-50):]
	if err != nil || strings.Join(refs, " ") != strings.Join(newest, " ") {
		t.Fatalf("references %q, want %q (%v)", refs, newest, err)
	}
	plain, err := r.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(plain.Body)
	if err != nil || normal(string(text)) != normal(out.Text) {
		t.Fatalf("the text is %q, want %q (%v)", text, out.Text, err)
	}
	own := parse.Parse(raw, parse.Options{})
	if len(own.Defects) > 0 || len(own.Bcc) > 0 || len(own.Attachments) > 0 || own.MessageID != out.HeaderID || own.Auto.Kind != desk.AutoNone {
		t.Fatalf("our reader finds %+v", own)
	}
}

// normal is a text with the line ends it gets on the way.
func normal(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(s)
	return strings.TrimSuffix(strings.ToValidUTF8(s, "\uFFFD"), "\n")
}

func TestTextComesBackFromOurReader(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Hello Ben,\n\nyes.\n", "Grüße — 你好 👋\n", "From the beginning\nFrom now on\n", "a line that is long " + strings.Repeat("and longer ", 200) + "end\n",
		"trailing blanks  \nnext\n", ".\n..\n.a\n", strings.Repeat("你好吗", 500) + "\n", "=3D =\nA=20B\n", "1. one\n2. two\n\n* a\n* b\n",
	} {
		out := reply()
		out.Text = text
		if got := parse.Parse([]byte(build(t, out)), parse.Options{}); strings.TrimRight(got.BodyText, "\n") != strings.TrimRight(text, "\n") {
			t.Errorf("got %q, want %q", got.BodyText, text)
		}
	}
}

func FuzzBuild(f *testing.F) {
	f.Add("Anna", "anna@x.test", "Subject", "text\n> quote\n", "id@x.test")
	f.Add("=?utf-8?q?x?=", "a\"b@[1]", " s  t ", "[a](javascript:x) <b> ![i](http://x/y)\r.\r", "a@b\r\nBcc: c")
	f.Fuzz(func(t *testing.T, name, address, subject, text, id string) {
		box := desk.Mailbox{Name: name, Addr: address}
		out := desk.Outgoing{Author: 1, From: box, To: []desk.Mailbox{box}, Bcc: []desk.Mailbox{{Addr: "hidden@x.test"}}, Subject: subject, Text: text, HeaderID: "a@x.test", InReplyTo: id, References: []string{id}}
		raw, err := compose.Build(out, noon(), compose.Options{})
		if err != nil {
			return
		}
		checkWire(t, raw)
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		for field, values := range m.Header {
			switch field {
			case "Date", "From", "To", "Subject", "Message-Id", "X-Postroom-Id", "In-Reply-To", "References", "Mime-Version", "Content-Type":
			default:
				t.Errorf("there is a field %s", field)
			}
			if len(values) != 1 {
				t.Errorf("there are %d %s", len(values), field)
			}
		}
		page := strings.ToLower(string(raw))
		if strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Contains(page, "href=3d\"javascript") {
			t.Errorf("the page is not harmless:\n%s", raw)
		}
	})
}
