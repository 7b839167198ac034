package desk

import (
	"context"
	"time"
)

// Store is the database under a desk. One implementation serves SQLite; a
// second database has to pass the same conformance suite.
//
// Methods that look for a single row return [ErrNoRow] when it is not there.
// Times are kept in whole milliseconds and come back in UTC.
type Store interface {
	// Read runs fn on one consistent snapshot. It never waits for a writer.
	Read(ctx context.Context, fn func(Reader) error) error
	// Write runs fn in one transaction that begins as a write. When fn
	// returns an error nothing of it remains. Events get their sequence
	// numbers as the last thing before the commit. When the commit itself
	// fails the outcome is unknown to the caller; the store has then looked
	// by the transaction's own mark whether it is there, and returns nil if
	// it is (design 4.10).
	Write(ctx context.Context, fn func(Writer) error) error
	// Trouble is why the database takes no changes now; zero when it does.
	// While there is trouble Write refuses with its error, which is of kind
	// Unwell, and touches nothing; Read goes on as far as it can. The store
	// finds out by itself when the cause has gone.
	Trouble() Trouble
	// Pack hashes and compresses a mail. It touches no database.
	Pack(raw []byte) Packed
	// Tidy does a short piece of upkeep that makes searching faster, for a
	// time when nobody waits, and reports whether there is more to do.
	Tidy(ctx context.Context) (more bool, err error)
}

// Reader is all that can be asked of the store. The viewer's visible inboxes
// are joined inside every query that takes a viewer, never filtered afterwards.
type Reader interface {
	PeopleReader
	TeamReader
	InboxReader
	SettingsReader
	StrategyReader
	SilenceReader
	AccountReader
	TokenReader
	ConversationReader
	CustomerReader
	RuleReader
	ClockReader
	TimelineReader
	ThreadingReader
	LedgerReader
	OutboxReader
	MirrorReader
	JournalReader
	RebuildReader
	SurveyReader
	TicketReader
	PartsReader
}

// Writer is what can be changed, and read, inside a transaction.
type Writer interface {
	Reader
	PeopleWriter
	SettingsWriter
	StrategyWriter
	SilenceWriter
	AccountWriter
	TokenWriter
	ConversationWriter
	CustomerWriter
	RuleWriter
	ClockWriter
	TimelineWriter
	LedgerWriter
	OutboxWriter
	MirrorWriter
	JournalWriter
	RebuildWriter
	SurveyWriter
	TicketWriter
	PartsWriter
}

// PeopleReader finds users.
type PeopleReader interface {
	CountUsers() (int, error)
	User(UserID) (User, error)
	UserByLogin(folded string) (User, error)
	// Users are by login, also those who were removed.
	Users() ([]User, error)
	Code(UserID) (Code, error)
	OpenGlass() ([]Glass, error) // not over, oldest first
	// GlassOf are those into inboxes a user owns that are open or have ended
	// after a time, newest first.
	GlassOf(owner UserID, after time.Time) ([]Glass, error)
	Setup(UserID) (Setup, error)
}

// TeamReader finds teams.
type TeamReader interface {
	Teams() ([]Team, error) // by name
	TeamByName(folded string) (Team, error)
	TeamMembers(TeamID) ([]User, error) // by login, those who are disabled too
	// TeamsOf are the teams a user is in.
	TeamsOf(UserID) ([]TeamID, error)
	// GrantedTo are the inboxes a user or team was let into.
	GrantedTo(Grantee) ([]InboxID, error)
}

// InboxReader finds inboxes and who sees them.
type InboxReader interface {
	Inbox(InboxID) (Inbox, error) // also one that went into another
	InboxByName(folded string) (Inbox, error)
	Inboxes() ([]Inbox, error)         // by name, without those that went into another
	Members(InboxID) ([]Member, error) // by login
	// Rights are what a user may do in an inbox he sees; [ErrNoRow] when he
	// does not see it.
	Rights(InboxID, UserID) (Rights, error)
	// Grants are those of an inbox: everyone's first, then the teams', by name.
	Grants(InboxID) ([]Grant, error)
	// Reasons are all for which users see an inbox, or would if they were not
	// disabled, by login.
	Reasons(InboxID) ([]Reason, error)
}

// PeopleWriter makes users and inboxes. With each change the store brings the
// members in line, who are all that see an inbox and what each may do there: of
// a personal inbox its owner alone; of a shared one its owner, with all rights,
// who was let in by a grant, and the admins, who may only configure it. Who is
// disabled is a member nowhere.
type PeopleWriter interface {
	AddUser(User) (UserID, error)
	AddInbox(Inbox) (InboxID, error)
	SaveInbox(Inbox) error // Name, Kind, Owner
	// RemoveInbox forgets an inbox in which there never was anything, and
	// reports whether it is one.
	RemoveInbox(InboxID) (bool, error)
	SaveGrant(Grant) error              // one for each inbox and grantee
	RemoveGrant(InboxID, Grantee) error // no error when there is none
	// SaveUser writes all but ID, Login and CreatedAt. A removed user's login
	// is free.
	SaveUser(User) error
	SaveCode(Code) error   // one for each user
	DropCode(UserID) error // no error when there is none
	AddGlass(Glass) (int64, error)
	EndGlass(Glass) error // Until, Over
	// Ungrant takes a user out of all teams, and back all that was granted to
	// him by name.
	Ungrant(UserID) error
	AddTeam(Team) (TeamID, error)
	RemoveTeam(TeamID) error        // with its members and grants
	JoinTeam(TeamID, UserID) error  // no error when he is in it
	LeaveTeam(TeamID, UserID) error // no error when he is not
	SaveSetup(UserID, Setup) error  // one per user
	DropSetup(UserID) error         // no error when there is none
}

// SettingsReader reads what has been chosen; where nothing was, the zero value.
type SettingsReader interface {
	InboxSettings(InboxID) (InboxSettings, error)
	UserSignature(UserID) (string, error)
	// NotifyRule is what a user has chosen to hear of an inbox; [ErrNoRow]
	// when he has not.
	NotifyRule(UserID, InboxID) (NotifyRule, error)
}

// SettingsWriter keeps what has been chosen.
type SettingsWriter interface {
	SaveInboxSettings(InboxID, InboxSettings) error
	SaveUserSignature(UserID, string) error
	SaveNotifyRule(UserID, InboxID, NotifyRule) error
	DropNotifyRule(UserID, InboxID) error // no error when there is none
}

// AccountReader finds accounts. Disconnected ones are not found.
type AccountReader interface {
	Account(AccountID) (Account, error)
	Accounts() ([]Account, error) // oldest first
	AddressHolder(folded string) (Holder, error)
	// Served are the inboxes the account has served before its present one,
	// oldest first.
	Served(AccountID) ([]Served, error)
	// Disconnected is the account that was connected last with the folded
	// primary address, of those that no longer are; its State began when it
	// was disconnected.
	Disconnected(folded string) (Account, error)
	Addresses() ([]Address, error) // by account, the primary first, then oldest first
	// NextDue is when the account's outbox or jobs want attention next; the
	// zero time when nothing waits.
	NextDue(AccountID) (time.Time, error)
	// CountWaiting counts outgoing mails of the account that are not final.
	CountWaiting(AccountID) (int, error)
}

// AccountWriter changes accounts and their leases.
type AccountWriter interface {
	// AddAccount claims its primary address, verified; a Conflict error ADDRESS_IN_USE when
	// another transaction was faster.
	AddAccount(Account) (AccountID, error)
	// AddAddress claims a further address, with the error of AddAccount.
	AddAddress(Address) error
	SaveVerified(folded string, at time.Time) error
	RemoveAddress(folded string) error
	// RemoveAccount forgets secret, addresses, lease, folders and jobs. Raw
	// mail, ledger and messages stay.
	RemoveAccount(id AccountID, at time.Time) error
	// MoveAccount lets the account serve another inbox, with what it has
	// served before. The lease ends, as when it is disconnected: whoever
	// serves the account takes it anew.
	MoveAccount(id AccountID, to InboxID, served []Served) error
	SaveHealth(Account) error  // State, Cause, Since
	SaveSecret(Account) error  // Secret, PasswordCommand
	SaveMailbox(Account) error // CutOff, WriteBack, Folders
	// SaveServers writes IMAP, SMTP, CA and Username, and ends the lease.
	SaveServers(Account) error
	// TakeLease gives the wanted lease, with its fence, if the account's is
	// free, expired at now, dead's, or the wanted holder's own (then the
	// fence stays). Otherwise it returns the present lease and ErrStale.
	TakeLease(want Lease, dead string, now time.Time) (Lease, error)
	// CheckFence returns ErrFenced unless the lease's fence is the account's
	// newest. An expired lease nobody has taken over still counts.
	CheckFence(l Lease, now time.Time) error
	ReleaseLease(Lease) error
}

// TokenReader finds what accounts sign in with at providers.
type TokenReader interface {
	OAuthClient(provider string) (OAuthClient, error)
	OAuthClients() ([]OAuthClient, error) // by provider
	Tokens(AccountID) (Tokens, error)
	// SealingKey is the public half of the key that secrets are sealed with;
	// empty until one was named.
	SealingKey() (string, error)
}

// TokenWriter keeps it.
type TokenWriter interface {
	SaveOAuthClient(OAuthClient) error
	RemoveOAuthClient(provider string) error
	// SaveTokens writes all of the row if its version still is the given one,
	// else ErrStale; 0 makes the row.
	SaveTokens(t Tokens, version int64) error
	RemoveTokens(AccountID) error
	SaveSealingKey(string) error
}

// ConversationReader reads lists.
type ConversationReader interface {
	Conversation(ConversationID) (Conversation, error)
	// List answers a window of a view over the inboxes the viewer works in.
	// Joined conversations are in no list.
	List(viewer UserID, v View, win Window) (Page, error)
	// Counts are the numbers of every inbox the viewer works in.
	Counts(viewer UserID) (map[InboxID]Counts, error)
	// UnassignedBefore counts the open conversations of an inbox that nobody has
	// and whose customer waits since before a moment, up to most.
	UnassignedBefore(in InboxID, before time.Time, most int) (int, error)
	// TeamCounts are how many open conversations each team has that none of its
	// people has taken, over the inboxes the viewer works in.
	TeamCounts(viewer UserID) (map[TeamID]int, error)
	// Tags are the tags of conversations in inboxes the viewer sees, by name.
	Tags(viewer UserID) ([]string, error)
	// OpenOf are the open and snoozed conversations a user has in an inbox.
	OpenOf(InboxID, UserID) ([]ConversationID, error)
	OpenOfTeam(InboxID, TeamID) ([]ConversationID, error)
	// Snoozed are at most limit conversations whose snooze has ended at now, the
	// longest ended first, and when the next one ends: the zero time when none
	// does. What is in another place is among them.
	Snoozed(now time.Time, limit int) (ended []ConversationID, next time.Time, err error)
	// Participants are the folded addresses that wrote or got a message of
	// the conversation, our own included.
	Participants(ConversationID) ([]string, error)
	// WritingOthers are the users other than me whose reply draft to the
	// conversation was saved at or after since.
	WritingOthers(c ConversationID, me UserID, since time.Time) ([]User, error)
}

// ConversationWriter changes conversations. The store keeps the tallies behind
// Counts and the search index in line by itself.
type ConversationWriter interface {
	NextConversationID() (ConversationID, error)
	AddConversation(Conversation) error
	SaveConversation(Conversation) error
	RemoveConversation(ConversationID) error // only one without messages
	MarkRead(u UserID, c ConversationID, upTo MessageID) error
}

// TimelineReader reads messages, notes and drafts.
type TimelineReader interface {
	// Thread reads the conversation as its row for the viewer, its newest
	// limit messages and notes (without hidden notes) and the events of
	// their time that are worth showing: not "message received", "note
	// added", "reply queued", "sent", which their items show themselves.
	Thread(viewer UserID, c ConversationID, limit int) (Thread, error)
	Message(MessageID) (Message, error)
	// LastMail is the newest message that is not automatic, else the newest;
	// with addresses and text.
	LastMail(ConversationID) (Message, error)
	// Mails are all messages in order, with at most the first SnippetBytes of
	// their text and without addresses: enough to count.
	Mails(ConversationID) ([]Message, error)
	// Draft is the author's draft of a kind; conversation 0 for a new mail.
	Draft(author UserID, c ConversationID, k DraftKind) (Draft, error)
}

// TimelineWriter adds to a conversation.
type TimelineWriter interface {
	// NextMessageID is the first free id of the second of at.
	NextMessageID(at time.Time) (MessageID, error)
	// AddMessage stores the message with its addresses, references,
	// attachments and search row, and adds its people to the participants.
	// With a Raw it marks that as parsed.
	AddMessage(Message) error
	// RemoveMessage takes out an outgoing message that never left.
	RemoveMessage(MessageID) error
	// AttachRaw gives an outgoing message its bytes and marks them as parsed.
	AttachRaw(MessageID, RawID) error
	AddNote(Note) error
	HideNote(MessageID) error
	// MoveTimeline moves messages, notes, participants, events and outbox rows.
	MoveTimeline(from, to ConversationID) error
	SaveDraft(Draft) (DraftID, error) // one per author, conversation and kind
	DeleteDraft(author UserID, c ConversationID, k DraftKind) error
}

// ThreadingReader finds messages by their ids and references.
type ThreadingReader interface {
	// KnownIDs are the inbox's messages with one of the Message-IDs, in the
	// order of ids; of one id that several messages carry, the oldest. What
	// has left the inbox with its conversation counts where nothing else has
	// the id.
	KnownIDs(in InboxID, ids []string) ([]Known, error)
	// AnswersTo are the inbox's messages that refer to the Message-ID,
	// oldest first, at most 100.
	AnswersTo(in InboxID, id string) ([]Known, error)
	// MailIDs are the newest limit Message-IDs of the conversation, oldest
	// first, for the threading headers of an answer.
	MailIDs(c ConversationID, limit int) ([]string, error)
	// TokenKey is the key of the thread tokens.
	TokenKey() ([]byte, error)
}

// LedgerReader reads what has been fetched.
type LedgerReader interface {
	Folder(a AccountID, name string) (Folder, error)
	Folders(AccountID) ([]Folder, error) // by name
	// RawUnder is the stored mail of a UID.
	RawUnder(f Folder, uid uint32) (RawID, error)
	// Settled is what SetSettled has last noted, and when.
	Settled(FolderID) (Announced, time.Time, error)
	// LedgerUIDs are the UIDs that are not gone, ascending.
	LedgerUIDs(f FolderID, uidValidity uint32) ([]uint32, error)
	// CountUIDs counts the UIDs from first to last that are not gone.
	CountUIDs(f FolderID, uidValidity, first, last uint32) (int, error)
	Unparsed(limit int) ([]RawID, error)
	RawMail(RawID) (RawMail, error)
	RawBytes(RawID) ([]byte, error)
	// Kept says in which inbox the raw mail is, and whether it has its message.
	Kept(RawID) (in InboxID, parsed bool, err error)
	// CountRaws counts the raw mails of the inbox that came by the account, and
	// that its server got at a time or later. No index leads there: it is for
	// what is rare.
	CountRaws(in InboxID, a AccountID, since time.Time) (int, error)
	// HasBytes reports whether the inbox has a mail with this SHA-256.
	HasBytes(in InboxID, sha256 [32]byte) (bool, error)
}

// LedgerWriter notes what has been fetched.
type LedgerWriter interface {
	SaveFolder(Folder) (FolderID, error)
	// RenameFolder lets a folder go on under another name.
	RenameFolder(f FolderID, name string) error
	SetSettled(f FolderID, as Announced, at time.Time) error
	// AddRaw stores a mail unless the inbox has the same bytes already, and
	// writes its ledger row when the folder has an ID. The row of a UID that
	// is there already takes the new bytes and flags, and is no longer gone.
	AddRaw(in InboxID, a AccountID, f Folder, m Fetched) (id RawID, isNew bool, err error)
	// SetFlags notes flags by UID and gives back those whose Seen was not so.
	SetFlags(f Folder, changed []Fetched) (turned []Fetched, err error)
	SetGone(f Folder, uids []uint32, at time.Time) error
}

// OutboxReader reads outgoing mail and jobs.
type OutboxReader interface {
	Outgoing(OutgoingID) (Outgoing, error) // with Raw
	OutgoingFor(viewer UserID, all bool) ([]Outgoing, error)
	OutgoingOf(a AccountID, s OutgoingState) ([]Outgoing, error)
	// OutgoingByHeaderID finds the row with the Message-ID.
	OutgoingByHeaderID(id string) (Outgoing, error)
	// OutgoingWrittenAt are the inbox's mails that were written in the second
	// of a time.
	OutgoingWrittenAt(in InboxID, at time.Time) ([]Outgoing, error)
	// DueOutgoing is the oldest queued or deferred mail whose hold and retry
	// times have passed.
	DueOutgoing(a AccountID, now time.Time) (Outgoing, error)
	// Abandoned are the rows claimed or submitting under an older fence.
	Abandoned(a AccountID, fence int64) ([]Outgoing, error)
	DueJobs(a AccountID, now time.Time) ([]Job, error)
}

// OutboxWriter changes outgoing mail and jobs.
type OutboxWriter interface {
	AddOutgoing(Outgoing) (OutgoingID, error)
	// SaveOutgoing writes the row if its state still is before, else
	// ErrStale. Claimed and Submitting keep the account's current fence.
	SaveOutgoing(o Outgoing, before OutgoingState) error
	AddJob(Job) error // no error when there is one for the same mail
	SaveJob(Job) error
	RemoveJob(id int64) error
}

// MirrorReader reads where the mails of conversations lie on their servers, and
// what has to be written there.
type MirrorReader interface {
	// Placed are the places of a conversation's mails from outside that the
	// ledger knows, in all accounts, those they have left included; in the
	// order of the messages.
	Placed(ConversationID) ([]Placed, error)
	// PlacedBytes are those of the inbox's mail with these bytes.
	PlacedBytes(in InboxID, sha256 [32]byte) ([]Placed, error)
	// PlacedRaw are those of a mail that may have no message yet, and without
	// what only that says.
	PlacedRaw(RawID) ([]Placed, error)
	// PlacedAt is the one of a UID.
	PlacedAt(f Folder, uid uint32) (Placed, error)
	// ReadUpTo is the newest message that anybody has read.
	ReadUpTo(ConversationID) (MessageID, error)
	// MirrorDue lists some of what is due.
	MirrorDue(a AccountID, now time.Time) ([]Mirror, error)
	// Mirror is what waits to be written of a conversation.
	Mirror(AccountID, ConversationID) (Mirror, error)
}

// MirrorWriter notes what has to be written to servers, and what was.
type MirrorWriter interface {
	// WantMirror asks for the conversation to be brought in line on the
	// servers of its inbox's accounts that are written to. moves says whether
	// its place has changed, not only who has read it; what asks for more
	// stays when less is asked for.
	WantMirror(c ConversationID, moves Moving, at time.Time) error
	// SaveMirror and RemoveMirror leave alone what was asked for anew since.
	SaveMirror(Mirror) error
	RemoveMirror(Mirror) error
	// MarkUnread lets the user have read less than the message.
	MarkUnread(u UserID, c ConversationID, from MessageID) error
	// Place writes the ledger row of a stored mail that was put there.
	Place(f Folder, uid uint32, p Placed) error
}

// JournalReader reads events.
type JournalReader interface {
	LastSeq() (Seq, error)
	EventsAfter(after Seq, limit int) ([]Event, error)
	// Happenings are the events behind after, up to last, in the inboxes the
	// viewer sees: unread mail by people in conversations that are no spam,
	// who was assigned one, and what a rule wants somebody to hear. In their
	// order.
	Happenings(viewer UserID, after, last Seq) ([]Happening, error)
	// EventsSince are the events of a kind in an inbox after a time, oldest
	// first. No index leads there: it is for what is rare.
	EventsSince(in InboxID, kind EventKind, since time.Time) ([]Event, error)
	// Journal are the events the query asks for among the span before
	// q.Before, newest first, at most q.Limit: those in inboxes the viewer
	// works in, and of those in no inbox what he did himself, or for an admin
	// all.
	Journal(viewer UserID, q JournalQuery, span Seq) ([]Event, error)
	// LastBatch are the events of the actor's newest batch that has something
	// undoable and not undone, newest event first; or of the given batch, if
	// it is the actor's.
	LastBatch(u UserID, batch string) ([]Event, error)
	// EventsIn are all events of a conversation, in their order.
	EventsIn(ConversationID) ([]Event, error)
	// LastChange is the newest event of one of the kinds on the conversation
	// after since.
	LastChange(c ConversationID, since Seq, kinds []EventKind) (Event, error)
}

// JournalWriter appends to the journal.
type JournalWriter interface {
	// Append keeps the event until the commit, which fills in its Seq.
	Append(*Event) error
	MarkUndone([]Event) error
	// InitTokenKey stores the key unless there is one, and returns the one
	// that counts.
	InitTokenKey(key []byte) ([]byte, error)
}

// RebuildReader goes through all that is derived from mails.
type RebuildReader interface {
	// Origins are the messages after an id in order, at most limit, with only
	// what is not derived from their mails.
	Origins(after MessageID, limit int) ([]Message, error)
	// OriginsBefore are those before an id, the newest first.
	OriginsBefore(before MessageID, limit int) ([]Message, error)
	// ConversationIDs are the conversations after an id in order, at most
	// limit.
	ConversationIDs(after ConversationID, limit int) ([]ConversationID, error)
}

// RebuildWriter brings what is derived in line with what it is derived from,
// and says whether it was not. An unchanged row is not written.
type RebuildWriter interface {
	// RewriteMessage writes all of a stored message that its mail says, and
	// adds its references. Participants and the search index are not touched.
	RewriteMessage(Message) (changed bool, err error)
	// Tidy makes the search index of a span anew from its messages and notes,
	// and drops texts and attachments that belong to no message.
	Tidy(Span) error
	// RewriteParticipants counts the people of a conversation anew.
	RewriteParticipants(ConversationID) (changed bool, err error)
	// DropReferences looks at some rows of the references from a place on,
	// and drops those that no message has. It gives the next place, in a form
	// of its own, empty at the end; the beginning is empty too.
	DropReferences(place string) (next string, dropped int, err error)
}
