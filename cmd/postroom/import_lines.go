package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// maxImport is how many bytes a file of lines may have.
const maxImport = 64 << 20

// importedLinesForm is what became of a file, for programs.
type importedLinesForm struct {
	New     int          `json:"new"`
	Changed int          `json:"changed"`
	Same    int          `json:"same"`
	Broken  int          `json:"broken"`
	Ignored []string     `json:"ignored_columns"`
	Lines   []lineResult `json:"lines"`
	DryRun  bool         `json:"dry_run"`
}

type lineResult struct {
	Line    int          `json:"line"`
	Outcome string       `json:"outcome"`
	Of      string       `json:"of"`
	Changed []changeForm `json:"changed"`
	Company *string      `json:"new_company"`
	Why     *string      `json:"why"`
}

func (p *program) importLinesCommand(kind desk.ImportKind, columns string, keys []string) *cobra.Command {
	return p.writes(&cobra.Command{
		Use: "import FILE", Short: "Enter " + string(kind) + " from a CSV file; --dry-run says what would become of each line",
		Long: "The first line names the columns: " + columns + ".\n" +
			"Other columns are left out and told. A line finds what it is about and changes it, or makes it\n" +
			"new; an empty field leaves what there is; the same again changes nothing. A broken line is told\n" +
			"with its reason and stops no other; the exit code is 3 then. Commas or semicolons, UTF-8.",
		Example: "  postroom " + map[desk.ImportKind]string{desk.ImportContacts: "contact", desk.ImportCompanies: "company", desk.ImportDeals: "deal"}[kind] + " import " + string(kind) + ".csv --dry-run",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			b, err := p.readFile(ctx, args[0], maxImport)
			if err != nil {
				return err
			}
			lines, broken, ignored, err := readLines(b, keys)
			if err != nil {
				return err
			}
			done, err := h.seat.Import(ctx, kind, lines)
			if err != nil {
				return err
			}
			done = append(done, broken...)
			slices.SortFunc(done, func(a, b desk.ImportedLine) int { return a.N - b.N })
			return p.importedLines(done, ignored)
		}),
	})
}

// readLines takes a CSV file apart. What is wrong with the file itself is an
// error; what is wrong with a line is one broken line.
func readLines(b []byte, keys []string) (lines []desk.ImportLine, broken []desk.ImportedLine, ignored []string, err error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if err := readable(string(b), "the file"); err != nil {
		return nil, nil, nil, err
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	if first, _, _ := bytes.Cut(b, []byte("\n")); bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';'
	}
	head, err := r.Read()
	if err != nil {
		return nil, nil, nil, &desk.Error{Kind: desk.Invalid, Code: "BAD_FILE", Message: "The file has no line that names its columns.", Hint: "There are: " + strings.Join(keys, ", ")}
	}
	columns := make([]string, len(head))
	for i, h := range head {
		if columns[i] = columnOf(h, keys); !slices.Contains(keys, columns[i]) {
			columns[i], ignored = "", append(ignored, h)
		}
	}
	if !slices.ContainsFunc(columns, func(c string) bool { return c != "" }) {
		return nil, nil, nil, &desk.Error{Kind: desk.Invalid, Code: "BAD_FILE", Message: "The first line names no column that is known.", Hint: "There are: " + strings.Join(keys, ", ")}
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return lines, broken, ignored, nil
		}
		var bad *csv.ParseError
		switch {
		case errors.As(err, &bad):
			broken = append(broken, desk.ImportedLine{N: bad.StartLine, Outcome: desk.ImportBroken, Why: "Its quotes are wrong."})
			continue
		case err != nil:
			return nil, nil, nil, err
		}
		n, _ := r.FieldPos(0)
		lines = append(lines, lineOf(n, columns, row))
	}
}

// lineOf puts the fields of a line under their columns; two columns of one
// meaning go together.
func lineOf(n int, columns, row []string) desk.ImportLine {
	line := desk.ImportLine{N: n, Values: map[string]string{}}
	for i, field := range row {
		if i < len(columns) && columns[i] != "" {
			line.Values[columns[i]] = strings.TrimSpace(line.Values[columns[i]] + " " + strings.TrimSpace(field))
		}
	}
	return line
}

// columnOf is the attribute a column means. First and last name together are
// the name, amount and currency the amount.
func columnOf(head string, keys []string) string {
	name := desk.FoldName(head)
	if name == "company name" && slices.Contains(keys, desk.AttrCompany) {
		return desk.AttrCompany
	}
	for key, others := range map[string][]string{
		desk.AttrEmail: {"e-mail", "address", "addresses", "email address", "emails"}, desk.AttrName: {"first name", "last name", "full name", "company name", "deal name"},
		desk.AttrCompany: {"organization", "organisation", "account"}, desk.AttrOwner: {"contact owner", "company owner", "deal owner"},
		desk.AttrDomains: {"domain", "company domain name"}, desk.AttrStage: {"deal stage"}, desk.AttrAmount: {"currency"}, desk.AttrRef: {"id", "record id"},
	} {
		if slices.Contains(others, name) {
			return key
		}
	}
	return name
}

// importedLines tells what became of the lines.
func (p *program) importedLines(done []desk.ImportedLine, ignored []string) error {
	f := importedLinesForm{Ignored: append([]string{}, ignored...), Lines: []lineResult{}, DryRun: p.flags.rehearse}
	for _, l := range done {
		f.count(l.Outcome)
		f.Lines = append(f.Lines, lineResult{l.N, string(l.Outcome), l.Of, changesOf(l.Altered), orNull(l.Company), orNull(l.Why)})
	}
	if p.print.json {
		if err := p.print.document(f); err != nil {
			return err
		}
	} else {
		p.tellLines(f)
	}
	if f.Broken > 0 {
		return refused("BROKEN_LINES", "Mend them and import the file again: the others stay as they are.", "%d of %d lines are broken.", f.Broken, len(done))
	}
	return nil
}

func (f *importedLinesForm) count(o desk.ImportOutcome) {
	switch o {
	case desk.ImportNew:
		f.New++
	case desk.ImportChanged:
		f.Changed++
	case desk.ImportSame:
		f.Same++
	case desk.ImportBroken:
		f.Broken++
	}
}

func (p *program) tellLines(f importedLinesForm) {
	for _, l := range f.Lines {
		what := safe.Line(l.Of)
		switch {
		case l.Why != nil:
			what = safe.Line(*l.Why)
		case l.Outcome == string(desk.ImportSame):
			continue
		case l.Outcome == string(desk.ImportChanged):
			for _, c := range l.Changed {
				what = safe.Sprintf("%s, %s: %s", what, safe.Line(c.Key), valueWord(c.After))
			}
		}
		if l.Company != nil {
			what = safe.Sprintf("%s, with the new company %s", what, safe.Line(quoted(*l.Company)))
		}
		p.print.say(safe.Sprintf("line %s: %s: %s", safe.Int(l.Line), safe.Line(l.Outcome), what))
	}
	for _, c := range f.Ignored {
		p.print.remark(safe.Sprintf("The column %s is left out.", safe.Line(quoted(c))))
	}
	p.done(safe.Sprintf("%s new, %s changed, %s the same, %s broken.", safe.Int(f.New), safe.Int(f.Changed), safe.Int(f.Same), safe.Int(f.Broken)))
}
