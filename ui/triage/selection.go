package triage

import (
	"slices"

	"postroom/desk"
)

// selection are the conversations that have been selected one by one. The
// slice is never changed in place: whoever has it as a target keeps what was
// selected then.
type selection struct {
	ids []desk.ConversationID
	in  map[desk.ConversationID]bool
}

func (s *selection) count() int { return len(s.ids) }

func (s *selection) has(id desk.ConversationID) bool { return s.in[id] }

// toggle selects a conversation, or not any more.
func (s *selection) toggle(id desk.ConversationID) {
	if !s.in[id] {
		s.add([]desk.ConversationID{id})
		return
	}
	delete(s.in, id)
	s.ids = slices.DeleteFunc(slices.Clone(s.ids), func(x desk.ConversationID) bool { return x == id })
}

// add selects what is not selected yet, up to the most there may be, and
// reports whether all had room.
func (s *selection) add(ids []desk.ConversationID) bool {
	if s.in == nil {
		s.in = map[desk.ConversationID]bool{}
	}
	s.ids = slices.Clip(s.ids)
	for _, id := range ids {
		if s.in[id] {
			continue
		}
		if len(s.ids) == mostChosen {
			return false
		}
		s.in[id] = true
		s.ids = append(s.ids, id)
	}
	return true
}
