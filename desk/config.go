package desk

import (
	"context"
	"slices"
	"strings"
)

// The set-up of a desk as text: who works here, in which inboxes, by which
// rules, what is promised. It can be written out, kept in a file, changed there
// and applied. It has no secrets, no mail, no customers, and nothing of personal
// inboxes, which are their owners' own.

// Config is a set-up, or a part of one.
type Config struct {
	Entries []ConfigEntry
	// Exact are the kinds of which the desk is to have nothing that is not among
	// the entries.
	Exact []string
}

// ConfigEntry is one thing in a set-up, such as a team.
type ConfigEntry struct {
	// Kind is the name of a [ConfigKind].
	Kind string
	Name string
	// Values are by field; of what is no list one text, or none for what counts
	// where nobody has chosen. What has no value is left as it is.
	Values map[string][]string
}

// text is the value of a field that is no list.
func (e ConfigEntry) text(field string) string {
	return strings.Join(e.Values[field], ", ")
}

// ConfigForm is what a field holds.
type ConfigForm int

// The forms of fields.
const (
	ConfigText ConfigForm = iota
	ConfigNumber
	ConfigFlag // yes, or nothing
	ConfigList
)

// ConfigField is one thing that can be said about an entry.
type ConfigField struct {
	Name string
	Form ConfigForm
	// fixed says that it is chosen when the entry comes, and not changed here.
	fixed bool
	// late says that it can name anything else of the set-up, and is changed
	// when all of that is there.
	late bool
	// grows says that a list is added to, and only taken from where its kind is
	// exact.
	grows bool
	// folded says that large and small letters are the same.
	folded bool
}

// ConfigKind is a kind of things in a set-up.
type ConfigKind struct {
	Name string
	// Key is what the name of an entry is called.
	Key    string
	Fields []ConfigField

	// have lists all that the desk has of it, in the words of a file.
	have func(context.Context, *Seat) ([]ConfigEntry, error)
	// add makes one, with what has to be chosen at once.
	add func(context.Context, *Seat, ConfigEntry) error
	// set changes the values of those fields that have one.
	set func(context.Context, *Seat, ConfigEntry) error
	// plain writes the values as have does; nil where set changes nothing that
	// is so already.
	plain func(Reader, *Seat, ConfigEntry) (map[string][]string, error)
	// remove takes one away; nil where nobody can from here.
	remove func(context.Context, *Seat, string) error
	// drop takes one value out of a list that grows.
	drop func(ctx context.Context, s *Seat, name, value string) error
	// order puts entries into the order of their names; nil where they have none.
	order func(context.Context, *Seat, []string) error
	// waits says why an entry cannot be there yet, and what to do; empty when it
	// can.
	waits func(context.Context, *Seat, ConfigEntry) (string, error)
}

// Field gives a field by its name.
func (k ConfigKind) Field(name string) (ConfigField, bool) {
	at := slices.IndexFunc(k.Fields, func(f ConfigField) bool { return f.Name == name })
	if at < 0 {
		return ConfigField{}, false
	}
	return k.Fields[at], true
}

// Removes reports whether a file can be exact about the kind.
func (k ConfigKind) Removes() bool { return k.remove != nil || k.drop != nil }

// ConfigKinds are all kinds, each behind those it names.
func ConfigKinds() []ConfigKind {
	return []ConfigKind{
		configUsers(), configTeams(), configPipelines(), configFields(), configCalendars(),
		configInboxes(), configAccounts(), configStrategies(), configPolicies(), configRules(), configNeverLog(),
	}
}

// ConfigError is what is wrong with one entry.
type ConfigError struct {
	// Entry is its place among the entries.
	Entry int
	Err   error
}

// Error says what is wrong.
func (e *ConfigError) Error() string { return e.Err.Error() }

// Unwrap gives it.
func (e *ConfigError) Unwrap() error { return e.Err }

// Config writes out the set-up. Admins only: it names all shared inboxes and
// who works there.
func (s *Seat) Config(ctx context.Context) (Config, error) {
	var c Config
	err := s.d.store.Read(ctx, func(r Reader) error { return s.mustAdmin(r, "write out the set-up of the desk") })
	if err != nil {
		return c, err
	}
	for _, k := range ConfigKinds() {
		list, err := k.have(ctx, s)
		if err != nil {
			return Config{}, err
		}
		c.Entries = append(c.Entries, list...)
	}
	return c, nil
}

// Applied is what came of a set-up.
type Applied struct {
	// Changes are what is different now, a sentence each.
	Changes []string
	// Missing is what the file has and a person has to do, a sentence each.
	Missing []string
	// Batch takes it back; empty where nothing of it can be.
	Batch string
}

// Apply brings the desk in line with a set-up, all of it or nothing: each change
// is made as by whoever sits here, with his rights, its event and its undo. What
// the desk has besides stays, but for the kinds that are exact. An error is a
// [ConfigError] where it is one entry's. Admins only.
func (s *Seat) Apply(ctx context.Context, c Config) (Applied, error) {
	var a Applied
	err := s.d.together(ctx, func(ctx context.Context) error {
		a = Applied{}
		batch := &inBatch{Writer: s.d.joined(ctx), batch: s.d.newBatch()}
		ctx = context.WithValue(ctx, joining{s.d}, Writer(batch))
		before, err := s.Config(ctx)
		if err != nil {
			return err
		}
		run := applying{s: s, c: c}
		if err := run.all(ctx); err != nil {
			return err
		}
		after, err := s.Config(ctx)
		if err != nil {
			return err
		}
		a = Applied{Changes: configChanges(before, after), Missing: run.missing}
		if !batch.takes {
			return nil
		}
		a.Batch = batch.batch
		return batch.Append(s.event(EventApplied, 0, 0, nil, state(AppliedSetup{len(a.Changes), batch.stays})))
	})
	if err != nil {
		return Applied{}, err
	}
	return a, nil
}
