package connector

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// benchmarkMails is how many mails the first sync of the benchmark has;
// POSTROOM_BENCH_MAILS changes it.
func benchmarkMails(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("POSTROOM_BENCH_MAILS"))
	if err != nil {
		return 2000
	}
	return n
}

// benchLetters are mails of the sizes and kinds a mailbox has: most are short
// texts, some carry attachments, the mean is 41 KB.
func benchLetters(n int) func(i int) testserver.Letter {
	words := bytes.Fields([]byte("the invoice for our order has not arrived yet could you please look into it and tell when we may expect delivery of parts thank you kindly regards customer number account payment error login password reset shipping address change request urgent"))
	return func(i int) testserver.Letter {
		r := rand.New(rand.NewPCG(uint64(i), 7))
		var text bytes.Buffer
		for k := range 100 + r.IntN(400) {
			text.Write(words[r.IntN(len(words))])
			if k%12 == 11 {
				text.WriteString("\r\n")
			} else {
				text.WriteByte(' ')
			}
		}
		var raw bytes.Buffer
		fmt.Fprintf(&raw, "Received: from mx.outside.test by mx.example.test; Mon, 2 Nov 2026 10:00:00 +0000\r\nFrom: Person %d <p%d@outside.test>\r\nTo: us@example.test\r\nSubject: %s %s number %d\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nMessage-ID: <bench%d@outside.test>\r\n", i%997, i%997, words[r.IntN(len(words))], words[r.IntN(len(words))], i, i)
		if i%3 != 0 {
			fmt.Fprintf(&raw, "References: <bench%d@outside.test>\r\nIn-Reply-To: <bench%d@outside.test>\r\n", i-i%3, i-i%3)
		}
		raw.WriteString("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\n")
		raw.Write(text.Bytes())
		raw.WriteString("\r\n--c\r\nContent-Type: text/html\r\n\r\n<html><body><p>")
		raw.Write(bytes.ReplaceAll(text.Bytes(), []byte("\r\n"), []byte("<br>\r\n")))
		raw.WriteString("</p></body></html>\r\n--c--\r\n")
		if i%5 == 0 {
			raw.WriteString("--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
			const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
			for range 2400 {
				for range 76 {
					raw.WriteByte(alphabet[r.IntN(64)])
				}
				raw.WriteString("\r\n")
			}
		}
		raw.WriteString("--b--\r\n")
		return testserver.Letter{Raw: raw.Bytes(), Received: time.Now().Add(time.Duration(i-n) * time.Minute)}
	}
}

// BenchmarkFirstSync reads a mailbox from Dovecot until everything is stored,
// threaded and searchable.
func BenchmarkFirstSync(b *testing.B) {
	n := benchmarkMails(b)
	user := "anna@example.test"
	mail := testserver.StartDovecot(b, user)
	var size int64
	letters := benchLetters(n)
	mail.Fill(b, user, "INBOX", n, func(i int) testserver.Letter {
		l := letters(i)
		size += int64(len(l.Raw))
		return l
	})
	b.ReportAllocs()
	b.SetBytes(size)
	for b.Loop() {
		b.StopTimer()
		o := newOffice(b, desk.Shared)
		o.connect(b, "imap://"+mail.PlainIMAP, "", user)
		c := o.connector(b)
		b.StartTimer()
		list, err := c.Sync(context.Background())
		if err != nil || list[0].Err != nil || list[0].New != n {
			b.Fatalf("sync: %+v, %v", list, err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// BenchmarkFirstPage is the time from the start of a connector to the newest
// 50 mails of a large mailbox on the screen.
func BenchmarkFirstPage(b *testing.B) {
	n := benchmarkMails(b)
	user := "anna@example.test"
	mail := testserver.StartDovecot(b, user)
	mail.Fill(b, user, "INBOX", n, benchLetters(n))
	for b.Loop() {
		b.StopTimer()
		o := newOffice(b, desk.Shared)
		o.connect(b, "imaps://"+mail.IMAPS, mail.CAFile, user)
		c := o.connector(b)
		b.StartTimer()
		stop := run(b, c)
		o.await(b, "the first page", func() bool { return o.total(b) >= firstPage })
		b.StopTimer()
		stop()
		b.StartTimer()
	}
}

// BenchmarkNewMail is the time from the server's notice to the ring of the
// bell.
func BenchmarkNewMail(b *testing.B) {
	s := testserver.StartSick(b, testserver.Trouble{Name: "letter", UIDs: []uint32{1}, At: "NONE"})
	o := newOffice(b, desk.Shared)
	o.connect(b, s.URL(), "", "anna@example.test")
	run(b, o.connector(b))
	o.await(b, "the first mail", func() bool { return o.total(b) == 1 })
	bell := o.desk.Bell().Listen()
	defer bell.Close()
	idling := func() bool {
		heard := s.Heard()
		return strings.HasSuffix(heard[len(heard)-1], "IDLE")
	}
	for b.Loop() {
		b.StopTimer()
		for !idling() {
			runtime.Gosched()
		}
		bell.Take()
		b.StartTimer()
		s.Change(func(held []testserver.Held, validity uint32) ([]testserver.Held, uint32) {
			return append(slices.Clone(held), s.NewHeld(uint32(len(held)+1))), validity
		})
		for got := false; !got; {
			<-bell.Rung()
			got = bell.Take().Touches(o.inbox.ID)
		}
	}
}

// BenchmarkNothingNew is a pass over a mailbox that has not changed.
func BenchmarkNothingNew(b *testing.B) {
	n := benchmarkMails(b)
	user := "anna@example.test"
	mail := testserver.StartDovecot(b, user)
	mail.Fill(b, user, "INBOX", n, func(i int) testserver.Letter {
		return testserver.Letter{Raw: rawMail(fmt.Sprintf("letter %d", i), "text")}
	})
	o := newOffice(b, desk.Shared)
	o.connect(b, "imap://"+mail.PlainIMAP, "", user)
	c := o.connector(b)
	o.sync(b, c)
	for b.Loop() {
		if s := o.sync(b, c); s.New+s.Known+s.Gone > 0 {
			b.Fatalf("%+v", s)
		}
	}
}
