package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"postroom/desk"
)

// What a viewer may not see, he finds by no command and on no screen. Vera has a
// personal inbox and a shared one, full of words that stand nowhere else. Every
// command there is runs as each of the onlookers, every method of the screen is
// called in their seats, and what they are told is searched for these words.

// canary is a word in one field of Vera's mail.
func canary(field, inbox string) string { return "canary" + field + inbox }

// canaryFields are the fields of an inbox that hold one. What is never logged is
// of a person, for personal inboxes only.
func canaryFields(inbox string) []string {
	list := []string{"subject", "name", "addr", "body", "file", "note", "inbox", "account", "cause", "username", "queued", "recipient", "draft", "alias", "signature", "domain", "nickname", "rule", "tag"}
	if inbox == "personal" {
		list = append(list, "neverlog")
	}
	return list
}

func canaryInboxes() []string { return []string{"personal", "shared"} }

// anyoneMayLearn is what a refusal has to say to everybody: the name of the
// shared inbox that has the address he wants for himself (S49).
func anyoneMayLearn(args []string, inbox, field string) bool {
	wanted := args[2]
	if args[1] == "alias" && len(args) > 4 {
		wanted = args[4]
	}
	return args[0] == "account" && (wanted == canary("account", inbox)+"@desk.test" || wanted == canary("alias", inbox)+"@desk.test") && inbox == "shared" && field == "inbox"
}

// whoRemovesMayLearn are the addresses an admin has to decide about who takes
// somebody off the desk.
func whoRemovesMayLearn(args []string, field string) bool {
	return len(args) > 1 && args[0] == "user" && args[1] == "remove" && (field == "account" || field == "alias")
}

func canaryLetter(inbox string, n int) string {
	w := func(field string) string { return canary(field, inbox) }
	return fmt.Sprintf("From: %s <%s>\nTo: vera@desk.test\nSubject: %s %d\nDate: %s\nMessage-ID: <%s%d@x.test>\n"+
		"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n%s\n--b\nContent-Type: text/plain\n"+
		"Content-Disposition: attachment; filename=%s.txt\n\nfile\n--b--\n",
		w("name"), writer(inbox), w("subject"), n, time.Now().UTC().Format(time.RFC1123Z), inbox, n, w("body"), w("file"))
}

// writer is the address that writes to an inbox of Vera's.
func writer(inbox string) string {
	return canary("addr", inbox) + "@" + canary("domain", inbox) + ".test"
}

// anyCanary is a query for everything that holds a canary of an inbox.
func anyCanary(inbox string) string {
	var words []string
	for _, field := range canaryFields(inbox) {
		words = append(words, canary(field, inbox))
	}
	return strings.Join(words, " OR ")
}

// furnishCanaries builds the desk, and gives the batch of Vera's last action.
func furnishCanaries(t *testing.T, d *desktop) string {
	t.Helper()
	d.must("user", "add", "vera", "--role", "admin")
	vera := d.as("vera")
	batch := ""
	for i, inbox := range canaryInboxes() {
		name := canary("inbox", inbox)
		create := []string{"inbox", "create", name}
		if inbox == "shared" {
			create = append(create, "--shared")
		}
		vera.must(create...)
		vera.must("inbox", "set", name, "signature="+canary("signature", inbox))
		if inbox == "personal" {
			vera.must("neverlog", "add", canary("neverlog", inbox)+".test")
		}
		vera.must("rule", "add", canary("rule", inbox), "--scope", "inbox:"+name, "--when", canary("subject", inbox), "--then", "close", "--disabled")
		for n := range 3 {
			file := d.write(fmt.Sprintf("%s%d.eml", inbox, n), canaryLetter(inbox, n))
			vera.must("import", "--inbox", name, file)
		}
		connectSilently(t, vera, inbox)
		vera.must("conversation", "tag", fmt.Sprint(i*4+2), "--add", canary("tag", inbox))
		first := fmt.Sprint(i*4 + 1)
		vera.must("note", first, canary("note", inbox))
		vera.in = "Text " + canary("draft", inbox)
		vera.must("compose", "--inbox", name, "--to", canary("recipient", inbox)+"@x.test", "--subject", canary("queued", inbox), "--queue")
		vera.must("contact", "set", writer(inbox), "name="+canary("nickname", inbox))
		vera.must("deal", "add", fmt.Sprint("deal ", i+1), "contact="+writer(inbox)) // everybody sees it, and not whom it is with
		out := vera.must("conversation", "take", first, "--json")
		_, rest, _ := strings.Cut(out, `"batch": "`)
		batch, _, _ = strings.Cut(rest, `"`)
	}
	return batch
}

// connectSilently gives an inbox of Vera's an account that nobody answers for.
func connectSilently(t *testing.T, vera *desktop, inbox string) {
	t.Helper()
	vera.seated(t, func(ctx context.Context, h *house) error {
		a, err := h.seat.Connect(ctx, canary("inbox", inbox), desk.Account{
			Address: canary("account", inbox) + "@desk.test", Username: canary("username", inbox),
			IMAP: "imap://127.0.0.1:1", SMTP: "smtp://127.0.0.1:1", PasswordCommand: "echo x",
		})
		if err != nil {
			return err
		}
		setHealth(ctx, t, h, a.ID, canary("cause", inbox))
		_, err = h.seat.AddAddress(ctx, a.Address, canary("alias", inbox)+"@desk.test", desk.AddressAlias)
		return err
	})
}

// seated opens the desk as the desktop's user, for what no command does.
func (d *desktop) seated(t *testing.T, fn func(context.Context, *house) error) {
	t.Helper()
	h, err := newProgram(d.world(nil, io.Discard, io.Discard)).open(t.Context())
	if err == nil {
		err = errors.Join(fn(t.Context(), h), h.close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// connectEmpty gives an inbox of somebody's an account with an address.
func (d *desktop) connectEmpty(t *testing.T, inbox, address string) {
	t.Helper()
	d.seated(t, func(ctx context.Context, h *house) error {
		_, err := h.seat.Connect(ctx, inbox, desk.Account{Address: address, IMAP: "imap://127.0.0.1:1", SMTP: "smtp://127.0.0.1:1", PasswordCommand: "echo x"})
		return err
	})
}

func setHealth(ctx context.Context, t *testing.T, h *house, a desk.AccountID, cause string) {
	t.Helper()
	room := h.desk.Mailroom()
	l, err := room.Lease(ctx, a, "test", "")
	if err == nil {
		err = room.SetHealth(ctx, l, desk.AccountRetrying, cause)
	}
	if err == nil {
		err = room.Release(ctx, l)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// intrusions are what an intruder tries with each command. own is an inbox of
// his, batch an action of Vera's. A new command has to be added here.
func intrusions(d *desktop, own, batch string) map[string][][]string {
	letter := d.write("letter.eml", "From: a@b.test\nSubject: harmless\n\ntext\n")
	lines := d.write("lines.csv", "email,name,domains,contact\nspy@desk.test,x"+own+",spy.test,\n")
	private, team := canary("inbox", "personal"), canary("inbox", "shared")
	setup := d.write("setup.toml", "[[inbox]]\nname = \""+private+"\"\nmembers = [\"vera\"]\n\n[[inbox]]\nname = \""+team+"\"\nmembers = [\"vera\"]\n")
	address := func(inbox string) string { return canary("account", inbox) + "@desk.test" }
	alias := func(inbox string) string { return canary("alias", inbox) + "@desk.test" }
	mine := own + "@desk.test"
	connect := func(addr, inbox string) []string {
		return []string{"account", "connect", addr, "--inbox", inbox, "--imap", "imap://127.0.0.1:1", "--smtp", "smtp://127.0.0.1:1", "--password-command", "echo x"}
	}
	all := map[string][][]string{
		"account alias add": {
			{"account", "alias", "add", mine, address("personal")},
			{"account", "alias", "add", mine, alias("shared"), "--kind", "send-as"},
			{"account", "alias", "add", mine, alias("personal")},
			{"account", "alias", "add", address("personal"), "new@desk.test"},
			{"account", "alias", "add", address("shared"), "new@desk.test"},
		},
		"account alias list":   {{"account", "alias", "list"}, {"account", "alias", "list", address("personal")}, {"account", "alias", "list", address("shared")}, {"__complete", "account", "alias", "remove", ""}},
		"account alias verify": {{"account", "alias", "verify", alias("personal"), "--timeout", "1ms"}, {"account", "alias", "verify", alias("shared"), "--timeout", "1ms"}},
		"account alias remove": {{"account", "alias", "remove", alias("personal")}, {"account", "alias", "remove", alias("shared")}, {"account", "alias", "remove", address("personal")}},
		"account connect":      {connect(address("personal"), own), connect(address("shared"), own), connect("new@desk.test", private), connect("new@desk.test", team), connect(alias("personal"), own), connect(alias("shared"), own), append(connect(alias("shared"), own)[:3:3], "--new", team, "--password-command", "echo x", "--imap", "imap://127.0.0.1:1", "--smtp", "smtp://127.0.0.1:1")},
		"account discover":     {{"account", "discover", address("personal")}, {"account", "discover", address("shared"), "--no-lookup"}},
		"account convert": {
			{"account", "convert", address("personal"), "--to", "shared", "--preview"},
			{"account", "convert", address("shared"), "--to", "personal", "--preview"},
			{"account", "convert", address("personal"), "--to", "personal"},
			{"account", "convert", alias("personal"), "--to", "shared"},
			{"account", "convert", mine, "--to", "shared", "--inbox", private, "--preview"},
		},
		"account transfer": {
			{"account", "transfer", address("personal"), "--inbox", own, "--preview"},
			{"account", "transfer", address("shared"), "--inbox", own, "--preview"},
			{"account", "transfer", mine, "--inbox", private, "--preview"},
			{"account", "transfer", mine, "--inbox", team, "--preview"},
		},
		"account list":          {{"account", "list"}},
		"account disconnect":    {{"account", "disconnect", address("personal")}, {"account", "disconnect", address("shared")}},
		"account pause":         {{"account", "pause", address("personal"), "--dry-run"}, {"account", "pause", address("shared"), "--dry-run"}},
		"account resume":        {{"account", "resume", address("personal")}, {"account", "resume", address("shared")}},
		"account folders":       {{"account", "folders", address("personal")}, {"account", "folders", address("shared")}},
		"account get":           {{"account", "get", address("personal")}, {"account", "get", address("personal"), "imap"}, {"account", "get", address("shared"), "--json"}, {"__complete", "account", "get", ""}},
		"account set":           {{"account", "set", address("personal"), "write-back=none"}, {"account", "set", address("shared"), "write-back=none"}, {"account", "set", address("personal"), "folders=INBOX,x", "--dry-run"}},
		"account reauth":        {{"account", "reauth", address("personal"), "--password-command", "echo x"}, {"account", "reauth", address("shared"), "--password-command", "echo x"}},
		"backup":                {{"backup", d.env["HOME"] + "/copy-" + own + "-" + fmt.Sprint(time.Now().UnixNano()) + ".db"}},
		"contact list":          {{"contact", "list"}, {"contact", "list", "--all", "canary"}, {"contact", "list", "--company", "x.test"}, {"contact", "list", "--after", "a"}, {"__complete", "contact", "show", ""}, {"__complete", "contact", "list", "--company", ""}},
		"contact show":          {{"contact", "show", writer("personal")}, {"contact", "show", writer("shared")}, {"contact", "show", "#1"}, {"contact", "show", "#5"}},
		"contact add":           {{"contact", "add", writer("personal"), "--dry-run"}, {"contact", "add", writer("shared"), "--dry-run"}, {"contact", "add", "#1", "--dry-run"}, {"contact", "add", "#5", "--dry-run"}},
		"contact set":           {{"contact", "set", writer("personal"), "name=x", "--dry-run"}, {"contact", "set", writer("shared"), "owner=vera", "--dry-run"}, {"contact", "set", "#1", "name=x", "--dry-run"}},
		"contact merge":         {{"contact", "merge", writer("personal"), writer("shared"), "--dry-run"}, {"contact", "merge", "#1", "#5", "--dry-run"}},
		"contact duplicates":    {{"contact", "duplicates"}},
		"contact import":        {{"contact", "import", lines, "--dry-run"}},
		"company list":          {{"company", "list"}, {"__complete", "company", "show", ""}},
		"company show":          {{"company", "show", canary("domain", "personal") + ".test"}, {"company", "show", canary("domain", "shared") + ".test"}},
		"company add":           {{"company", "add", "x" + own, "domains=" + canary("domain", "personal") + ".test", "--dry-run"}},
		"company set":           {{"company", "set", canary("domain", "personal") + ".test", "name=x", "--dry-run"}},
		"company remove":        {{"company", "remove", canary("domain", "personal") + ".test", "--dry-run"}},
		"company import":        {{"company", "import", lines, "--dry-run"}},
		"deal list":             {{"deal", "list"}, {"deal", "list", "--contact", writer("personal")}, {"deal", "list", "--contact", writer("shared")}, {"__complete", "deal", "show", ""}},
		"deal show":             {{"deal", "show", "1"}, {"deal", "show", "2"}},
		"deal add":              {{"deal", "add", "x", "contact=" + writer("personal"), "--dry-run"}, {"deal", "add", "x", "contact=" + writer("shared"), "--dry-run"}},
		"deal set":              {{"deal", "set", "1", "contact=", "--dry-run"}, {"deal", "set", "2", "contact=", "company=", "--dry-run"}},
		"deal close":            {{"deal", "close", "1", "--dry-run"}, {"deal", "close", "2", "--dry-run"}},
		"deal import":           {{"deal", "import", lines, "--dry-run"}},
		"doctor":                {{"doctor"}, {"doctor", "--offline"}, {"doctor", "--sign-off", "--offline", "--note", "x"}, {"doctor", "--history"}},
		"demo":                  {{"demo"}},
		"compose":               {{"compose", "--inbox", private, "--to", "a@b.test", "--subject", "x"}, {"compose", "--inbox", team, "--to", "a@b.test", "--subject", "x"}},
		"conversation list":     {{"conversation", "list"}, {"conversation", "list", "--all", "--jsonl"}, {"conversation", "list", "is:closed"}, {"conversation", "list", "inbox:" + team}, {"conversation", "list", "--after", "1"}},
		"help":                  {{"help"}, {"help", "conversation", "show"}},
		"import":                {{"import", "--inbox", private, letter}, {"import", "--inbox", team, letter}},
		"inbox break-glass":     {{"inbox", "break-glass", private, "--reason", "x", "--dry-run"}, {"inbox", "break-glass", team, "--reason", "x"}, {"inbox", "break-glass", private, "--end"}},
		"inbox create":          {{"inbox", "create", private}, {"inbox", "create", team}},
		"inbox get":             {{"inbox", "get", private}, {"inbox", "get", team, "signature"}},
		"inbox list":            {{"inbox", "list"}},
		"inbox audit":           {{"inbox", "audit"}, {"inbox", "audit", private, "--bytes"}, {"inbox", "audit", team}, {"inbox", "audit", team, "--repair"}, {"inbox", "audit", team, "--repair", "--dry-run"}},
		"inbox map":             {{"inbox", "map"}},
		"inbox merge":           {{"inbox", "merge", own, "--into", team}, {"inbox", "merge", own, "--into", private, "--preview"}, {"inbox", "merge", team, "--into", own, "--preview"}, {"inbox", "merge", private, "--into", team}},
		"inbox set":             {{"inbox", "set", private, "from=x"}, {"inbox", "set", team, "signature=x", "owner=tom"}},
		"inbox member remove":   {{"inbox", "member", "remove", private, "vera"}, {"inbox", "member", "remove", team, "vera"}},
		"inbox member set":      {{"inbox", "member", "set", private, "vera", "--rights", "see"}, {"inbox", "member", "set", team, "vera", "--rights", "see"}},
		"user disable":          {{"user", "disable", "nobody-here"}, {"user", "disable", "vera", "--dry-run"}},
		"user enable":           {{"user", "enable", "vera"}},
		"user invite":           {{"user", "invite", "spy", "--email", address("personal"), "--dry-run", "--inbox", private}, {"user", "invite", "spy", "--email", "spy@desk.test", "--dry-run"}},
		"user remove":           {{"user", "remove", "vera", "--dry-run"}},
		"user role":             {{"user", "role", "vera", "agent", "--dry-run"}},
		"user verify":           {{"user", "verify", "AAAA-AAAA"}},
		"account release":       {{"account", "release", address("personal"), "--dry-run"}, {"account", "release", address("shared"), "--dry-run"}},
		"next":                  {{"next", "--explain"}},
		"strategy add":          {{"strategy", "add", "x", "random", "--on", "vera", "--dry-run"}},
		"strategy list":         {{"strategy", "list"}, {"__complete", "strategy", "show", ""}},
		"strategy remove":       {{"strategy", "remove", "x"}},
		"strategy set":          {{"strategy", "set", "x", "--on", "vera"}},
		"strategy show":         {{"strategy", "show", "x"}},
		"strategy use":          {{"strategy", "use", "manual", address("personal"), "--dry-run"}, {"strategy", "use", "manual", address("shared"), "--dry-run"}, {"strategy", "use", "x", alias("shared")}},
		"user available":        {{"user", "available"}, {"user", "available", "vera", "--dry-run"}},
		"user away":             {{"user", "away", "--dry-run"}, {"user", "away", "vera", "--until", "2h", "--dry-run"}},
		"user capacity":         {{"user", "capacity", "vera", "3", "--dry-run"}},
		"user schedule":         {{"user", "schedule", "vera"}, {"user", "schedule", "vera", "--none", "--dry-run"}},
		"user standby":          {{"user", "standby"}},
		"team add":              {{"team", "add", "x"}},
		"team list":             {{"team", "list"}},
		"team remove":           {{"team", "remove", "none"}},
		"team member add":       {{"team", "member", "add", "none", "tom"}},
		"team member remove":    {{"team", "member", "remove", "none", "tom"}},
		"inbox member add":      {{"inbox", "member", "add", private, "tom"}, {"inbox", "member", "add", team, "tom"}},
		"inbox show":            {{"inbox", "show", private}, {"inbox", "show", team}},
		"inbox test":            {{"inbox", "test", private, "--timeout", "1ms"}, {"inbox", "test", team, "--timeout", "1ms"}},
		"journal":               {{"journal"}, {"journal", "--kind", "message received"}, {"journal", "--user", "vera", "--limit", "1000"}, {"journal", "--inbox", private}, {"journal", "--inbox", team}},
		"notify list":           {{"notify", "list"}},
		"notify set":            {{"notify", "set", private, "all"}, {"notify", "set", team, "all"}},
		"key export":            {{"key", "export"}},
		"key new":               {{"key", "new", "--dry-run"}},
		"login":                 {{"login"}},
		"migrate":               {{"migrate", "--from", d.env["POSTROOM_DB"], "--to", d.env["POSTROOM_DB"]}},
		"oauth list":            {{"oauth", "list"}},
		"oauth remove":          {{"oauth", "remove", "google"}},
		"oauth set":             {{"oauth", "set", "google", "--client-id", "x", "--public"}},
		"parse":                 {{"parse", letter}},
		"apply":                 {{"apply", setup}, {"apply", setup, "--dry-run"}},
		"export":                {{"export", "--config"}, {"export", "--config", "--json"}},
		"calendar add":          {{"calendar", "add", "mine", letter}},
		"calendar import":       {{"calendar", "import", "mine", letter}},
		"calendar list":         {{"calendar", "list"}, {"__complete", "calendar", "show", ""}},
		"calendar remove":       {{"calendar", "remove", "mine"}},
		"calendar set":          {{"calendar", "set", "mine", letter, "--open"}},
		"calendar show":         {{"calendar", "show", "mine"}},
		"sla add":               {{"sla", "add", "mine", "--first-response", "4h", "--inbox", private}, {"sla", "add", "mine", "--first-response", "4h", "--inbox", team}},
		"sla list":              {{"sla", "list"}, {"__complete", "sla", "set", ""}},
		"sla order":             {{"sla", "order", "mine"}},
		"sla remove":            {{"sla", "remove", "mine"}},
		"sla set":               {{"sla", "set", "mine", "--inbox", private}, {"sla", "set", "mine", "--inbox", team, "--open"}},
		"sla simulate":          {{"sla", "simulate", "mine", "--first-response", "1m", "--inbox", private}, {"sla", "simulate", "--json"}},
		"sla due":               {{"sla", "due", "--calendar", letter, "--from", "2026-03-02T09:00:00Z", "--goal", "4h"}},
		"sla elapsed":           {{"sla", "elapsed", "--calendar", letter, "--from", "2026-03-02T09:00:00Z", "--to", "2026-03-03T09:00:00Z"}},
		"pipeline add":          {{"pipeline", "add", "x" + own, "--dry-run"}},
		"pipeline list":         {{"pipeline", "list"}, {"pipeline", "list", "--json"}},
		"pipeline show":         {{"pipeline", "show", "Support"}, {"pipeline", "show", private}},
		"pipeline set":          {{"pipeline", "set", "Support", "reopen=reopen"}},
		"pipeline remove":       {{"pipeline", "remove", "Support"}},
		"ticket list":           {{"ticket", "list"}, {"ticket", "list", "inbox:" + team}},
		"ticket field add":      {{"ticket", "field", "add", "x", "--dry-run"}},
		"ticket field list":     {{"ticket", "field", "list"}},
		"ticket field remove":   {{"ticket", "field", "remove", "x"}},
		"rebuild":               {{"rebuild"}},
		"sync":                  {{"sync", "--once"}, {"sync", "--audit"}, {"sync", "--audit", "--account", address("personal")}, {"sync", "--audit", "--account", address("shared")}},
		"undo":                  {{"undo"}, {"undo", batch}},
		"user add":              {{"user", "add", "vera"}},
		"user list":             {{"user", "list"}},
		"user signature":        {{"user", "signature"}, {"user", "signature", "x"}},
		"version":               {{"version"}},
		"outbox list":           {{"outbox", "list"}, {"outbox", "list", "--all", "--jsonl"}},
		"search":                {{"search", anyCanary("personal")}, {"search", anyCanary("shared")}},
		"postroom":              {{}},
		"completion bash":       {{"completion", "bash"}, {"__complete", "conversation", "show", ""}, {"__complete", "inbox", "show", ""}, {"__complete", "compose", "--inbox", ""}},
		"completion fish":       {{"completion", "fish"}},
		"completion zsh":        {{"completion", "zsh"}},
		"completion powershell": {{"completion", "powershell"}},
	}
	maps.Copy(all, ruleIntrusions(d, own))
	for _, id := range canaryIDs() {
		n := fmt.Sprint(id)
		for _, verb := range []string{"show", "explain", "take", "close", "reopen", "wake", "spam", "unspam", "trash", "restore", "log off", "log on"} {
			all["conversation "+verb] = append(all["conversation "+verb], append(append([]string{"conversation"}, strings.Fields(verb)...), n))
		}
		all["conversation tag"] = append(all["conversation tag"], []string{"conversation", "tag", n, "--add", "x"})
		all["conversation priority"] = append(all["conversation priority"], []string{"conversation", "priority", n, "high"})
		all["conversation snooze"] = append(all["conversation snooze"], []string{"conversation", "snooze", n, "--for", "1h"})
		all["conversation assign"] = append(all["conversation assign"], []string{"conversation", "assign", n, "me"})
		all["conversation merge"] = append(all["conversation merge"], []string{"conversation", "merge", n, "--into", "1"}, []string{"conversation", "merge", "1", "--into", n})
		all["conversation split"] = append(all["conversation split"], []string{"conversation", "split", n, "--at", "1"})
		all["conversation move"] = append(all["conversation move"], []string{"conversation", "move", n, "--to", own, "--preview"}, []string{"conversation", "move", n, "--to", team})
		all["ticket create"] = append(all["ticket create"], []string{"ticket", "create", n, "--dry-run"}, []string{"ticket", "create", n, "--inbox", own, "--dry-run"})
		all["ticket show"] = append(all["ticket show"], []string{"ticket", "show", n})
		all["ticket stage"] = append(all["ticket stage"], []string{"ticket", "stage", n, "Closed"})
		all["ticket set"] = append(all["ticket set"], []string{"ticket", "set", n, "category=x"})
		all["rule test"] = append(all["rule test"], []string{"rule", "test", n, "--when", "x"})
		all["note"] = append(all["note"], []string{"note", n, "hello"})
		all["reply"] = append(all["reply"], []string{"reply", n, "--dry-run"}, []string{"reply", n, "--yes", "--queue"})
		for _, verb := range []string{"retry", "resolve", "cancel"} {
			all["outbox "+verb] = append(all["outbox "+verb], []string{"outbox", verb, n})
		}
	}
	return all
}

// leaves are the commands that do something.
func leaves(root *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	walk(root, func(c *cobra.Command) {
		if c == root || len(c.Commands()) == 0 {
			list = append(list, c)
		}
	})
	return list
}

// veraSeesAll is the control: a test that finds nothing anywhere is blind.
func veraSeesAll(t *testing.T, vera *desktop) {
	t.Helper()
	var all strings.Builder
	for id := 1; id <= 8; id++ {
		all.WriteString(vera.run("conversation", "show", fmt.Sprint(id), "--json").out)
	}
	for _, args := range [][]string{{"conversation", "list", "--json"}, {"account", "list", "--json"}, {"account", "alias", "list"}, {"outbox", "list", "--json"}, {"inbox", "list"}, {"rule", "list", "--json"}, {"neverlog", "list", "--json"}} {
		all.WriteString(vera.must(args...))
	}
	for _, inbox := range canaryInboxes() {
		all.WriteString(vera.must("inbox", "show", canary("inbox", inbox), "--json"))
		if found := vera.must("search", anyCanary(inbox), "--json"); !strings.Contains(found, canary("name", inbox)) {
			t.Errorf("Vera's search for everything in her %s inbox finds\n%s", inbox, found)
		}
		for _, field := range canaryFields(inbox) {
			if !strings.Contains(all.String(), canary(field, inbox)) && field != "cause" {
				t.Errorf("Vera herself does not find the %s of her %s inbox", field, inbox)
			}
		}
	}
}
