package sample

import (
	"context"
	"slices"
	"strings"
	"time"
)

func sortByDate(list []delivery) {
	slices.SortStableFunc(list, func(a, b delivery) int { return a.at.Compare(b.at) })
}

// Pace says how busy a living office is.
type Pace struct {
	// Arrivals is the time between two new matters, Answers how long a
	// customer takes to answer an agent.
	Arrivals, Answers time.Duration
}

// Live lets customers write and answer until ctx ends.
func (o *Office) Live(ctx context.Context, pace Pace, now func() time.Time) error {
	arrive := time.NewTicker(pace.Arrivals)
	defer arrive.Stop()
	answer := time.NewTimer(time.Hour)
	defer answer.Stop()
	var answers []letter
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-arrive.C:
			if err := o.arrive(now()); err != nil {
				return err
			}
		case l := <-o.wrote:
			answers = append(answers, l)
			answer.Reset(pace.Answers)
		case <-answer.C:
			for _, l := range answers {
				l.at = now()
				if err := o.servers.append(delivery{letter: l, mailbox: l.to, folder: "INBOX"}); err != nil {
					return err
				}
			}
			answers = nil
		}
	}
}

// arrive delivers one new matter.
func (o *Office) arrive(now time.Time) error {
	o.mu.Lock()
	ts := topics()
	d := o.matter(ts[o.rand.IntN(len(ts))], now, now)[0]
	o.mu.Unlock()
	return o.servers.append(d)
}

// sent is called with every mail an agent hands over. A customer answers to
// it, quoting, as customers do.
func (o *Office) sent(from string, rcpts []string, raw []byte) {
	id := headerValue(raw, "Message-Id")
	subject := headerValue(raw, "Subject")
	replies := []string{"Thank you, that helps!", "Great. And when will it be here?", "I have tried that, but it did not work.", "Perfect, you can close this.", "Could you say that again in simpler words?"}
	for _, rcpt := range rcpts {
		i := slices.IndexFunc(customers(), func(c customer) bool { return strings.EqualFold(c.addr, rcpt) })
		if i < 0 {
			continue
		}
		o.mu.Lock()
		l := o.letter(customers()[i], from, subject, replies[o.rand.IntN(len(replies))], time.Time{})
		o.mu.Unlock()
		l.inReplyTo = strings.Trim(id, "<>")
		if !strings.HasPrefix(strings.ToLower(subject), "re:") {
			l.subject = "Re: " + subject
		}
		select {
		case o.wrote <- l:
		default: // nobody is alive in this office, or all are busy answering
		}
	}
}
