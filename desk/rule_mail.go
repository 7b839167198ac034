package desk

import (
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// messageVerbs write, tell, call, and bring machine mail together.
func messageVerbs() []ruleVerb {
	return []ruleVerb{
		{
			verb: "reply", example: "reply \"We have your mail.\"", says: "answers, once a day to a sender and never a machine; or reply @FILE",
			shared: true, mail: true, read: readReply, do: (*ruleRun).reply,
		},
		{
			verb: verbNotify, example: "notify maya look at this", says: "tells somebody who sees the inbox, a team: with team:NAME, or assignee",
			read: readNotify, check: checkNotify, do: (*ruleRun).notify,
		},
		{
			verb: verbWebhook, example: "webhook https://hooks.acme.test/mail", says: "calls an address with what happened, signed",
			shared: true, read: readHook, do: (*ruleRun).hook,
		},
		{
			verb: "thread-by", example: `thread-by Incident (\d+)`, says: "joins mail of the same sender with the same captured text",
			mail: true, read: readCapture, do: func(*ruleRun, string) (string, error) { return "", nil },
		},
	}
}

// ReplyAction is the action that answers with a text.
func ReplyAction(text string) string { return "reply " + strconv.Quote(text) }

// readReply reads the text of an answer, in quotes or without.
func readReply(words string) (string, error) {
	text := words
	if strings.HasPrefix(words, `"`) {
		var err error
		if text, err = strconv.Unquote(words); err != nil {
			return "", invalid("BAD_ACTION", `Write: reply "We have your mail.\nYour team"`, "The quotes of the answer do not fit.")
		}
	}
	text, ok := cleanLines(text)
	if !ok || strings.TrimSpace(text) == "" {
		return "", invalid("BAD_ACTION", `For example: reply "We have your mail."`, "The answer is empty, or no text.")
	}
	if err := checkPlaces(text); err != nil {
		return "", err
	}
	if filled := fill(text, map[string]string{"agent.name": "", "agent.first": ""}); filled != text {
		return "", invalid("BAD_PLACE", "There is: {{inbox.name}}", "A rule answers for nobody, so there is no name for {{agent.name}}.")
	}
	return strconv.Quote(text), nil
}

// answerEvery is how long a sender gets no second automatic answer (RFC 3834 2).
const answerEvery = 24 * time.Hour

// reply answers the mail in the inbox's name. Whatever a machine wrote, or
// somebody who is not who he says, gets none (design 4.6).
func (run *ruleRun) reply(quoted string) (string, error) {
	text, err := strconv.Unquote(quoted)
	if err != nil {
		return "", err
	}
	m := run.o.message
	switch {
	case m == nil || m.Direction != In || run.o.automatic():
		return "", conflict("AUTOMATIC", "", "A machine wrote the mail, which gets no answer.")
	case run.f.Auth == "fail":
		return "", conflict("FORGED", "", "The sender is not who he says, and gets no answer.")
	case run.c.Place() == InSpam || run.c.Place() == InTrash:
		return "", conflict("NOT_OPEN", "", "Spam gets no answer.")
	}
	in, err := run.w.Inbox(run.c.Inbox)
	if err != nil {
		return "", err
	}
	out, err := run.answer(*m, in, fill(text, map[string]string{"inbox.name": oneLine(in.Name)}))
	if err != nil {
		return "", err
	}
	fresh, err := run.w.NoteAutoAnswer(run.c.Inbox, FoldAddress(out.To[0].Addr), run.d.now(), answerEvery)
	if err != nil {
		return "", err
	}
	if !fresh {
		return "", conflict("ANSWERED", "", "The sender had an automatic answer within a day.")
	}
	return "", run.send(out)
}

// answer makes the answer to a mail.
func (run *ruleRun) answer(m Message, in Inbox, text string) (Outgoing, error) {
	var out Outgoing
	all, err := run.w.Accounts()
	if err != nil {
		return out, err
	}
	all = slices.DeleteFunc(all, func(a Account) bool { return a.Inbox != in.ID || a.SMTP == "" })
	from, held, err := senders(run.w, all)
	if err != nil {
		return out, err
	}
	if len(from) == 0 {
		return out, conflict("NO_ACCOUNT", "", "The inbox has no account to answer from.")
	}
	// An automatic answer goes to who sent the mail, for whomever he did.
	dr := replyTo(*run.c, m, otherSide(m.Direction, m.Mail), all, held, false)
	if len(dr.To) == 0 {
		return out, conflict("NO_RECIPIENT", "", "The mail says nobody who could be answered.")
	}
	account, address, err := sender(all, held, dr)
	if err != nil {
		return out, err
	}
	now := run.d.now()
	out = Outgoing{
		Conversation: run.c.ID, Inbox: in.ID, Account: account.ID, From: Mailbox{Name: oneLine(in.Name), Addr: address}, To: dr.To[:1],
		Subject: oneLine(dr.Subject), Text: text, State: Queued, HoldUntil: now, CreatedAt: now, UpdatedAt: now,
	}
	if out.References, err = run.w.MailIDs(run.c.ID, 50); err != nil {
		return out, err
	}
	if n := len(out.References); n > 0 {
		out.InReplyTo = out.References[n-1]
	}
	run.d.sign(&out, account)
	return out, nil
}

// send queues a rule's mail. It is no answer of a person: it ends no waiting
// and claims nothing.
func (run *ruleRun) send(out Outgoing) error {
	id, err := run.w.NextMessageID(out.CreatedAt)
	if err != nil {
		return err
	}
	out.Message = id
	if out.ID, err = run.w.AddOutgoing(out); err != nil {
		return err
	}
	m := out.message()
	if err := run.w.AddMessage(m); err != nil {
		return err
	}
	run.c.count(m)
	ev := run.event(EventQueued, nil, nil)
	ev.Message = id
	return run.w.Append(ev)
}

// Automatic reports whether a rule wrote the mail: it is nobody's, and says so
// in its header (RFC 3834 5).
func (o Outgoing) Automatic() bool { return o.Author == 0 }

const verbNotify = "notify"

const toAssignee = "assignee"

// readNotify reads who is told, and what.
func readNotify(words string) (string, error) {
	who, text, _ := strings.Cut(words, " ")
	who, err := oneWord(strings.TrimPrefix(who, "user:"), "notify maya look at this")
	return strings.TrimSpace(who + " " + oneLine(text)), err
}

// noticed are the users that a notice is for.
func noticed(r Reader, who string, c Conversation) ([]User, error) {
	if who == toAssignee {
		if c.Assignee == 0 {
			return nil, nil
		}
		u, err := r.User(c.Assignee)
		return []User{u}, err
	}
	if name, ok := strings.CutPrefix(who, teamMark); ok {
		t, err := teamNamed(r, name)
		if err != nil {
			return nil, err
		}
		return r.TeamMembers(t.ID)
	}
	u, err := named(r, who)
	return []User{u}, err
}

func checkNotify(_ *Seat, r Reader, inboxes []Inbox, words string) error {
	who, _, _ := strings.Cut(words, " ")
	list, err := noticed(r, who, Conversation{})
	if err != nil {
		return err
	}
	for _, in := range inboxes {
		for _, u := range list {
			if _, err := r.Rights(in.ID, u.ID); errors.Is(err, ErrNoRow) {
				return conflict("NO_ACCESS", "Let them in first with: postroom inbox member add "+in.Name+" "+u.Login, "%s does not see %q, where the rule counts.", u.Name, in.Name)
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

// Notified is what the journal keeps of who was told what.
type Notified struct {
	To   []UserID `json:"to"`
	Who  string   `json:"who"`
	Text string   `json:"text,omitempty"`
}

func (run *ruleRun) notify(words string) (string, error) {
	who, text, _ := strings.Cut(words, " ")
	list, err := noticed(run.w, who, *run.c)
	if err != nil {
		return "", err
	}
	n := Notified{Text: text}
	var names []string
	for _, u := range list {
		if _, err := run.w.Rights(run.c.Inbox, u.ID); err == nil {
			n.To, names = append(n.To, u.ID), append(names, u.Name)
		} else if !errors.Is(err, ErrNoRow) {
			return "", err
		}
	}
	if n.Who = strings.Join(names, ", "); len(n.To) == 0 {
		return "", conflict("NOBODY", "", "There is nobody to tell.")
	}
	return "", run.w.Append(run.event(EventNotified, nil, n))
}

// readHook reads the address that is called. Only what is encrypted on its way
// is, but for a program on the same machine.
func readHook(words string) (string, error) {
	u, err := url.Parse(words)
	bad := err != nil || u.Host == "" || u.User != nil || u.Fragment != ""
	if bad || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return "", invalid("BAD_ACTION", "For example: webhook https://hooks.acme.test/mail", "%q cannot be called: it has to be https, without a password in it.", Snippet(words, 80))
	}
	return u.String(), nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// hookBody is what a call says.
type hookBody struct {
	Event        RuleEvent `json:"event"`
	Rule         string    `json:"rule"`
	At           time.Time `json:"at"`
	Conversation hookConv  `json:"conversation"`
	Message      *hookMail `json:"message,omitempty"`
}

type hookConv struct {
	ID       ConversationID `json:"id"`
	Inbox    string         `json:"inbox"`
	Subject  string         `json:"subject"`
	Who      string         `json:"who"`
	Place    Place          `json:"place"`
	Assignee string         `json:"assignee"`
	Tags     []string       `json:"tags"`
	Priority string         `json:"priority"`
}

type hookMail struct {
	ID      MessageID `json:"id"`
	From    []Mailbox `json:"from"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
}

// hookText is how much of a mail's new text a call carries, in runes.
const hookText = 4000

func (run *ruleRun) hook(address string) (string, error) {
	if err := run.f.look(run.w, *run.c); err != nil {
		return "", err
	}
	body := hookBody{
		Event: run.on, Rule: run.rule.Name, At: run.d.now(),
		Conversation: hookConv{run.c.ID, run.f.Inbox, run.c.Subject, run.c.Who, run.f.Place, run.f.Assignee, append([]string{}, run.c.Tags...), run.c.Priority.String()},
	}
	if m := run.o.message; m != nil {
		body.Message = &hookMail{m.ID, m.Mail.From, m.Mail.Subject, firstRunes(m.Mail.Text, hookText)}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	now := run.d.now()
	return "", run.w.AddHook(Hook{Rule: run.rule.ID, Name: run.rule.Name, Inbox: run.c.Inbox, Conversation: run.c.ID, URL: address, Body: text, NextTry: now, CreatedAt: now})
}

// readCapture reads a regular expression with one group.
func readCapture(words string) (string, error) {
	re, err := regexp.Compile(words)
	if err != nil || words == "" || re.NumSubexp() != 1 {
		return "", invalid("BAD_ACTION", `For example: thread-by Incident (\d+)`, "%q is not a regular expression with one group in parentheses.", Snippet(words, 60))
	}
	return words, nil
}
