package testserver

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// postfixMain delivers example.test to Dovecot over LMTP and everything else
// into an error: nothing leaves the machine.
func (m *Mail) postfixMain() string {
	dir := filepath.Join(m.dir, "postfix")
	return fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/spool
data_directory = %[1]s/data
maillog_file = %[1]s/mail.log
maillog_file_prefixes = %[1]s
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.test
mydestination =
mynetworks = 127.0.0.1/32
alias_maps =
alias_database =
biff = no
recipient_delimiter = +
default_transport = error:5.1.2 no delivery outside example.test in tests
relay_transport = error:5.1.2 no relay in tests
virtual_mailbox_domains = example.test
virtual_mailbox_maps = texthash:%[1]s/etc/mailboxes
virtual_transport = lmtp:inet:%[2]s
transport_maps = inline:{ { lost@example.test = discard: }, { refused@example.test = error:5.7.1 not from you } }
lmtp_destination_recipient_limit = 1
message_size_limit = 52428800
virtual_mailbox_limit = 0
minimal_backoff_time = 2s
maximal_backoff_time = 5s
queue_run_delay = 2s
smtputf8_enable = yes
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_tls_cert_file = %[3]s
smtpd_tls_key_file = %[4]s
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:%[5]s
smtpd_sender_login_maps = texthash:%[1]s/etc/senders
smtpd_recipient_restrictions = permit_sasl_authenticated, reject_unauth_destination
`, dir, m.LMTP, m.certificate.CertFile, m.certificate.KeyFile, m.saslAddress)
}

func (m *Mail) postfixMaster() string {
	return fmt.Sprintf(`%[1]s inet n - n - - smtpd
%[2]s inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
  -o smtpd_sender_restrictions=reject_sender_login_mismatch
%[3]s inet n - n - - smtpd
  -o syslog_name=postfix/smtps
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
  -o smtpd_sender_restrictions=reject_sender_login_mismatch
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`, m.SMTP, m.Submission, m.SMTPS)
}

func (m *Mail) writePostfix() error {
	dir := filepath.Join(m.dir, "postfix")
	for _, sub := range []string{"etc", "spool/pid"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	if err := makeQueues(dir); err != nil {
		return err
	}
	var mailboxes, senders strings.Builder
	for _, u := range m.users {
		fmt.Fprintf(&mailboxes, "%s ok\n", u)
		fmt.Fprintf(&senders, "%s %s\n", u, u)
	}
	for name, text := range map[string]string{
		"main.cf": m.postfixMain(), "master.cf": m.postfixMaster(),
		"mailboxes": mailboxes.String(), "senders": senders.String(),
	} {
		path := filepath.Join(dir, "etc", name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
		// Postfix waits until a file is old enough to be believed finished.
		longAgo := time.Now().Add(-time.Hour)
		if err := os.Chtimes(path, longAgo, longAgo); err != nil {
			return err
		}
	}
	return nil
}

// makeQueues lays out what Postfix's start script would.
func makeQueues(dir string) error {
	account, err := user.Lookup("postfix")
	if err != nil {
		return fmt.Errorf("find the user postfix: %w", err)
	}
	uid, err := strconv.Atoi(account.Uid)
	if err != nil {
		return err
	}
	for sub, mode := range map[string]os.FileMode{
		"data": 0o700, "spool/private": 0o700, "spool/public": 0o755, "spool/maildrop": 0o700,
		"spool/incoming": 0o700, "spool/active": 0o700, "spool/deferred": 0o700, "spool/hold": 0o700,
		"spool/corrupt": 0o700, "spool/defer": 0o700, "spool/bounce": 0o700, "spool/trace": 0o700,
		"spool/flush": 0o700, "spool/saved": 0o700,
	} {
		path := filepath.Join(dir, sub)
		if err := os.Mkdir(path, mode); err != nil {
			return err
		}
		if err := os.Chown(path, uid, -1); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mail) startPostfix() error {
	dir := filepath.Join(m.dir, "postfix")
	config := filepath.Join(dir, "etc")
	where, err := exec.Command(Program("postconf"), "-c", config, "-h", "daemon_directory").Output()
	if err != nil {
		return fmt.Errorf("ask Postfix where its programs are: %w", err)
	}
	// The master itself rather than `postfix start`: it leads its own process
	// group, which is how it is stopped.
	m.postfix, err = startProcess(m.dir, filepath.Join(dir, "start.log"),
		filepath.Join(strings.TrimSpace(string(where)), "master"), "-c", config, "-s")
	return err
}
