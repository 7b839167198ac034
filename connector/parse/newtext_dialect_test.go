package parse

import (
	"html"
	"slices"
	"strings"
)

// dialect is how one mail program writes a reply and a forward, in plain text
// or in HTML. The functions wrap lines that are already in the form of the
// dialect, so that quotes can stand in forwards and forwards in quotes.
type dialect struct {
	program, form string
	languages     string // codes; empty for all
	quote         func(l *tongue, inner []string) []string
	forward       func(l *tongue, inner []string) []string
	signature     func(l *tongue) []string // between the answer and the quote
	// answers is true where people write below and between the quotes.
	answers bool
	// unmarked is true where nothing tells the quote from an answer below it.
	unmarked bool
	// local is true for programs that translate the prefix of the subject.
	local bool
}

const topic = "Delivery 4711"

// person is who wrote the earlier mail.
type person struct{ name, mailbox string }

func (p person) address() string { return "<" + p.mailbox + ">" }

func (p person) String() string { return p.name + " " + p.address() }

// people have short names, long ones that break lines, and none.
var people = []person{
	{"Ben Hart", "ben@desk.test"},
	{"Hart, Benjamin (Logistics)", "benjamin.hart.logistics@shipping-and-customs.desk.test"},
	{"support@desk.test", "support@desk.test"},
	{"李小龍", "li@desk.test"},
}

// fill writes the sender of the earlier mail into a form.
func (l *tongue) fill(form string) string {
	return strings.NewReplacer("{who}", l.from.name, "{addr}", l.from.address(), "{mail}", l.from.mailbox).Replace(form)
}

// prefixed puts quotation marks before lines as mail programs do.
func prefixed(inner []string) []string {
	var out []string
	for _, one := range inner {
		switch {
		case one == "":
			out = append(out, ">")
		case one[0] == '>':
			out = append(out, ">"+one)
		default:
			out = append(out, "> "+one)
		}
	}
	return out
}

// folded breaks a line where Gmail's plain text does.
func folded(text string) []string {
	var out []string
	for len(text) > 78 {
		at := strings.LastIndexByte(text[:78], ' ')
		if at <= 0 {
			break
		}
		out, text = append(out, text[:at]), text[at+1:]
	}
	return append(out, text)
}

// under writes an introduction and below it the marked lines.
func under(intro func(l *tongue) []string, between ...string) func(*tongue, []string) []string {
	return func(l *tongue, inner []string) []string {
		return slices.Concat(intro(l), between, prefixed(inner))
	}
}

// block writes the header that Outlook puts above an earlier mail, each label
// between before and after.
func block(l *tongue, before, after, end string) []string {
	values := [4]string{l.from.String(), l.date, "Ann Lee <ann@acme.test>", topic}
	var out []string
	for i, label := range l.labels {
		value := values[i]
		if end != "" {
			value = html.EscapeString(value)
		}
		out = append(out, before+label+":"+after+" "+value+end)
	}
	return out
}

// headed writes an earlier mail without quotation marks under such a header.
func headed(above ...string) func(*tongue, []string) []string {
	return func(l *tongue, inner []string) []string {
		return slices.Concat(above, block(l, "", "", ""), []string{""}, inner)
	}
}

// titled is the same with a line of words between hyphens on top.
func titled(hyphens string, words func(*tongue) string) func(*tongue, []string) []string {
	return func(l *tongue, inner []string) []string {
		return slices.Concat([]string{hyphens + " " + words(l) + " " + hyphens}, block(l, "", "", ""), []string{""}, inner)
	}
}

func gmailIntro(l *tongue) []string       { return folded(l.fill(l.gmail)) }
func appleIntro(l *tongue) []string       { return []string{l.fill(l.apple)} }
func thunderbirdIntro(l *tongue) []string { return []string{l.fill(l.thunderbird)} }

func gmailForward(l *tongue, inner []string) []string {
	return slices.Concat([]string{
		"---------- Forwarded message ---------",
		l.labels[0] + ": " + l.from.String(), "Date: " + l.date, "Subject: " + topic, "To: <ann@acme.test>", "", "",
	}, inner)
}

func appleForward(l *tongue, inner []string) []string {
	return slices.Concat([]string{l.appleForward, ""}, prefixed(slices.Concat(
		[]string{l.labels[0] + ": " + l.from.String(), l.labels[3] + ": " + topic, l.labels[1] + ": " + l.date, l.labels[2] + ": ann@acme.test", ""}, inner)))
}

// phone writes everything below the answer with marks, as the iPhone does.
func phone(wrap func(l *tongue) []string) func(*tongue, []string) []string {
	return func(l *tongue, inner []string) []string {
		return prefixed(slices.Concat(wrap(l), []string{""}, inner))
	}
}

func iphoneForward(l *tongue, inner []string) []string {
	return prefixed(slices.Concat([]string{
		l.appleForward, "",
		l.labels[0] + ": " + l.from.String(), l.labels[1] + ": " + l.date, l.labels[2] + ": ann@acme.test", l.labels[3] + ": " + topic, "",
	}, inner))
}

func iphone(l *tongue) []string { return []string{"", l.iphone, ""} }
func galaxy(l *tongue) []string { return []string{"", l.galaxy, ""} }
func dashes(*tongue) []string   { return []string{"", "-- ", "Ann Lee", "Acme Tools, 12 Mill Lane", ""} }

func outlookMobile(l *tongue) []string {
	return []string{"", l.outlookMobile + "<https://aka.ms/o0ukef>", ""}
}

func k9(*tongue) []string {
	return []string{"-- ", "Sent from my Android device with K-9 Mail. Please excuse my brevity."}
}

func original(l *tongue) string    { return l.original }
func birdForward(l *tongue) string { return l.birdForward }

// words picks what a program writes in a language it is not written for all of.
func words(by map[string]string) func(*tongue) []string {
	return func(l *tongue) []string { return []string{l.fill(by[l.code])} }
}

var (
	yahooIntros = map[string]string{
		"en": "On Monday, January 8, 2024 at 09:05:00 AM GMT+1, {who} {addr} wrote:",
		"de": "Am Montag, 8. Januar 2024 um 09:05:00 MEZ hat {who} {addr} Folgendes geschrieben:",
		"fr": "Le lundi 8 janvier 2024 à 09:05:00 UTC+1, {who} {addr} a écrit :",
		"es": "El lunes, 8 de enero de 2024, 09:05:00 CET, {who} {addr} escribió:",
		"it": "Il lunedì 8 gennaio 2024 alle ore 09:05:00 CET, {who} {addr} ha scritto:",
		"pt": "Em segunda-feira, 8 de janeiro de 2024 às 09:05:00 BRT, {who} {addr} escreveu:",
		"nl": "Op maandag 8 januari 2024 om 09:05:00 CET schreef {who} {addr}:",
		"sv": "Den måndag 8 januari 2024 09:05:00 CET, {who} {addr} skrev:",
	}
	roundcubeIntros = map[string]string{
		"en": "On 2024-01-08 09:05, {who} wrote:",
		"de": "Am 08.01.2024 09:05, schrieb {who}:",
		"fr": "Le 2024-01-08 09:05, {who} a écrit :",
		"es": "El 2024-01-08 09:05, {who} escribió:",
		"it": "Il 2024-01-08 09:05 {who} ha scritto:",
		"pl": "W dniu 2024-01-08 09:05, {who} napisał(a):",
		"cs": "Dne 2024-01-08 09:05, {who} napsal:",
		"nl": "{who} schreef op 2024-01-08 09:05:",
	}
	notesIntros = map[string]string{
		"en": "{who} {addr} wrote on 01/08/2024 09:05:00 AM:",
		"de": "{who} {addr} schrieb am 08.01.2024 09:05:00:",
		"fr": "{who} {addr} a écrit sur 08/01/2024 09:05:00 :",
		"it": "{who} {addr} ha scritto il 08/01/2024 09:05:00:",
	}
	notesForwards = map[string]string{
		"en": "----- Forwarded by Ann Lee/ACME on 01/08/2024 09:05 AM -----",
		"de": "----- Weitergeleitet von Ann Lee/ACME am 08.01.2024 09:05 -----",
		"fr": "----- Réacheminé par Ann Lee/ACME le 08/01/2024 09:05 -----",
		"it": "----- Inoltrato da Ann Lee/ACME il 08/01/2024 09:05 -----",
	}
	mailruIntros = map[string]string{
		"ru": "Понедельник, 8 января 2024, 9:05 +03:00 от {who} {addr}:",
		"en": "Monday, January 8, 2024 9:05 AM +03:00 from {who} {addr}:",
	}
	neteaseIntros = map[string]string{
		"en": `At 2024-01-08 09:05:00, "{who}" {addr} wrote:`,
		"zh": `在 2024-01-08 09:05:00，"{who}" {addr} 写道：`,
	}
)

func yandexIntro(l *tongue) []string { return []string{l.fill(`08.01.2024, 09:05, "{who}" {addr}:`)} }

// sentFirst is the header of GMX, which begins with the date.
func sentFirst(l *tongue, inner []string) []string {
	b := block(l, "", "", "")
	return slices.Concat([]string{b[1], b[0], b[2], b[3], ""}, inner)
}

func yahooReply(l *tongue, inner []string) []string {
	out := append(words(yahooIntros)(l), "")
	for _, one := range inner {
		out = append(out, "  "+one)
	}
	return out
}

// notesBlock is the header of Notes, wide and with a rule below it.
func notesBlock(l *tongue, inner []string) []string {
	b := block(l, "", "       ", "")
	return slices.Concat([]string{b[0], b[2], b[1], b[3], strings.Repeat("-", 40), "", ""}, inner)
}

func qq(l *tongue, inner []string) []string {
	title := map[string]string{"zh": "原始邮件", "en": "Original"}[l.code]
	b := block(l, "", " ", ";")
	for i := range b {
		b[i] = html.UnescapeString(b[i])
	}
	return slices.Concat([]string{"------------------ " + title + " ------------------"}, b, []string{"", "", ""}, inner)
}

// plainDialects are the programs as far as they write plain text.
var plainDialects = []dialect{
	{program: "gmail", form: "plain", quote: under(gmailIntro, ""), forward: gmailForward, answers: true},
	{program: "gmail_signed", form: "plain", quote: under(gmailIntro, ""), forward: gmailForward, signature: dashes},
	{program: "outlook_classic", form: "plain", unmarked: true, quote: headed(), forward: headed(), local: true},
	{
		program: "outlook_bold", form: "plain", unmarked: true, local: true,
		quote: func(l *tongue, inner []string) []string {
			return slices.Concat(block(l, "*", "*", ""), []string{""}, inner)
		},
		forward: func(l *tongue, inner []string) []string {
			return slices.Concat(block(l, "*", "*", ""), []string{""}, inner)
		},
	},
	{program: "outlook_marked", form: "plain", unmarked: true, quote: titled("-----", original), forward: titled("-----", original), local: true},
	{program: "outlook_web", form: "plain", unmarked: true, quote: headed("________________________________"), forward: headed("________________________________"), local: true},
	{
		program: "outlook_mobile", form: "plain", unmarked: true, quote: headed("________________________________"), forward: headed("________________________________"),
		signature: outlookMobile,
	},
	{program: "apple_mac", form: "plain", quote: under(appleIntro, ""), forward: appleForward, answers: true},
	{program: "apple_ios", form: "plain", quote: phone(appleIntro), forward: iphoneForward, signature: iphone},
	{program: "thunderbird", form: "plain", quote: under(thunderbirdIntro), forward: titled("--------", birdForward), answers: true},
	{program: "yahoo", form: "plain", unmarked: true, languages: "en de fr es it pt nl sv", quote: yahooReply, forward: titled("-----", birdForward)},
	{program: "gmx", form: "plain", unmarked: true, languages: "en de fr es it", quote: sentFirst, forward: sentFirst},
	{program: "protonmail", form: "plain", quote: under(appleIntro, ""), forward: titled("-------", func(*tongue) string { return "Forwarded Message" })},
	{program: "samsung", form: "plain", unmarked: true, quote: titled("--------", original), forward: titled("--------", original), signature: galaxy},
	{program: "k9", form: "plain", quote: under(gmailIntro), forward: titled("--------", original), signature: k9},
	{
		program: "notes", form: "plain", languages: "en de fr it", quote: under(words(notesIntros), ""),
		forward: func(l *tongue, inner []string) []string {
			return slices.Concat(words(notesForwards)(l), []string{""}, notesBlock(l, inner))
		},
	},
	{program: "notes_history", form: "plain", unmarked: true, quote: notesBlock},
	{program: "zimbra", form: "plain", unmarked: true, quote: titled("-----", original), forward: titled("-----", birdForward)},
	{program: "roundcube", form: "plain", languages: "en de fr es it pl cs nl", quote: under(words(roundcubeIntros)), forward: titled("--------", original), answers: true},
	{program: "mailru", form: "plain", languages: "ru en", quote: under(words(mailruIntros)), forward: titled("--------", func(l *tongue) string {
		return map[string]string{"ru": "Пересылаемое сообщение", "en": "Forwarded message"}[l.code]
	})},
	{program: "yandex", form: "plain", languages: "ru uk en tr", quote: under(yandexIntro), forward: func(l *tongue, inner []string) []string {
		return slices.Concat([]string{"-------- Пересылаемое сообщение --------"}, yandexIntro(l), []string{""}, inner, []string{"-------- Конец пересылаемого сообщения --------"})
	}},
	{program: "qq", form: "plain", unmarked: true, languages: "zh en", quote: qq, forward: qq, local: true},
	{
		program: "netease", form: "plain", languages: "zh en", quote: under(words(neteaseIntros)),
		forward: titled("--------", func(l *tongue) string {
			return map[string]string{"zh": "转发邮件信息", "en": "Forwarding messages"}[l.code]
		}),
	},
}
