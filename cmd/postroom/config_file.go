package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"postroom/desk"
	"postroom/desk/safe"
)

// The file of a set-up is TOML: for each entry a table of its kind, such as
// [[team]], and "exact" for the kinds of which it has all.

// exactKey is what the kinds are listed under of which the file has all.
const exactKey = "exact"

// configFile is a set-up with where it stands.
type configFile struct {
	desk.Config
	name  string
	lines []configLines
}

// configLines are where an entry begins, and where its fields stand.
type configLines struct {
	entry  int
	fields map[string]int
}

// readConfig reads a set-up. What no desk can have is refused with its line.
func readConfig(name string, data []byte) (configFile, error) {
	f := configFile{name: name}
	raw := map[string]any{}
	if _, err := toml.Decode(string(data), &raw); err != nil {
		var bad toml.ParseError
		if errors.As(err, &bad) {
			return f, f.wrong(bad.Position.Line, sentence(bad.Message), "docs/config.md has the form of the file, with an example.")
		}
		return f, f.wrong(1, sentence(err.Error()), "docs/config.md has the form of the file, with an example.")
	}
	where := linesOf(string(data))
	known := []string{exactKey}
	for _, k := range desk.ConfigKinds() {
		known = append(known, k.Name)
		if err := f.readKind(k, raw[k.Name], where[k.Name]); err != nil {
			return f, err
		}
	}
	for key := range raw {
		if !slices.Contains(known, key) {
			return f, f.wrong(keyLine(where[""], where[key], key), "A set-up has no "+quoted(key)+".", "It has: "+strings.Join(known[1:], ", ")+"; and "+exactKey+", like: exact = [\"rule\"]")
		}
	}
	var ok bool
	if f.Exact, ok = listOf(raw[exactKey]); !ok {
		return f, f.wrong(keyLine(where[""], nil, exactKey), "It does not say which kinds the file has all of.", `Write it like: exact = ["rule", "team"]`)
	}
	return f, nil
}

// keyLine is where a key stands: at the top of the file, or as a table.
func keyLine(top, tables []configLines, key string) int {
	for _, l := range top {
		if n := l.fields[key]; n > 0 {
			return n
		}
	}
	if len(tables) > 0 {
		return tables[0].entry
	}
	return 1
}

func (f *configFile) readKind(k desk.ConfigKind, raw any, where []configLines) error {
	if raw == nil {
		return nil
	}
	tables, ok := raw.([]map[string]any)
	if !ok {
		return f.wrong(keyLine(where, where, k.Name), "There is not one "+k.Name+" only.", "Begin each with a line of its own: [["+k.Name+"]]")
	}
	for i, table := range tables {
		lines := configLines{entry: 1}
		if i < len(where) {
			lines = where[i]
		}
		e, err := f.readEntry(k, table, lines)
		if err != nil {
			return err
		}
		f.Entries, f.lines = append(f.Entries, e), append(f.lines, lines)
	}
	return nil
}

func (f *configFile) readEntry(k desk.ConfigKind, table map[string]any, lines configLines) (desk.ConfigEntry, error) {
	e := desk.ConfigEntry{Kind: k.Name, Values: map[string][]string{}}
	for key, raw := range table {
		line := lines.fields[key]
		if line == 0 {
			line = lines.entry
		}
		if key == k.Key {
			name, ok := raw.(string)
			if !ok {
				return e, f.wrong(line, "The "+k.Key+" is no text.", "Write it like: "+k.Key+` = "support"`)
			}
			e.Name = name
			continue
		}
		field, ok := k.Field(key)
		if !ok {
			words := []string{k.Key}
			for _, f := range k.Fields {
				words = append(words, f.Name)
			}
			return e, f.wrong(line, "There is no "+quoted(key)+" of a "+k.Name+".", "There are: "+strings.Join(words, ", "))
		}
		value, ok := valueOf(field, raw)
		if !ok {
			return e, f.wrong(line, "That cannot be the "+key+" of a "+k.Name+".", "Write it like: "+key+" = "+likeOf(field))
		}
		e.Values[key] = value
	}
	if strings.TrimSpace(e.Name) == "" {
		return e, f.wrong(lines.entry, "This "+k.Name+" has no "+k.Key+".", "Write it like: "+k.Key+` = "support"`)
	}
	return e, nil
}

// valueOf reads a value in the form of its field.
func valueOf(field desk.ConfigField, raw any) ([]string, bool) {
	switch field.Form {
	case desk.ConfigList:
		return listOf(raw)
	case desk.ConfigFlag:
		is, ok := raw.(bool)
		if !is {
			return nil, ok
		}
		return []string{"yes"}, ok
	case desk.ConfigNumber:
		n, ok := raw.(int64)
		return []string{strconv.FormatInt(n, 10)}, ok
	default:
		text, ok := raw.(string)
		if strings.TrimSpace(text) == "" {
			return nil, ok
		}
		return []string{text}, ok
	}
}

func likeOf(field desk.ConfigField) string {
	return map[desk.ConfigForm]string{desk.ConfigList: `["one", "another"]`, desk.ConfigFlag: "true", desk.ConfigNumber: "12"}[field.Form] +
		map[desk.ConfigForm]string{desk.ConfigText: `"text"`}[field.Form]
}

// listOf reads a list of texts; none where there is nothing.
func listOf(raw any) ([]string, bool) {
	if raw == nil {
		return nil, true
	}
	items, ok := raw.([]any)
	var list []string
	for _, item := range items {
		text, is := item.(string)
		ok = ok && is
		list = append(list, text)
	}
	return list, ok
}

// The lines that begin a table, and that begin a value.
var (
	tableLine = regexp.MustCompile(`^\s*\[\[?\s*"?([A-Za-z0-9_-]+)"?\s*\]?\]`)
	valueLine = regexp.MustCompile(`^\s*"?([A-Za-z0-9_-]+)"?\s*=`)
)

// linesOf finds where the tables of a file begin, by kind and in their order,
// and where their values stand; those before the first table are under "".
func linesOf(text string) map[string][]configLines {
	found := map[string][]configLines{"": {{entry: 1, fields: map[string]int{}}}}
	kind, within := "", ""
	for n, line := range strings.Split(text, "\n") {
		if within != "" {
			if strings.Contains(line, within) {
				within = ""
			}
			continue
		}
		if m := tableLine.FindStringSubmatch(line); m != nil {
			kind = m[1]
			found[kind] = append(found[kind], configLines{entry: n + 1, fields: map[string]int{}})
			continue
		}
		if m := valueLine.FindStringSubmatch(line); m != nil {
			at := found[kind]
			at[len(at)-1].fields[m[1]] = n + 1
		}
		for _, mark := range []string{`"""`, `'''`} {
			if strings.Count(line, mark)%2 == 1 {
				within = mark
			}
		}
	}
	return found
}

// wrong says what is wrong in a line, and what to write.
func (f configFile) wrong(line int, message, hint string) error {
	return &desk.Error{Kind: desk.Invalid, Code: "BAD_CONFIG", Message: fmt.Sprintf("%s:%d: %s", f.name, line, message), Hint: hint}
}

// placed tells of an error of an entry where in the file it is: at the field
// whose value it quotes, else where the entry begins.
func (f configFile) placed(err error) error {
	var of *desk.ConfigError
	var why *desk.Error
	if !errors.As(err, &of) || !errors.As(of.Err, &why) || of.Entry >= len(f.lines) {
		return err
	}
	lines := f.lines[of.Entry]
	line := lines.entry
	for field, at := range lines.fields {
		for _, value := range f.Entries[of.Entry].Values[field] {
			if strings.Contains(why.Message, quoted(value)) {
				line = at
			}
		}
	}
	told := *why
	told.Message = fmt.Sprintf("%s:%d: %s", f.name, line, why.Message)
	return &told
}

// configText writes a set-up as a file that [readConfig] reads.
func configText(c desk.Config) string {
	var b strings.Builder
	b.WriteString("# The set-up of a desk. postroom apply FILE brings a desk in line with it, and\n" +
		"# --dry-run says what that would change. It has no passwords: who is to sign in\n" +
		"# to a mailbox is told when the file is applied.\n\n" +
		"# Of these kinds the desk is to have nothing that is not in the file.\n")
	fmt.Fprintf(&b, "%s = %s\n", exactKey, tomlList(c.Exact))
	kinds := desk.ConfigKinds()
	for _, e := range c.Entries {
		k := kinds[slices.IndexFunc(kinds, func(k desk.ConfigKind) bool { return k.Name == e.Kind })]
		fmt.Fprintf(&b, "\n[[%s]]\n%s = %s\n", k.Name, k.Key, tomlText(e.Name))
		for _, field := range k.Fields {
			value := e.Values[field.Name]
			if len(value) == 0 {
				continue
			}
			fmt.Fprintf(&b, "%s = %s\n", field.Name, tomlValue(field, value))
		}
	}
	return b.String()
}

func tomlValue(field desk.ConfigField, value []string) string {
	switch field.Form {
	case desk.ConfigList:
		return tomlList(value)
	case desk.ConfigFlag:
		return "true"
	case desk.ConfigNumber:
		return value[0]
	default:
		if strings.Contains(value[0], "\n") {
			return tomlLines(value[0])
		}
		return tomlText(value[0])
	}
}

func tomlList(list []string) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = tomlText(v)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// tomlLines is a text of several lines (TOML 1.0, multi-line basic strings).
func tomlLines(text string) string {
	var b strings.Builder
	b.WriteString(`"""` + "\n")
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString("\n")
		}
		q := tomlText(line)
		b.WriteString(q[1 : len(q)-1])
	}
	return b.String() + `"""`
}

// tomlText is a text in one line. What may not go to a terminal is escaped, so
// that a file looks the same there and is read back as it was.
func tomlText(text string) string {
	quotedText, err := json.Marshal(text)
	if err != nil {
		panic("postroom: a text cannot be written: " + err.Error()) // json.Marshal takes every string
	}
	plain := string(quotedText)
	for sign, escape := range map[string]string{`\u003c`: "<", `\u003e`: ">", `\u0026`: "&"} {
		plain = strings.ReplaceAll(plain, sign, escape)
	}
	if safe.Clean(plain).String() == plain {
		return plain
	}
	var b strings.Builder
	for _, r := range plain {
		if r < 0x20 || r > 0x7e {
			fmt.Fprintf(&b, `\U%08X`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
