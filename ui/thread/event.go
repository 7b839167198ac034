package thread

import (
	"encoding/json"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/theme"
)

// event draws something that happened as one quiet line.
func (b *block) event(p paper) string {
	text := safe.Sprintf("%s  %s", p.moment(b.item.Event.At), happened(*b.item.Event, b.people, b.teams))
	w := p.t.Width(text.String())
	l := p.line().Space(1).Rule(theme.Rule, p.t.Signs.Horizontal, 2).Space(1)
	l.Put(theme.Faint, text)
	if w+8 < p.width {
		l.Space(1).Rule(theme.Rule, p.t.Signs.Horizontal, 2)
	}
	return l.String()
}

// happened is an event as a sentence.
func happened(e desk.Event, people map[desk.UserID]string, teams map[desk.TeamID]string) safe.Text {
	who := safe.Const("postroom")
	if e.Actor.Kind == desk.ActorUser {
		who = safe.Line(people[e.Actor.User])
	}
	switch e.Kind {
	case desk.EventAssigned:
		return assigned(e, who, people, teams)
	case desk.EventSpam:
		if e.Actor.Kind == desk.ActorConnector {
			return safe.Const("marked as spam in another mail program")
		}
		return safe.Sprintf("%s marked it as spam", who)
	case desk.EventClosed:
		if e.Actor.Kind == desk.ActorConnector {
			return safe.Const("closed: put away in another mail program")
		}
		return safe.Sprintf("%s closed it", who)
	case desk.EventReopened:
		return safe.Sprintf("%s opened it again", who)
	case desk.EventUndone:
		return safe.Sprintf("%s took a change back", who)
	case desk.EventCancelled:
		return safe.Sprintf("%s took a mail back", who)
	case desk.EventJoined:
		var from int
		if json.Unmarshal(e.Before, &from) == nil {
			return safe.Sprintf("#%s turned out to belong here and joined", safe.Int(from))
		}
		return safe.Const("another conversation joined this one")
	case desk.EventSentOutside:
		return safe.Const("answered from another client")
	case desk.EventSendFailed:
		return safe.Const("a mail could not be sent")
	case desk.EventInDoubt:
		return safe.Const("it is in doubt whether a mail was sent")
	case desk.EventTested:
		return tested(e)
	case desk.EventDeferred:
		return safe.Const("the server asked to try again later")
	case desk.EventNotSpam:
		return safe.Sprintf("%s took it out of the spam", who)
	case desk.EventTrashed:
		if e.Actor.Kind == desk.ActorConnector {
			return safe.Const("thrown away in another mail program")
		}
		return safe.Sprintf("%s threw it away", who)
	case desk.EventRestored:
		return safe.Sprintf("%s took it out of the trash", who)
	case desk.EventPriority:
		return safe.Sprintf("%s set the priority to %s", who, safe.Line(e.Detail()))
	case desk.EventTagged:
		return safe.Sprintf("%s tagged it %s", who, safe.Line(e.Detail()))
	case desk.EventWoken:
		if e.Actor.Kind == desk.ActorConnector {
			return safe.Const("the snooze is over")
		}
		return safe.Sprintf("%s ended the snooze", who)
	default:
		if detail := e.Detail(); detail != "" {
			return safe.Sprintf("%s: %s %s", who, safe.Line(string(e.Kind)), safe.Line(detail))
		}
		return safe.Sprintf("%s: %s", who, safe.Line(string(e.Kind)))
	}
}

// tested says how a test mail fared.
func tested(e desk.Event) safe.Text {
	var r desk.TestResult
	switch err := json.Unmarshal(e.After, &r); {
	case err != nil:
		return safe.Const("the inbox was tested")
	case r.Passed:
		return safe.Const("the test mail has passed every hop")
	default:
		return safe.Sprintf("the test mail was not %s", safe.Line(string(r.Hop)))
	}
}

// assigned says who has it now, from whom, and why: what the next one reads
// first.
func assigned(e desk.Event, who safe.Text, people map[desk.UserID]string, teams map[desk.TeamID]string) safe.Text {
	var from, to desk.Assignment
	if json.Unmarshal(e.After, &to) != nil || json.Unmarshal(e.Before, &from) != nil {
		return safe.Sprintf("%s changed who has it", who)
	}
	from.Reason = ""
	switch {
	case to.User == 0 && to.Team == 0 && to.Reason == "":
		return safe.Sprintf("%s gave it back", who)
	case to.User == e.Actor.User && to.User != 0 && to.Reason == "" && to.Team == from.Team:
		return safe.Sprintf("%s took it", who)
	case from.User == 0 && from.Team == 0:
		return safe.Sprintf("%s assigned it to %s", who, safe.Line(to.Words(people, teams)))
	default:
		return safe.Sprintf("%s gave it from %s to %s", who, safe.Line(from.Words(people, teams)), safe.Line(to.Words(people, teams)))
	}
}
