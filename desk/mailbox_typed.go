package desk

import (
	"encoding/csv"
	"strconv"
	"strings"
	"time"
)

// How the settings of a mailbox are typed: the same words on the command line
// and on the screen.

// autoFolders is what is typed for the folders nobody has to choose.
const autoFolders = "auto"

// ComesIn is the word behind the name of a chosen folder: open, closed, or
// empty where the folder's purpose decides.
func (r FolderRole) ComesIn() string {
	switch r { //nolint:exhaustive // the others are not chosen
	case RoleExtra:
		return "open"
	case RoleClosed:
		return "closed"
	default:
		return ""
	}
}

// TypeFolders is a list of folders as it is typed: with commas between, a name
// with a comma in quotes; auto for INBOX, Sent and Junk.
func TypeFolders(list []FolderChoice) string {
	if len(list) == 0 {
		return autoFolders
	}
	words := make([]string, len(list))
	for i, f := range list {
		words[i] = f.Name
		if in := f.Role.ComesIn(); in != "" {
			words[i] += ":" + in
		}
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(words); err != nil {
		return strings.Join(words, ",")
	}
	w.Flush()
	return strings.TrimSpace(b.String())
}

// ParseFolders reads what [TypeFolders] writes.
func ParseFolders(typed string) ([]FolderChoice, error) {
	if typed == autoFolders {
		return nil, nil
	}
	r := csv.NewReader(strings.NewReader(typed))
	r.LazyQuotes = true
	words, err := r.Read()
	if err != nil {
		return nil, &Error{Kind: Invalid, Code: "BAD_FOLDER", Message: "No folder is named.", Hint: "Write folders with commas between, as INBOX,Sent, or auto.", Err: err}
	}
	var list []FolderChoice
	for _, w := range words {
		f := FolderChoice{Name: w}
		for word, role := range map[string]FolderRole{":open": RoleExtra, ":closed": RoleClosed} {
			if name, ok := strings.CutSuffix(w, word); ok {
				f = FolderChoice{Name: name, Role: role}
			}
		}
		list = append(list, f)
	}
	return list, nil
}

// ParseCutOff reads a time that divides history from work: a day where now is,
// or an age in days. Empty is the usual age.
func ParseCutOff(typed string, now time.Time) (time.Time, error) {
	if typed == "" {
		return now.Add(-CutOffAge), nil
	}
	if days, ok := strings.CutSuffix(typed, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n)), nil
		}
	}
	t, err := time.ParseInLocation(time.DateOnly, typed, now.Location())
	if err == nil && !t.After(now) {
		return t, nil
	}
	return time.Time{}, invalid("BAD_CUT_OFF", "Give a day in the past, as 2026-01-31, or an age in days, as 90d.", "%q is no time up to which mail is history.", Snippet(typed, 40))
}
