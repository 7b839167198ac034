package parse

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"postroom/desk"
)

// mutations is how many damaged messages are read. POSTROOM_MUTATIONS asks for
// another number, such as 10000, and POSTROOM_SEED for another beginning.
func mutations(t *testing.T) (count int, seed uint64) {
	t.Helper()
	number := func(name string, standard int) int {
		value := os.Getenv(name)
		if value == "" {
			return standard
		}
		n, err := strconv.Atoi(value)
		if err != nil {
			t.Fatalf("%s is %q, which is no number", name, value)
		}
		return n
	}
	return number("POSTROOM_MUTATIONS", 500), uint64(number("POSTROOM_SEED", 1))
}

// TestDamagedMail damages the messages of the corpus in the ways in which mail
// is damaged: cut off, bits turned, pieces lost, doubled, or of another mail in
// between. Whatever comes out has to be read, and shown.
func TestDamagedMail(t *testing.T) {
	count, seed := mutations(t)
	mails := corpus(t)
	names := make([]string, 0, len(mails))
	for name := range mails {
		names = append(names, name)
	}
	slices.Sort(names)
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range count {
		name := names[random.IntN(len(names))]
		raw := slices.Clone(mails[name])
		how := ""
		for range 1 + random.IntN(3) {
			var did string
			raw, did = damage(random, raw, mails[names[random.IntN(len(names))]])
			how += " " + did
		}
		if text := complaint(raw, readCounted); text != "" {
			t.Errorf("damaged mail %d of seed %d (%s:%s): %s\n%q", i, seed, name, how, text, raw)
		}
	}
}

// complaint reads a mail and tells what is wrong with how that went: a panic, a
// result that breaks what holds for every mail, too many steps, or a refusal
// of what can be read. It is empty when nothing is.
func complaint(raw []byte, read func([]byte) (desk.Mail, int)) (text string) {
	// The limit is for a reading that hangs: it is no measure of speed.
	timer := time.AfterFunc(2*time.Minute, func() { panic(fmt.Sprintf("reading hangs: %q", raw)) })
	defer timer.Stop()
	defer func() {
		if cause := recover(); cause != nil {
			text = fmt.Sprint(cause)
		}
	}()
	mail, work := read(raw)
	checkForm(complaining{}, raw, mail)
	switch {
	case work > 4000*(len(raw)+100):
		return fmt.Sprintf("%d steps for %d bytes", work, len(raw))
	case Check(raw) != nil && strings.ContainsFunc(mail.Text, unicode.IsLetter):
		return "it is refused and could be read"
	default:
		return ""
	}
}

func readCounted(raw []byte) (desk.Mail, int) {
	r := newReading(raw, Options{})
	return r.read(raw), r.work
}

// complaining turns a failed check into a panic, which complaint reports.
type complaining struct{}

func (complaining) Helper() {}

func (complaining) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// TestComplaints is the control: readers that do what none may do.
func TestComplaints(t *testing.T) {
	raw := []byte("From: a@b.test\n\n" + "text\n")
	for name, read := range map[string]func([]byte) (desk.Mail, int){
		"panics": func([]byte) (desk.Mail, int) { panic("a mistake") },
		"loses text": func(raw []byte) (desk.Mail, int) {
			mail, work := readCounted(raw)
			mail.Text = ""
			return mail, work
		},
		"works too long": func(raw []byte) (desk.Mail, int) {
			mail, _ := readCounted(raw)
			return mail, len(raw) * len(raw) * 10000
		},
		"gives no UTF-8": func(raw []byte) (desk.Mail, int) {
			mail, work := readCounted(raw)
			mail.Subject = "\xff"
			return mail, work
		},
	} {
		if complaint(raw, read) == "" {
			t.Errorf("nothing is said of a reader that %s", name)
		}
	}
	if text := complaint(raw, readCounted); text != "" {
		t.Errorf("the reader itself: %s", text)
	}
}

// damage gives a damaged copy of raw, with pieces of other, and tells how.
func damage(random *rand.Rand, raw, other []byte) ([]byte, string) {
	if len(raw) < 2 {
		return slices.Clone(other), "replaced"
	}
	at := random.IntN(len(raw))
	end := min(len(raw), at+1+random.IntN(200))
	switch random.IntN(7) {
	case 0:
		return raw[:at], "cut"
	case 1:
		for range 1 + random.IntN(20) {
			raw[random.IntN(len(raw))] ^= 1 << random.IntN(8)
		}
		return raw, "flipped"
	case 2:
		return slices.Delete(raw, at, end), "lost"
	case 3:
		return slices.Insert(raw, at, slices.Clone(raw[at:end])...), "doubled"
	case 4:
		from := random.IntN(len(other) + 1)
		return slices.Insert(raw, at, other[from:min(len(other), from+400)]...), "spliced"
	case 5:
		return append(raw[:at:at], other...), "joined"
	default:
		for i := at; i < end; i++ {
			raw[i] = byte(random.UintN(256))
		}
		return raw, "noise"
	}
}
