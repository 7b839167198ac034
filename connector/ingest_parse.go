package connector

import (
	"bytes"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/authres"

	"postroom/connector/parse"
	"postroom/desk"
)

// ParseIncoming brings a stored mail into the form in which it goes into a
// conversation. It is the one way from raw bytes to a message: for mail from a
// server, from files, and when everything is derived from the raw bytes again.
// Mail from before cutOff is old. Of the Authentication-Results only those of
// raw.AuthServID are believed; of none when it is empty.
func ParseIncoming(raw desk.RawMail, cutOff time.Time) desk.Incoming {
	in := desk.Incoming{
		Raw: raw.ID, Inbox: raw.Inbox, Account: raw.Account, Role: raw.Role, At: raw.At, Seen: raw.Seen,
		Old: raw.At.Before(cutOff) || raw.Role == desk.RoleClosed,
	}
	text, size, cut := splitCutNotice(raw.Bytes)
	if err := parse.Check(text); err != nil {
		return unreadable(in, text)
	}
	in.Mail = parse.Parse(text, parse.Options{})
	in.AuthFailed, in.AuthPassed = dmarc(in.Mail.AuthResults, raw.AuthServID)
	if cut {
		in.Unreadable = true
		in.Mail.Defects = append(in.Mail.Defects, fmt.Sprintf("the message has %d MB and was too large to be fetched; only its beginning is here", size>>20))
	}
	return in
}

// rawTextCap is how much of an unreadable mail is shown.
const rawTextCap = 64 << 10

// unreadable is a mail that has to be shown as it is.
func unreadable(in desk.Incoming, raw []byte) desk.Incoming {
	in.Unreadable = true
	text := parse.RawText(raw, rawTextCap)
	in.Mail = desk.Mail{
		InReplyTo: []string{}, References: []string{},
		From: []desk.Mailbox{}, ReplyTo: []desk.Mailbox{}, To: []desk.Mailbox{}, Cc: []desk.Mailbox{},
		Attachments: []desk.Attachment{}, Auto: desk.Auto{Kind: desk.AutoNone, Recipients: []desk.AutoRecipient{}},
		Subject: "(unreadable message)", BodyText: text, Text: text,
		Defects: []string{"the message could not be read and is shown raw"},
	}
	return in
}

// parseWithin parses one mail with a limit of time. The parser is linear, so
// the limit is for what nobody has thought of: the mail is then shown raw.
func parseWithin(log *slog.Logger, limit time.Duration, t task) desk.Incoming {
	parsed := make(chan desk.Incoming, 1) // so that a late parser can end
	shown := func() desk.Incoming {
		return unreadable(desk.Incoming{
			Raw: t.mail.ID, Inbox: t.mail.Inbox, Account: t.mail.Account, Role: t.mail.Role, At: t.mail.At, Seen: t.mail.Seen,
			Old: t.mail.At.Before(t.cutOff) || t.mail.Role == desk.RoleClosed,
		}, t.mail.Bytes)
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	done := spawn(log, "parse a mail", func() error {
		parsed <- ParseIncoming(t.mail, t.cutOff)
		return nil
	})
	select {
	case err := <-done:
		if err != nil {
			return shown()
		}
		return <-parsed
	case <-timer.C:
		return shown()
	}
}

// dmarc says what the provider's own server found: that DMARC fails, that it
// passes, or neither. A sender can write such header fields too, so only the
// topmost one that bears the provider's name counts: the provider puts its own
// above what came in (RFC 8601 section 5).
func dmarc(fields []string, server string) (failed, passed bool) {
	if server == "" {
		return false, false
	}
	for _, field := range fields {
		id, results, err := authres.Parse(field)
		if err != nil || !strings.EqualFold(strings.TrimSpace(id), server) {
			continue
		}
		for _, r := range results {
			if d, ok := r.(*authres.DMARCResult); ok {
				failed = failed || d.Value == authres.ResultFail
				passed = passed || d.Value == authres.ResultPass
			}
		}
		return failed, passed && !failed
	}
	return false, false
}

const cutField = "X-Postroom-Cut: "

// cutNotice is the header field before the beginning of a mail that was too
// large to be fetched: the bytes say themselves that they are not all.
func cutNotice(got, size int64) []byte {
	return fmt.Appendf(nil, "%s%d of %d\r\n", cutField, got, size)
}

func splitCutNotice(raw []byte) (text []byte, size int64, cut bool) {
	if !bytes.HasPrefix(raw, []byte(cutField)) {
		return raw, 0, false
	}
	line, rest, ok := bytes.Cut(raw, []byte("\r\n"))
	_, of, ok2 := strings.Cut(string(line[len(cutField):]), " of ")
	size, err := strconv.ParseInt(of, 10, 64)
	if !ok || !ok2 || err != nil {
		return raw, 0, false
	}
	return rest, size, true
}
