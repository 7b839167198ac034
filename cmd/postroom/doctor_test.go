package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// patient is a desk on a real mail server, for making it ill and well again.
type patient struct {
	*desktop
	mail       *testserver.Mail
	imap, smtp *testserver.Gate
	// offline leaves the servers alone.
	offline bool
}

const (
	maya  = "maya@example.test"
	sales = "sales@example.test"
	roots = "root@example.test"
)

// newPatient furnishes a desk with nothing wrong: a shared inbox of two people,
// and a personal one.
func newPatient(t *testing.T) *patient {
	t.Helper()
	w := &patient{desktop: newDesktop(t), mail: testserver.StartMail(t, us, maya, sales, roots, anna)}
	w.imap, w.smtp = testserver.NewGate(t, w.mail.IMAPS), testserver.NewGate(t, w.mail.SMTPS)
	w.env["POSTROOM_PASSWORD"] = testserver.Password
	w.must("user", "add", "maya")
	w.must("inbox", "create", "support", "--shared")
	w.must("inbox", "member", "add", "support", "maya")
	w.must("inbox", "set", "support", "deputy=maya", "tickets=off", "routing=manual")
	w.must("account", "connect", us, "--inbox", "support", "--imap", w.imap.Addr, "--smtp", w.smtp.Addr, "--ca", w.mail.CAFile)
	w.as("maya").must("inbox", "create", "maya")
	w.as("maya").must("account", "connect", maya, "--inbox", "maya", "--imap", w.mail.IMAPS, "--smtp", w.mail.SMTPS, "--ca", w.mail.CAFile)
	for i := range 3 {
		w.mail.Deliver(t, us, letterTo(us, fmt.Sprintf("%d@x.test", i), "letter"))
	}
	w.must("neverlog", "add", "example.test", "--desk")
	w.must("sync", "--once")
	w.must("conversation", "take", "1")
	return w
}

// sql changes the desk behind its back.
func (w *patient) sql(query string, args ...any) {
	w.t.Helper()
	db := crash.Open(w.t, w.env["POSTROOM_DB"])
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(w.t.Context(), query, args...); err != nil {
		w.t.Fatal(err)
	}
}

// days is the time that many days ago, as the database keeps it.
func days(n int) int64 { return time.Now().AddDate(0, 0, -n).UnixMilli() }

// opinion is what the doctor says, without when.
type opinion struct {
	Passed   int           `json:"passed"`
	Checked  []string      `json:"checked"`
	Findings []findingForm `json:"findings"`
}

// examined is what the doctor says, and his exit code.
func (w *patient) examined() (int, opinion) {
	w.t.Helper()
	args := []string{"doctor", "--json"}
	if w.offline {
		args = append(args, "--offline")
	}
	r := w.run(args...)
	var d opinion
	if err := json.Unmarshal([]byte(r.out), &d); err != nil {
		w.t.Fatalf("the doctor says %v: %s%s", err, r.out, r.err)
	}
	return r.code, d
}

// found gives the finding with a code, if there is one.
func (d opinion) found(code string) (findingForm, bool) {
	for _, f := range d.Findings {
		if f.Code == code {
			return f, true
		}
	}
	return findingForm{}, false
}

// carryOut does what a finding says.
func (w *patient) carryOut(fix string) {
	w.t.Helper()
	if words, ours := strings.CutPrefix(fix, "postroom "); ours {
		w.must(shellWords(words)...)
		return
	}
	if out, err := exec.CommandContext(w.t.Context(), "sh", "-c", fix).CombinedOutput(); err != nil {
		w.t.Fatalf("%s: %v\n%s", fix, err, out)
	}
}

// shellWords takes a line apart as a shell does, as far as single quotes go.
func shellWords(line string) []string {
	var words []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		end := " "
		if line[0] == '\'' {
			line, end = line[1:], "'"
		}
		word, rest, _ := strings.Cut(line, end)
		words, line = append(words, word), rest
	}
	return words
}

// illness is a fault made on purpose.
type illness struct {
	code, where string
	// make makes it; before is what has to be done besides the command, such
	// as a server that comes back.
	make, before func(w *patient)
	// fill puts words for those in capitals.
	fill map[string]string
	// incurable says that no command mends it: before does.
	incurable bool
	// online needs the servers.
	online bool
}

func illnesses() []illness {
	exec := func(query string, args ...any) func(*patient) {
		return func(w *patient) { w.t.Helper(); w.sql(query, args...) }
	}
	return []illness{
		{code: "SIGN_IN_NEEDED", where: us, make: exec("UPDATE accounts SET state = 'needs sign-in', cause = 'refused' WHERE address = ?", us)},
		{code: "RETRYING_LONG", where: us, make: exec("UPDATE accounts SET state = 'retrying', since = ? WHERE address = ?", days(1), us)},
		{code: "PAUSED_LONG", where: us, make: func(w *patient) {
			w.must("account", "pause", us)
			w.sql("UPDATE accounts SET since = ? WHERE address = ?", days(8), us)
		}},
		{code: "PASSWORD_FILE_OPEN", where: us, make: func(w *patient) {
			file := w.write("password", testserver.Password)
			w.must("account", "reauth", us, "--password-command", "cat "+file)
			w.chmod(file, 0o644)
		}},
		{code: "SIGN_IN_REFUSED", where: us, online: true, make: func(w *patient) { w.write("password", "another one") }},
		{code: "IMAP_UNREACHABLE", where: us, online: true, make: func(w *patient) { w.imap.Shut() }, before: func(w *patient) { w.imap.Open() }},
		{code: "SMTP_UNREACHABLE", where: us, online: true, make: func(w *patient) { w.smtp.Shut() }, before: func(w *patient) { w.smtp.Open() }},
		{code: "NO_ADDRESS", where: "the sales", make: func(w *patient) {
			w.must("inbox", "create", "the sales", "--shared")
			w.must("inbox", "member", "add", "the sales", "maya")
		}, fill: map[string]string{"ADDRESS": sales}},
		{code: "NO_OWN_ADDRESS", where: "roots", make: func(w *patient) { w.must("inbox", "create", "roots") }, fill: map[string]string{"ADDRESS": roots}},
		{code: "NO_MEMBER", where: "the sales", make: func(w *patient) {
			w.must("inbox", "member", "remove", "the sales", "maya")
			w.sql("UPDATE members SET reply = 0, assign = 0 WHERE inbox = (SELECT id FROM inboxes WHERE folded = 'the sales')")
		}},
		{code: "SINGLE_MEMBER", where: "the sales", make: func(w *patient) { w.must("inbox", "member", "remove", "the sales", "maya") }},
		{code: "NO_DEPUTY", where: "the sales", make: func(*patient) {}},
		{code: "TICKETS_UNDECIDED", where: "the sales", make: func(*patient) {}},
		{code: "ROUTING_UNDECIDED", where: "the sales", make: func(*patient) {}},
		{code: "TICKETS_ADRIFT", where: "the sales", make: func(w *patient) {
			w.must("pipeline", "add", "Orders")
			w.must("inbox", "set", "the sales", "tickets=Orders")
			w.must("pipeline", "remove", "Orders")
		}},
		{code: "NOT_OPENED", where: "support", make: func(w *patient) {
			w.sql("UPDATE inboxes SET created_at = ?", days(9))
			w.sql("UPDATE visits SET at = ?", days(8))
		}},
		{code: "STALE", where: "support", make: exec("UPDATE conversations SET last_at = ? WHERE id = 2", days(31))},
		{code: "HELD_BY_DISABLED", where: "support", make: func(w *patient) {
			w.must("conversation", "assign", "3", "maya")
			w.sql("UPDATE users SET disabled_at = ? WHERE login = 'maya'", days(1))
		}},
		{code: "OWN_DOMAIN_LOGGED", where: "example.test", make: func(w *patient) { w.must("neverlog", "remove", "example.test", "--desk") }},
		{code: "ORPHAN_ADDRESS", where: maya, make: func(*patient) {}},
		{code: "NO_INBOX", where: "tom", make: func(w *patient) {
			w.sql("UPDATE users SET disabled_at = (SELECT disabled_at FROM users WHERE login = 'root')")
			w.must("user", "add", "tom")
		}, fill: map[string]string{"INBOX": "support"}},
		{code: "SEES_ONLY", where: "support", make: func(w *patient) { w.must("inbox", "member", "set", "support", "tom", "--rights", "see") }},
		{code: "NO_BACKUP", make: exec("UPDATE users SET created_at = ?", days(8)), fill: map[string]string{"postroom-": "HOME/postroom-"}},
		{code: "NOT_SIGNED_OFF", make: exec("UPDATE users SET created_at = ?", days(91))},
		{code: "OWNER_AWAY", where: "support", make: func(w *patient) {
			w.sql("UPDATE inboxes SET owner = 2, created_at = ? WHERE folded = 'support'", days(90))
			w.sql("UPDATE visits SET at = ? WHERE user_id = 2", days(15))
		}},
		{code: "UNREADABLE_MAIL", where: "support", make: exec("UPDATE messages SET unreadable = 1 WHERE conversation = 1")},
		{code: "MAIL_WITHOUT_MESSAGE", make: (*patient).crash},
		{code: "SENDING_IN_DOUBT", where: "support", make: func(w *patient) { w.leave("in doubt") }},
		{code: "SENDING_FAILED", where: "support", make: func(w *patient) { w.leave("failed") }},
		{code: "CLOCK_WRONG", make: exec("UPDATE events SET at = ? WHERE seq = (SELECT seq FROM desk)", days(-1)), incurable: true, before: exec("UPDATE events SET at = ? WHERE at > ?", days(0), days(0))},
		{code: "KEY_OPEN", make: func(w *patient) { w.chmod(w.keyFile(), 0o644) }},
		{code: "KEY_MISSING", make: func(w *patient) {
			w.must("account", "disconnect", sales)
			if err := os.Remove(w.keyFile()); err != nil {
				w.t.Fatal(err)
			}
			// It is told once, and nobody is sent to the servers or to sign in.
			if _, d := w.examined(); slices.ContainsFunc(d.Findings, func(f findingForm) bool { return strings.HasSuffix(f.Code, "_UNREACHABLE") }) {
				w.t.Errorf("without the key: %+v", d.Findings)
			}
			w.refuses(exitFailed, "postroom key new", "inbox", "test", "support")
		}},
		{code: "ONE_ANSWERS", where: "support", make: exec(`INSERT INTO messages SELECT m.id + 1000 + e.seq, m.conversation, m.inbox, m.account, 0, 'out', m.at, 1, 0, 0, 0, m.sent_at, 0, m.auto, m.sender, '', m.subject
			FROM messages m, events e WHERE m.id = (SELECT max(x.id) FROM messages x WHERE x.conversation = 1 AND x.direction = 'in') AND e.seq <= 12`)},
		{code: "PERSON_AS_TEAM", where: "nora.brandt@example.test", make: func(w *patient) {
			w.must("account", "reauth", us) // its password went with the key
			w.must("account", "convert", us, "--to", "shared", "--inbox", "again")
			renamed(us, "nora.brandt@example.test")(w)
		}},
		{code: "INVITED_LONG", where: "lena", make: func(w *patient) {
			w.must("user", "invite", "lena", "--email", "lena@x.test", "--role", "admin")
			w.sql("UPDATE users SET pending_since = ? WHERE login = 'lena'", days(8))
		}},
		{code: "ADDRESS_KEPT", where: sales, make: func(w *patient) {
			w.must("user", "add", "zed")
			w.as("zed").must("inbox", "create", "zed")
			w.as("zed").must("account", "connect", sales, "--inbox", "zed", "--imap", w.mail.IMAPS, "--smtp", w.mail.SMTPS, "--ca", w.mail.CAFile, "--yes")
			w.must("user", "remove", "zed", "--addresses", "keep", "--inboxes", "keep")
			w.sql("UPDATE accounts SET since = ? WHERE address = ?", days(8), sales)
			if _, d := w.examined(); slices.ContainsFunc(d.Findings, func(f findingForm) bool { return f.Code == "PAUSED_LONG" }) {
				w.t.Error("what is kept for who has left is to be resumed")
			}
		}},
		{code: "NO_DEPUTY", where: "the sales", make: func(w *patient) {
			w.must("user", "add", "nils")
			w.must("team", "add", "crew")
			w.must("team", "member", "add", "crew", "nils")
			w.must("inbox", "member", "add", "the sales", "team:crew")
			w.must("inbox", "set", "the sales", "deputy=nils")
			w.must("team", "member", "remove", "crew", "nils")
		}},
		{code: "RULE_NAMES_GONE", where: "tell nils", make: func(w *patient) {
			w.must("team", "member", "add", "crew", "nils")
			w.must("rule", "add", "tell nils", "--scope", "inbox:the sales", "--then", "notify nils look")
			w.sql("UPDATE users SET disabled_at = ? WHERE login = 'nils'", days(1))
		}},
		{code: "STRATEGY_NAMES_GONE", where: "rota", make: func(w *patient) { w.must("strategy", "add", "rota", "round-robin", "--on", "nils,root") }},
		{code: "STRATEGY_FINDS_NOBODY", where: "alone", make: func(w *patient) {
			w.must("strategy", "add", "alone", "random", "--on", "nils,team:crew")
		}, fill: map[string]string{"LOGIN": "root"}},
	}
}

// renamed gives an account another address.
func renamed(from, to string) func(*patient) {
	return func(w *patient) {
		w.sql("UPDATE accounts SET address = ? WHERE address = ?", to, from)
		w.sql("UPDATE addresses SET address = ?, folded = ? WHERE folded = ?", to, to, from)
	}
}

func (w *patient) chmod(file string, mode os.FileMode) {
	w.t.Helper()
	if err := os.Chmod(file, mode); err != nil {
		w.t.Fatal(err)
	}
}

func (w *patient) keyFile() string {
	w.t.Helper()
	found, err := filepath.Glob(w.env["XDG_STATE_HOME"] + "/postroom/*.key")
	if err != nil || len(found) != 1 {
		w.t.Fatal(found, err)
	}
	return found[0]
}

// certificateEnds asks the doctor two weeks before the certificates of the test
// servers end, and a day earlier.
func (w *patient) certificateEnds() {
	w.t.Helper()
	for before, want := range map[int]bool{13: true, 15: false} {
		var out bytes.Buffer
		p := newProgram(world{
			args: []string{"doctor", "--json"}, getenv: func(k string) string { return w.env[k] }, in: strings.NewReader(""), out: &out, err: io.Discard,
			login: func() (string, error) { return w.login, nil }, clock: func() time.Time { return time.Now().AddDate(1, 0, -before) },
		})
		p.execute(w.t.Context())
		var d opinion
		if err := json.Unmarshal(out.Bytes(), &d); err != nil {
			w.t.Fatal(err, out.String())
		}
		if f, ok := d.found("CERTIFICATE_ENDS"); ok != want || ok && (f.Where == "" || f.Fix != nil) {
			w.t.Errorf("%d days before its end: %v, %+v", before, ok, f)
		}
	}
}

// crash leaves a mail as a program does that ends between storing and reading it.
func (w *patient) crash() {
	w.t.Helper()
	p := newProgram(world{
		getenv: func(k string) string { return w.env[k] }, in: strings.NewReader(""), out: io.Discard, err: io.Discard,
		login: func() (string, error) { return w.login, nil }, clock: time.Now,
	})
	h, err := p.open(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = h.close() }()
	mail := desk.Fetched{At: time.Now(), Packed: h.desk.Mailroom().Pack(letterTo(us, "crash@x.test", "left behind"))}
	if _, err := h.seat.KeepImported(w.t.Context(), "support", desk.RoleInbox, []desk.Fetched{mail}); err != nil {
		w.t.Fatal(err)
	}
}

// leave writes a mail that ends in a state of the outbox.
func (w *patient) leave(state string) {
	w.t.Helper()
	w.in = "text"
	w.must("compose", "--inbox", "support", "--to", anna, "--subject", "hello", "--queue")
	w.sql("UPDATE outbox SET state = ?, updated_at = ?, last_error = 'because' WHERE state = 'queued'", state, days(1))
}

// TestDoctorFindsWhatIsWrong makes every fault there is a check for, one after
// the other on one desk; each is found, the command of the finding is carried
// out as it is printed, and then it is gone.
func TestDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := newPatient(t)
	code, d := w.examined()
	if code != exitDone || len(d.Findings) != 0 || len(d.Checked) != len(desk.Checks()) || d.Passed != len(d.Checked) {
		t.Fatalf("a desk that is well: exit %d, %+v", code, d)
	}
	w.certificateEnds()
	made := map[string]bool{"CERTIFICATE_ENDS": true}
	for _, ill := range illnesses() {
		made[ill.code] = true
		w.offline = !ill.online
		if !slices.Contains([]string{"ORPHAN_ADDRESS", "NO_DEPUTY", "TICKETS_UNDECIDED", "ROUTING_UNDECIDED"}, ill.code) { // d is what was said after the cure before
			if f, ok := d.found(ill.code); ok {
				t.Fatalf("%s is there before it is made: %+v", ill.code, f)
			}
		}
		ill.make(w)
		code, d = w.examined()
		f, ok := d.found(ill.code)
		if !ok || ill.where != "" && f.Where != ill.where {
			t.Fatalf("%s is not found at %q: %+v", ill.code, ill.where, d.Findings)
		}
		if want := map[bool]int{true: exitDone, false: exitFailed}[f.Severity == string(desk.Notice)]; code != want && len(d.Findings) == 1 {
			t.Errorf("%s: exit %d, want %d", ill.code, code, want)
		}
		w.cure(ill, f)
		_, d = w.examined()
		if f, ok := d.found(ill.code); ok {
			t.Fatalf("%s is still there: %+v", ill.code, f)
		}
		t.Logf("%s: %s → %s", f.Code, f.What, deref(f.Fix))
	}
	for _, c := range desk.Checks() {
		if !made[c.Code] && !elsewhere(c.Code) {
			t.Errorf("no test makes %s", c.Code)
		}
	}
}

// elsewhere are checks that TestDoctorOnReadings of package desk makes.
func elsewhere(code string) bool {
	return code == "PASSWORD_AT_PROVIDER" || code == "ADDRESS_UNVERIFIED" || code == "TOO_MANY" || code == "NO_IDLE" || code == "DISK_LOW" || code == "TEAM_AS_PERSON"
}

func deref(s *string) string {
	if s == nil {
		return "nothing"
	}
	return *s
}

func (w *patient) cure(ill illness, f findingForm) {
	w.t.Helper()
	if ill.before != nil {
		ill.before(w)
	}
	if ill.incurable {
		return
	}
	if f.Fix == nil {
		w.t.Fatalf("%s has no command", ill.code)
	}
	fix := *f.Fix
	for word, by := range ill.fill {
		fix = strings.Replace(fix, word, strings.Replace(by, "HOME", w.env["HOME"], 1), 1)
	}
	if ill.code == "NO_ADDRESS" || ill.code == "NO_OWN_ADDRESS" { // nobody may be asked for the servers of a made-up domain
		fix += " --imap " + w.mail.IMAPS + " --smtp " + w.mail.SMTPS + " --ca " + w.mail.CAFile
	}
	w.carryOut(fix)
}
