package connector

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postroom/desk"
)

// isMaildir reports whether a directory is a Maildir.
func isMaildir(path string) bool {
	for _, sub := range []string{"cur", "new"} {
		if info, err := os.Stat(filepath.Join(path, sub)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// maildir imports a Maildir and the folders in it (Maildir++: .Sent, or plain
// directories). Drafts and deleted mail are no mail to work on.
func (i *importer) maildir(ctx context.Context, path string, role desk.FolderRole) error {
	for _, sub := range []string{"new", "cur"} {
		if err := i.maildirFiles(ctx, filepath.Join(path, sub), role); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		i.skip(path, reason(err))
	}
	for _, e := range entries {
		below := filepath.Join(path, e.Name())
		if !e.IsDir() || !isMaildir(below) {
			continue
		}
		if isDraftsOrTrash(e.Name()) {
			i.skip(below, "drafts and deleted mail are not imported")
			continue
		}
		if err := i.maildir(ctx, below, roleOfDir(e.Name(), desk.RoleInbox)); err != nil {
			return err
		}
	}
	return nil
}

func isDraftsOrTrash(name string) bool {
	switch strings.ToLower(strings.TrimPrefix(name, ".")) {
	case "drafts", "trash", "deleted items", "deleted messages", "entwürfe", "papierkorb", "templates":
		return true
	}
	return false
}

// maildirFiles imports one directory of a Maildir, without holding the list of
// its files in memory.
func (i *importer) maildirFiles(ctx context.Context, path string, role desk.FolderRole) error {
	dir, err := os.Open(path)
	if err != nil {
		i.skip(path, reason(err))
		return nil
	}
	defer dir.Close()
	for {
		entries, err := dir.ReadDir(1000)
		for _, e := range entries {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "dovecot") {
				continue
			}
			if err := i.maildirFile(ctx, filepath.Join(path, e.Name()), role); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			i.skip(path, reason(err))
			return nil
		}
	}
}

// maildirFile imports one mail; its flags are behind the colon of its name.
func (i *importer) maildirFile(ctx context.Context, path string, role desk.FolderRole) error {
	_, flags, _ := strings.Cut(filepath.Base(path), ":2,")
	if strings.ContainsAny(flags, "DT") {
		i.skip(path, "it is a draft or marked as deleted")
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		i.skip(path, reason(err))
		return nil
	}
	defer f.Close()
	i.done.Files++
	l := letter{seen: strings.Contains(flags, "S"), answered: strings.Contains(flags, "R")}
	return i.single(ctx, f, path, l, role)
}

// looksLikeMail is for files nobody has named: by the name, or because the
// file begins with header fields.
func looksLikeMail(path string, f *os.File) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".eml", ".mail", ".msg822":
		return true
	}
	var head [512]byte
	n, err := f.ReadAt(head[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	fields := 0
	for line := range bytes.Lines(head[:n]) {
		name, _, ok := bytes.Cut(line, []byte(":"))
		switch {
		case ok && len(name) > 1 && !bytes.ContainsAny(name, " \t<>{}\"/"):
			fields++
		case line[0] == ' ' || line[0] == '\t':
		default:
			return fields > 2 && len(bytes.TrimSpace(line)) == 0
		}
	}
	return fields > 2
}

// readCut reads a mail from a file; of one that is too large only the
// beginning, with a notice in front as for a mail from a server.
func readCut(f *os.File) (raw []byte, size int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	size = info.Size()
	if size <= MaxMail {
		raw, err = io.ReadAll(io.LimitReader(f, MaxMail))
		return raw, size, err
	}
	raw, err = io.ReadAll(io.LimitReader(f, cutMail))
	return append(cutNotice(int64(len(raw)), size), raw...), size, err
}

// beginsMbox reports whether a file begins with a From line.
func beginsMbox(f *os.File) bool {
	var head [5]byte
	_, err := f.ReadAt(head[:], 0)
	return err == nil && string(head[:]) == "From "
}

// mbox imports a file of mails with From lines between them (RFC 4155), line by
// line: the file may be of any size.
func (i *importer) mbox(ctx context.Context, f io.Reader, path string, role desk.FolderRole) error {
	m := mboxReader{lines: bufio.NewReaderSize(f, 256<<10)}
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		raw, from, size, err := m.next()
		if len(raw) > 0 {
			if size > MaxMail {
				i.skip(fmt.Sprintf("%s, message %d", path, n), fmt.Sprintf("it has %d MB, and all but the beginning is left out", size>>20))
				raw = append(cutNotice(int64(len(raw)), size), raw...)
			}
			l := letter{raw: raw, at: dateOf(raw, from, time.Time{}, i.c.now())}
			l.seen, l.answered = statusFlags(raw)
			if err := i.put(ctx, l, role); err != nil {
				return err
			}
			if n%100 == 0 {
				i.tell(path)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			i.skip(path, reason(err))
			return nil
		}
	}
}

// mboxReader splits an mbox.
type mboxReader struct {
	lines *bufio.Reader
	from  []byte // the From line of the next mail
	inner bool   // the next piece is inside of a very long line
}

// next reads one mail. from is the date of its From line. A From line counts at
// the beginning and after an empty line; inside a mail such a line has been
// quoted with ">", and that is taken off again (mboxrd; the same undoes mboxo).
func (m *mboxReader) next() (raw []byte, from time.Time, size int64, err error) {
	blank, start := true, true
	if m.from != nil {
		from, start, blank = fromLineDate(m.from), false, false
		m.from = nil
	}
	for {
		line, whole, err := m.line()
		if len(line) == 0 && err != nil {
			return trimLast(raw), from, size, err
		}
		if whole && blank && bytes.HasPrefix(line, []byte("From ")) {
			if !start {
				m.from = bytes.Clone(line)
				return trimLast(raw), from, size, nil
			}
			from, start, blank = fromLineDate(line), false, false
			continue
		}
		start = false
		if whole && line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
			line = line[1:]
		}
		blank = whole && len(bytes.TrimRight(line, "\r\n")) == 0
		size += int64(len(line))
		switch {
		case size <= MaxMail:
			raw = append(raw, line...)
		case len(raw) > cutMail:
			raw = bytes.Clone(raw[:cutMail])
		}
	}
}

// line reads a line, or a piece of a very long one; whole says that it begins
// a line.
func (m *mboxReader) line() (line []byte, whole bool, err error) {
	whole = !m.inner
	line, err = m.lines.ReadSlice('\n')
	m.inner = errors.Is(err, bufio.ErrBufferFull)
	if m.inner {
		err = nil
	}
	return line, whole, err
}

// trimLast takes off the empty line that an mbox puts behind every mail.
func trimLast(raw []byte) []byte {
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if bytes.HasSuffix(raw, []byte(end)) {
			return raw[:len(raw)-len(end)/2]
		}
	}
	return raw
}

// fromLineDate reads the date of a From line: From address date, where the
// date is what asctime writes.
func fromLineDate(line []byte) time.Time {
	words := strings.Fields(string(line))
	for i := 2; i < len(words) && i < 5; i++ {
		text := strings.Join(words[i:], " ")
		for _, layout := range []string{"Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 -0700 2006", "Mon Jan 2 15:04:05 MST 2006", "Mon Jan 2 15:04:05 2006 -0700"} {
			if t, err := time.Parse(layout, text); err == nil {
				return t.UTC()
			}
		}
	}
	return time.Time{}
}
