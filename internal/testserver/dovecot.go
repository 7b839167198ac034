package testserver

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// mailOwner is who owns the mailboxes. As root that is Debian's mail user, and
// Dovecot drops its privileges as it does in production; any other user runs
// everything as himself, because only root can become someone else.
type mailOwner struct {
	name, group string
	uid, gid    int
	root        bool
}

func whoOwnsMail() (mailOwner, error) {
	o := mailOwner{root: os.Geteuid() == 0}
	account, err := user.Current()
	if o.root {
		account, err = user.Lookup("mail")
	}
	if err != nil {
		return o, fmt.Errorf("find the user that owns the mail: %w", err)
	}
	group, err := user.LookupGroupId(account.Gid)
	if err != nil {
		return o, fmt.Errorf("find the group that owns the mail: %w", err)
	}
	o.name, o.group = account.Username, group.Name
	if o.uid, err = strconv.Atoi(account.Uid); err != nil {
		return o, err
	}
	o.gid, err = strconv.Atoi(account.Gid)
	return o, err
}

// dovecotConfig is the whole configuration. Failed logins answer at once: both
// the delay and the penalty per address, which the anvil service counts, are
// off, or one test of a wrong password would slow every later login.
func (m *Mail) dovecotConfig() string {
	var b strings.Builder
	dir := filepath.Join(m.dir, "dovecot")
	mechanisms, oauth, plain := "plain login", "", ""
	if m.options.OAuth != "" {
		mechanisms += " xoauth2 oauthbearer"
		plain = "mechanisms = plain login"
		oauth = fmt.Sprintf(`
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = %s/oauth2.conf.ext
}`, dir)
	}
	fmt.Fprintf(&b, `base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1, 127.0.0.2
default_client_limit = 500
default_vsz_limit = 0

ssl = yes
disable_plaintext_auth = yes
ssl_cert = <%[2]s
ssl_key = <%[3]s
ssl_min_protocol = TLSv1.2
auth_mechanisms = %[4]s
auth_cache_size = 0
auth_failure_delay = 0 secs
%[5]s
passdb {
  driver = passwd-file
  %[6]s
  args = username_format=%%u %[1]s/users
}
userdb {
  driver = static
  args = uid=%[7]d gid=%[8]d home=%[9]s/%%u allow_all_users=yes
}

first_valid_uid = %[7]d
first_valid_gid = %[8]d
mail_uid = %[7]d
mail_gid = %[8]d
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 500
mailbox_list_index = yes
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
protocol lmtp {
  postmaster_address = postmaster@example.test
  auth_username_format = %%Lu
}

namespace inbox {
  inbox = yes
  separator = /
`, dir, m.certificate.CertFile, m.certificate.KeyFile, mechanisms, oauth, plain,
		m.owner.uid, m.owner.gid, m.mailDir())
	for _, name := range []string{"Sent", "Drafts", "Junk", "Archive", "Trash"} {
		fmt.Fprintf(&b, "  mailbox %[1]s {\n    special_use = \\%[1]s\n    auto = subscribe\n  }\n", name)
	}
	fmt.Fprintf(&b, `}

service imap-login {
  service_count = 0
  inet_listener imap {
    port = %s
  }
  inet_listener imaps {
    port = %s
    ssl = yes
  }
}
service imap {
  process_limit = 1000
}
service lmtp {
  inet_listener lmtp {
    port = %s
  }
}
service auth {
  inet_listener sasl {
    port = %s
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
`, portOf(m.IMAP), portOf(m.IMAPS), portOf(m.LMTP), portOf(m.saslAddress))
	if m.options.Offers != "" {
		fmt.Fprintf(&b, "imap_capability = %s\n", m.options.Offers)
	}
	if m.options.Compress {
		b.WriteString("protocol imap {\n  mail_plugins = $mail_plugins imap_zlib\n}\n")
	}
	if m.options.Record {
		fmt.Fprintf(&b, "protocol imap {\n  rawlog_dir = %s\n}\n", m.recordDir())
	}
	if !m.owner.root {
		fmt.Fprintf(&b, `
default_internal_user = %[1]s
default_internal_group = %[2]s
default_login_user = %[1]s
service imap-login {
  chroot =
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service lmtp {
  user = %[1]s
}
service auth-worker {
  user = %[1]s
}
`, m.owner.name, m.owner.group)
	}
	return b.String()
}

// oauthConfig asks an OpenID provider about every token (RFC 7662).
func (m *Mail) oauthConfig() string {
	return fmt.Sprintf(`introspection_mode = post
introspection_url = %s
username_attribute = email
active_attribute = active
active_value = true
`, m.options.OAuth)
}

func (m *Mail) writeDovecot() error {
	dir := filepath.Join(m.dir, "dovecot")
	for _, sub := range []string{"", "run", "state"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(m.mailDir(), 0o700); err != nil {
		return err
	}
	if err := m.own(m.mailDir()); err != nil {
		return err
	}
	if m.options.Record {
		if err := os.MkdirAll(m.recordDir(), 0o700); err != nil {
			return err
		}
		if err := m.own(m.recordDir()); err != nil {
			return err
		}
	}
	var users strings.Builder
	for _, u := range m.users {
		fmt.Fprintf(&users, "%s:{PLAIN}%s\n", u, Password)
	}
	for name, text := range map[string]string{
		"users": users.String(), "oauth2.conf.ext": m.oauthConfig(), "dovecot.conf": m.dovecotConfig(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mail) startDovecot() error {
	dir := filepath.Join(m.dir, "dovecot")
	var err error
	m.dovecot, err = startProcess(m.dir, filepath.Join(dir, "start.log"),
		Program("dovecot"), "-F", "-c", filepath.Join(dir, "dovecot.conf"))
	return err
}

func (m *Mail) recordDir() string { return filepath.Join(m.dir, "record") }

// Recorded is every line that clients have said to Dovecot after they signed
// in, one session after the other. It needs the option Record.
func (m *Mail) Recorded(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(m.recordDir(), "*.in"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			lines = append(lines, strings.TrimRight(line, "\r\n"))
		}
	}
	return lines
}

func (m *Mail) mailDir() string { return filepath.Join(m.dir, "mail") }

// own gives a file to the mail owner; only root has to.
func (m *Mail) own(path string) error {
	if !m.owner.root {
		return nil
	}
	return os.Chown(path, m.owner.uid, m.owner.gid)
}
