package parse

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestCheck(t *testing.T) {
	tests := map[string]struct {
		raw     string
		message bool
	}{
		"empty":        {"", false},
		"blanks":       {" \r\n\t\n", false},
		"NUL bytes":    {strings.Repeat("\x00", 500), false},
		"an image":     {"\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\x01\x02\xff", 50), true},
		"text":         {"no header, only text\n", true},
		"one field":    {"Subject: x", true},
		"mbox":         {"From ann Tue\nSubject: x\n\n", true},
		"NUL in front": {"\x00\x00From: a@b.test\n\nx", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := Check([]byte(test.raw))
			if (err == nil) != test.message {
				t.Errorf("got %v", err)
			}
			if err != nil && !errors.Is(err, ErrNoMessage) {
				t.Errorf("%v is not ErrNoMessage", err)
			}
		})
	}
}

func TestDates(t *testing.T) {
	tests := map[string]string{
		"Tue, 02 Jan 2024 10:00:00 +0100":               "2024-01-02T09:00:00Z",
		"Tue, 2 Jan 2024 10:00:00 +0100 (CET)":          "2024-01-02T09:00:00Z",
		"2 Jan 2024 10:00 -0530":                        "2024-01-02T15:30:00Z",
		"Tue Jan  2 10:00:00 2024":                      "2024-01-02T10:00:00Z",
		"Tue, 02 Jan 24 10:00:00 GMT":                   "2024-01-02T10:00:00Z",
		"Tue, 02-Jan-2024 10:00:00 PST":                 "2024-01-02T18:00:00Z",
		"Tue, 02 Jan 2024 10.00.00 +0000":               "2024-01-02T10:00:00Z",
		"2024-01-02T10:00:00+02:00":                     "2024-01-02T08:00:00Z",
		"2024-01-02 10:00:00":                           "2024-01-02T10:00:00Z",
		"Tue, 02 Jan 2024 10:00:00 +9999":               "2024-01-02T10:00:00Z",
		"Di, 02 Mai 2023 10:00:00 +0200":                "2023-05-02T08:00:00Z",
		"Tue, 02 Jan 2024 10:00:00+0100":                "2024-01-02T09:00:00Z",
		"Tue, (comment (nested)) 2 Jan 2024 10:00:00 Z": "2024-01-02T10:00:00Z",
		"02 Jan 70 00:00:00 +0000":                      "1970-01-02T00:00:00Z",
		"yesterday":                                     "",
		"":                                              "",
		"Tue, 02 Jan 9999999 10:00:00 +0000":            "",
		"Tue, 02 Jan 1066 10:00:00 +0000":               "",
	}
	for value, want := range tests {
		got := ""
		if date, _, ok := parseDate(value); ok {
			got = date.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

func TestAttachmentData(t *testing.T) {
	raw := []byte("Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nQUJD\n--b\nContent-Disposition: attachment\n\nsecond\n--b--\n")
	for n, want := range []string{"ABC", "second"} {
		got, err := AttachmentData(raw, n)
		if err != nil || string(got) != want {
			t.Errorf("attachment %d is %q, %v", n, got, err)
		}
	}
	for _, n := range []int{-1, 2} {
		if _, err := AttachmentData(raw, n); err == nil {
			t.Errorf("attachment %d exists", n)
		}
	}
}

// TestBase64InPieces makes sure that a digest taken piece by piece is that of
// the whole, wherever the pieces end.
func TestBase64InPieces(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcde\xff"), 20000)
	raw := []byte("Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n" + wrapBase64(data))
	checkForm(t, raw, parse(raw, Options{}))
	got, err := AttachmentData(raw, 0)
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
}

func TestRawText(t *testing.T) {
	for _, raw := range []string{"", "plain\r\ntext", "\x00\xff\xfe\x1b[2J", "Grüße", strings.Repeat("ü", 100)} {
		for _, limit := range []int{-1, 0, 1, 7, 1000} {
			got := RawText([]byte(raw), limit)
			if !utf8.ValidString(got) || len(got) > max(limit, 0) || strings.ContainsAny(got, "\x00\x1b") {
				t.Errorf("%q, %d: %q", raw, limit, got)
			}
		}
	}
	if got := RawText([]byte("a\r\nb\x00c"), 100); got != "a\nbc" {
		t.Errorf("got %q", got)
	}
}

// TestDecodeAfterClean: the ways in which a control character can be hidden
// all end as plain decoded text, so that one cleaning at the end meets it.
func TestDecodeAfterClean(t *testing.T) {
	const escape = "\x1b[31m"
	tests := map[string]string{
		"word":             "Subject: =?utf-8?B?G1szMW0=?=\n\n",
		"word in Q":        "Subject: =?us-ascii?Q?=1B[31m?=\n\n",
		"quoted-printable": "Content-Transfer-Encoding: quoted-printable\n\n=1B[31m",
		"base64":           "Content-Transfer-Encoding: base64\n\nG1szMW0=",
		"html":             "Content-Type: text/html\n\n<p>&#27;[31m</p>",
	}
	for name, raw := range tests {
		mail := parse([]byte("From: a@b.test\n"+raw), Options{})
		if !strings.Contains(mail.BodyText, escape) && mail.Subject != "[31m" {
			t.Errorf("%s: subject %q, text %q", name, mail.Subject, mail.BodyText)
		}
	}
}

func TestOneByteParts(t *testing.T) {
	// Every prefix of every message of the corpus is a message too.
	for name, raw := range corpus(t) {
		for n := 0; n < len(raw); n += 1 + len(raw)/15 {
			func() {
				defer func() {
					if cause := recover(); cause != nil {
						t.Fatalf("%s cut at %d: %v", name, n, cause)
					}
				}()
				checkForm(t, raw[:n], parse(raw[:n], Options{}))
			}()
		}
	}
}

// TestLineEnds reads the corpus with the line ends of the wire: nothing but the
// size of the attachments may change.
func TestLineEnds(t *testing.T) {
	for name, raw := range corpus(t) {
		if bytes.IndexByte(raw, '\r') >= 0 || name == "charset_utf16" {
			continue
		}
		want := parse(raw, Options{})
		wire := bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
		got := parse(wire, Options{})
		checkForm(t, wire, got)
		if len(got.Attachments) != len(want.Attachments) {
			t.Errorf("%s: %d attachments instead of %d", name, len(got.Attachments), len(want.Attachments))
		}
		got.Attachments, want.Attachments = nil, nil
		if a, b := form(t, got), form(t, want); !bytes.Equal(a, b) {
			t.Errorf("%s:\n%s\ninstead of\n%s", name, a, b)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, raw := range corpus(f) {
		f.Add(raw)
	}
	for _, s := range chosen() {
		f.Add(s.raw())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkForm(t, raw, parse(raw, Options{}))
		_ = Check(raw)
		_ = RawText(raw, 1000)
	})
}

func FuzzHTML(f *testing.F) {
	for _, raw := range corpus(f) {
		if mail := parse(raw, Options{}); mail.BodyHTML != "" {
			f.Add(mail.BodyHTML)
		}
	}
	f.Fuzz(func(t *testing.T, source string) {
		raw := []byte("Content-Type: text/html; charset=utf-8\n\n" + source)
		checkForm(t, raw, parse(raw, Options{}))
	})
}

func FuzzAddresses(f *testing.F) {
	for _, value := range []string{
		`"Doe, John" <john@acme.test>, ann@acme.test (Ann)`, `Team: a@x.test, b@x.test;`, `<<a@x.test>>, "open <b@x.test`,
		`=?utf-8?Q?M=C3=BCller?= <m@x.test>`, `Doe, John <j@x.test>; root`, `<@r.test:a@x.test>`,
	} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		r := newReading([]byte(value), Options{})
		for _, box := range r.addresses(value) {
			if !utf8.ValidString(box.Name) || !utf8.ValidString(box.Addr) || strings.ContainsAny(box.Addr, "\r\n\x00") {
				t.Errorf("%q gives %+q", value, box)
			}
		}
		if r.work > 3000*(len(value)+10) {
			t.Errorf("%d steps for %d bytes", r.work, len(value))
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct {
		name string
		raw  []byte
	}{
		{"plain/5KB", benchPlain(5 << 10)},
		{"plain/40KB", benchPlain(40 << 10)},
		{"alternative/40KB", benchAlternative(40 << 10)},
		{"html/10KB", benchHTML(10 << 10)},
		{"html/40KB", benchHTML(40 << 10)},
		{"attachment/1MB", benchAttachment(1 << 20)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.raw)))
			b.ReportAllocs()
			for b.Loop() {
				Parse(bench.raw, Options{})
			}
		})
	}
}

func benchHeader(contentType string) string {
	var b strings.Builder
	for i := range 8 {
		fmt.Fprintf(&b, "Received: from mx%d.acme.test (mx%d.acme.test [192.0.2.%d])\n\tby mail.desk.test with ESMTPS id abc%d\n\tfor <support@desk.test>; Tue, 02 Jan 2024 10:00:0%d +0100\n", i, i, i, i, i)
	}
	b.WriteString("DKIM-Signature: v=1; a=rsa-sha256; d=acme.test; b=" + strings.Repeat("abcd", 80) + "\n")
	b.WriteString("From: =?utf-8?Q?J=C3=B6rg?= <j@acme.test>\nTo: support@desk.test\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\nDate: Tue, 02 Jan 2024 10:00:00 +0100\nMessage-ID: <1@acme.test>\nReferences: <a@desk.test> <b@acme.test>\nMIME-Version: 1.0\nContent-Type: " + contentType + "\n")
	return b.String()
}

func benchText(size int) string {
	return strings.Repeat("This is a line of an ordinary mail, written by hand to a desk.\n", size/64) +
		"\nOn Mon, Jan 1, 2024 at 9:30 AM Support <support@desk.test> wrote:\n" + strings.Repeat("> An earlier line of the same matter.\n", 20)
}

func benchMarkup(size int) string {
	const row = `<tr><td style="font-family:Arial;font-size:14px;padding:8px 20px" class="text"><p style="margin:0 0 12px">A paragraph of a newsletter with <b>some</b> words and <a href="https://acme.test/click?id=12345">a link</a>.</p></td></tr>` + "\n"
	return `<html><head><style>p{margin:0}</style></head><body><table role="presentation">` + strings.Repeat(row, size/len(row)) + "</table></body></html>\n"
}

func benchPlain(size int) []byte {
	return []byte(benchHeader("text/plain; charset=utf-8") + "\n" + benchText(size))
}

func benchHTML(size int) []byte {
	return []byte(benchHeader("text/html; charset=utf-8") + "\n" + benchMarkup(size))
}

func benchAlternative(size int) []byte {
	return []byte(benchHeader("multipart/alternative; boundary=b") + "\n--b\nContent-Type: text/plain; charset=utf-8\n\n" + benchText(size/4) +
		"\n--b\nContent-Type: text/html; charset=utf-8\n\n" + benchMarkup(size*3/4) + "\n--b--\n")
}

func benchAttachment(size int) []byte {
	return []byte(benchHeader("multipart/mixed; boundary=b") + "\n--b\nContent-Type: text/plain\n\nSee below.\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\nContent-Transfer-Encoding: base64\n\n" +
		wrapBase64(bytes.Repeat([]byte("0123456789"), size/14)) + "\n--b--\n")
}

func wrapBase64(data []byte) string {
	text := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return b.String() + text + "\r\n"
}
