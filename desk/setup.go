package desk

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// Setup is how far somebody has come in connecting a mailbox, so that he can
// go on after the program has ended, in whatever way (row F14). It is what he
// has said and what was found, and never a password or a token: those are asked
// for again. Until he connects the mailbox nobody else sees it, and nothing is
// an event.
type Setup struct {
	// Step names where he is, in words of the screen.
	Step string    `json:"step"`
	Kind InboxKind `json:"kind"`

	Address         string `json:"address,omitempty"`
	IMAP            string `json:"imap,omitempty"` // as typed
	SMTP            string `json:"smtp,omitempty"` // as typed
	Username        string `json:"username,omitempty"`
	CAFile          string `json:"ca_file,omitempty"`
	PasswordCommand string `json:"password_command,omitempty"`
	// SignIn is the provider that signs the account in, as in [Account.OAuth], or
	// "password"; empty while nobody has said. Device asks for a code, and Person
	// is who signs in where that is not the address.
	SignIn string `json:"sign_in,omitempty"`
	Device bool   `json:"device,omitempty"`
	Person string `json:"person,omitempty"`
	// FilesSent is that of the account; Found says where the servers are from,
	// as the end of a sentence.
	FilesSent bool   `json:"files_sent,omitempty"`
	Found     string `json:"found,omitempty"`

	// Confirmed are the doubts of [RoleDoubts] of which he has said that the
	// mailbox is right all the same.
	Confirmed []string `json:"confirmed,omitempty"`

	// Inbox is the name of the inbox, and Existing that it is there already.
	// Everyone works in a new shared one unless Only says that Members do, as
	// [Seat.AddMember] takes them (S214); Owner and Deputy are the logins of who
	// looks after it. Template is what it begins with: an [InboxTemplate],
	// [NoTemplate], or empty while nobody has said.
	Inbox    string   `json:"inbox,omitempty"`
	Existing bool     `json:"existing,omitempty"`
	Only     bool     `json:"only,omitempty"`
	Members  []string `json:"members,omitempty"`
	Owner    string   `json:"owner,omitempty"`
	Deputy   string   `json:"deputy,omitempty"`
	Template string   `json:"template,omitempty"`
	// Tickets is that of [NewInbox]; empty while nobody has said.
	Tickets string `json:"tickets,omitempty"`
	// FirstResponse is that of [NewInbox].
	FirstResponse string `json:"first_response,omitempty"`

	CutOff time.Time `json:"cut_off,omitzero"`

	// Connected says that the account is there: only the test mail and the look
	// at who may do what are left.
	Connected bool      `json:"connected,omitempty"`
	UpdatedAt time.Time `json:"-"`
}

// NoTemplate is the answer that an inbox begins with the defaults.
const NoTemplate = "none"

// New is the inbox that was asked for, where it is not there already.
func (s Setup) New() NewInbox {
	n := NewInbox{Name: s.Inbox, Kind: s.Kind}
	if s.Kind != Shared {
		return n
	}
	n.Access, n.Owner, n.Deputy, n.Tickets, n.FirstResponse = []string{Everyone}, s.Owner, s.Deputy, s.Tickets, s.FirstResponse
	if s.Only {
		n.Access = s.Members
	}
	if s.Template != NoTemplate {
		n.Template = s.Template
	}
	return n
}

// maxSetup is how long a text in a setup may be, in bytes.
const maxSetup = 4096

// texts are all that somebody may have typed.
func (s Setup) texts() []string {
	list := []string{s.Step, string(s.Kind), s.Address, s.IMAP, s.SMTP, s.Username, s.CAFile, s.PasswordCommand, s.Found, s.SignIn, s.Person, s.Inbox, s.Owner, s.Deputy, s.Template, s.Tickets, s.FirstResponse}
	return append(append(list, s.Confirmed...), s.Members...)
}

// Setup is the mailbox the actor has begun to connect; false when he has begun
// none.
func (s *Seat) Setup(ctx context.Context) (Setup, bool, error) {
	var u Setup
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		u, err = r.Setup(s.actor.User)
		return err
	})
	if errors.Is(err, ErrNoRow) {
		return Setup{}, false, nil
	}
	return u, err == nil, err
}

// SaveSetup keeps how far the actor has come. He has one at a time.
func (s *Seat) SaveSetup(ctx context.Context, u Setup) error {
	for _, text := range u.texts() {
		if len(text) > maxSetup || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return invalid("BAD_TEXT", "Shorten it, and leave out what is no text.", "Something that was typed cannot be kept: %q", Snippet(text, 40))
		}
	}
	u.UpdatedAt = s.d.now()
	return s.write(ctx, func(w Writer) error { return w.SaveSetup(s.actor.User, u) })
}

// DropSetup forgets how far the actor has come: he is done, or begins anew.
func (s *Seat) DropSetup(ctx context.Context) error {
	return s.write(ctx, func(w Writer) error { return w.DropSetup(s.actor.User) })
}
