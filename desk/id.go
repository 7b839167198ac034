package desk

import (
	"strings"
	"unicode/utf8"

	"postroom/desk/safe"
)

// The identities of the desk. Zero means "none" in all of them.
type (
	// UserID names a person who works at the desk.
	UserID int64
	// TeamID names a team.
	TeamID int64
	// InboxID names an inbox.
	InboxID int64
	// AccountID names the credentials for one mailbox.
	AccountID int64
	// FolderID names one folder of an account, as the server lists it.
	FolderID int64
	// ConversationID is the small number people see and type: #4473.
	ConversationID int64
	// MessageID names a message or a note. It is the arrival time in Unix
	// seconds << 20 | n, so that id order is date order on every database,
	// for any number of writers and for mail that is fetched newest first.
	MessageID int64
	// RawID names the stored bytes of one mail.
	RawID int64
	// DraftID names a text somebody is writing.
	DraftID int64
	// OutgoingID names one row of the outbox.
	OutgoingID int64
	// StrategyID names a way to find who gets a conversation.
	StrategyID int64
	// ContactID names a person who writes to the desk.
	ContactID int64
	// CompanyID names where contacts work.
	CompanyID int64
	// DealID names a sale on its way; people type it.
	DealID int64
	// TicketID is the number of a ticket, which people see and type.
	TicketID int64
	// PipelineID names a way that tickets go.
	PipelineID int64
	// FieldID names a field of tickets that this desk has made.
	FieldID int64
	// StageID names a stage of a pipeline.
	StageID int64
	// CalendarID names one version of a calendar.
	CalendarID int64
	// PolicyID names one version of a policy of goals.
	PolicyID int64
	// Seq is the place of an event in the journal: without gaps, in the order
	// of the commits.
	Seq int64
)

// messageIDBits is how many messages one second can hold: a million, which a
// bulk import of mail with equal dates can reach but not exceed in practice.
const messageIDBits = 20

// FirstMessageID is the lowest id of the given Unix second.
func FirstMessageID(unix int64) MessageID { return MessageID(unix << messageIDBits) }

// Unix is the second the id was made for.
func (id MessageID) Unix() int64 { return int64(id) >> messageIDBits }

// FoldAddress brings a mail address to the form in which two addresses are
// compared: trimmed, lower case in both halves (design 2: "compared
// case-folded"), and the domain as the DNS has it, so that bücher.example and
// xn--bcher-kva.example are one. The plus part is kept.
func FoldAddress(addr string) string {
	folded := strings.ToLower(strings.TrimSpace(addr))
	at := strings.LastIndexByte(folded, '@')
	if at < 0 {
		return folded
	}
	for i := at; i < len(folded); i++ {
		if folded[i] >= utf8.RuneSelf {
			return folded[:at+1] + safe.Host(folded[at+1:]).String()
		}
	}
	return folded
}

// FoldName brings the name of an inbox or a login to the form in which two
// names are compared.
func FoldName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }
