package main

import (
	"net/url"
	"strings"
	"testing"

	"postroom/internal/testserver"
)

// onPostgres moves a desk that is still empty to a server.
func (d *desktop) onPostgres() *desktop {
	d.t.Helper()
	d.env["POSTROOM_DB"] = testserver.Postgres(d.t)
	return d
}

// TestTwoProgramsOneServer: what one of them does appears in the other.
func TestTwoProgramsOneServer(t *testing.T) {
	d := newDesktop(t).onPostgres()
	d.must("inbox", "create", "Support", "--shared")
	d.must("user", "add", "ben", "--name", "Ben Okafor")
	d.must("inbox", "member", "add", "Support", "ben")
	mine := d.open(120, 40).see("Support")
	his := d.open(120, 40, "--as", "ben").see("Support")
	d.must("import", "--inbox", "Support", d.write("one.eml", string(letterFrom("priya@kite.test", "help@acme.test", "<one@kite.test>", "", "The lamp is broken", "Can you help?"))))
	mine.see("The lamp is broken")
	his.see("The lamp is broken").press("A").see("taken")
	mine.see("Ben")
	d.in = "I know the customer"
	d.must("note", "1")
	his.see("I know the customer")
}

// TestPasswordOfTheDatabase is nowhere in what is said.
func TestPasswordOfTheDatabase(t *testing.T) {
	c := testserver.SharedPostgres(t)
	socket, err := url.Parse(c.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	d := newDesktop(t)
	at := func(user, password, host, database, more string) string {
		return "postgres://" + user + ":" + password + "@" + host + "/" + database + more
	}
	name := strings.TrimPrefix(socket.Path, "/")
	const secret = "hunter2%2Fhunter3"
	for _, form := range []string{"hunter2/hunter3", "hunter2%2Fhunter3", "hunter2", "hunter3"} {
		for dsn, want := range map[string]string{
			at(testserver.PostgresUser, secret, c.TCP, name, ""):                               "refuses the password of postroom",
			at(testserver.PostgresUser, secret, "no-such-host.invalid", name, ""):              "no-such-host.invalid cannot be found",
			at(testserver.PostgresUser, secret, "127.0.0.1:1", name, ""):                       "127.0.0.1 does not answer",
			at(testserver.PostgresUser, secret, "db.example.test", name, "?sslmode=prefer"):    "without encryption",
			at(testserver.PostgresUser, secret, c.TCP, name, "?sslmode=nonsense"):              "cannot be read",
			at(testserver.PostgresUser, secret, "127.0.0.1:port", name, ""):                    "cannot be read",
			at(testserver.PostgresUser, secret+" %zz", c.TCP, name, "?sslmode=verify-full&x="): "cannot be read",
		} {
			for _, args := range [][]string{{"login"}, {"login", "--json"}} {
				r := d.run(append([]string{"--db", dsn}, args...)...)
				if r.code == exitDone || !strings.Contains(r.err, want) {
					t.Errorf("%v at %s ended with %d, want %q:\n%s", args, dsn, r.code, want, r.err)
				}
				if strings.Contains(r.out+r.err, form) {
					t.Errorf("%v at %s tells the password:\n%s%s", args, dsn, r.out, r.err)
				}
			}
		}
	}
	right := at(testserver.PostgresUser, testserver.Password, c.TCP, name, "")
	for _, args := range [][]string{{"login"}, {"login", "--json"}} {
		r := d.run(append([]string{"--db", right}, args...)...)
		if r.code != exitDone || strings.Contains(r.out+r.err, testserver.Password) || !strings.Contains(r.out, c.TCP+"/"+name) {
			t.Errorf("with the right password: %d %s%s", r.code, r.out, r.err)
		}
	}
	d.refuses(exitNotFound, "createdb", "--db", at(testserver.PostgresUser, testserver.Password, c.TCP, "nothing-here", ""), "login")
	if err := c.SQL(name, "CREATE ROLE stranger LOGIN; GRANT CONNECT ON DATABASE "+name+" TO stranger"); err != nil {
		t.Fatal(err)
	}
	fresh, err := url.Parse(c.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	fresh.RawQuery = strings.Replace(fresh.RawQuery, "user="+testserver.PostgresUser, "user=stranger", 1)
	d.refuses(exitNotAllowed, "OWNER TO stranger", "--db", fresh.String(), "login")
	d.refuses(exitNotAllowed, "pg_hba.conf", "--db", "postgres://nobody-here@/x?"+socket.RawQuery[:strings.Index(socket.RawQuery, "&user")], "login")
}
