package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"postroom/connector/dial"
	"postroom/desk"
	"postroom/desk/safe"
)

// writtenText reads what a person writes: from a file, or from standard input.
func (p *program) writtenText(ctx context.Context, file, what string) (string, error) {
	if file == "" {
		file = "-"
		if _, ok := terminal(p.in); ok {
			p.print.remark(safe.Sprintf("Write %s, and end it with ctrl+d on a line of its own.", safe.Line(what)))
		}
	}
	b, err := p.readFile(ctx, file, desk.MaxText)
	if err != nil {
		return "", err
	}
	return string(b), readable(string(b), what)
}

// readable refuses text in another encoding: half of it would be lost, and
// nobody would see that before the mail is out.
func readable(text, what string) error {
	if utf8.ValidString(text) {
		return nil
	}
	return &desk.Error{
		Kind: desk.Invalid, Code: "NOT_UTF8", Message: capital(what) + " is not in UTF-8.",
		Hint: "Convert it first, for example with: iconv -f ISO-8859-1 -t UTF-8",
	}
}

// fromHome is a file as somebody has typed it where no shell has made a home
// directory of "~/": on the screen, and behind the = of a flag.
func (p *program) fromHome(file string) string {
	if below, ok := strings.CutPrefix(file, "~/"); ok && p.getenv("HOME") != "" {
		return filepath.Join(p.getenv("HOME"), below)
	}
	return file
}

// maxAuthority is how much a file of certificates may hold.
const maxAuthority = 4 << 20

// certificates reads a file of certificates to trust besides the system's, in
// PEM, or standard input for -.
func (p *program) certificates(ctx context.Context, file string) (string, error) {
	pem, err := p.readFile(ctx, file, maxAuthority)
	if err == nil {
		_, err = dial.Roots(string(pem))
	}
	return string(pem), err
}

// readCertificates is certificates for the screen, which has the standard input
// for itself.
func (p *program) readCertificates(file string) (string, error) {
	pem, err := readAtMost(p.fromHome(file), maxAuthority)
	if err != nil {
		return "", unreadable(file, err)
	}
	_, err = dial.Roots(string(pem))
	return string(pem), err
}

// readFile reads a whole file, or standard input for -, of at most so many
// bytes: a device may have no end. It may also be a terminal or a pipe on which
// nothing ever comes, so the wait ends with the context.
func (p *program) readFile(ctx context.Context, name string, most int64) ([]byte, error) {
	read := func() ([]byte, error) { return readAtMost(p.fromHome(name), most) }
	if name == "-" {
		read = func() ([]byte, error) { return allOf(name, p.in, most) }
	}
	type result struct {
		b   []byte
		err error
	}
	done := make(chan result, 1) // so that a reader nobody waits for can end
	go func() {
		b, err := read()
		done <- result{b, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, unreadable(name, r.err)
		}
		return r.b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// readAtMost reads a whole file of at most so many bytes.
func readAtMost(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return allOf(name, f, most)
}

// allOf reads to the end, which has to come within so many bytes.
func allOf(name string, r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		return nil, tooLarge(name, most)
	}
	return b, err
}
