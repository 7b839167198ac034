package connector

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testdesk"
)

// call is one that a receiver got.
type call struct {
	header http.Header
	body   []byte
}

// receiver is a server that rules call. Each answer is a step of it; behind the
// last one it takes everything.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	steps []http.HandlerFunc
	calls []call
}

func newReceiver(t *testing.T, steps ...http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{steps: steps}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		r.calls = append(r.calls, call{q.Header.Clone(), body})
		var step http.HandlerFunc
		if len(r.steps) > 0 {
			step, r.steps = r.steps[0], r.steps[1:]
		}
		r.mu.Unlock()
		if step != nil {
			step(w, q)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) got() []call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls
}

func answers(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// silent answers nothing until nobody waits any more.
func silent(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() }

// verified is how a receiver verifies a call; docs/routing.md says the same.
func verified(key string, c call) bool {
	at := c.header.Get("X-Postroom-Timestamp")
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(at + "."))
	m.Write(c.body)
	return hmac.Equal([]byte(c.header.Get("X-Postroom-Signature")), []byte("sha256="+hex.EncodeToString(m.Sum(nil))))
}

// caller is an office with a rule that calls, and whoever makes the calls.
type caller struct {
	*office
	*hooks
	now time.Time
}

// newCaller begins with one mail for which a rule calls the address.
func newCaller(t *testing.T, address, networks string) *caller {
	t.Helper()
	c := &caller{now: time.Now()}
	c.office = openOfficeWith(t, testdesk.File(t), desk.Outside{Clock: func() time.Time { return c.now }})
	in, err := c.seat.CreateInbox(t.Context(), "support", desk.Shared)
	if err != nil {
		t.Fatal(err)
	}
	c.inbox = in
	_, err = c.seat.AddRule(t.Context(), desk.RuleText{
		Name: "call", Scope: "inbox:support", On: "created", When: "lamp", Then: []string{"tag broken", "webhook " + address}, Enabled: true,
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	allowed, err := ParseNetworks(networks)
	if err != nil {
		t.Fatal(err)
	}
	c.hooks = newHooks(c.office.desk, allowed, slog.New(slog.NewTextHandler(testLog{t}, nil)))
	c.hooks.client.Timeout = 300 * time.Millisecond
	file := filepath.Join(t.TempDir(), "lamp.eml")
	write(t, file, recent("The lamp", 0))
	importAll(t, c.office, file)
	return c
}

// round makes what is due, and says whether something waits behind it.
func (c *caller) round(t *testing.T) (waits bool) {
	t.Helper()
	for {
		next, err := c.start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(c.busy) == 0 {
			return !next.IsZero()
		}
		a := <-c.done
		if a.err != nil {
			t.Fatal(a.err)
		}
		c.free(a)
	}
}

func (c *caller) key(t *testing.T, read func(context.Context, string) (desk.HookKey, error)) string {
	t.Helper()
	k, err := read(t.Context(), "call")
	if err != nil {
		t.Fatal(err)
	}
	return k.Key
}

// failed is what the journal says of calls that were given up.
func (c *caller) failed(t *testing.T) string {
	t.Helper()
	past, err := c.seat.Journal(t.Context(), desk.JournalQuery{Kind: desk.EventHookFailed})
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, e := range past.Entries {
		said.Write(e.After)
	}
	return said.String()
}

// TestWebhook: a call says what happened, signed with a key that can be asked
// for; what fails or does not answer comes again later, and after an answer of
// 2xx nothing does.
func TestWebhook(t *testing.T) {
	r := newReceiver(t, answers(http.StatusInternalServerError), silent)
	c := newCaller(t, r.URL, "127.0.0.1")
	key := c.key(t, c.seat.HookKey)
	for try := 1; try <= 2; try++ { // 500, then no answer in time
		if !c.round(t) || len(r.got()) != try {
			t.Fatalf("after try %d there were %d calls", try, len(r.got()))
		}
		if c.round(t); len(r.got()) != try {
			t.Fatal("it comes again at once")
		}
		c.now = c.now.Add(5 * time.Minute)
	}
	renewed := c.key(t, c.seat.RenewHookKey)
	if c.round(t) {
		t.Error("what has arrived is to be tried again")
	}
	c.now = c.now.Add(48 * time.Hour)
	c.round(t)
	calls := r.got()
	if len(calls) != 3 {
		t.Fatalf("%d calls, wanted two that failed and one that arrived", len(calls))
	}
	last := calls[2]
	for i, was := range calls[:2] {
		if !bytes.Equal(was.body, last.body) || was.header.Get("X-Postroom-Delivery") != last.header.Get("X-Postroom-Delivery") {
			t.Errorf("try %d cannot be told for the same call: %v %s", i+1, was.header, was.body)
		}
		if !verified(key, was) || verified(renewed, was) {
			t.Errorf("try %d is not signed with the key of then", i+1)
		}
	}
	if !verified(renewed, last) || verified(key, last) || key == renewed {
		t.Error("what leaves after the renewal is not signed with the new key")
	}
	forged := last
	forged.body = bytes.Replace(last.body, []byte("lamp"), []byte("desk"), 1)
	if verified(renewed, forged) {
		t.Error("the control: another body verifies")
	}
	var said struct {
		Event, Rule  string
		Conversation struct {
			Inbox, Subject string
			Tags           []string
		}
		Message struct{ Text string }
	}
	if err := json.Unmarshal(last.body, &said); err != nil {
		t.Fatal(err)
	}
	if said.Event != "created" || said.Rule != "call" || said.Conversation.Inbox != "support" || said.Conversation.Subject != "The lamp" ||
		strings.Join(said.Conversation.Tags, " ") != "broken" || !strings.Contains(said.Message.Text, "From the sea") {
		t.Errorf("the call says %s", last.body)
	}
}

// TestWebhookSlow: who does not answer holds up nobody else, and is called once
// at a time. The first answers only when the call of another rule has come.
func TestWebhookSlow(t *testing.T) {
	came := make(chan struct{})
	var together, most atomic.Int32
	slow := newReceiver(t)
	hold := func(_ http.ResponseWriter, q *http.Request) {
		most.Store(max(most.Load(), together.Add(1)))
		defer together.Add(-1)
		select {
		case <-came:
		case <-q.Context().Done():
		}
	}
	slow.steps = []http.HandlerFunc{hold, hold, hold}
	quick := newReceiver(t, func(http.ResponseWriter, *http.Request) { close(came) })
	c := newCaller(t, slow.URL, "127.0.0.1")
	c.hooks.client.Timeout = time.Minute // a call that waits for the other one fails only with it
	for i, address := range []string{slow.URL + "/again", slow.URL + "?third", quick.URL} {
		_, err := c.seat.AddRule(t.Context(), desk.RuleText{
			Name: fmt.Sprint("more ", i), Scope: "inbox:support", On: "created", When: "chair", Then: []string{"webhook " + address}, Enabled: true,
		}, 0)
		if err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "chair.eml")
	write(t, file, recent("The chair", 1))
	importAll(t, c.office, file)
	if c.round(t) || len(slow.got()) != 3 || len(quick.got()) != 1 {
		t.Errorf("%d calls of the slow one arrived, wanted 3, and %d of the other, wanted 1", len(slow.got()), len(quick.got()))
	}
	if n := most.Load(); n != 1 {
		t.Errorf("%d calls at once to one receiver", n)
	}
}

// TestWebhookGoesNowhereElse: a redirect is a failure, whomever it leads to.
func TestWebhookGoesNowhereElse(t *testing.T) {
	other := newReceiver(t)
	away := func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, other.URL, http.StatusTemporaryRedirect)
	}
	r := newReceiver(t, away)
	c := newCaller(t, r.URL, "127.0.0.0/8")
	if !c.round(t) {
		t.Error("a redirect counts as arrived")
	}
	c.now = c.now.Add(time.Hour)
	if c.round(t) || len(r.got()) != 2 || len(other.got()) != 0 {
		t.Errorf("%d calls where the rule says, %d elsewhere", len(r.got()), len(other.got()))
	}
}

// TestWebhookPublicOnly: what is not public is called only where whoever runs
// the machine has allowed it, by whatever name.
func TestWebhookPublicOnly(t *testing.T) {
	r := newReceiver(t)
	byName := strings.Replace(r.URL, "127.0.0.1", "localhost", 1)
	for _, address := range []string{r.URL, byName} {
		c := newCaller(t, address, "10.0.0.0/8, 192.168.1.7")
		if c.round(t) {
			t.Errorf("%s is to be tried again", address)
		}
		if said := c.failed(t); !strings.Contains(said, "no public address") {
			t.Errorf("the history of %s says %q", address, said)
		}
	}
	if n := len(r.got()); n != 0 {
		t.Errorf("%d calls came", n)
	}
	c := newCaller(t, byName, "127.0.0.0/8")
	if c.round(t) || len(r.got()) != 1 || c.failed(t) != "" {
		t.Error("the control: what is allowed does not arrive")
	}
}

// TestSpecialNetworks asks about one address of each kind.
func TestSpecialNetworks(t *testing.T) {
	refused := func(address, networks string) bool {
		t.Helper()
		allowed, err := ParseNetworks(networks)
		if err != nil {
			t.Fatal(err)
		}
		var e *desk.Error
		err = hookDialer(allowed).Control("tcp", address, nil)
		if err != nil && !errors.As(err, &e) {
			t.Fatal(err)
		}
		return err != nil
	}
	for _, address := range []string{
		"127.0.0.1:80", "10.1.2.3:443", "172.16.0.1:443", "192.168.1.1:443", "169.254.169.254:80", "100.100.0.1:443", "0.0.0.0:80", "0.1.2.3:80", "224.0.0.1:80", "255.255.255.255:80",
		"[::1]:80", "[::]:80", "[fd00::1]:443", "[fe80::1%eth0]:443", "[::ffff:10.0.0.1]:443", "[64:ff9b::a00:1]:443", "[2002:a00:1::]:443",
	} {
		if !refused(address, "") {
			t.Errorf("%s is called", address)
		}
	}
	for _, address := range []string{"93.184.215.14:443", "172.32.0.1:443", "[2606:2800:21f::1]:443"} {
		if refused(address, "") {
			t.Errorf("the control: %s is not called", address)
		}
	}
	if refused("10.1.2.3:443", "10.1.0.0/16") || refused("[::ffff:10.1.2.3]:443", "10.1.2.3") || !refused("10.2.0.1:443", "10.1.0.0/16") {
		t.Error("what is allowed is another network")
	}
	if _, err := ParseNetworks("10.0.0.0/8 intern"); desk.KindOf(err) != desk.Invalid {
		t.Errorf("a word is a network: %v", err)
	}
}
