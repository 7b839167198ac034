package connector

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"postroom/desk"
	"postroom/internal/testserver"
)

// TestALookCountsWhatASyncWouldBring on a real server, to the second of the
// cut-off, reads nothing but the newest headers, and leaves all as it was.
func TestALookCountsWhatASyncWouldBring(t *testing.T) {
	t.Parallel()
	const user = "support@example.test"
	m := testserver.Start(t, testserver.Options{Users: []string{user}, Record: true})
	cutOff := time.Date(2026, 3, 14, 1, 30, 0, 0, time.UTC)
	// One mail every half hour, over days, the last but three from before.
	const all, open = 230, 3
	m.Fill(t, user, "INBOX", all, func(i int) testserver.Letter {
		from := fmt.Sprintf("c%d@shop.test", i)
		if i%2 == 0 {
			from = "ben@example.test"
		}
		more := ""
		if i >= all-10 {
			more = "List-Id: <news.shop.test>\r\n"
		}
		return testserver.Letter{
			Raw:      fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: %d\r\nMessage-ID: <%d@x.test>\r\n%s\r\nsecret text\r\n", from, user, i, i, more),
			Received: cutOff.Add(time.Duration(i-all+open)*30*time.Minute + time.Duration(i%2)*time.Second - time.Second),
		}
	})
	m.Fill(t, user, "Sent", 4, func(i int) testserver.Letter {
		return testserver.Letter{Raw: fmt.Appendf(nil, "From: Agent %d <%s>\r\nSubject: x\r\n\r\ny\r\n", i%2, user), Received: cutOff, Flags: "S"}
	})
	before := m.Messages(t, user, "INBOX")
	a := accountOn(t, "imaps://"+m.IMAPS, m.CAFile, user)
	a.CutOff = cutOff
	p, err := Look(t.Context(), a, testserver.Password)
	if err != nil {
		t.Fatal(err)
	}
	old := 0
	for _, s := range before {
		if s.Received.Before(cutOff) {
			old++
		}
	}
	if old == 0 || old == all {
		t.Fatal("the mails do not lie around the cut-off")
	}
	want := []ProbedFolder{{"INBOX", desk.RoleInbox, all, old}, {"Sent", desk.RoleSent, 4, 0}}
	if got := slices.DeleteFunc(p.Folders, func(f ProbedFolder) bool { return f.Role == desk.RoleJunk }); !slices.Equal(got, want) {
		t.Errorf("%+v, wanted %+v", got, want)
	}
	if want := (desk.Traffic{Looked: 200, Conversations: 200, Automatic: 10, Loggable: 200, Colleagues: 95, Strangers: 95, People: 96, Sent: 4, Names: 2}); p.Traffic != want {
		t.Errorf("%+v, wanted %+v", p.Traffic, want)
	}
	for _, s := range m.Messages(t, user, "INBOX") {
		if slices.Contains(s.Flags, string(imap.FlagSeen)) {
			t.Fatal("a mail was marked as seen")
		}
	}
	recorded := strings.Join(m.Recorded(t), "\n")
	if !strings.Contains(recorded, "EXAMINE") || !strings.Contains(recorded, "BODY.PEEK[HEADER]") {
		t.Fatalf("nothing was recorded:\n%s", recorded)
	}
	for _, word := range []string{"SELECT", "STORE", "BODY["} {
		if strings.Contains(recorded, " "+word) {
			t.Errorf("it has said %s", word)
		}
	}
}

// TestALookAtAnEmptyMailbox asks for nothing that is not there.
func TestALookAtAnEmptyMailbox(t *testing.T) {
	t.Parallel()
	m := testserver.StartDovecot(t, "new@example.test")
	a := accountOn(t, "imaps://"+m.IMAPS, m.CAFile, "new@example.test")
	a.CutOff = time.Now()
	p, err := Look(t.Context(), a, testserver.Password)
	if err != nil || p.Traffic != (desk.Traffic{}) || len(p.Folders) == 0 || p.Folders[0] != (ProbedFolder{Name: "INBOX", Role: desk.RoleInbox}) {
		t.Errorf("%+v, %v", p, err)
	}
}
