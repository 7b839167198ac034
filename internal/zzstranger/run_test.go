package zzstranger

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"testing"

	"postroom/internal/testserver"
)

func TestServe(t *testing.T) {
	m := testserver.StartMail(t, "support@acme.test", "maya@acme.test", "cust@client.test")
	os.WriteFile("/tmp/stranger2/ports.env", []byte(fmt.Sprintf("IMAPS=%s\nSMTPS=%s\nSUB=%s\nCA=%s\nIMAP=%s\n", m.IMAPS, m.SMTPS, m.Submission, m.CAFile, m.IMAP)), 0o644)
	mux := http.NewServeMux()
	done := make(chan bool)
	mux.HandleFunc("/deliver", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		m.Deliver(t, r.URL.Query().Get("to"), b)
	})
	mux.HandleFunc("/pour", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		pre := r.URL.Query().Get("p")
		for i := 0; i < n; i++ {
			m.Deliver(t, r.URL.Query().Get("to"), []byte(fmt.Sprintf("From: Pour %d <p%d@pour.test>\r\nTo: support@acme.test\r\nSubject: %s mail %d\r\nMessage-ID: <%s.%d@pour.test>\r\n\r\nHello number %d\r\n", i%7, i%7, pre, i, pre, i, i)))
		}
	})
	mux.HandleFunc("/stop", func(w http.ResponseWriter, r *http.Request) { m.Stop(t) })
	mux.HandleFunc("/resume", func(w http.ResponseWriter, r *http.Request) { m.Resume(t) })
	mux.HandleFunc("/count", func(w http.ResponseWriter, r *http.Request) {
		for _, s := range m.Messages(t, r.URL.Query().Get("u"), r.URL.Query().Get("f")) {
			fmt.Fprintf(w, "%+v\n", s)
		}
	})
	mux.HandleFunc("/quit", func(w http.ResponseWriter, r *http.Request) { close(done) })
	go http.ListenAndServe("127.0.0.1:18999", mux)
	<-done
}
