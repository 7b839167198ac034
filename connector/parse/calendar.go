package parse

import (
	"strconv"
	"strings"
	"time"

	"postroom/desk"
)

// event is what a calendar part (RFC 5545, RFC 5546) says about one event, or
// about a task.
type event struct {
	summary, location, description string
	start, end                     calendarTime
	duration                       string
	rule                           string
	status                         string
	organizer                      desk.Mailbox
	attendees                      []attendee
}

type attendee struct {
	desk.Mailbox
	answer string // PARTSTAT
}

const (
	// calendarCap is how much of a calendar is read.
	calendarCap = 256 << 10
	// guestCap is how many of the invited are named.
	guestCap = 10
)

// calendarBody gives an invitation in words. The part itself stays an
// attachment. Its description often is the text of the mail once more, so it
// is shown only where there is no other.
func (r *reading) calendarBody(p *part) body {
	data := undoTransfer(p.body, p.encoding)
	if len(data) > calendarCap {
		data = data[:calendarCap]
		r.defect("the calendar is too long, only its beginning is read")
	}
	charset := p.params["charset"]
	if charset == "" {
		charset = "utf-8" // RFC 5545 section 3.1.4
	}
	method, events := r.readCalendar(string(r.decode(lineBreaks(data), charset)))
	if method == "" {
		method = strings.ToUpper(p.params["method"])
	}
	if len(events) == 0 {
		return body{}
	}
	content := body{notes: []string{events[0].words(method, len(events)-1)}}
	if text := events[0].description; strings.TrimSpace(text) != "" {
		content.spare = []spare{{piece: bodyPiece{text: text}}}
	}
	return content
}

// readCalendar reads the method and the events of a calendar. It reads what is
// broken as far as it goes.
func (r *reading) readCalendar(text string) (method string, events []event) {
	var open []string // the components around the line
	for text != "" {
		var name, value string
		var p params
		name, p, value, text = r.calendarLine(text)
		r.work++
		switch {
		case name == "BEGIN" && len(open) < 20:
			open = append(open, strings.ToUpper(value))
			if mainComponent(open[len(open)-1]) {
				events = append(events, event{})
			}
		case name == "END" && len(open) > 0:
			open = open[:len(open)-1]
		case name == "METHOD":
			method = strings.ToUpper(value)
		case len(open) > 0 && mainComponent(open[len(open)-1]) && len(events) == 1:
			r.takeProperty(&events[0], name, p, value)
		}
	}
	return method, events
}

func mainComponent(name string) bool { return name == "VEVENT" || name == "VTODO" }

// calendarLine cuts a line with its continuations (RFC 5545 section 3.1) into
// name, parameters and value.
func (r *reading) calendarLine(text string) (name string, p params, value, rest string) {
	var b strings.Builder
	for {
		var one string
		one, text, _ = strings.Cut(text, "\n")
		b.WriteString(one)
		if text == "" || !isSpace(text[0]) {
			break
		}
		text = text[1:]
	}
	whole := b.String()
	// The colon that ends the parameters stands outside of quotes.
	quoted := false
	for i := 0; i < len(whole); i++ {
		switch {
		case whole[i] == '"':
			quoted = !quoted
		case whole[i] == ':' && !quoted:
			name, p = r.parseParams(whole[:i])
			return strings.ToUpper(name), p, whole[i+1:], text
		}
	}
	return "", nil, "", text
}

func (r *reading) takeProperty(e *event, name string, p params, value string) {
	switch name {
	case "SUMMARY":
		e.summary = tidy(calendarText(value, p))
	case "LOCATION":
		e.location = tidy(calendarText(value, p))
	case "DESCRIPTION":
		e.description = calendarText(value, p)
	case "DTSTART":
		e.start = readCalendarTime(value, p)
	case "DTEND", "DUE":
		e.end = readCalendarTime(value, p)
	case "DURATION":
		e.duration = value
	case "RRULE":
		e.rule = strings.ToUpper(value)
	case "STATUS":
		e.status = strings.ToUpper(value)
	case "ORGANIZER":
		e.organizer = r.calendarUser(p, value)
	case "ATTENDEE":
		if len(e.attendees) < 1000 {
			e.attendees = append(e.attendees, attendee{Mailbox: r.calendarUser(p, value), answer: strings.ToUpper(p["partstat"])})
		}
	}
}

func (r *reading) calendarUser(p params, value string) desk.Mailbox {
	box := desk.Mailbox{Name: tidy(p["cn"]), Addr: tidy(value)}
	if len(value) > 7 && strings.EqualFold(value[:7], "mailto:") {
		box.Addr = r.address(value)
	} else if email := p["email"]; email != "" {
		box.Addr = r.address(email)
	}
	if strings.EqualFold(box.Name, box.Addr) {
		box.Name = ""
	}
	return box
}

// calendarText undoes the escapes of a text value (RFC 5545 section 3.3.11)
// and the quoted-printable of the older vCalendar.
func calendarText(value string, p params) string {
	if strings.EqualFold(p["encoding"], "quoted-printable") {
		value = clean(string(decodeQuotedPrintable([]byte(value))))
	}
	return strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(value)
}

// calendarTime is a time as written: with the name of its zone, in UTC, or
// without any, which means wherever one is.
type calendarTime struct {
	time.Time // the written time of day, as if it were in UTC
	zone      string
	allDay    bool
}

func readCalendarTime(value string, p params) calendarTime {
	value = strings.TrimSpace(value)
	if t, err := time.Parse("20060102", value); err == nil {
		return calendarTime{Time: t, allDay: true}
	}
	zone := tidy(p["tzid"])
	if strings.HasSuffix(value, "Z") {
		value, zone = value[:len(value)-1], "UTC"
	}
	for _, form := range []string{"20060102T150405", "20060102T1504", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(form, value); err == nil {
			return calendarTime{Time: t, zone: zone}
		}
	}
	return calendarTime{}
}

// words tells of the event in lines for people; more is how many other events
// the calendar has.
func (e *event) words(method string, more int) string {
	var b strings.Builder
	line := func(label, text string) {
		if text != "" {
			b.WriteString("\n" + label + ": " + text)
		}
	}
	summary := e.summary
	if summary == "" {
		summary = "(no title)"
	}
	b.WriteString(e.title(method) + ": " + summary)
	line("When", e.when())
	line("Repeats", ruleWords(e.rule))
	line("Where", e.location)
	line("Organizer", mailboxWords(e.organizer))
	if method == "REPLY" || method == "COUNTER" {
		for _, a := range e.attendees[:min(len(e.attendees), guestCap)] {
			line(mailboxWords(a.Mailbox), answerWords(a.answer))
		}
	} else {
		line("Invited", e.guests())
	}
	if more > 0 {
		line("Further entries", strconv.Itoa(more)+", in the attachment")
	}
	return b.String()
}

// title says in a word what the mail is about the event (RFC 5546 section 1.4).
func (e *event) title(method string) string {
	switch {
	case method == "CANCEL" || e.status == "CANCELLED":
		return "Cancelled"
	case method == "REQUEST":
		return "Invitation"
	case method == "REPLY":
		return "Answer to an invitation"
	case method == "COUNTER":
		return "Another time is proposed"
	case method == "DECLINECOUNTER":
		return "The proposed time is declined"
	case method == "ADD":
		return "Further dates"
	default:
		return "Event"
	}
}

func (e *event) guests() string {
	var names []string
	for _, a := range e.attendees[:min(len(e.attendees), guestCap)] {
		names = append(names, mailboxWords(a.Mailbox))
	}
	text := strings.Join(names, ", ")
	if more := len(e.attendees) - guestCap; more > 0 {
		text += " and " + strconv.Itoa(more) + " more"
	}
	return text
}

func answerWords(partstat string) string {
	switch partstat {
	case "ACCEPTED":
		return "accepted"
	case "DECLINED":
		return "declined"
	case "TENTATIVE":
		return "perhaps"
	case "DELEGATED":
		return "delegated to somebody else"
	default:
		return "no answer"
	}
}

// when writes the time of the event with its zone. A zone without a name is
// told as such: the time is then that of wherever one is.
func (e *event) when() string {
	if e.start.IsZero() {
		return ""
	}
	const day, clock = "Mon, 2 Jan 2006", "15:04"
	if e.start.allDay {
		text := e.start.Format(day)
		// The end of a whole day is the day after it (RFC 5545 section 3.6.1).
		if last := e.end.AddDate(0, 0, -1); e.end.allDay && last.After(e.start.Time) {
			text += " – " + last.Format(day)
		}
		return text + ", all day"
	}
	text := e.start.Format(day + ", " + clock)
	end := e.end
	if end.IsZero() {
		if length, ok := readDuration(e.duration); ok {
			end = calendarTime{Time: e.start.Add(length), zone: e.start.zone}
		}
	}
	sameZone := end.IsZero() || end.zone == e.start.zone
	if !sameZone {
		text += e.start.zoneWords()
	}
	switch {
	case end.IsZero(), end.Time.Equal(e.start.Time) && sameZone:
		return text + e.start.zoneWords()
	case end.Format(day) == e.start.Format(day):
		text += "–" + end.Format(clock)
	default:
		text += " – " + end.Format(day+", "+clock)
	}
	return text + end.zoneWords()
}

func (t calendarTime) zoneWords() string {
	if t.zone == "" {
		return " (no zone named)"
	}
	return " (" + t.zone + ")"
}

// readDuration reads a duration such as P1DT2H30M (RFC 5545 section 3.3.6).
func readDuration(value string) (time.Duration, bool) {
	value, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(value)), "P")
	if !ok || len(value) > 40 {
		return 0, false
	}
	var total time.Duration
	number := 0
	for _, c := range value {
		switch c {
		case 'T':
			continue
		case 'W':
			total += time.Duration(number) * 7 * 24 * time.Hour
		case 'D':
			total += time.Duration(number) * 24 * time.Hour
		case 'H':
			total += time.Duration(number) * time.Hour
		case 'M':
			total += time.Duration(number) * time.Minute
		case 'S':
			total += time.Duration(number) * time.Second
		default:
			if c < '0' || c > '9' || number > 1e6 {
				return 0, false
			}
			number = number*10 + int(c-'0')
			continue
		}
		number = 0
	}
	return total, total > 0
}

// ruleWords tells a rule of repetition (RFC 5545 section 3.3.10) as far as it
// is short to tell.
func ruleWords(rule string) string {
	if rule == "" {
		return ""
	}
	rules := map[string]string{}
	for one := range strings.SplitSeq(clip(rule, 500), ";") {
		name, value, _ := strings.Cut(one, "=")
		rules[name] = value
	}
	units := map[string]string{"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year", "HOURLY": "hour"}
	unit, known := units[rules["FREQ"]]
	if !known {
		return "yes, see the attachment"
	}
	text := "every " + unit
	if n, err := strconv.Atoi(rules["INTERVAL"]); err == nil && n > 1 {
		text = "every " + strconv.Itoa(n) + " " + unit + "s"
	}
	if days := rules["BYDAY"]; days != "" && len(days) <= 40 {
		text += " on " + strings.ReplaceAll(days, ",", ", ")
	}
	if n, err := strconv.Atoi(rules["COUNT"]); err == nil && n > 0 {
		text += ", " + strconv.Itoa(n) + " times"
	} else if until := readCalendarTime(rules["UNTIL"], nil); !until.IsZero() {
		text += ", until " + until.Format("2 Jan 2006")
	}
	return text
}
