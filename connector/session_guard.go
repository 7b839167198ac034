package connector

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
)

// What a server may send outside the bodies of mails. A sick or hostile server
// must not be able to fill the memory or to keep the parser busy: the IMAP
// library has no limits of its own.
const (
	maxLine   = 1 << 20  // one response without its literals
	maxSearch = 32 << 20 // the answer to SEARCH, which is one line of UIDs
	maxToken  = 64 << 10 // one atom or quoted string
	maxDepth  = 32       // nested lists
	maxAnswer = 8 << 20  // all responses to an ordinary command, without literals
	maxData   = 64 << 20 // all responses to a FETCH, without literals
	maxString = 64 << 10 // a literal that is not the body of a mail
)

// errTooMuch is a server that sends more than any honest server would.
var errTooMuch = errors.New("the server sends more than it was asked for")

// guard counts what comes from the server outside of literals and ends the
// connection where a limit is passed. It understands just enough of the IMAP
// grammar (RFC 3501 section 9) to find the literals.
type guard struct {
	net.Conn

	mu      sync.Mutex
	line    int64 // how long one line may be
	answer  int64 // how much all lines of this command may bring
	left    int64 // how much of that is left
	literal int64 // how long the body of a mail may be
	broken  error // why nothing is read any more
	failure error // what the connection itself said

	at scanner
}

// scanner is where in a response the guard is.
type scanner struct {
	skip   int64 // bytes left of a literal
	length int64 // of the line so far
	token  int64 // of the atom or string so far
	depth  int
	quoted bool
	escape bool
	text   bool // human readable text, which has no structure
	words  int  // complete words of the line
	word   []byte
	size   int64 // of a literal being announced
	brace  brace
	// body is set when the literal is the body of a mail, which is read in
	// pieces; any other the library takes into memory whole.
	body bool
}

// brace says how much of {123}CRLF has been seen.
type brace int

const (
	noBrace brace = iota
	openBrace
	closedBrace
	carriageReturn
)

func newGuard(conn net.Conn) *guard {
	g := &guard{Conn: conn}
	g.allow(maxLine, maxAnswer, maxString)
	return g
}

// allow sets the limits for the next command.
func (g *guard) allow(line, answer, literal int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.line, g.literal, g.answer, g.left = line, literal, answer, answer
}

// cause is the reason why the connection has ended, which the library knows
// only as text.
func (g *guard) cause() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.broken != nil {
		return g.broken
	}
	return g.failure
}

// Read passes on what is within the limits.
func (g *guard) Read(p []byte) (int, error) {
	g.mu.Lock()
	err := g.broken
	g.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n, err := g.Conn.Read(p)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil && g.failure == nil {
		g.failure = err
	}
	good, bad := g.check(p[:n])
	if bad == nil {
		return n, err
	}
	g.broken = bad
	if good == 0 {
		return 0, bad
	}
	return good, nil
}

// check scans what was read. It returns how much of it may be passed on.
func (g *guard) check(p []byte) (int, error) {
	for i := 0; i < len(p); i++ {
		if g.at.skip > 0 {
			n := min(g.at.skip, int64(len(p)-i))
			g.at.skip -= n
			i += int(n) - 1
			continue
		}
		g.left--
		g.at.step(p[i])
		switch {
		case g.left < 0:
			return i, fmt.Errorf("%w: more than %d MB in one answer", errTooMuch, g.answer>>20)
		case g.at.length > g.line:
			return i, fmt.Errorf("%w: a line of more than %d KB", errTooMuch, g.line>>10)
		case g.at.token > maxToken:
			return i, fmt.Errorf("%w: a word of more than %d KB", errTooMuch, maxToken>>10)
		case g.at.depth > maxDepth:
			return i, fmt.Errorf("%w: lists inside lists, more than %d deep", errTooMuch, maxDepth)
		case g.at.skip > 0:
			if err := g.announced(); err != nil {
				// The announcement is passed on: the reader learns the size.
				return i + 1, err
			}
		}
	}
	return len(p), nil
}

// announced decides about a literal that is about to come.
func (g *guard) announced() error {
	most := g.literal
	if !g.at.body {
		most = min(most, maxString)
		g.left -= g.at.skip
	}
	if g.at.skip > most {
		return fmt.Errorf("%w: a literal of %d bytes", errTooMuch, g.at.skip)
	}
	return nil
}

// step takes one byte outside of a literal.
func (s *scanner) step(c byte) {
	s.length++
	if c == '\n' {
		s.endLine()
		return
	}
	if s.text {
		return
	}
	if s.quoted {
		s.token++
		switch {
		case s.escape:
			s.escape = false
		case c == '\\':
			s.escape = true
		case c == '"':
			s.quoted = false
		}
		return
	}
	s.announce(c)
	switch c {
	case '"':
		s.quoted, s.token = true, 0
	case '(':
		s.depth++
		s.endWord()
	case ')':
		s.depth = max(0, s.depth-1)
		s.endWord()
	case ' ':
		s.endWord()
	default:
		s.token++
		if len(s.word) < 16 {
			s.word = append(s.word, c)
		}
	}
}

// announce follows {123}CRLF, which ends a line but not the response.
func (s *scanner) announce(c byte) {
	switch {
	case c == '{':
		s.brace, s.size = openBrace, 0
	case s.brace == openBrace && c >= '0' && c <= '9':
		// What is too large for a number is too large.
		if s.size < 1<<58 {
			s.size = s.size*10 + int64(c-'0')
		}
	case s.brace == openBrace && c == '+':
	case s.brace == openBrace && c == '}':
		s.brace = closedBrace
	case s.brace == closedBrace && c == '\r':
		s.brace = carriageReturn
	default:
		s.brace = noBrace
	}
}

// endWord looks for the responses that end in human readable text: there
// brackets and quotes mean nothing. In a FETCH response it looks for the item
// that is the body of a mail.
func (s *scanner) endWord() {
	s.token = 0
	s.words++
	switch s.words {
	case 1:
		s.text = string(s.word) == "+"
	case 2:
		word := strings.ToUpper(string(s.word))
		s.text = word == "OK" || word == "NO" || word == "BAD" || word == "BYE" || word == "PREAUTH"
	}
	const body = "BODY["
	s.body = len(s.word) >= len(body) && strings.EqualFold(string(s.word[:len(body)]), body)
	s.word = s.word[:0]
}

func (s *scanner) endLine() {
	if !s.text && !s.quoted && (s.brace == carriageReturn || s.brace == closedBrace) {
		s.skip, s.brace, s.token = s.size, noBrace, 0
		return
	}
	*s = scanner{word: s.word[:0]}
}
