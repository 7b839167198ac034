package connector

import (
	"bytes"
	"net/mail"
	"strings"
	"time"
)

// dateOf is when a mail from a file was received: what the last server wrote
// into Received, else what separates it from others in its file, else what the
// sender wrote into Date, else when the file was written. A date that cannot
// be is passed over.
func dateOf(raw []byte, separator, written, now time.Time) time.Time {
	var received, sent time.Time
	for name, value := range fieldsOf(raw) {
		switch {
		case received.IsZero() && strings.EqualFold(name, "Received"):
			if at := strings.LastIndexByte(value, ';'); at >= 0 {
				received = dateIn(value[at+1:])
			}
		case sent.IsZero() && strings.EqualFold(name, "Date"):
			sent = dateIn(value)
		}
	}
	earliest := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	latest := now.Add(24 * time.Hour)
	for _, t := range []time.Time{received, separator, sent, written} {
		if t.After(earliest) && t.Before(latest) {
			return t.UTC()
		}
	}
	return now.UTC()
}

func dateIn(value string) time.Time {
	t, err := mail.ParseDate(strings.TrimSpace(value))
	if err != nil {
		return time.Time{}
	}
	return t
}

// statusFlags reads the flags that an mbox keeps in the header.
func statusFlags(raw []byte) (seen, answered bool) {
	for name, value := range fieldsOf(raw) {
		switch {
		case strings.EqualFold(name, "Status"):
			seen = seen || strings.Contains(value, "R")
		case strings.EqualFold(name, "X-Status"):
			answered = answered || strings.Contains(value, "A")
		}
	}
	return seen, answered
}

// fieldsOf walks over the unfolded header fields at the beginning of a mail.
func fieldsOf(raw []byte) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		const most = 256 << 10
		rest := raw[:min(len(raw), most)]
		for len(rest) > 0 {
			end := 0
			for {
				n := bytes.IndexByte(rest[end:], '\n')
				if n < 0 {
					end = len(rest)
					break
				}
				end += n + 1
				if end == len(rest) || rest[end] != ' ' && rest[end] != '\t' {
					break
				}
			}
			field := rest[:end]
			rest = rest[end:]
			if len(bytes.TrimSpace(field)) == 0 {
				return
			}
			name, value, ok := bytes.Cut(field, []byte(":"))
			if ok && !yield(string(name), strings.Join(strings.Fields(string(value)), " ")) {
				return
			}
		}
	}
}
