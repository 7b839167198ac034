package store

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// fill makes a desk of n conversations of one mail each, in ten inboxes of
// which user 1 works in all and user 2 in three, with texts of so many words
// that are as unevenly common as in a language.
func fill(t testing.TB, s *Store, n, words int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.2, 4, 20_000)
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	err := s.Write(t.Context(), func(w desk.Writer) error {
		for i := range 2 {
			if _, err := w.AddUser(desk.User{Login: fmt.Sprint("user", i), Name: fmt.Sprint("User ", i), Role: desk.RoleAgent}); err != nil {
				return err
			}
		}
		for i := range 10 {
			id, err := w.AddInbox(desk.Inbox{Name: fmt.Sprint("inbox", i), Kind: desk.Shared, Owner: 1})
			if err != nil {
				return err
			}
			if i < 3 {
				if err := w.SaveGrant(desk.Grant{Inbox: id, To: desk.Grantee{Kind: desk.ToUser, ID: 2}, Rights: desk.WorkRights()}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for i := 0; i < n && err == nil; i += 1000 {
		err = s.Write(t.Context(), func(w desk.Writer) error {
			for j := i; j < min(n, i+1000); j++ {
				if err := fillOne(w, r, zipf, start.Add(time.Duration(j)*time.Minute), words, 10); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func fillOne(w desk.Writer, r *rand.Rand, zipf *rand.Zipf, at time.Time, words, inboxes int) error {
	id, err := w.NextConversationID()
	if err != nil {
		return err
	}
	mid, err := w.NextMessageID(at)
	if err != nil {
		return err
	}
	m := desk.Message{ID: mid, Conversation: id, Inbox: desk.InboxID(r.IntN(inboxes) + 1), Direction: desk.In, At: at, Mail: mailOf(r, zipf, int(id), words)}
	c := desk.Conversation{
		ID: id, Inbox: m.Inbox, Subject: m.Mail.Subject, Status: desk.Open, Who: m.Mail.From[0].Name, Snippet: desk.Snippet(m.Mail.Text, 120),
		CreatedAt: at, LastAt: at, Last: mid, LastIn: mid, Messages: 1, Assignee: desk.UserID(r.IntN(3)),
	}
	switch r.IntN(10) {
	case 0, 1, 2, 3:
		c.Status = desk.Closed
	case 4:
		c.Spam = true
	case 5, 6:
		c.WaitingSince = at
	}
	if err := w.AddConversation(c); err != nil {
		return err
	}
	return w.AddMessage(m)
}

// mailOf is a mail of about six letters a word.
func mailOf(r *rand.Rand, zipf *rand.Zipf, n, words int) desk.Mail {
	var b strings.Builder
	for i := range words {
		b.WriteString(wordOf(zipf.Uint64()))
		if i%12 == 11 {
			b.WriteByte('\n')
		} else {
			b.WriteByte(' ')
		}
	}
	return desk.Mail{
		MessageID: fmt.Sprintf("%d@mail.example.test", n), Subject: wordOf(zipf.Uint64()) + " " + wordOf(zipf.Uint64()) + " " + wordOf(zipf.Uint64()),
		From: []desk.Mailbox{{Name: wordOf(zipf.Uint64()), Addr: fmt.Sprintf("p%d@c%d.test", r.IntN(20_000), r.IntN(500))}},
		To:   []desk.Mailbox{{Addr: "help@acme.test"}}, Text: b.String(), Auto: desk.Auto{Kind: desk.AutoNone},
	}
}

// wordOf spells a number: 0 is the commonest word.
func wordOf(n uint64) string {
	const syllables = "bacedifogumanerilotusavepirowyza"
	word := []byte{}
	for n += 40; n > 0; n /= 16 {
		i := n % 16 * 2
		word = append(word, syllables[i], syllables[i+1])
	}
	return string(word)
}
