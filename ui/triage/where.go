package triage

import (
	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
)

// where is a view with its name and its number.
type where struct {
	// key tells views apart.
	key  string
	name safe.Text
	view desk.View
	// count gives how many the view has and of how many in its inbox, -1 for
	// the whole. They come from the desk's own tallies; nil where there are
	// none, as in a search.
	count func(shell.State) (n, of int)
}

func open(inbox desk.InboxID, a desk.Assigned) desk.View {
	return desk.View{Inbox: inbox, Place: desk.InOpen, Assigned: a, Sort: desk.ByWaiting}
}

func counts(s shell.State, id desk.InboxID) desk.Counts {
	if id == 0 {
		return s.Total()
	}
	in, _ := s.Inbox(id)
	return in.Counts
}

func allOpen() where {
	return where{"open", safe.Const("All open"), open(0, desk.Anybody), func(s shell.State) (int, int) { return s.Total().Open, -1 }}
}

func mine(me desk.UserID) where {
	return where{"mine", safe.Const("Assigned to me"), open(0, desk.Assigned(me)), func(s shell.State) (int, int) { return s.Total().Mine, -1 }}
}

func unassigned() where {
	return where{"unassigned", safe.Const("Unassigned"), open(0, desk.Nobody), func(s shell.State) (int, int) { return s.Total().Unassigned, s.Total().Open }}
}

func waiting() where {
	v := open(0, desk.Anybody)
	v.Owed = true
	return where{"waiting", safe.Const("Waiting on us"), v, func(s shell.State) (int, int) { return s.Total().Owed, s.Total().Open }}
}

// fallingKey is the key of the view that is there only while it has something.
const fallingKey = "falling"

// falling is what nobody has and nobody has answered for too long.
func falling() where {
	v := open(0, desk.Nobody)
	v.Query = desk.Query{Source: "is:" + desk.IsFalling, Expr: &desk.Expr{Term: desk.TermIs, Text: desk.IsFalling}}
	return where{fallingKey, safe.Const("Falling through"), v, func(s shell.State) (int, int) { return s.Total().Falling, s.Total().Unassigned }}
}

func closed() where {
	v := desk.View{Place: desk.InClosed, Assigned: desk.Anybody, Sort: desk.ByNewest}
	return where{"closed", safe.Const("Closed"), v, func(s shell.State) (int, int) { return s.Total().Closed, -1 }}
}

func spam() where {
	v := desk.View{Place: desk.InSpam, Assigned: desk.Anybody, Sort: desk.ByNewest}
	return where{"spam", safe.Const("Spam"), v, func(s shell.State) (int, int) { return s.Total().Spam, -1 }}
}

func snoozed() where {
	v := desk.View{Place: desk.InSnoozed, Assigned: desk.Anybody, Sort: desk.ByNewest}
	return where{"snoozed", safe.Const("Snoozed"), v, func(s shell.State) (int, int) { return s.Total().Snoozed, -1 }}
}

func trash() where {
	v := desk.View{Place: desk.InTrash, Assigned: desk.Anybody, Sort: desk.ByNewest}
	return where{"trash", safe.Const("Trash"), v, func(s shell.State) (int, int) { return s.Total().Trash, -1 }}
}

// teamKey is how the key of a team's view begins.
const teamKey = "team "

// ofTeam is what a team has and none of its people has taken.
func ofTeam(t desk.Team) where {
	v := open(0, desk.Nobody)
	v.Team = t.ID
	return where{teamKey + t.Name, safe.Sprintf("%s · for the team", safe.Line(t.Name)), v, func(s shell.State) (int, int) { return s.Team(t.ID), -1 }}
}

func inboxOpen(in desk.InboxView) where {
	v := open(in.ID, desk.Anybody)
	if in.Kind == desk.Personal {
		v.Sort = desk.ByNewest
	}
	return where{"inbox " + in.Name, safe.Line(in.Name), v, func(s shell.State) (int, int) { return counts(s, in.ID).Open, -1 }}
}

func inboxUnassigned(in desk.InboxView) where {
	return where{
		"unassigned " + in.Name, safe.Sprintf("%s · unassigned", safe.Line(in.Name)), open(in.ID, desk.Nobody),
		func(s shell.State) (int, int) { c := counts(s, in.ID); return c.Unassigned, c.Open },
	}
}

// sorts are the orders of a list, in the order in which S goes through them.
func sorts() []desk.Sort {
	return []desk.Sort{desk.ByWaiting, desk.ByNewest, desk.ByDue, desk.ByPriority}
}

// order says how a list is sorted.
func order(s desk.Sort) safe.Text {
	switch s {
	case desk.ByNewest:
		return safe.Const("newest first")
	case desk.ByDue:
		return safe.Const("due first, with a clock")
	case desk.ByPriority:
		return safe.Const("highest priority first")
	default:
		return safe.Const("longest waiting first")
	}
}

// inShort says it in as few cells as it can.
func inShort(s desk.Sort) safe.Text {
	switch s {
	case desk.ByNewest:
		return safe.Const("newest first")
	case desk.ByDue:
		return safe.Const("due first")
	case desk.ByPriority:
		return safe.Const("priority first")
	default:
		return safe.Const("longest first")
	}
}
