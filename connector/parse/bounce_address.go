package parse

import "strings"

// found is an address in a line, with where it begins and ends together with
// the brackets and quotes around it.
type found struct {
	addr       string
	start, end int
}

// addressesCap is how many addresses of one line are looked at.
const addressesCap = 50

// addressesIn finds the addresses in a line.
func addressesIn(line string) []found {
	var list []found
	for from := 0; len(list) < addressesCap; {
		at := strings.IndexByte(line[from:], '@')
		if at < 0 {
			break
		}
		at += from
		start, end := at, at+1
		for start > from && addressByte(line[start-1]) {
			start--
		}
		for end < len(line) && addressByte(line[end]) && line[end] != '/' && line[end] != '=' {
			end++
		}
		for end > at && (line[end-1] == '.' || line[end-1] == '-') {
			end--
		}
		from = max(end, at+1)
		if start == at || end <= at+1 {
			continue
		}
		a := found{addr: line[start:end], start: start, end: end}
		a.widen(line)
		list = append(list, a)
	}
	return list
}

// widen takes in what stands around an address.
func (a *found) widen(line string) {
	for range 3 {
		for _, scheme := range []string{"mailto:", "smtp:"} {
			if from := a.start - len(scheme); from >= 0 && strings.EqualFold(line[from:a.start], scheme) {
				a.start = from
			}
		}
		if a.start > 0 && strings.IndexByte(`<"'([`, line[a.start-1]) >= 0 {
			a.start--
			if a.end < len(line) && strings.IndexByte(`>"')]`, line[a.end]) >= 0 {
				a.end++
			}
		}
	}
}

func addressByte(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	}
	return strings.IndexByte(".!#$%&*+-/=?^_{|}~", c) >= 0
}

// namedIn gives the addresses of a line that stand in it as one of the forms
// says. A form is the line with % for the address; a star at its beginning or
// end stands for anything, capitals are the same as small letters. A form that
// ends in % takes a list of addresses too.
func namedIn(line string, forms []string) []string {
	all := addressesIn(line)
	lower := ""
	for i, a := range all {
		if lower == "" {
			lower = strings.ToLower(line)
			if len(lower) != len(line) {
				return nil
			}
		}
		for _, form := range forms {
			before, after, _ := strings.Cut(form, "%")
			if !fits(lower[:a.start], before, true) {
				continue
			}
			if fits(lower[a.end:], after, false) {
				return []string{a.addr}
			}
			if after == "" && i == 0 && onlyAddresses(line, all) {
				var list []string
				for _, one := range all {
					list = append(list, one.addr)
				}
				return list
			}
		}
	}
	return nil
}

// fits tells whether what stands before or after an address is as the form says.
func fits(text, form string, before bool) bool {
	if before {
		if rest, open := strings.CutPrefix(form, "*"); open {
			return strings.HasSuffix(text, rest)
		}
		return text == form
	}
	if rest, open := strings.CutSuffix(form, "*"); open {
		return strings.HasPrefix(text, rest)
	}
	return text == form
}

// onlyAddresses tells whether a line is a list of addresses from the first on.
func onlyAddresses(line string, all []found) bool {
	for i := 1; i < len(all); i++ {
		if strings.Trim(line[all[i-1].end:all[i].start], ",; ") != "" {
			return false
		}
	}
	return strings.Trim(line[all[len(all)-1].end:], ",; ") == ""
}
