package shell

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"postroom/desk"
	"postroom/ui/action"
)

// What a right refuses is shown as refused before anybody tries. The needs here
// ask what is in memory, so they cost next to nothing; the desk asks again, and
// its answer counts.

// judged is how many conversations of a selection are looked at: what the keys
// show is worked out for every frame.
const judged = 100

// MayReply is the need of the right to answer in the inbox of each conversation.
func (s *Shell) MayReply() action.Need {
	answer := []desk.Right{desk.RightReply}
	return s.may(func(*desk.Conversation) []desk.Right { return answer })
}

// MayWork is the need of a right to do the work of each inbox: close, reopen,
// note.
func (s *Shell) MayWork() action.Need {
	work := []desk.Right{desk.RightReply, desk.RightAssign}
	return s.may(func(*desk.Conversation) []desk.Right { return work })
}

// MayAssign is the need of the right to give each conversation to somebody.
// Who may answer gives himself what nobody has, and gives back what is his.
func (s *Shell) MayAssign() action.Need {
	give := []desk.Right{desk.RightAssign}
	own := []desk.Right{desk.RightAssign, desk.RightReply}
	return s.may(func(c *desk.Conversation) []desk.Right {
		if c.Assignee == 0 || c.Assignee == s.State.Me.ID {
			return own
		}
		return give
	})
}

// MayWrite is the need of an inbox to write new mail from: the one with the
// name, or any where that is empty.
func (s *Shell) MayWrite(inbox func() string) action.Need {
	return func(action.Target) string {
		name, refused := desk.FoldName(inbox()), ""
		for _, in := range s.State.Inboxes {
			if !in.Member || name != "" && desk.FoldName(in.Name) != name {
				continue
			}
			e := in.Refusal(s.State.Me, desk.RightReply)
			if e == nil {
				return ""
			}
			refused = clause(e)
		}
		return refused
	}
}

// MayIn is the need of one of the rights in an inbox; where there is none, it
// is met.
func (s *Shell) MayIn(inbox func() (desk.InboxView, bool), any ...desk.Right) action.Need {
	return func(action.Target) string {
		in, ok := inbox()
		if !ok {
			return ""
		}
		if e := in.Refusal(s.State.Me, any...); e != nil {
			return clause(e)
		}
		return ""
	}
}

// may is the need of one of the rights that each conversation asks for. What no
// screen has in memory is for the desk to judge.
func (s *Shell) may(rights func(*desk.Conversation) []desk.Right) action.Need {
	return func(on action.Target) string {
		for _, id := range on[:min(len(on), judged)] {
			c := s.Known(id)
			if c == nil {
				continue
			}
			if in, ok := s.State.Inbox(c.Inbox); ok {
				if e := in.Refusal(s.State.Me, rights(&c.Conversation)...); e != nil {
					return clause(e)
				}
			}
		}
		return ""
	}
}

// Known is a conversation as the screen in front shows it, or one behind it.
func (s *Shell) Known(id desk.ConversationID) *desk.Row {
	for i := len(s.screens) - 1; i >= 0; i-- {
		if k, ok := s.screens[i].(Knower); ok {
			if c := k.Known(id); c != nil {
				return c
			}
		}
	}
	return nil
}

// clause is a refusal as it stands behind the name of what is refused.
func clause(e *desk.Error) string {
	return lower(strings.TrimSuffix(e.Message, ".")) + ": " + lower(strings.TrimSuffix(e.Hint, "."))
}

func lower(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
