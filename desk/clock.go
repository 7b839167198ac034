package desk

// ClockKind says what a clock of a ticket measures.
type ClockKind string

// The clocks.
const (
	ClockFirstResponse ClockKind = "first response" // until the first answer
	ClockNextResponse  ClockKind = "next response"  // until the answer to what was written since
	ClockResolution    ClockKind = "resolution"     // until the ticket is closed
)
