package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// sqliteWords gives the words SQLite's index makes of a text, in order.
type sqliteWords struct {
	t  testing.TB
	db *sql.DB
}

func newSQLiteWords(t testing.TB) sqliteWords {
	t.Helper()
	db, err := sql.Open("sqlite", fileURL(filepath.Join(t.TempDir(), "words.db")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	for _, text := range []string{
		"PRAGMA journal_mode = OFF",
		`CREATE VIRTUAL TABLE one USING fts5 (body, tokenize="porter unicode61 remove_diacritics 2")`,
		"CREATE VIRTUAL TABLE vocabulary USING fts5vocab (one, instance)",
	} {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	return sqliteWords{t, db}
}

func (s sqliteWords) of(texts ...string) []string {
	s.t.Helper()
	if _, err := s.db.ExecContext(s.t.Context(), "INSERT INTO one (rowid, body) VALUES (1, ?)", strings.Join(texts, " ")); err != nil {
		s.t.Fatal(err)
	}
	rows, err := s.db.QueryContext(s.t.Context(), "SELECT term FROM vocabulary ORDER BY offset")
	if err != nil {
		s.t.Fatal(err)
	}
	list, err := drain(rows, scanText)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.db.ExecContext(s.t.Context(), "DELETE FROM one"); err != nil {
		s.t.Fatal(err)
	}
	return list
}

func ourWords(texts ...string) (list []string) {
	for _, text := range texts {
		eachWord(text, func(w string) { list = append(list, w) })
	}
	return list
}

// TestWordsAreSQLites compares the words of texts with those of SQLite.
func TestWordsAreSQLites(t *testing.T) {
	s := newSQLiteWords(t)
	fixed := strings.Fields(`caresses ponies ties caress cats feed agreed plastered bled motoring sing conflated troubled sized hopping tanned
		falling hissing fizzed failing filing happy sky relational conditional rational valenci hesitanci digitizer conformabli radicalli
		differentli vileli analogousli vietnamization predication operator feudalism decisiveness hopefulness callousness formaliti
		sensitiviti sensibiliti triplicate formative formalize electriciti electrical hopeful goodness revival allowance inference airliner
		gyroscopic adjustable defensible irritant replacement adjustment dependent adoption homologou communism activate angulariti
		homologous effective bowdlerize probate rate cease controll roll ies sses bed ring yes say toy being eed sky y by ion tion station
		session x1y2 été ÉTÉ Ångström naïve Zürich straße İstanbul Żółć Đorđe ñandú Việt`)
	texts := append(fixed, "a\u0301b e\u0301te", "日本語の文 テスト", "مرحبا بالعالم", "नमस्ते दुनिया", "Привет Ёлка й", "Αθήνα ΆΣ ς", "a.b@c-d_e's 1,000.50 ½ ² ①", strings.Repeat("long", 40), "\U00010400\u1E9E")
	for _, text := range texts {
		if got, want := ourWords(text), s.of(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, SQLite has %q", text, got, want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.StringMatching(`[a-z]{1,6}(ies|sses|s|ed|eed|ing|y|ational|tional|enci|anci|izer|bli|alli|entli|eli|ousli|ization|ation|ator|alism|iveness|fulness|ousness|aliti|iviti|biliti|logi|icate|ative|alize|iciti|ical|ful|ness|al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|sion|tion|ou|ism|ate|iti|ous|ive|ize|e|ll|é)?`)
		many := rapid.SliceOfN(word, 20, 60).Draw(rt, "words")
		got, want := ourWords(many...), s.of(many...)
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				rt.Fatalf("%q becomes %q, SQLite has %q", many[i], got[min(i, len(got)-1)], want[i])
			}
		}
	})
}

// TestLettersAreSQLites goes through the letters and marks of the scripts that
// mail comes in. Those that are younger than SQLite's tables may differ.
func TestLettersAreSQLites(t *testing.T) {
	s := newSQLiteWords(t)
	seen := 0
	for _, block := range []struct{ first, last rune }{
		{0x1, 0x1DF},
		{0x250, 0x36F},
		{0x384, 0x523},
		{0x531, 0x58A},
		{0x591, 0x5F4},
		{0x620, 0x6FF},
		{0x904, 0x939},
		{0xE01, 0xE4E},
		{0x10A0, 0x10C5},
		{0x1E00, 0x1E9A},
		{0x1EA0, 0x1EFF},
		{0x1F00, 0x1F6F},
		{0x2000, 0x206F},
		{0x20A0, 0x20B9},
		{0x2150, 0x2188},
		{0x3001, 0x30FF},
		{0x4E00, 0x4FFF},
		{0xAC00, 0xACFF},
		{0xE000, 0xE010},
		{0xFF01, 0xFF5E},
		{0x1F600, 0x1F610},
	} {
		var texts []string
		for r := block.first; r <= block.last; r++ {
			if unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Co) {
				texts = append(texts, fmt.Sprintf("%xx%cq", r, r))
			}
		}
		seen += len(texts)
		got, want := ourWords(texts...), s.of(texts...)
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				t.Errorf("%q, SQLite has %q", got[min(i, len(got)-1)], want[i])
				break
			}
		}
	}
	if seen < 3000 {
		t.Errorf("only %d letters were compared", seen)
	}
}
