package desk

import "strconv"

// Priority says how much a conversation matters beside others (H94). Larger is
// more urgent.
type Priority int

// The priorities. Most conversations have none.
const (
	NoPriority Priority = iota
	Low
	Medium
	High
	Urgent
)

// Priorities are all of them, the least first.
func Priorities() []Priority { return []Priority{NoPriority, Low, Medium, High, Urgent} }

// String is the word for the priority.
func (p Priority) String() string {
	switch p {
	case NoPriority:
		return "none"
	case Low:
		return "low"
	case Medium:
		return "medium"
	case High:
		return "high"
	case Urgent:
		return "urgent"
	default:
		return strconv.Itoa(int(p))
	}
}

// ParsePriority reads the word for a priority.
func ParsePriority(word string) (Priority, error) {
	folded := FoldName(word)
	for _, p := range Priorities() {
		if p.String() == folded {
			return p, nil
		}
	}
	return NoPriority, invalid("BAD_PRIORITY", "There is none, low, medium, high and urgent.", "%q is no priority.", word)
}

// MarshalText makes the word of it what the journal and programs see.
func (p Priority) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads that word.
func (p *Priority) UnmarshalText(text []byte) error {
	var err error
	*p, err = ParsePriority(string(text))
	return err
}
