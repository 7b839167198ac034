package store

import "strings"

// sqliteText is full text search with SQLite's FTS5. The id of a row of the
// index is the id of its message or note, so hits come newest first by reading
// the index backwards.
func sqliteText() *fullText {
	return &fullText{
		and: " AND ", or: " OR ", without: " NOT ",
		leaf: func(in field, text string, prefix bool) string {
			columns := [...]string{"{subject sender recipients body files}", "subject", "sender", "recipients"}
			match := columns[in] + " : " + quoted(text)
			if prefix {
				match += " *"
			}
			return match
		},
		scope: func(tokens []string) string {
			all := make([]string, len(tokens))
			for i, t := range tokens {
				all[i] = quoted(t)
			}
			return "scope : (" + strings.Join(all, " OR ") + ")"
		},
		add:      `INSERT INTO search (rowid, scope, subject, sender, recipients, body, files) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		remove:   `DELETE FROM search WHERE rowid = ?`,
		removeIn: `DELETE FROM search WHERE rowid > ? AND rowid <= ?`,
		segments: countSegments,
		check:    `INSERT INTO search (search, rank) VALUES ('integrity-check', 0)`,
		empty:    `INSERT INTO search (search) VALUES ('delete-all')`,
		values: func(r searchRow) []any {
			return []any{r.id, r.scope, r.subject, r.sender, r.recipients, r.body, r.files}
		},
		messageHit: `SELECT m.id FROM messages m CROSS JOIN search s ON s.rowid = m.id
			WHERE m.conversation = ? AND m.id > ? AND search MATCH ?`,
		noteHit: `SELECT m.id FROM notes m CROSS JOIN search s ON s.rowid = m.id
			WHERE m.conversation = ? AND m.id > ? AND m.hidden = 0 AND search MATCH ?`,
		hasWord: `(EXISTS (SELECT 1 FROM messages m CROSS JOIN search f ON f.rowid = m.id
			WHERE m.conversation = c.idOTHER AND search MATCH ?HIT)`,
		noteHasWord: ` OR EXISTS (SELECT 1 FROM notes n CROSS JOIN search f ON f.rowid = n.id
			WHERE n.conversation = c.id AND n.hidden = 0 AND search MATCH ?)`,
	}
}

// quoted makes a string of the index's language, in which nothing has a
// meaning of its own.
func quoted(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, " "), "\x00", " ")
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
