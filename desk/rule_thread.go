package desk

import "regexp"

// capture is a text that a rule has found in a machine's mail, by which the next
// one about the same thing is brought to it.
type capture struct {
	inbox  InboxID
	sender string
	text   string
}

// capturedRunes is how much of a mail is searched for it.
const capturedRunes = 20_000

// captures finds what the rules capture in a mail that would begin a
// conversation, and the open one to which it leads. What is forged leads nowhere.
func (d *Desk) captures(w Writer, in Incoming) (found []capture, to ConversationID, err error) {
	if in.Direction() != In || in.Old || in.test || in.AuthFailed || in.sender() == "" {
		return nil, 0, nil
	}
	set, err := d.rules(w)
	if err != nil || !set.threads {
		return nil, 0, err
	}
	home, err := w.Inbox(in.Inbox)
	if err != nil {
		return nil, 0, err
	}
	b := set.bucket(OnCreated, home)
	if b == nil {
		return nil, 0, nil
	}
	o := occasion{message: &Message{Inbox: in.Inbox, Account: in.Account, Direction: In, Mail: in.Mail}, incoming: &in, began: true}
	f, err := d.factsOf(w, b, o, Conversation{Inbox: in.Inbox, Status: Open, Spam: in.Role == RoleJunk})
	if err != nil {
		return nil, 0, err
	}
	text := in.Mail.Subject + "\n" + firstRunes(in.Mail.Text, capturedRunes)
	for _, p := range b.candidates(f) {
		if !p.matches(f, nil) {
			continue
		}
		for _, a := range p.actions {
			switch a.verb {
			case "stop":
				return found, to, nil
			case "thread-by":
				re, err := regexp.Compile(a.words)
				if err != nil {
					continue
				}
				if m := re.FindStringSubmatch(text); len(m) == 2 && m[1] != "" {
					found = append(found, capture{in.Inbox, in.sender(), firstRunes(m[1], 200)})
				}
			default:
			}
		}
		if to == 0 {
			if to, err = capturedBefore(w, found); err != nil {
				return nil, 0, err
			}
		}
	}
	return found, to, nil
}

// capturedBefore is the open conversation in which one of the captured texts was found.
func capturedBefore(w Writer, found []capture) (ConversationID, error) {
	for _, k := range found {
		id, err := w.CapturedIn(k.inbox, k.sender, k.text)
		if err == ErrNoRow { //nolint:errorlint // the store returns the sentinel itself
			continue
		}
		if err != nil {
			return 0, err
		}
		c, err := standing(w, id)
		if err != nil {
			return 0, err
		}
		if c.ID != 0 && c.Inbox == k.inbox && c.Status == Open && !c.Trashed {
			return c.ID, nil
		}
	}
	return 0, nil
}

// keepCaptures remembers where the texts were found last.
func keepCaptures(w Writer, found []capture, c ConversationID) error {
	for _, k := range found {
		if err := w.SaveCapture(k.inbox, k.sender, k.text, c); err != nil {
			return err
		}
	}
	return nil
}
