// Package connector brings mail from IMAP servers and files to the desk, and
// the desk's mail to SMTP servers. It knows the desk and no screen.
//
// # The life of an incoming message
//
//	server
//	  → session    one signed-in connection, every exchange with a deadline      session*.go
//	  → guard      what a server may send outside of mails is limited            session_guard.go
//	  → folder     what is missing here: the server's UIDs minus the ledger      folders*.go, watch.go
//	  → fetch      newest first, in sets of 100, bodies streamed                 fetch.go, fetch_batch.go
//	  → keep       first transaction: raw bytes, ledger rows, cursor, fence      fetch_keeper.go
//	  → parse      two workers, ten seconds a mail, a panic is a visible mail    ingest.go, ingest_parse.go
//	  → receive    second transaction: message, conversation, index, events      desk.Mailroom.Receive
//	  → bell
//
// Files (eml, mbox, Maildir) enter at keep and go the same way (import*.go).
//
// # Who does what
//
// Each account has one worker. Its supervisor holds the account's lease and
// renews it; whoever loses the lease stops at once, and the fence inside every
// write makes sure of that (worker*.go). Below it there is one goroutine for
// each folder, with a connection of its own that waits in IDLE and fetches what
// arrives; one that fetches history over a second connection, so that new mail
// never waits for old; and one that empties the outbox.
//
// An account signs in with a password (secret*.go) or with tokens of a provider
// (tokens.go, signin*.go, and package oauth), which one process at a time renews.
//
// # What must hold
//
//   - Nothing here changes the mailbox: folders are opened with EXAMINE, bodies
//     are read with BODY.PEEK[], and ENVELOPE and BODYSTRUCTURE are never asked
//     for.
//   - A mail is stored before anything else happens to it. Whatever a crash
//     interrupts is found again: what is not in the ledger is fetched, what has
//     no message is parsed.
//   - Sets decide what is missing, never a high-water mark and never a
//     Message-ID.
//   - One message cannot stop the others. What a set does not bring is asked
//     for alone, a few times, and then told in the account's health.
//   - No server can hang or fill this process.
package connector
