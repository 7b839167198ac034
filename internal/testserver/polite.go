package testserver

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// IMAP is how a script passes the time until the moment a test is about: it
// answers as a plain server with one folder does, lets anyone sign in, and has
// no opinion on anything else.
type IMAP struct {
	Capabilities string // IMAP4rev1 and what else; IMAP4rev1 SASL-IR IDLE when empty
	Messages     int    // in INBOX, with UIDs from 1
	UIDValidity  int    // 1 when zero
}

// Until answers commands until one has this verb, like LOGIN or FETCH (which is
// also UID FETCH). That one is left to the next step.
func (i IMAP) Until(verb string) Step {
	return func(s *Session) error {
		for {
			line, err := s.command()
			if err != nil {
				return err
			}
			tag, command, _ := strings.Cut(line, " ")
			s.tag = tag
			command = strings.TrimPrefix(strings.ToUpper(command), "UID ")
			name, _, _ := strings.Cut(command, " ")
			if name == strings.ToUpper(verb) {
				return nil
			}
			if err := i.answer(s, name, command); err != nil {
				return err
			}
		}
	}
}

func (i IMAP) answer(s *Session, name, command string) error {
	validity := max(1, i.UIDValidity)
	var lines []string
	switch name {
	case "CAPABILITY":
		lines = []string{"* CAPABILITY " + i.capabilities()}
	case "AUTHENTICATE":
		if len(strings.Fields(command)) < 3 {
			if err := s.write("+ \r\n"); err != nil {
				return err
			}
			if _, err := s.line(); err != nil {
				return err
			}
		}
	case "LIST":
		lines = []string{`* LIST () "/" INBOX`}
	case "STATUS":
		lines = []string{fmt.Sprintf("* STATUS INBOX (MESSAGES %d UIDNEXT %d UIDVALIDITY %d)", i.Messages, i.Messages+1, validity)}
	case "SELECT", "EXAMINE":
		lines = []string{
			`* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)`,
			fmt.Sprintf("* %d EXISTS", i.Messages),
			fmt.Sprintf("* OK [UIDVALIDITY %d] numbered", validity),
			fmt.Sprintf("* OK [UIDNEXT %d] next", i.Messages+1),
		}
	case "SEARCH":
		lines = i.found(command)
	case "IDLE":
		if err := s.write("+ idling\r\n"); err != nil {
			return err
		}
		if _, err := s.line(); err != nil {
			return err
		}
	case "LOGOUT":
		lines = []string{"* BYE"}
	}
	return Say(append(lines, "$tag OK done")...)(s)
}

func (i IMAP) capabilities() string {
	if i.Capabilities != "" {
		return i.Capabilities
	}
	return "IMAP4rev1 SASL-IR IDLE"
}

func (i IMAP) found(command string) []string {
	if strings.Contains(command, "RETURN") {
		if i.Messages == 0 {
			return []string{`* ESEARCH (TAG "$tag") UID COUNT 0`}
		}
		return []string{fmt.Sprintf(`* ESEARCH (TAG "$tag") UID ALL 1:%[1]d COUNT %[1]d`, i.Messages)}
	}
	line := "* SEARCH"
	for uid := range i.Messages {
		line += " " + strconv.Itoa(uid+1)
	}
	return []string{line}
}

// command reads one IMAP command with its literals, as one line.
func (s *Session) command() (string, error) {
	var whole strings.Builder
	for {
		line, err := s.line()
		if err != nil {
			return "", err
		}
		whole.WriteString(line)
		size, sync, ok := literal(line)
		if !ok {
			return whole.String(), nil
		}
		if sync {
			if err := s.write("+ go on\r\n"); err != nil {
				return "", err
			}
		}
		if _, err := io.CopyN(&whole, s.in, size); err != nil {
			return "", err
		}
	}
}

// literal reads the {12} or {12+} that announces 12 bytes at the end of a line.
func literal(line string) (size int64, sync, ok bool) {
	open := strings.LastIndexByte(line, '{')
	if open < 0 || !strings.HasSuffix(line, "}") {
		return 0, false, false
	}
	digits, plus := strings.CutSuffix(line[open+1:len(line)-1], "+")
	size, err := strconv.ParseInt(digits, 10, 32)
	return size, !plus, err == nil
}

// SMTP passes the time of a script as a plain submission server.
type SMTP struct {
	Extensions []string // of EHLO; AUTH PLAIN when nil
}

// Until answers commands until one has this verb, like AUTH, MAIL or DATA. That
// one is left to the next step. A message handed over on the way is accepted.
func (m SMTP) Until(verb string) Step {
	return func(s *Session) error {
		for {
			line, err := s.line()
			if err != nil {
				return err
			}
			name, _, _ := strings.Cut(strings.ToUpper(line), " ")
			if name == strings.ToUpper(verb) {
				return nil
			}
			if err := m.answer(s, name, line); err != nil {
				return err
			}
		}
	}
}

func (m SMTP) answer(s *Session, name, line string) error {
	switch name {
	case "EHLO":
		lines := append([]string{"localhost"}, m.extensions()...)
		for i, text := range lines {
			lines[i] = "250-" + text
		}
		lines[len(lines)-1] = "250 " + lines[len(lines)-1][len("250-"):]
		return Say(lines...)(s)
	case "AUTH":
		if len(strings.Fields(line)) < 3 {
			if err := s.write("334 \r\n"); err != nil {
				return err
			}
			if _, err := s.line(); err != nil {
				return err
			}
		}
		return Say("235 2.7.0 welcome")(s)
	case "DATA":
		if err := s.write("354 go on\r\n"); err != nil {
			return err
		}
		if err := ExpectData()(s); err != nil {
			return err
		}
		return Say("250 2.0.0 queued")(s)
	case "QUIT":
		return Say("221 2.0.0 bye")(s)
	}
	return Say("250 2.0.0 fine")(s)
}

func (m SMTP) extensions() []string {
	if m.Extensions != nil {
		return m.Extensions
	}
	return []string{"AUTH PLAIN"}
}
