package connector

import (
	"errors"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// TestLeaseOfAWrongClock: a process that stops working is followed by another
// whatever its clock says, and can write nothing any more (promises P15). A
// lease of a clock that is an hour ahead would else last an hour.
func TestLeaseOfAWrongClock(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]time.Duration{"ahead": time.Hour, "behind": -time.Hour, "right": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const lease = 600 * time.Millisecond
			server := testserver.StartSick(t, testserver.Trouble{Name: "letter", At: "NONE"})
			first := newOffice(t, desk.Shared)
			a := first.connect(t, server.URL(), "", "anna@example.test")
			wrong := openOfficeWith(t, first.path, desk.Outside{LeaseTime: lease, Clock: func() time.Time { return time.Now().Add(off) }})
			room := wrong.desk.Mailroom()
			old, err := room.Lease(t.Context(), a.ID, "elsewhere/1/stopped", "")
			if err != nil {
				t.Fatal(err)
			}
			folder, err := room.Folder(t.Context(), old, "INBOX", desk.RoleInbox, 7)
			if err != nil {
				t.Fatal(err)
			}
			next := openOfficeWith(t, first.path, desk.Outside{LeaseTime: lease, Clock: time.Now})
			next.inbox = first.inbox
			run(t, next.connector(t))
			next.await(t, "the mail, through the next process", func() bool { return next.total(t) == 6 })
			_, err = room.Keep(t.Context(), old, folder, []desk.Fetched{{UID: 99, At: time.Now(), Packed: room.Pack([]byte("late"))}})
			if !errors.Is(err, desk.ErrFenced) {
				t.Errorf("the process that slept writes on: %v", err)
			}
			if err := room.SetHealth(t.Context(), old, desk.AccountRetrying, "late"); !errors.Is(err, desk.ErrFenced) {
				t.Errorf("the process that slept tells its health: %v", err)
			}
		})
	}
}
