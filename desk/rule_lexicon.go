package desk

import "slices"

// A mail has thousands of words, and hardly one of them is a key of some rule.
// So what is asked of each has to be cheap: its first bytes are a number, and a
// bit says whether any key begins with that number. Only then a map is asked.

// headBytes is how many bytes of a word its head has.
const headBytes = 8

// headOf is the head of a word: its first bytes as a number, the first lowest.
func headOf(word string) uint64 {
	if len(word) >= headBytes {
		return load(word)
	}
	var head uint64
	for i := range len(word) {
		head |= uint64(word[i]) << (8 * i)
	}
	return head
}

// load is the head of what is long enough. The compiler makes one instruction
// of it.
func load(s string) uint64 {
	_ = s[headBytes-1]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// sieve holds heads. It has every one that was put in, and now and then another.
type sieve [1 << 10]uint64

func (s *sieve) bit(head uint64) (word *uint64, mask uint64) {
	h := head * 0x9E3779B97F4A7C15 >> 48 // the multiplier of Fibonacci hashing
	return &s[h/64], 1 << (h % 64)
}

func (s *sieve) put(head uint64) {
	word, mask := s.bit(head)
	*word |= mask
}

func (s *sieve) has(head uint64) bool {
	word, mask := s.bit(head)
	return *word&mask != 0
}

// lexicon is what the rules of a bucket look for in a part of the mail.
type lexicon struct {
	words map[string]*keyed
	heads sieve // of the words
	// begins lead to rules by how a word has to begin. Lengths are those of its
	// keys, beginnings their heads, and masks what those leave of a word's.
	begins     map[string][]int
	lengths    []int
	masks      []uint64
	beginnings sieve
}

// keyed is a key of a lexicon: the rules that may match where it is found, and
// its place in what was found.
type keyed struct {
	rules []int
	place int
}

// start lets a rule be found by how a word begins.
func (x *lexicon) start(rule int, beginning string) {
	x.begins[beginning] = append(x.begins[beginning], rule)
	x.beginnings.put(headOf(beginning))
	if !slices.Contains(x.lengths, len(beginning)) {
		x.lengths = append(x.lengths, len(beginning))
		if mask := ^uint64(0) >> (64 - 8*min(len(beginning), headBytes)); !slices.Contains(x.masks, mask) {
			x.masks = append(x.masks, mask)
		}
	}
}

// sweep finds each word of a text.
func (x *lexicon) sweep(w wording, key func(*keyed), begin func(rules []int)) {
	for at := 1; at < len(w); {
		n, head := w.next(at)
		if x.heads.has(head) || len(x.lengths) > 0 && x.mayBegin(head) {
			x.find(string(w[at:at+n]), key, begin)
		}
		at += n + 1
	}
}

// find gives what a word is a key of, and the rules that look for one that
// begins like it.
func (x *lexicon) find(word string, key func(*keyed), begin func(rules []int)) {
	if k := x.words[word]; k != nil {
		key(k)
	}
	for _, n := range x.lengths {
		if len(word) >= n {
			begin(x.begins[word[:n]])
		}
	}
}

// mayBegin reports whether a word with this head may begin like a key.
func (x *lexicon) mayBegin(head uint64) bool {
	for _, mask := range x.masks {
		if x.beginnings.has(head & mask) {
			return true
		}
	}
	return false
}
