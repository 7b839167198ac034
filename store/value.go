package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// How Go values are kept. Times are whole Unix milliseconds on every database,
// because drivers disagree about everything else; the zero time is the year 1
// and comes back as the zero time.

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// timeInto scans milliseconds into a time.
type timeInto struct{ t *time.Time }

// Scan implements [database/sql.Scanner].
func (i timeInto) Scan(v any) error {
	ms, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is kept as %T", v)
	}
	*i.t = fromMillis(ms)
	return nil
}

func into(t *time.Time) timeInto { return timeInto{t} }

// flag is how a bool is kept.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// asJSON is how lists are kept that no query looks into.
func asJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// jsonInto scans JSON into a value.
type jsonInto struct{ v any }

// Scan implements [database/sql.Scanner].
func (i jsonInto) Scan(v any) error {
	switch v := v.(type) {
	case string:
		return json.Unmarshal([]byte(v), i.v)
	case []byte:
		return json.Unmarshal(v, i.v)
	default:
		return fmt.Errorf("JSON is kept as %T", v)
	}
}

// rawJSON scans JSON that stays as it is; NULL is none.
type rawJSON struct{ v *json.RawMessage }

// Scan implements [database/sql.Scanner].
func (r rawJSON) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*r.v = nil
	case string:
		*r.v = json.RawMessage(v)
	case []byte:
		*r.v = append(json.RawMessage(nil), v...)
	default:
		return fmt.Errorf("JSON is kept as %T", v)
	}
	return nil
}

// orNull is the text of a JSON value, or NULL for none.
func orNull(m json.RawMessage) any {
	if m == nil {
		return nil
	}
	return string(m)
}

// maxKey is how long a text can be that an index of either database holds.
const maxKey = 1000

// key is what a text from a mail is found by. Of one that is longer than any
// real address or Message-ID it is the beginning and a hash of all of it.
func key(s string) string {
	if len(s) <= maxKey {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return atMost(s, maxKey-2*len(sum)) + hex.EncodeToString(sum[:])
}
