package desk

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// AccountState is the health of an account in one word.
type AccountState string

// The states of an account.
const (
	AccountConnecting  AccountState = "connecting"
	AccountConnected   AccountState = "connected"
	AccountRetrying    AccountState = "retrying"
	AccountNeedsSignIn AccountState = "needs sign-in"
	// AccountNeedsConsent waits for an admin of the organisation at the
	// provider, who has to allow this desk there (S239, S284).
	AccountNeedsConsent AccountState = "waiting for admin consent"
	AccountPaused       AccountState = "paused" // by a person, until one resumes it
)

// NeedsPerson reports whether nothing helps until a person has done something:
// outgoing mail of the account is held, and it is told as the worst.
func (s AccountState) NeedsPerson() bool { return s == AccountNeedsSignIn || s == AccountNeedsConsent }

// is tells, behind the account, how it is.
func (s AccountState) is() string {
	if s == AccountNeedsSignIn {
		return string(s)
	}
	return "is " + string(s)
}

// Account is the credentials for one mailbox and where to use them.
type Account struct {
	ID      AccountID
	Inbox   InboxID
	Address string // the primary address, as written
	// IMAP and SMTP are URLs: imaps://host:port, imap+starttls://host:port,
	// smtps://host:port, smtp+starttls://host:port; imap:// and smtp:// on
	// loopback only.
	IMAP, SMTP string
	// CA is a PEM bundle trusted besides the system's, for private servers.
	CA string
	// Username signs in; usually the address.
	Username string
	// Secret is the password, sealed; PasswordCommand prints it instead. One
	// of the two is set. Neither ever leaves the connector. With OAuth it is
	// the sealed grant of a new sign-in; what is kept then is in [Tokens].
	Secret          []byte
	PasswordCommand string
	// OAuth is the provider that signs the account in; empty for a password.
	// OAuthUser is who has signed in there: not the address where one person
	// opens the mailbox of many.
	OAuth, OAuthUser string
	// GrantedAt is when a person has last changed what it signs in with there.
	GrantedAt time.Time
	// AuthServID is the name under which the provider's own server signs its
	// Authentication-Results; only that block is believed (RFC 8601).
	AuthServID string
	// PlusAddressing says that mail to local+anything@domain arrives here, so
	// that replies may carry the thread token in their Reply-To.
	PlusAddressing bool
	// FilesSent says that the provider puts sent mail into Sent by itself.
	FilesSent bool
	// CutOff divides history from work: mail from before comes in closed and
	// silent.
	CutOff time.Time
	// WriteBack says what is written to the mailbox; Folders which are read:
	// none for INBOX, Sent and Junk.
	WriteBack WriteBack
	Folders   []FolderChoice
	State     AccountState
	// Cause says in words why the state is what it is.
	Cause string
	// Since is when the state began.
	Since     time.Time
	CreatedAt time.Time
}

func (a Account) withoutSecret() Account {
	a.Secret, a.PasswordCommand = nil, ""
	return a
}

// as is the account as a list shows it. Of a personal one an admin sees that
// it exists and how it is, not whose address it is or what a server said.
func (a Account) as(in Inbox, member bool) Account {
	if in.Kind == Personal && !member {
		return Account{ID: a.ID, Inbox: a.Inbox, State: a.State, Since: a.Since, CreatedAt: a.CreatedAt}
	}
	return a.withoutSecret()
}

// Domain is the part of the address behind the @.
func (a Account) Domain() string {
	if i := strings.LastIndexByte(a.Address, '@'); i >= 0 {
		return strings.ToLower(a.Address[i+1:])
	}
	return ""
}

// CutOffAge is how much history of a new account counts as current work
// (design, "Cut-off").
const CutOffAge = 30 * 24 * time.Hour

// Connect gives an inbox its mailbox. The address must be free in the whole
// desk; a conflict names the holder and the command that releases it. The
// connector has tried the credentials before it calls.
func (s *Seat) Connect(ctx context.Context, inbox string, a Account) (Account, error) {
	a, err := s.connectable(a)
	if err != nil {
		return Account{}, err
	}
	err = s.write(ctx, func(w Writer) error {
		in, err := s.mayIn(w, inbox, RightConfigure)
		if err != nil {
			return err
		}
		return s.connect(w, in, &a)
	})
	return a.withoutSecret(), err
}

// connectable is an account as it begins.
func (s *Seat) connectable(a Account) (Account, error) {
	a.Address = strings.TrimSpace(a.Address)
	if !goodAddress(a.Address) {
		return Account{}, badAddress(a.Address)
	}
	a.CreatedAt, a.Since = s.d.now(), s.d.now()
	if a.OAuth == "" || len(a.Secret) > 0 || a.State != AccountNeedsConsent {
		a.State, a.Cause = AccountConnecting, ""
	}
	if a.CutOff.IsZero() {
		a.CutOff = s.d.now().Add(-CutOffAge)
	}
	if a.Username == "" {
		a.Username = a.Address
	}
	return a, nil
}

// connect gives an inbox its mailbox, and the account its number. A secret that
// is a grant goes to where those are kept.
func (s *Seat) connect(w Writer, in Inbox, a *Account) error {
	if err := s.mustBeFree(w, Address{Address: a.Address, Kind: AddressPrimary}, a.PlusAddressing); err != nil {
		return err
	}
	a.Inbox = in.ID
	served, err := inherit(w, *a)
	if err != nil {
		return err
	}
	if a.WriteBack == "" {
		a.WriteBack = usualWriteBack(in.Kind)
	}
	row := *a
	if a.OAuth != "" {
		row.Secret = nil
	}
	if a.ID, err = w.AddAccount(row); err != nil {
		return err
	}
	if a.OAuth != "" {
		if err := s.grant(w, *a); err != nil {
			return err
		}
	}
	if len(served) > 0 {
		if err := w.MoveAccount(a.ID, in.ID, served); err != nil {
			return err
		}
	}
	if err := w.Append(s.event(EventAccountConnected, in.ID, 0, nil, state(a.Address))); err != nil {
		return err
	}
	return s.bringBack(w, *a)
}

// AddressFree refuses an address as [Seat.Connect] would, whichever inbox it is
// for: nobody should type a password for one that another inbox has.
func (s *Seat) AddressFree(ctx context.Context, address string) error {
	address = strings.TrimSpace(address)
	if !goodAddress(address) {
		return badAddress(address)
	}
	return s.d.store.Read(ctx, func(r Reader) error {
		return s.mustBeFree(r, Address{Address: address, Kind: AddressPrimary}, false)
	})
}

// Accounts lists the accounts of the inboxes the actor works in, and for an
// admin all of them. Secrets are left out.
func (s *Seat) Accounts(ctx context.Context) ([]Account, error) {
	views, err := s.Inboxes(ctx)
	if err != nil {
		return nil, err
	}
	var list []Account
	for _, v := range views {
		list = append(list, v.Accounts...)
	}
	return list, nil
}

// Reauth gives an account a new password. History, cursors and everything else
// stay (F16). The connector has tried the password before it calls; renew gets
// the account as it is and returns it with its new secret.
func (s *Seat) Reauth(ctx context.Context, address string, renew func(Account) (Account, error)) (Account, error) {
	var a Account
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		a, err = s.mayRenew(r, address)
		return err
	})
	if err != nil {
		return Account{}, err
	}
	if a, err = renew(a); err != nil {
		return Account{}, err
	}
	err = s.write(ctx, func(w Writer) error {
		now, err := s.mayRenew(w, address)
		if err != nil {
			return err
		}
		if now.ID != a.ID {
			return conflict("ACCOUNT_CHANGED", "Try again.", "%s was connected anew in the meantime.", a.Address)
		}
		if err := s.saveSecret(w, a); err != nil {
			return err
		}
		if now.State == AccountPaused {
			// Whoever has paused it may have had another reason; but it needs no
			// sign-in any more when it is resumed.
			return s.turn(w, &now, AccountPaused, now.Cause)
		}
		if _, err := s.letGo(w, now.ID); err != nil {
			return err
		}
		before := now.State
		now.State, now.Cause, now.Since = AccountConnecting, "", s.d.now()
		if err := w.SaveHealth(now); err != nil {
			return err
		}
		return w.Append(s.event(EventAccountHealth, now.Inbox, 0, state(before), state(now.State)))
	})
	return a.withoutSecret(), err
}

// mayRenew is mustHold, but of a personal account only its owner has the
// password.
func (s *Seat) mayRenew(r Reader, address string) (Account, error) {
	a, err := s.mustHold(r, address, "sign this account in")
	if err != nil {
		return a, err
	}
	in, err := r.Inbox(a.Inbox)
	if err == nil && in.Kind == Personal && in.Owner != s.actor.User {
		return Account{}, denied("Ask its owner.", "Only its owner can sign a personal account in.")
	}
	return a, err
}

// mustHold gives the account with the primary address to its owner, to admins,
// and to who may configure its inbox. By an alias nobody means the whole account.
func (s *Seat) mustHold(r Reader, address, what string) (Account, error) {
	missing := notFound("NO_SUCH_ACCOUNT", "See them with: postroom account list", "No account %s is connected.", address)
	h, err := s.held(r, address, what)
	if KindOf(err) == NotFound && err != nil {
		return Account{}, missing
	}
	if err != nil {
		return Account{}, err
	}
	if h.Kind != AddressPrimary {
		return Account{}, conflict("NO_PRIMARY_ADDRESS", "See its account with: postroom account alias list", "%s is only %s address of an account.", h.Address.Address, h.Kind.article())
	}
	return r.Account(h.Account)
}

// Disconnect takes the account with the given address off its inbox. Its mail
// and conversations stay; its secret is forgotten; its addresses are free again,
// and are returned, the primary first. In the context of [Rehearse] it is a
// preview. When the account is connected to the same inbox again, those of its
// further addresses come back that nobody has by then.
func (s *Seat) Disconnect(ctx context.Context, address string) ([]Address, error) {
	var free []Address
	err := s.write(ctx, func(w Writer) error {
		a, err := s.mustHold(w, address, "disconnect this account")
		if err != nil {
			return err
		}
		waiting, err := w.CountWaiting(a.ID)
		if err != nil {
			return err
		}
		if waiting > 0 {
			return conflict("MAIL_WAITING", "Let it go out, or cancel it: postroom outbox list", "%d outgoing %s of %s not sent yet.", waiting, plural(waiting, "mail is", "mails are"), a.Address)
		}
		if free, err = s.cutOff(w, a); err != nil {
			return err
		}
		me, err := w.User(s.actor.User)
		if err != nil {
			return err
		}
		member, err := s.seesInbox(w, me, a.Inbox)
		if !member {
			free = free[:1] // of a personal account an admin learns no more
		}
		return err
	})
	return free, err
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// String is the address and its state, for logs.
func (a Account) String() string { return fmt.Sprintf("%s (%s)", a.Address, a.State) }
