package connector

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
)

// spoken is a connection on which a server says something.
type spoken struct {
	net.Conn
	r io.Reader
}

func (s spoken) Read(p []byte) (int, error) { return s.r.Read(p) }

func TestGuardFindsLiterals(t *testing.T) {
	good := "* OK [CAPABILITY X] that (((((( is {text \"with {9000000000}\r\n" +
		"* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] {40}\r\n((((((((((((((((((((((((((((((((((((((((" + " INTERNALDATE \"a \\\" {99}\")\r\n" +
		"+ idling {7}\r\n" +
		"T1 OK done {12}\r\n" +
		"* LIST () \"/\" {5}\r\nINBOX\r\n"
	for name, r := range map[string]io.Reader{
		"at once": strings.NewReader(good), "byte by byte": iotest.OneByteReader(strings.NewReader(good)), "in halves": iotest.HalfReader(strings.NewReader(good)),
	} {
		g := newGuard(spoken{r: r})
		got, err := io.ReadAll(g)
		if err != nil || string(got) != good {
			t.Errorf("%s: %v after %d bytes of %d", name, err, len(got), len(good))
		}
		if g.at.depth != 0 || g.at.skip != 0 || g.at.length != 0 {
			t.Errorf("%s: the guard has lost its place: %+v", name, g.at)
		}
	}
}

func TestGuardEndsWhatIsTooMuch(t *testing.T) {
	for _, c := range []struct{ name, says string }{
		{"a nest", "* 1 FETCH (BODYSTRUCTURE " + strings.Repeat("(", 100)},
		{"a long word", "* 1 " + strings.Repeat("a", maxToken+10)},
		{"a long string", "* LIST () \"" + strings.Repeat("a", maxToken+10)},
		{"a long line", "* SEARCH" + strings.Repeat(" 12345", maxLine/6+10)},
		{"a long text", "* OK " + strings.Repeat("x", maxLine+10)},
		{"a long literal", "* LIST () \"/\" {70000}\r\nx"},
		{"a long literal that is no body", "* 1 FETCH (UID 1 BODYSTRUCTURE (NIL {70000}\r\nx"},
		{"many literals that are no body", strings.Repeat("* 1 FETCH (UID 1 BODYSTRUCTURE (\"a\" {60000}\r\n"+strings.Repeat("x", 60000)+"))\r\n", maxAnswer/60000+2)},
		{"a literal that overflows", "* LIST () \"/\" {99999999999999999999999999}\r\nx"},
		{"many lines", strings.Repeat("* 1 EXISTS\r\n", maxAnswer/12+10)},
	} {
		g := newGuard(spoken{r: strings.NewReader(c.says)})
		g.allow(maxLine, maxAnswer, MaxMail)
		if _, err := io.Copy(io.Discard, g); !errors.Is(err, errTooMuch) || !errors.Is(g.cause(), errTooMuch) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
