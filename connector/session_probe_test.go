package connector

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// TestProbeDoesNotWaitMinutesForAGreeting: where one side waits for TLS and the
// other for a greeting, nobody ever speaks.
func TestProbeDoesNotWaitMinutesForAGreeting(t *testing.T) {
	t.Parallel()
	if imap, smtp := probing().greeting, probingSMTP().greeting; imap != probeGreeting || smtp != probeGreeting || probeGreeting > 15*time.Second {
		t.Errorf("a greeting is waited for %s and %s", imap, smtp)
	}
	mute := testserver.Script(t, nil, testserver.Hang())
	a := desk.Account{Address: "anna@example.test", IMAP: "imap+starttls://" + mute.Address, SMTP: "smtp+starttls://" + mute.Address}
	imap, smtp := probing(), probingSMTP()
	imap.greeting, smtp.greeting = 50*time.Millisecond, 50*time.Millisecond
	_, imapErr := openSession(t.Context(), a, "secret", imap)
	_, smtpErr := openSubmission(t.Context(), a, "secret", smtp)
	for protocol, err := range map[string]error{"imap": imapErr, "smtp": smtpErr} {
		var e *desk.Error
		if !errors.As(err, &e) || e.Code != "TIMEOUT" || !strings.Contains(e.Hint, protocol+"s://"+mute.Address) {
			t.Errorf("%s: %v is not what to do", protocol, err)
		}
	}
}
