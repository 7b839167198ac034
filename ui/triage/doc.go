// Package triage is the first screen: the views at the left, the queue, and the
// beginning of the conversation under the cursor.
//
// The queue is a window over a list that may have a hundred thousand rows. In
// memory are the rows in sight and a page either way. The window is anchored on
// a conversation, never on a row number: whatever comes in, the row under the
// cursor stays on its line of the screen, and it stays there even when somebody
// else has closed it, until the cursor leaves it. So no arrival can turn a key
// against another conversation.
package triage
