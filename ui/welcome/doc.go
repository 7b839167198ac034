// Package welcome is the first run: what a person sees who has no inbox yet.
// It offers to look around with sample mail, or to connect a mailbox of one's
// own or of the team, which another screen does ([shell.Screens]).
package welcome
