package store

import (
	"fmt"
	"strings"

	"postroom/desk"
)

// postgresText is full text search with PostgreSQL's tsvector. The words are
// made here (words.go), so no text search configuration, extension or locale of
// the server has a say in what is found. A row's vector holds the words of its
// fields, each with its place and the weight of its field, and marks, which no
// word can be: '#3' for the inbox, '#n' for a note, '@…' for the time (spans.go).
func postgresText() *fullText {
	return &fullText{
		and: " & ", or: " | ", without: " & !",
		leaf: phrase,
		scope: func(tokens []string) string {
			marks := make([]string, len(tokens))
			for i, t := range tokens {
				marks[i] = "'#" + t + "'"
			}
			return "(" + strings.Join(marks, " | ") + ")"
		},
		add:      `INSERT INTO search (id, words) VALUES (?, CAST(? AS tsvector))`,
		remove:   `DELETE FROM search WHERE id = ?`,
		removeIn: `DELETE FROM search WHERE id > ? AND id <= ?`,
		values:   func(r searchRow) []any { return []any{r.id, r.vector()} },
		messageHit: `SELECT m.id FROM messages m JOIN search s ON s.id = m.id
			WHERE m.conversation = ? AND m.id > ? AND s.words @@ CAST(? AS tsquery)`,
		noteHit: `SELECT m.id FROM notes m JOIN search s ON s.id = m.id
			WHERE m.conversation = ? AND m.id > ? AND m.hidden = 0 AND s.words @@ CAST(? AS tsquery)`,
		hasWord: `(EXISTS (SELECT 1 FROM messages m JOIN search f ON f.id = m.id
			WHERE m.conversation = c.idOTHER AND f.words @@ CAST(? AS tsquery)HIT)`,
		noteHasWord: ` OR EXISTS (SELECT 1 FROM notes n JOIN search f ON f.id = n.id
			WHERE n.conversation = c.id AND n.hidden = 0 AND f.words @@ CAST(? AS tsquery))`,
	}
}

// phrase is a tsquery for the words of a text, one behind the other.
func phrase(in field, text string, prefix bool) string {
	weight := [...]string{inAll: "", inSubject: "A", inSender: "B", inRecipients: "C"}[in]
	var words []string
	eachWord(text, func(w string) { words = append(words, "'"+w+"'") })
	for i := range words {
		star := ""
		if prefix && i == len(words)-1 {
			star = "*"
		}
		if star+weight != "" {
			words[i] += ":" + star + weight
		}
	}
	return "(" + strings.Join(words, " <-> ") + ")"
}

// Limits of PostgreSQL's tsvector: its size, how many places it keeps of one
// word, and the last place it can tell from others.
const (
	maxVector = 1<<20 - 64<<10
	maxPlaces = 255
	lastPlace = 16383
)

// vector is the row as a tsvector, in the language of its input.
func (r searchRow) vector() string {
	v := vector{places: map[string]*places{}}
	for _, t := range strings.Fields(r.scope) {
		v.mark("#" + t)
	}
	for _, m := range marksOf(r.id) {
		v.mark(m)
	}
	v.field(r.subject, "A")
	v.field(r.sender, "B")
	v.field(r.recipients, "C")
	v.field(r.files, "")
	v.field(r.body, "")
	return v.text.String() + v.rest()
}

// vector gathers words with their places.
type vector struct {
	text   strings.Builder
	words  []string
	places map[string]*places
	at     int
}

type places struct {
	text strings.Builder
	n    int
}

func (v *vector) mark(m string) { v.text.WriteString("'" + m + "' ") }

// field adds the words of a field. Between two fields a place stays free, so
// that no phrase goes over from one to the next.
func (v *vector) field(text, weight string) {
	eachWord(text, func(w string) {
		v.at++
		p := v.places[w]
		if p == nil {
			p = &places{}
			v.places[w] = p
			v.words = append(v.words, w)
		}
		if p.n == maxPlaces || v.at > lastPlace && p.n > 0 {
			return
		}
		p.n++
		if p.n > 1 {
			p.text.WriteByte(',')
		}
		fmt.Fprintf(&p.text, "%d%s", min(v.at, lastPlace), weight)
	})
	v.at++
}

// rest writes the words down, as many as a vector holds: what is longer is no
// letter.
func (v *vector) rest() string {
	var b strings.Builder
	size := 0
	for _, w := range v.words {
		p := v.places[w]
		size += len(w) + 2*p.n + 8
		if size > maxVector {
			break
		}
		b.WriteString("'" + w + "':" + p.text.String() + " ")
	}
	return b.String()
}

// A window of a search by spans of time; see spans.go.
const (
	// whereToLook is the newest id, and whether some inboxes hold most of the
	// desk's conversations.
	whereToLook = `SELECT coalesce((SELECT max(id) FROM search), 0), coalesce(
		sum(CASE WHEN inbox = ANY(CAST(? AS BIGINT[])) THEN open + closed + spam END) * 2 > sum(open + closed + spam), false)
		FROM tallies WHERE who = -1`
	// hitsIn are the hits of a span. The index is to find them: read in the
	// order of the ids, common words would be quick and rare ones never come.
	hitsIn = `WITH h AS MATERIALIZED (SELECT id FROM search WHERE words @@ CAST(? AS tsquery))
		SELECT id FROM h WHERE id >= ? AND id < ? ORDER BY id`
	// someHits are hits with the rows of their conversations, which are looked
	// up one by one. It needs the hits, and the viewer twice.
	someHits = `SELECT s.rowid, ` + rowColumns + ` FROM unnest(CAST(? AS BIGINT[])) AS s (rowid)
		LEFT JOIN messages m ON m.id = s.rowid LEFT JOIN notes n ON n.id = s.rowid
		CROSS JOIN LATERAL (SELECT * FROM conversations k WHERE k.id = coalesce(m.conversation, n.conversation) LIMIT 1) c
		JOIN members mb ON mb.user_id = ? AND mb.inbox = c.inbox` + rowJoins + ` WHERE `
)

// eachHitBySpans walks the hits by spans of time, the nearest first, each in
// parts that grow.
func (r *reader) eachHitBySpans(s search, show func(desk.MessageID, desk.Row) (bool, error)) error {
	var newest desk.MessageID
	var most bool
	if err := r.get(whereToLook, []any{s.inboxes}, &newest, &most); err != nil {
		return err
	}
	words := s.match
	if most {
		// To bring together the lists of nearly all messages takes the index
		// longer than to give some hits of others, which are not shown.
		words = s.compiled.match
	}
	order := " DESC"
	if s.win.Back {
		order = ""
	}
	for sp := range s.spans(newest) {
		match := words
		if len(sp.marks) > 0 {
			match += r.dialect.text.and + "('" + strings.Join(sp.marks, "' | '") + "')"
		}
		for limit := 2 * (s.win.Limit + 1); ; limit *= 2 {
			ids, err := collect(r.session, number[int64], hitsIn+order+" LIMIT ?", match, sp.first, sp.end, limit)
			if err != nil {
				return err
			}
			if more, err := r.showHits(s, ids, order, show); !more || err != nil {
				return err
			}
			if len(ids) < limit {
				break
			}
			sp.goOn(desk.MessageID(ids[len(ids)-1]), s.win.Back)
		}
	}
	return nil
}

// showHits gives those of some hits that the view shows.
func (r *reader) showHits(s search, ids []int64, order string, show func(desk.MessageID, desk.Row) (bool, error)) (more bool, err error) {
	if len(ids) == 0 {
		return true, nil
	}
	wanted := s.ofHit()
	rows, err := r.nth(0, s.where.text == "", someHits+wanted.text+" ORDER BY s.rowid"+order, append([]any{ids, s.viewer, s.viewer}, wanted.args...))
	if err != nil {
		return false, err
	}
	type hitRow struct {
		hit desk.MessageID
		row desk.Row
	}
	list, err := drain(rows, func(sc scanner) (h hitRow, err error) {
		h.row, err = scanRow(behind{sc, &h.hit})
		return h, err
	})
	if err != nil {
		return false, err
	}
	for _, h := range list {
		if more, err := show(h.hit, h.row); !more || err != nil {
			return false, err
		}
	}
	return true, nil
}
