package desk

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// spot is a part of a mail in which words are looked for.
type spot struct {
	part part
	// field is the name of a header field, with inField.
	field string
}

type part uint8

const (
	inSubject part = iota
	inBody
	inFrom
	inTo
	inField
)

// spots are where a leaf looks for its words; none for one that looks for no
// words.
func (c *clause) spots() []spot {
	switch c.Term {
	case TermText:
		return []spot{{part: inSubject}, {part: inBody}}
	case TermSubject:
		return []spot{{part: inSubject}}
	case TermBody:
		return []spot{{part: inBody}}
	case TermFrom:
		return []spot{{part: inFrom}}
	case TermTo:
		return []spot{{part: inTo}}
	case TermHeader:
		if c.words != "" {
			return []spot{{inField, c.name}}
		}
	default:
	}
	return nil
}

// guard is what has to be in a mail for a condition to have a chance: at least
// one of the keys, or of the beginnings of words.
type guard struct{ keys, prefixes []guardKey }

type guardKey struct {
	at   spot
	text string
}

func (g guard) any() bool { return len(g.keys)+len(g.prefixes) > 0 }

// weakest is the length of the shortest key: the longer, the rarer.
func (g guard) weakest() int {
	n := 1 << 10
	for _, k := range slices.Concat(g.keys, g.prefixes) {
		n = min(n, utf8.RuneCountInString(k.text))
	}
	return n
}

// guarded finds the guard of a condition; one that is empty has to be asked of
// every mail.
func (c *clause) guarded() guard {
	switch c.Term {
	case TermAnd:
		var best guard
		for i := range c.args {
			if g := c.args[i].guarded(); g.any() && (!best.any() || g.weakest() > best.weakest()) {
				best = g
			}
		}
		return best
	case TermOr:
		var all guard
		for i := range c.args {
			g := c.args[i].guarded()
			if !g.any() {
				return guard{}
			}
			all.keys, all.prefixes = append(all.keys, g.keys...), append(all.prefixes, g.prefixes...)
		}
		return all
	default:
		var g guard
		for _, at := range c.spots() {
			key, prefix := c.guardedWord()
			if prefix {
				g.prefixes = append(g.prefixes, guardKey{at, key})
			} else {
				g.keys = append(g.keys, guardKey{at, key})
			}
		}
		return g
	}
}

// guardedWord is the key of a leaf that looks for words or an address, and
// whether it is but the beginning of one.
func (c *clause) guardedWord() (key string, prefix bool) {
	if (c.Term == TermFrom || c.Term == TermTo) && strings.Contains(c.Text, "@") {
		return c.Text, false
	}
	if !c.Prefix {
		return c.words.longest(), false
	}
	// Only the last word may go on; of several an earlier one is whole.
	last := strings.TrimSuffix(string(c.words), " ")
	if at := strings.LastIndexByte(last, ' '); at > 0 {
		return wording(last[:at+1]).longest(), false
	}
	return last[1:], true
}

// wholes are the whole words that a leaf looks for, next to each other.
func (c *clause) wholes() []string {
	if len(c.spots()) == 0 {
		return nil
	}
	list := strings.Fields(string(c.words))
	if c.Prefix && len(list) > 0 {
		list = list[:len(list)-1]
	}
	return list
}

// lexicon gives that of a part of the mail, made if need be.
func (b *bucket) lexicon(at spot) *lexicon {
	x := b.lexicons[at]
	if x == nil {
		x = &lexicon{words: map[string]*keyed{}, begins: map[string][]int{}}
		b.lexicons[at] = x
	}
	return x
}

// know makes a key known to the bucket.
func (b *bucket) know(at spot, word string) *keyed {
	x := b.lexicon(at)
	k := x.words[word]
	if k == nil {
		k = &keyed{place: b.known}
		x.words[word] = k
		x.heads.put(headOf(word))
		b.known++
	}
	return k
}

// index lets a rule be found by what has to be in a mail. The words it asks for
// besides are known too, so that no text is gone through for one that is missing.
func (b *bucket) index(rule int, c *clause) {
	var g guard
	if c != nil {
		g = c.guarded()
		b.knowWords(c)
	}
	if !g.any() {
		b.always = append(b.always, rule)
	}
	for _, key := range g.keys {
		k := b.know(key.at, key.text)
		k.rules = append(k.rules, rule)
	}
	for _, key := range g.prefixes {
		b.lexicon(key.at).start(rule, key.text)
	}
}

func (b *bucket) knowWords(c *clause) {
	for i := range c.args {
		b.knowWords(&c.args[i])
	}
	for _, word := range c.whole {
		for _, at := range c.spots() {
			b.know(at, word)
		}
	}
}

// candidates are the rules that may match, in their order.
func (b *bucket) candidates(f *facts) []*preparedRule {
	may := make([]bool, len(b.rules))
	mark := func(rules []int) {
		for _, i := range rules {
			may[i] = true
		}
	}
	mark(b.always)
	found := make([]bool, b.known)
	key := func(k *keyed) {
		if !found[k.place] {
			found[k.place] = true
			mark(k.rules)
		}
	}
	for at, x := range b.lexicons {
		x.sweep(f.wordsIn(at), key, mark)
		f.people(at, func(word string) { x.find(word, key, mark) })
	}
	f.found, f.foundBy = found, b
	var list []*preparedRule
	for i, ok := range may {
		if ok {
			list = append(list, b.rules[i])
		}
	}
	return list
}

// stands reports whether what a leaf looks for stands in a part of the mail.
func (f *facts) stands(c *clause, at spot) bool {
	if f.foundBy != nil && len(c.whole) > 0 {
		x := f.foundBy.lexicons[at]
		known := x != nil
		for _, word := range c.whole {
			if !known {
				break
			}
			k := x.words[word]
			if known = k != nil; known && !f.found[k.place] {
				return false
			}
		}
		if known && len(c.whole) == 1 && !c.Prefix {
			return true
		}
	}
	return f.wordsIn(at).has(c.words, c.Prefix)
}

// wordsIn are the words of a part of the mail.
func (f *facts) wordsIn(at spot) wording {
	switch at.part {
	case inSubject:
		return f.subjectWords()
	case inBody:
		return f.bodyWords()
	case inFrom:
		return f.fromWords()
	case inTo:
		return f.toWords()
	default:
		return f.fieldWords(at.field)
	}
}

// people gives the addresses in a part of the mail, their domains and their
// names, by which rules are found too.
func (f *facts) people(at spot, give func(string)) {
	var list []string
	switch at.part {
	case inFrom:
		list = f.senders()
	case inTo:
		list = f.recipients()
	default:
	}
	for _, a := range list {
		give(a)
		if i := strings.LastIndexByte(a, '@'); i >= 0 {
			give(a[i:])
			give(a[:i+1])
		}
	}
}
