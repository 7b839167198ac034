package parse

import "testing"

func TestReportNamesTheMailItReturns(t *testing.T) {
	const head = "From: MAILER-DAEMON@mx.test\r\nSubject: Undelivered Mail Returned to Sender\r\n"
	report := func(part string) string {
		return head + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
			"--b\r\n\r\nIt did not arrive.\r\n" +
			"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; a@b.test\r\nAction: failed\r\nStatus: 5.1.1\r\n" +
			"--b\r\n" + part + "\r\n--b--\r\n"
	}
	for name, raw := range map[string]string{
		"the whole mail": report("Content-Type: message/rfc822\r\n\r\nMessage-ID: <ours.1@acme.test>\r\nSubject: x\r\n\r\ntext"),
		"its header":     report("Content-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-Id:\r\n <ours.1@acme.test>\r\n"),
		"a plain bounce": head + "\r\nHi. This is the qmail-send program.\r\n\r\n<a@b.test>:\r\nno such user\r\n\r\n--- Below this line is a copy.\r\n\r\nMessage-ID: <ours.1@acme.test>\r\n",
	} {
		if got := Parse([]byte(raw), Options{}); got.Returned != "ours.1@acme.test" {
			t.Errorf("%s: returned %q, kind %s", name, got.Returned, got.Auto.Kind)
		}
	}
	ordinary := "From: a@b.test\r\nSubject: hello\r\n\r\nMessage-ID: <ours.1@acme.test>\r\n"
	if got := Parse([]byte(ordinary), Options{}); got.Returned != "" {
		t.Errorf("an ordinary mail returns %q", got.Returned)
	}
}
