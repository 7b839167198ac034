package connector

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// TestTooLargeMailIsCut: of a mail too large to be stored the beginning comes,
// visibly unreadable, and the others come whole.
func TestTooLargeMailIsCut(t *testing.T) {
	t.Parallel()
	beginning := string(rawMail("letter 3", "the beginning"))
	server := testserver.StartSick(t, testserver.Trouble{Name: "letter", At: "FETCH", Message: 3, Do: func(sick *testserver.Sick, s *testserver.Session) error {
		heard := sick.Heard()
		if strings.Contains(heard[len(heard)-1], "<0.") {
			return testserver.Write("* 3 FETCH (UID 3 FLAGS () BODY[]<0> {" + strconv.Itoa(len(beginning)) + "}\r\n" + beginning + ")\r\n")(s)
		}
		if err := testserver.Write("* 3 FETCH (UID 3 FLAGS () BODY[] {9000000000}\r\n")(s); err != nil {
			return err
		}
		return testserver.Flood("x", 100<<20)(s)
	}})
	o := newOffice(t, desk.Shared)
	o.connect(t, server.URL(), "", "anna@example.test")
	if s := o.sync(t, o.connector(t)); s.New != 6 || s.Skipped != 0 {
		t.Errorf("%+v, want 6 new", s)
	}
	if n := o.total(t); n != 6 {
		t.Errorf("%d conversations", n)
	}
}

func TestTooLargeMailIsVisible(t *testing.T) {
	raw := append(cutNotice(100, 80<<20), rawMail("big", "text")...)
	in := ParseIncoming(desk.RawMail{Bytes: raw}, time.Time{})
	if !in.Unreadable || in.Mail.Subject != "big" || !strings.Contains(strings.Join(in.Mail.Defects, " "), "80 MB") {
		t.Errorf("a cut mail is %+v", in)
	}
}
