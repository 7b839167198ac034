package desk

// NotifyAbout says of what somebody wants to hear in an inbox.
type NotifyAbout string

// What one can hear of.
const (
	NotifyNone NotifyAbout = "none"
	NotifyMine NotifyAbout = "mine" // what I have: mail in it, and that it was given to me
	NotifyAll  NotifyAbout = "all"  // every mail by a person, too
)

func notifyAbouts() []string {
	return []string{string(NotifyNone), string(NotifyMine), string(NotifyAll)}
}

// notifyDefault is what counts where nobody has chosen: in a queue what one
// has, in one's own inbox everything.
func notifyDefault(in Inbox) NotifyAbout {
	if in.Kind == Personal {
		return NotifyAll
	}
	return NotifyMine
}
