package testserver

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// sharedUsers is how many mailboxes the shared server has; they cost nothing
// until they are used.
const sharedUsers = 300

//nolint:gochecknoglobals // one server per test process is the point
var shared struct {
	once sync.Once
	mail *Mail
	err  error
}

// Shared is a mail system that all tests of this process use. Each takes users
// of its own with User; none may stop it. It ends with the process.
func Shared(t testing.TB) *Mail {
	t.Helper()
	options := Options{Postfix: true}
	needMail(t, options)
	for i := range sharedUsers {
		options.Users = append(options.Users, fmt.Sprintf("user%03d@example.test", i))
	}
	shared.once.Do(func() { shared.mail, shared.err = start(options) })
	if shared.err != nil {
		t.Fatalf("start the shared mail server: %v", shared.err)
	}
	return shared.mail
}

// User is an address of the shared server that no other test has. When the test
// fails, the servers' last lines about that user are printed, and none about
// the others: a cleanup of the test from before this call prints after them.
func (m *Mail) User(t testing.TB) string {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next == len(m.users) {
		t.Fatalf("all %d users of this mail server are taken", len(m.users))
	}
	m.next++
	user := m.users[m.next-1]
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what the shared mail server logged last about %s:\n%s", user, m.log(20, about(user)))
		}
	})
	return user
}

// about picks the lines that name a user, and the complaints that name nobody.
func about(user string) func(line string) bool {
	name, domain, _ := strings.Cut(user, "@")
	return func(line string) bool {
		if strings.Contains(line, name) {
			return true
		}
		return !strings.Contains(line, "@"+domain) && complaint.MatchString(line)
	}
}

// complaint is how Dovecot and Postfix begin what is not just a record.
var complaint = regexp.MustCompile(`(?i)\b(warning|error|fatal|panic): `)
