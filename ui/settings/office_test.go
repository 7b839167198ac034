package settings_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/store"
	"postroom/ui"
	"postroom/ui/settings"
	"postroom/ui/uitest"
)

// office is a desk on a real database with a team, inboxes and a clock that
// only the test moves.
type office struct {
	t          testing.TB
	clock      *uitest.Clock
	db         *store.Store
	desk       *desk.Desk
	maya, tom  *desk.Seat
	lease      map[string]desk.Lease
	folder     map[string]desk.Folder
	number     map[string]desk.InboxID
	uid        uint32
	signIn     func(ctx context.Context, address, password string) error
	signedInTo []string
	tried      []settings.Servers
	providers  []settings.ProviderSetting
	keyLost    bool
	compared   settings.Compared
	repaired   settings.Repaired
	repairs    []string // the inboxes that were repaired
	asked      []bool   // whether the mail servers were asked, for each reading
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// furnished is the desk every test begins with: made once, because making one
// is most of what a test would do. Each test has a copy of its file.
var furnished struct {
	once   sync.Once
	file   []byte
	lease  map[string]desk.Lease
	folder map[string]desk.Folder
	number map[string]desk.InboxID
}

// furnish makes it.
func furnish(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "desk.db")
	o := sitDown(t, path, 1)
	o.lease, o.folder, o.number = map[string]desk.Lease{}, map[string]desk.Folder{}, map[string]desk.InboxID{}
	o.maya = o.seat("maya")
	_, err := o.maya.AddUser(ctx, "tom", "Tom Ashe", desk.RoleAgent)
	must(t, err)
	o.tom = o.seat("tom")
	o.inbox(o.maya, "Billing", desk.Shared)
	o.inbox(o.maya, "Maya", desk.Personal)
	o.inbox(o.maya, "Support", desk.Shared)
	must(t, o.maya.AddMember(ctx, "Billing", "tom", desk.WorkRights()))
	o.inbox(o.tom, "Toms", desk.Personal)
	_, err = o.maya.CreateInbox(ctx, "Sales", desk.Shared)
	must(t, err)
	must(t, o.db.Close())
	furnished.file, err = os.ReadFile(path)
	must(t, err)
	furnished.lease, furnished.folder, furnished.number = o.lease, o.folder, o.number
}

// sitDown opens the desk in a file.
func sitDown(t testing.TB, path string, seed byte) *office {
	t.Helper()
	ctx := context.Background()
	o := &office{t: t, clock: uitest.NewClock(time.Date(2026, 10, 19, 9, 42, 0, 0, time.UTC))}
	var err error
	o.db, err = store.Open(ctx, path, store.Options{})
	must(t, err)
	o.desk, err = desk.New(ctx, desk.Outside{Store: o.db, Clock: o.clock.Now, Rand: rand.NewChaCha8([32]byte{seed})})
	must(t, err)
	return o
}

func newOffice(t testing.TB) *office {
	t.Helper()
	furnished.once.Do(func() { furnish(t) })
	path := filepath.Join(t.TempDir(), "desk.db")
	must(t, os.WriteFile(path, furnished.file, 0o600))
	o := sitDown(t, path, 2)
	t.Cleanup(func() { must(t, o.db.Close()) })
	o.lease, o.folder, o.number = furnished.lease, furnished.folder, furnished.number
	o.maya, o.tom = o.seat("maya"), o.seat("tom")
	return o
}

func (o *office) seat(login string) *desk.Seat {
	o.t.Helper()
	actor, err := o.desk.SignIn(context.Background(), login, "")
	must(o.t, err)
	return o.desk.As(actor)
}

// inbox makes an inbox with a connected mailbox.
func (o *office) inbox(seat *desk.Seat, name string, kind desk.InboxKind) {
	o.t.Helper()
	ctx := context.Background()
	in, err := seat.CreateInbox(ctx, name, kind)
	must(o.t, err)
	o.number[name] = in.ID
	a, err := seat.Connect(ctx, name, desk.Account{Address: desk.FoldName(name) + "@acme.test", IMAP: "imaps://mail.acme.test", SMTP: "smtps://mail.acme.test", Secret: []byte("sealed")})
	must(o.t, err)
	o.lease[name], err = o.desk.Mailroom().Lease(ctx, a.ID, "test", "")
	must(o.t, err)
	o.folder[name], err = o.desk.Mailroom().Folder(ctx, o.lease[name], "INBOX", desk.RoleInbox, 1)
	must(o.t, err)
	o.health(name, desk.AccountConnected, "")
}

// hand hands the outgoing mail of an account over, as the connector does.
func (o *office) hand(name string) desk.Outgoing {
	o.t.Helper()
	return o.settle(name, desk.Settled{State: desk.Accepted})
}

// settle hands the next outgoing mail to a server, which does that with it.
func (o *office) settle(name string, as desk.Settled) desk.Outgoing {
	o.t.Helper()
	ctx, mr, l := context.Background(), o.desk.Mailroom(), o.lease[name]
	out, ok, err := mr.ClaimOutgoing(ctx, l)
	must(o.t, err)
	if !ok {
		o.t.Fatal("there is nothing to send")
	}
	out, err = mr.Submitting(ctx, l, out, []byte("raw"))
	must(o.t, err)
	must(o.t, mr.Settle(ctx, l, out, as))
	return out
}

// receive lets a mail come in.
func (o *office) receive(name string, m desk.Mail) {
	o.t.Helper()
	ctx, mr, l := context.Background(), o.desk.Mailroom(), o.lease[name]
	o.uid++
	ids, err := mr.Keep(ctx, l, o.folder[name], []desk.Fetched{{UID: o.uid, At: m.Date, Packed: mr.Pack(fmt.Appendf(nil, "mail %d", o.uid))}})
	must(o.t, err)
	in := desk.Incoming{Raw: ids[0], Inbox: o.number[name], Account: l.Account, Role: desk.RoleInbox, At: m.Date, Mail: m}
	must(o.t, mr.Receive(ctx, []desk.Incoming{in}))
}

// events are the journal.
func (o *office) events() []desk.Event {
	o.t.Helper()
	var list []desk.Event
	must(o.t, o.db.Read(context.Background(), func(r desk.Reader) error {
		var err error
		list, err = r.EventsAfter(0, 1000)
		return err
	}))
	return list
}

// newest is the last event of a kind.
func (o *office) newest(k desk.EventKind) desk.Event {
	o.t.Helper()
	for _, ev := range slices.Backward(o.events()) {
		if ev.Kind == k {
			return ev
		}
	}
	o.t.Fatalf("no event %q", k)
	return desk.Event{}
}

// tested counts the tests that have ended.
func (o *office) tested() int {
	n := 0
	for _, ev := range o.events() {
		if ev.Kind == desk.EventTested {
			n++
		}
	}
	return n
}

func (o *office) health(name string, s desk.AccountState, cause string) {
	o.t.Helper()
	must(o.t, o.desk.Mailroom().SetHealth(context.Background(), o.lease[name], s, cause))
}

// account is how an account is now.
func (o *office) account(address string) desk.Account {
	o.t.Helper()
	list, err := o.maya.Accounts(context.Background())
	must(o.t, err)
	for _, a := range list {
		if a.Address == address {
			return a
		}
	}
	o.t.Fatalf("no account %s", address)
	return desk.Account{}
}

// open starts the program in front of somebody.
func (o *office) open(seat *desk.Seat, w, h int, change ...func(*ui.Settings)) *uitest.Driver {
	o.t.Helper()
	bell := o.desk.Bell().Listen()
	o.t.Cleanup(bell.Close)
	s := ui.Settings{Desk: seat, World: o.clock.World(), Ring: func() tea.Cmd { return nil }}
	s.Screens = ui.WithSettings(ui.Screens(), o.outside(seat))
	for _, c := range change {
		c(&s)
	}
	d := uitest.New(o.t, ui.New(context.Background(), s), o.clock, func() (tea.Msg, bool) {
		select {
		case <-bell.Rung():
			return ui.Rang{Changed: bell.Take()}, true
		default:
			return nil, false
		}
	})
	return d.Resize(w, h).Advance(time.Second)
}

func (o *office) outside(seat *desk.Seat) settings.Outside {
	return settings.Outside{
		Desk: seat,
		SignIn: func(ctx context.Context, address, password string) error {
			o.signedInTo = append(o.signedInTo, address+" "+password)
			return o.signIn(ctx, address, password)
		},
		ByCode: func(provider string) bool { return provider != "google" },
		Begin: func(_ context.Context, address string, by settings.SignInWay) (settings.AtProvider, error) {
			code := map[settings.SignInWay]string{settings.ByCode: "WDJB-MJHT"}[by]
			return settings.AtProvider{
				URL: "https://provider.test/authorize?state=abc", Code: code, Words: []string{"read your mail"},
				Paste: func(text string) error {
					if text != "http://127.0.0.1/?code=x" {
						return &desk.Error{Kind: desk.Invalid, Code: "WRONG_ADDRESS", Message: "That is another address.", Hint: "Copy the whole of it."}
					}
					o.signedInTo = append(o.signedInTo, address+" pasted")
					return nil
				},
				Finish: func(ctx context.Context) error {
					o.signedInTo = append(o.signedInTo, address+" finished")
					return ctx.Err()
				},
				Close: func() { o.signedInTo = append(o.signedInTo, address+" closed") },
			}, nil
		},
		BackUp: func(ctx context.Context, file string) (settings.Copied, error) {
			if file == "taken.db" {
				return settings.Copied{}, &desk.Error{Kind: desk.Conflict, Code: "FILE_EXISTS", Message: "There is a file taken.db already.", Hint: "Choose another name."}
			}
			return settings.Copied{File: file, Size: 12_300_000, Mails: 42}, seat.NoteBackup(ctx, file)
		},
		CopyKey: func(ctx context.Context, file string) error {
			if file == "taken.key" {
				return &desk.Error{Kind: desk.Conflict, Code: "FILE_EXISTS", Message: "taken.key is there already.", Hint: "Choose another name."}
			}
			return seat.NoteKeyCopy(ctx, file)
		},
		NewKey: func(ctx context.Context) (desk.NewKey, string, error) {
			if !o.keyLost {
				return desk.NewKey{}, "", &desk.Error{Kind: desk.Conflict, Code: "KEY_HERE", Message: "The key of this desk is not lost.", Hint: "To copy it to another machine: postroom key export"}
			}
			lost, err := seat.BeginKey(ctx, "", "age1new")
			return lost, "/keys/desk.key", err
		},
		SetServers: func(ctx context.Context, address string, v settings.Servers) (string, error) {
			o.tried = append(o.tried, v)
			if v.IMAP == "imaps://nowhere" {
				return "", &desk.Error{Kind: desk.Offline, Code: "UNKNOWN_HOST", Message: "There is no server nowhere.", Hint: "Look at its name."}
			}
			_, batch, err := seat.SetServers(ctx, address, func(a desk.Account) (desk.Account, error) {
				a.IMAP, a.SMTP, a.Username, a.CA = v.IMAP, v.SMTP, v.Username, v.CAFile
				return a, nil
			})
			return batch, err
		},
		Providers: func(ctx context.Context) ([]settings.Provider, error) {
			clients, err := seat.OAuthClients(ctx)
			list := make([]settings.Provider, len(clients))
			for i, c := range clients {
				list[i] = settings.Provider{OAuthClient: c}
				if c.Provider == "microsoft" {
					list[i].Broken = &desk.Error{Kind: desk.Broken, Code: "SECRET_LOST", Message: "The client secret of microsoft was sealed with a key that is lost.", Hint: "An admin sets it up again."}
				}
			}
			return list, err
		},
		SetProvider: func(ctx context.Context, v settings.ProviderSetting) error {
			o.providers = append(o.providers, v)
			c := desk.OAuthClient{Provider: v.Provider, ClientID: v.ClientID, Tenant: v.Tenant, Scopes: v.Scopes}
			if !v.Public {
				c.Secret = []byte("sealed " + v.Secret)
			}
			return seat.SetOAuthClient(ctx, c)
		},
		Compare: func(ctx context.Context, inbox string, told func(account, folder string)) (settings.Compared, error) {
			told("billing@acme.test", "Sent")
			return o.compared, ctx.Err()
		},
		Repair: func(ctx context.Context, inbox string) (settings.Repaired, error) {
			o.repairs = append(o.repairs, inbox)
			return o.repaired, ctx.Err()
		},
		Holidays: func(file string) ([]string, int, error) {
			if file != "berlin.ics" {
				return nil, 0, &desk.Error{Kind: desk.NotFound, Code: "UNREADABLE_FILE", Message: "The file " + file + " is not there.", Hint: "Check its name."}
			}
			return []string{"2026-10-23"}, 2, nil
		},
		Readings: func(_ context.Context, servers bool) (desk.Readings, error) {
			o.asked = append(o.asked, servers)
			return desk.Readings{}, nil
		},
	}
}
