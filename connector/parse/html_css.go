package parse

import "strings"

// styleSheet are the rules of a style element that tell whether something is
// seen, by the one simple selector they have: an element, a class, an id, or
// an element with a class. Selectors that look at more than one element are
// passed over, and so is everything inside of a media query, which is for
// another screen than the one that the mail was written for.
type styleSheet map[string]string

const (
	// sheetCap is how much of all style elements is read.
	sheetCap = 256 << 10
	// ruleCap is how much a selector may say, for it is read again with every
	// element.
	ruleCap = 300
	// classCap is how many classes of an element are looked up.
	classCap = 16
)

// read adds the rules of a style element (CSS Syntax, section 9).
func (s styleSheet) read(css string) {
	for css != "" {
		var head, content string
		head, content, css = cutRule(css)
		if strings.HasPrefix(head, "@") || content == "" {
			continue
		}
		for selector := range strings.SplitSeq(head, ",") {
			if selector = simpleSelector(selector); selector != "" {
				s.add(selector, content)
			}
		}
	}
}

// add keeps the declarations of a selector. Of many, the last ones count.
func (s styleSheet) add(selector, declarations string) {
	if len(declarations) > ruleCap {
		return
	}
	if before := s[selector]; before != "" && len(before)+len(declarations) < ruleCap {
		declarations = before + ";" + declarations
	}
	s[selector] = declarations
}

// cutRule cuts the first rule: what stands before its braces and in them. A
// block in the block belongs to it.
func cutRule(css string) (head, content, rest string) {
	open := strings.IndexAny(css, "{;")
	if open < 0 {
		return "", "", ""
	}
	head = strings.TrimSpace(cutComments(css[:open]))
	if css[open] == ';' {
		return head, "", css[open+1:] // @import and its like
	}
	depth := 0
	for i := open; i < len(css); i++ {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return head, seenRules(cutComments(css[open+1 : i])), css[i+1:]
			}
		}
	}
	return head, seenRules(cutComments(css[open+1:])), ""
}

// cutComments takes out the comments, and the marks of HTML's around it all.
func cutComments(css string) string {
	css = strings.NewReplacer("<!--", "", "-->", "").Replace(css)
	if !strings.Contains(css, "/*") {
		return css
	}
	var b strings.Builder
	for {
		before, inside, ok := strings.Cut(css, "/*")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		_, css, _ = strings.Cut(inside, "*/")
	}
}

// seenRules keeps of the declarations those that tell whether something is
// seen, so that long sheets cost nothing where they are looked up.
func seenRules(declarations string) string {
	var kept []string
	for one := range strings.SplitSeq(declarations, ";") {
		name, _, ok := strings.Cut(one, ":")
		if ok && seenProperty(strings.TrimSpace(name)) {
			kept = append(kept, one)
		}
	}
	return strings.Join(kept, ";")
}

func seenProperty(name string) bool {
	switch strings.ToLower(name) {
	case "display", "visibility", "font-size", "font", "max-height", "max-width", "height", "width", "overflow",
		"opacity", "color", "background", "background-color", "text-indent", "white-space":
		return true
	}
	return false
}

// simpleSelector gives a selector in the form it is looked up in, or "".
func simpleSelector(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" || len(s) > 100 || strings.ContainsAny(s, " >+~:[]*()\\\t\n") || strings.Count(s, ".")+strings.Count(s, "#") > 1 {
		return ""
	}
	return s
}

// apply takes over what the sheet says about an element, the least special
// first, so that the most special wins. It gives the number of bytes read.
func (s styleSheet) apply(to *state, tag string, a *attributes) (work int) {
	if len(s) == 0 {
		return 0
	}
	work = s.rule(to, tag)
	if a.class != "" {
		classes := strings.Fields(strings.ToLower(clip(a.class, 1000)))
		classes = classes[:min(len(classes), classCap)]
		for _, class := range classes {
			work += s.rule(to, "."+class)
		}
		for _, class := range classes {
			work += s.rule(to, tag+"."+class)
		}
	}
	if a.id != "" && len(a.id) < 200 {
		id := "#" + strings.ToLower(a.id)
		work += s.rule(to, id) + s.rule(to, tag+id)
	}
	return work
}

// rule applies the declarations of one selector and gives their length.
func (s styleSheet) rule(to *state, selector string) int {
	style := s[selector]
	if style != "" {
		applyStyle(to, style)
	}
	return len(style)
}
