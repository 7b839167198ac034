package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// table is one that a desk takes along when it moves.
type table struct {
	name string
	// ids says how its ids are given out.
	ids identity
	// blank are columns that stay behind, with what stands in their place.
	blank map[string]string
}

// identity is how a table gives out ids.
type identity int

const (
	noIdentity identity = iota
	// highest: the next id is one more than the highest.
	highest
	// counted: ids are never given out twice, also not the highest one.
	counted
)

// tables are all that make a desk, those that others refer to first. Left out
// are staysBehind.
func tables() []table {
	return []table{
		{name: "desk"},
		{name: "users", ids: highest},
		{name: "codes"},
		{name: "inboxes", ids: counted},
		{name: "teams", ids: counted},
		{name: "team_members"},
		{name: "grants"},
		{name: "glass", ids: highest},
		{name: "members"},
		{name: "setups"},
		{name: "inbox_settings"},
		{name: "pipelines", ids: counted},
		{name: "stages", ids: counted},
		{name: "ticket_fields", ids: counted},
		{name: "user_settings"},
		{name: "notify_rules"},
		{name: "availability"},
		{name: "strategies", ids: counted},
		{name: "strategy_targets"},
		{name: "strategy_turns"},
		{name: "routings"},
		// A lease is the right of a process to serve the account here.
		{name: "accounts", ids: counted, blank: map[string]string{"holder": "''", "until": "0"}},
		{name: "oauth_clients"},
		// Who asks for new ones does so here.
		{name: "tokens", blank: map[string]string{"asking": "''"}},
		{name: "addresses"},
		{name: "served"},
		{name: "mailboxes"},
		{name: "folders", ids: counted},
		{name: "settled"},
		{name: "raws", ids: highest},
		{name: "chunks"},
		{name: "ledger"},
		{name: "contacts", ids: highest},
		{name: "contact_addresses"},
		{name: "companies", ids: highest},
		{name: "company_domains"},
		{name: "deals", ids: highest},
		{name: "calendars", ids: highest},
		{name: "policies", ids: highest},
		{name: "clocks"},
		{name: "conversations"},
		{name: "tags"},
		{name: "conversation_tags"},
		{name: "tickets"},
		{name: "moved"},
		{name: "tallies"},
		{name: "stage_tallies"},
		{name: "waiting"},
		{name: "handed"},
		{name: "silences"},
		{name: "reads"},
		{name: "visits"},
		{name: "messages"},
		{name: "bodies"},
		{name: "refs"},
		{name: "participants"},
		{name: "attachments"},
		{name: "notes"},
		{name: "drafts", ids: counted},
		{name: "outbox", ids: counted},
		{name: "outbox_raws"},
		{name: "jobs", ids: counted},
		{name: "mirror"},
		{name: "rules", ids: counted},
		{name: "rule_history"},
		{name: "rule_hits"},
		{name: "rule_runs", ids: highest},
		{name: "auto_answers"},
		{name: "captures"},
		{name: "hooks", ids: highest},
		{name: "known_senders"},
		{name: "never_log"},
		{name: "log_off"},
		{name: "events"},
	}
}

// staysBehind are the tables a desk does not take along, and why.
func staysBehind() map[string]string {
	return map[string]string{
		"gate":   "it says what this database is to the desk",
		"marks":  "they belong to open handles",
		"search": "it is made anew from messages and notes",
	}
}

// columns are the columns of a table, sorted.
func (t table) columns(s *session) ([]string, error) {
	rows, err := s.once(`SELECT * FROM ` + t.name + ` WHERE 1 = 0`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	return names, rows.Err()
}

// selects is a query for all rows of the table as they move.
func (t table) selects(columns []string) string {
	list := slices.Clone(columns)
	for i, c := range columns {
		if v, ok := t.blank[c]; ok {
			list[i] = v + " AS " + c
		}
	}
	return `SELECT ` + strings.Join(list, ", ") + ` FROM ` + t.name
}

// inserts puts n rows into the table.
func (t table) inserts(columns []string, n int) string {
	row := "(" + strings.Repeat("?, ", len(columns)-1) + "?)"
	return `INSERT INTO ` + t.name + ` (` + strings.Join(columns, ", ") + `) VALUES ` + strings.Repeat(row+", ", n-1) + row
}

// each runs fn for every row of a query. The values are fn's for this one call.
func (s *session) each(query string, fn func(row []any) error) error {
	rows, err := s.once(query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	row, into := make([]any, len(names)), make([]any, len(names))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := fn(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// digest adds up rows of a table in one form for all databases: each row's
// SHA-256, as a number, modulo 2^256. So their order does not matter.
type digest struct {
	rows int64
	// altered is how many texts hold what is not kept any more, see
	// [values]; they count as they will be kept.
	altered int64
	sum     [4]uint64
	row     []byte
}

// add takes one row in.
func (d *digest) add(row []any) error {
	d.row = d.row[:0]
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			d.row = append(d.row, 'n')
		case int64:
			d.row = binary.BigEndian.AppendUint64(append(d.row, 'i'), uint64(v))
		case string:
			if unfit(v) {
				d.altered++
				v = fit(v)
			}
			d.row = append(binary.BigEndian.AppendUint64(append(d.row, 't'), uint64(len(v))), v...)
		case []byte:
			d.row = append(binary.BigEndian.AppendUint64(append(d.row, 'b'), uint64(len(v))), v...)
		default:
			return fmt.Errorf("a value is kept as %T", v)
		}
	}
	d.rows++
	sum := sha256.Sum256(d.row)
	carry := uint64(0)
	for i := range d.sum {
		d.sum[i], carry = bits.Add64(d.sum[i], binary.LittleEndian.Uint64(sum[8*i:]), carry)
	}
	return nil
}

// text is the sum in hex.
func (d *digest) text() string {
	var b []byte
	for _, word := range d.sum {
		b = binary.LittleEndian.AppendUint64(b, word)
	}
	return hex.EncodeToString(b)
}

// digest goes through all rows of a table.
func (t table) digest(s *session, columns []string) (digest, error) {
	var d digest
	err := s.each(t.selects(columns), d.add)
	return d, err
}
