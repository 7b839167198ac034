package parse

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"postroom/desk"
)

// class is what a person takes a line of a mail for.
type class byte

const (
	classText      class = 'T'
	classQuoted    class = 'Q'
	classSignature class = 'S'
	classMarkup    class = 'M' // HTML around the text, no text itself
)

// piece is a line of a mail with its class.
type piece struct {
	class class
	text  string
}

// sample is a mail of which every line is known to be new, quoted or
// signature, without asking the splitter.
type sample struct {
	program  string // the mail program that writes so
	language string
	kind     string // reply, bottom, inline, forward, ...
	form     string // plain or html
	subject  string
	pieces   []piece
}

func (s *sample) name() string {
	return strings.Join([]string{s.program, s.kind, s.language, s.form}, "_")
}

func (s *sample) add(c class, lines ...string) {
	for _, one := range lines {
		s.pieces = append(s.pieces, piece{c, one})
	}
}

// raw writes the sample as a message.
func (s *sample) raw() []byte {
	var b bytes.Buffer
	b.WriteString("From: Ann Lee <ann@acme.test>\nTo: Ben Hart <ben@desk.test>\nSubject: " + s.subject +
		"\nDate: Tue, 9 Jan 2024 10:00:00 +0100\nMessage-ID: <" + s.name() + "@acme.test>\nMIME-Version: 1.0\n" +
		"Content-Type: text/" + s.form + "; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n")
	for _, p := range s.pieces {
		b.WriteString(p.text + "\n")
	}
	return b.Bytes()
}

// lines gives all lines of a class, those of HTML without their tags.
func (s *sample) lines(c class) []string {
	out := []string{}
	for _, p := range s.pieces {
		text := p.text
		if s.form == "html" {
			text = strings.TrimSpace(html.UnescapeString(withoutTags(text)))
		}
		if p.class == c && strings.TrimSpace(text) != "" {
			out = append(out, text)
		}
	}
	return out
}

func withoutTags(text string) string {
	var b strings.Builder
	for text != "" {
		before, tag, _ := strings.Cut(text, "<")
		_, text, _ = strings.Cut(tag, ">")
		b.WriteString(before + " ")
	}
	return b.String()
}

// linkNotes are the numbers of links and their targets below a text.
var linkNotes = regexp.MustCompile(`(?m)^\[\d+\] .*$|\[\d+\]`)

// letters is what counts in the comparison: letters and digits in their order.
// How a rule is drawn or a list indented is the business of other tests.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, text)
}

// exact tells whether the mail was split just as the sample says.
func (s *sample) exact(mail desk.Mail) bool {
	return s.is(classText, mail.Text) && s.is(classQuoted, mail.Quoted) && s.is(classSignature, mail.Signature)
}

func (s *sample) is(c class, got string) bool {
	if strings.Contains(got, "[") {
		got = linkNotes.ReplaceAllString(got, "")
	}
	return letters(strings.Join(s.lines(c), "\n")) == letters(got)
}

// readSamples reads mails whose lines carry their class in front.
func readSamples(t testing.TB, file string) []*sample {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "newtext", file))
	if err != nil {
		t.Fatal(err)
	}
	var list []*sample
	for n, one := range strings.Split(string(data), "\n") {
		if head, ok := strings.CutPrefix(one, "=== "); ok {
			f := strings.Split(head, " | ")
			if len(f) != 5 {
				t.Fatalf("%s:%d: %q has not five fields", file, n+1, one)
			}
			list = append(list, &sample{program: f[0], language: f[1], kind: f[2], form: f[3], subject: f[4]})
			continue
		}
		if one == "" || len(list) == 0 {
			continue
		}
		if !strings.ContainsRune("TQSM", rune(one[0])) || len(one) > 1 && one[1] != ' ' {
			t.Fatalf("%s:%d: %q has no class", file, n+1, one)
		}
		list[len(list)-1].add(class(one[0]), one[min(2, len(one)):])
	}
	return list
}
