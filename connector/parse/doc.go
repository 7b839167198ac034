// Package parse turns the raw bytes of one mail (RFC 5322 with MIME, RFC 2045
// to 2049) into a [desk.Mail].
//
//	raw bytes
//	  → header pass    field lines, however broken            header.go
//	  → walk           the tree of parts, capped              walk.go, body.go
//	  → decode         transfer encoding, charset, words      transfer.go, charset*.go, words.go
//	  → collect        text, notes, attachments               container.go, uuencode.go, openpgp.go,
//	                                                          cms.go, tnef.go, rtf.go, calendar.go
//	  → text           plain, flowed, or HTML turned to text  flowed.go, html*.go
//	  → split          new text, quoted text, signature       split.go, purpose.go, quote.go,
//	                                                        block.go, forward.go, signature.go
//	  → auto           was it written by a machine            auto.go, list.go, report.go, bounce*.go
//	  → desk.Mail
//
// The mails a team inbox receives were written by every program of the last
// thirty years and by people who want to harm it. So nothing here refuses,
// and nothing takes more than linear time: what is broken is read as well as
// it can be and told as a defect in plain words, what is over a cap is cut and
// told as well.
//
// The package works on bytes alone. It must never know a database, a network,
// a screen, a clock or a user, and it never cleans text for a terminal: its
// strings are decoded text from outside, and package safe alone brings them
// to a screen. It must never open an attachment, only measure it.
package parse
