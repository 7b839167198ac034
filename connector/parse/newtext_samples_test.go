package parse

import "strings"

// samples writes every kind of mail in every dialect and language.
func samples() []*sample {
	var list []*sample
	for _, dialects := range [][]dialect{plainDialects, htmlDialects} {
		for i := range dialects {
			d := &dialects[i]
			for j := range tongues {
				l := tongues[j]
				l.from = people[(i+j)%len(people)]
				if d.languages == "" || strings.Contains(d.languages, l.code) {
					list = append(list, d.samples(&l)...)
				}
			}
		}
	}
	return list
}

// written gives lines in the form of the dialect.
func (d *dialect) written(lines ...string) []string {
	if d.form == "html" {
		return divs(lines)
	}
	return lines
}

func (d *dialect) sample(l *tongue, kind string, prefixes ...string) *sample {
	subject := topic
	for i := len(prefixes) - 1; i >= 0; i-- {
		prefix := prefixes[i]
		if d.local {
			prefix = map[string]string{"Re": l.reply, "Fwd": l.forward}[prefix]
		}
		subject = prefix + ": " + subject
	}
	return &sample{program: d.program, language: l.code, kind: kind, form: d.form, subject: subject}
}

func (d *dialect) samples(l *tongue) []*sample {
	own := d.written(l.hello, "", l.own, l.more, "")
	earlier := d.written(l.asked, l.thanks)
	gap := d.written("")

	var list []*sample
	add := func(kind string, prefixes ...string) *sample {
		s := d.sample(l, kind, prefixes...)
		list = append(list, s)
		return s
	}
	answer := func(s *sample, quoted []string) {
		s.add(classText, own...)
		if d.signature != nil {
			s.add(classSignature, d.signature(l)...)
		}
		s.add(classQuoted, quoted...)
	}
	answer(add("reply", "Re"), d.quote(l, earlier))
	answer(add("nested", "Re"), d.quote(l, append(d.written(l.own, ""), d.quote(l, earlier)...)))
	s := add("traps", "Re")
	s.add(classText, d.written(traps...)...)
	answer(s, d.quote(l, earlier))
	alone := classQuoted
	if d.unmarked {
		alone = classText // when in doubt
	}
	add("only", "Re").add(alone, d.quote(l, earlier)...)
	if d.unmarked {
		s = add("below", "Re")
		s.add(classText, d.written(l.below, "")...)
		s.add(classText, d.quote(l, d.written(l.asked, l.own, l.thanks, l.more))...)
	}
	if d.forward != nil {
		answer(add("reply_to_forward", "Re", "Fwd"), d.quote(l, append(d.written(l.own, ""), d.forward(l, earlier)...)))
		s = add("forward", "Fwd")
		s.add(classText, own...)
		s.add(classText, d.forward(l, earlier)...)
		add("forward_bare", "Fwd").add(classText, d.forward(l, earlier)...)
		s = add("forward_of_reply", "Fwd")
		s.add(classText, own...)
		s.add(classText, d.forward(l, append(d.written(l.own, ""), d.quote(l, earlier)...))...)
	}
	if d.answers {
		s = add("bottom", "Re")
		s.add(classQuoted, d.quote(l, earlier)...)
		s.add(classText, gap...)
		s.add(classText, own...)
		list = append(list, d.inline(l))
	}
	return list
}

// traps are lines of an answer that look like what mail programs write.
var traps = []string{
	"-----", "From: Hamburg", "To: Oslo", "Date: 9 January 2024", "-----", "",
	"On the phone your colleague wrote:", "nothing at all.", "", "Sent from my hotel, the parcel took two days; is that usual?", "",
	"____________________", "Order: 4711", "",
}

// inline answers below each piece of the quote, which thereby belongs to the
// text.
func (d *dialect) inline(l *tongue) *sample {
	s := d.sample(l, "inline", "Re")
	s.add(classText, d.quote(l, d.written(l.asked))...)
	s.add(classText, d.written("", l.own, "")...)
	second := d.written(l.thanks)
	if d.form == "html" {
		second = around(`<blockquote type="cite" class="gmail_quote">`, second, `</blockquote>`)
	} else {
		second = prefixed(second)
	}
	s.add(classText, second...)
	s.add(classText, d.written("", l.more)...)
	return s
}
