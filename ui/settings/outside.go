package settings

import (
	"context"
	"time"

	"postroom/desk"
	"postroom/desk/calendar"
	"postroom/ui/shell"
)

// Outside is what the settings need from the rest of the program. Whoever wires
// the program fills it in once. The functions run in commands, so they may take
// their time; they end early when ctx does.
type Outside struct {
	// Desk is who looks after the desk; a *desk.Seat is one.
	Desk Desk
	// SignIn tries a new password of an account on both of its servers and
	// keeps it, sealed, only when both let it in: as account reauth does.
	SignIn func(ctx context.Context, address, password string) error
	// Begin starts the sign-in of an account at its provider (OAuth), by a
	// browser or by a code that is typed in on any other machine.
	Begin func(ctx context.Context, address string, by SignInWay) (AtProvider, error)
	// ByCode tells whether a provider lets people sign in by a code.
	ByCode func(provider string) bool
	// BackUp copies the desk to a new file and reads the copy back, as the
	// command does.
	BackUp func(ctx context.Context, file string) (Copied, error)
	// CopyKey saves the key to the accounts' passwords as a new file that only
	// its owner reads. NewKey puts another in the place of a lost one, and says
	// where it lies; in a rehearsal it only says what that would cost.
	CopyKey func(ctx context.Context, file string) error
	NewKey  func(context.Context) (lost desk.NewKey, file string, err error)
	// SetServers tries other servers of an account with what it signs in with,
	// and keeps them when both let it in; batch takes that back.
	SetServers func(ctx context.Context, address string, v Servers) (batch string, err error)
	// Providers lists where accounts may sign in; SetProvider sets one up, as
	// oauth set does.
	Providers   func(context.Context) ([]Provider, error)
	SetProvider func(context.Context, ProviderSetting) error
	// Compare holds an inbox against its mail servers, message by message, and
	// changes nothing; told hears how far it is. Repair puts right what differs.
	Compare func(ctx context.Context, inbox string, told func(account, folder string)) (Compared, error)
	Repair  func(ctx context.Context, inbox string) (Repaired, error)
	// Readings looks at the machine for the doctor, and where servers is set
	// signs in to every mail server too. Where it is nil the doctor looks at
	// the database only.
	Readings func(ctx context.Context, servers bool) (desk.Readings, error)
	// Reread parses a stored mail once more, for the rehearsal of a rule that
	// asks for what is not kept of it. Where it is nil such a condition fails.
	Reread func(desk.RawMail) desk.Incoming
	// Holidays reads the dates of an iCalendar file on which nobody works, and
	// says how many of its events are none.
	Holidays func(file string) (dates []string, leftOut int, err error)
}

// SignInWay is how a person signs in at a provider.
type SignInWay uint8

// The ways to sign in.
const (
	ByBrowser SignInWay = iota // that ends on this machine, or whose address is pasted
	ByCode                     // typed in on any other machine (RFC 8628)
)

// AtProvider is a sign-in at a provider that is under way.
type AtProvider struct {
	// URL is the page to open in a browser, Code what is typed there when the
	// sign-in is by a code, and Words what one allows there.
	URL, Code string
	Words     []string
	// Paste takes the address at which a browser on another machine has ended.
	Paste func(address string) error
	// Finish waits until the person has agreed, tries both servers and keeps
	// the sign-in. Close ends one nobody waits for any more.
	Finish func(context.Context) error
	Close  func()
}

// Copied is a copy of the desk: where it lies, its size in bytes, and how many
// stored mails were held to their hashes.
type Copied struct {
	File  string
	Size  int64
	Mails int
}

// Desk is all that the settings ask of the desk besides what every screen
// knows.
type Desk interface {
	InboxSettings(ctx context.Context, inbox string) ([]desk.Setting, error)
	SetInboxSettings(ctx context.Context, inbox string, values map[desk.SettingKey]string) (desk.SettingsChanged, error)
	Signature(context.Context) (string, error)
	SetSignature(ctx context.Context, text string) (batch string, err error)
	Signed(ctx context.Context, inbox desk.InboxID, text string) (string, error)
	Notifying(context.Context) ([]desk.Notifying, error)
	SetNotifying(ctx context.Context, inbox string, rule desk.NotifyRule) (desk.Notifying, error)
	Progress(context.Context, desk.AccountID) (desk.Progress, error)
	Map(context.Context) ([]desk.Mapped, error)
	Addresses(context.Context) ([]desk.Address, error)
	AddAddress(ctx context.Context, account, address string, kind desk.AddressKind) (desk.Address, error)
	RemoveAddress(ctx context.Context, address string) (desk.Address, error)
	ReleaseAddress(ctx context.Context, address string) (further int, err error)
	Convert(context.Context, desk.Conversion) (desk.Converted, error)
	Transfer(ctx context.Context, address, inbox string) (desk.Converted, error)
	MergeInboxes(ctx context.Context, from, into, tag string) (desk.InboxMerge, error)
	Glass(context.Context) ([]desk.BrokenGlass, error)
	BreakGlass(ctx context.Context, inbox, reason string, lasting time.Duration) (desk.Glass, error)
	EndGlass(ctx context.Context, inbox string) error
	CreateInbox(context.Context, string, desk.InboxKind) (desk.Inbox, error)
	Mailbox(ctx context.Context, address string) (desk.Account, error)
	SetMailbox(ctx context.Context, address string, change desk.MailboxChange) (desk.Account, error)
	Pause(ctx context.Context, address string) (desk.Account, error)
	Resume(ctx context.Context, address string) (desk.Account, int, error)
	RemoveOAuthClient(ctx context.Context, provider string) error
	Disconnect(ctx context.Context, address string) ([]desk.Address, error)
	Journal(context.Context, desk.JournalQuery) (desk.History, error)
	shell.Verifying
	Examining
	Staffing
	Routing
	Promising
	Customers
}

// Routing is who gets a conversation, and what is done with it by itself.
type Routing interface {
	Rules(context.Context) ([]desk.RuleView, error)
	AddRule(ctx context.Context, t desk.RuleText, at int) (desk.RuleView, error)
	EditRule(ctx context.Context, name string, change func(*desk.RuleText) error) (desk.RuleView, error)
	OrderRule(ctx context.Context, name string, at int) error
	RemoveRule(ctx context.Context, name string) error
	Replay(context.Context, desk.ReplayOptions) (desk.Replay, error)
	Strategies(context.Context) ([]desk.StrategyView, error)
	AddStrategy(ctx context.Context, name string, set desk.StrategySetting) (desk.Strategy, error)
	SetStrategy(ctx context.Context, name string, set desk.StrategySetting) (desk.Strategy, error)
	RemoveStrategy(ctx context.Context, name string) error
	ForeseeStrategy(ctx context.Context, name string, set desk.StrategySetting) ([]desk.Foreseen, error)
}

// Promising says how tickets go, what is promised to them, and when teams work.
type Promising interface {
	Calendars(context.Context) ([]desk.Calendar, error)
	AddCalendar(ctx context.Context, name string, spec calendar.Spec) (desk.Calendar, error)
	SetCalendar(ctx context.Context, name string, spec calendar.Spec, to desk.Running) (c desk.Calendar, recounted int, err error)
	RemoveCalendar(ctx context.Context, name string) error
	Policies(context.Context) ([]desk.PolicyView, error)
	AddPolicy(ctx context.Context, name string, terms map[desk.PolicyKey]string, to desk.Running) (recounted int, err error)
	SetPolicy(ctx context.Context, name string, terms map[desk.PolicyKey]string, to desk.Running) (recounted int, err error)
	OrderPolicies(ctx context.Context, names []string) error
	RemovePolicy(ctx context.Context, name string) error
	SimulateSLA(context.Context, desk.Simulation) (desk.Simulated, error)
	Pipelines(context.Context) ([]desk.PipelineView, error)
	AddPipeline(ctx context.Context, name string, values map[desk.PipelineKey]string) (desk.Pipeline, error)
	SetPipeline(ctx context.Context, name string, values map[desk.PipelineKey]string) (desk.Pipeline, error)
	RemovePipeline(ctx context.Context, name, to string) (moved int, err error)
	TicketFields(context.Context) ([]desk.TicketField, error)
	AddTicketField(context.Context, desk.TicketField) (desk.TicketField, error)
	RemoveTicketField(ctx context.Context, name string) error
}

// Customers are the people who write to the desk.
type Customers interface {
	ContactsLike(ctx context.Context, typed, owner, company string, q desk.ContactQuery) ([]desk.ContactRow, error)
	Contact(ctx context.Context, who string) (desk.ContactCard, error)
	AddContact(ctx context.Context, values map[string]string) (desk.Altered, error)
	SetContact(ctx context.Context, who string, values map[string]string) (desk.Altered, error)
	MergeContacts(ctx context.Context, into, from string) (desk.Altered, error)
	Duplicates(context.Context) ([]desk.Duplicate, error)
	NeverLogs(context.Context) (desk.NeverLogLists, error)
	AddNeverLog(ctx context.Context, list desk.NeverList, address string, scope desk.NeverScope) (desk.NeverLogChange, error)
	RemoveNeverLog(ctx context.Context, list desk.NeverList, address string) (desk.NeverLogChange, error)
	NeverLogPast(ctx context.Context, change func(context.Context) (desk.NeverLogChange, error)) (desk.NeverLogChange, desk.Relogged, error)
	Logged(ctx context.Context, inbox string, mode desk.Logging, after desk.ConversationID) (desk.LogPreview, error)
}

// Staffing says who works at the desk, and what each may do.
type Staffing interface {
	Users(context.Context) ([]desk.User, error)
	Standbys(context.Context) ([]desk.Standby, error)
	SetAway(ctx context.Context, login string) (desk.Standby, error)
	SetAvailable(ctx context.Context, login string) (desk.Standby, error)
	ReadAbsence(ctx context.Context, login, from, until string) (desk.Absence, error)
	PlanAbsence(ctx context.Context, login string, off desk.Absence) (desk.Standby, error)
	SetWorking(ctx context.Context, login string, set desk.Working) (desk.Standby, error)
	SetCapacity(ctx context.Context, login string, capacity, share int) (desk.Standby, error)
	AddUser(ctx context.Context, login, name string, role desk.Role) (desk.User, error)
	Invite(context.Context, desk.Invitation) (desk.Invited, error)
	Pending(context.Context) ([]desk.Pending, error)
	SetRole(ctx context.Context, login string, role desk.Role) error
	DisableUser(ctx context.Context, login string) (freed int, err error)
	EnableUser(ctx context.Context, login string) error
	Holdings(ctx context.Context, login string) (desk.Holdings, error)
	RemoveUser(ctx context.Context, login string, l desk.Leaving) (desk.Holdings, error)
	Teams(context.Context) ([]desk.TeamView, error)
	AddTeam(ctx context.Context, name string) (desk.Team, error)
	RemoveTeam(ctx context.Context, name string) (freed int, err error)
	JoinTeam(ctx context.Context, team, login string) error
	LeaveTeam(ctx context.Context, team, login string) (freed int, err error)
	Access(ctx context.Context, inbox string) (desk.InboxAccess, error)
	AddMember(ctx context.Context, inbox, who string, rights desk.Rights) error
	SetMember(ctx context.Context, inbox, who string, rights desk.Rights) (freed int, err error)
	RemoveMember(ctx context.Context, inbox, who string) (freed int, err error)
}

// Examining is the doctor's work.
type Examining interface {
	Doctor(context.Context, desk.Readings) (desk.Diagnosis, error)
	SignOff(ctx context.Context, d desk.Diagnosis, note string) (desk.SignOff, error)
	SignOffDue(context.Context) (time.Time, error)
}

var _ Desk = (*desk.Seat)(nil)
