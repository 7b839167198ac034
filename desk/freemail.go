package desk

import (
	_ "embed" // the list
	"strings"
)

//go:embed freemail.txt
var freemail string

// Freemail reports whether everybody can have an address at the folded domain,
// so that it says nothing about where somebody works. freemail.txt says where
// the list comes from.
func Freemail(domain string) bool {
	return domain != "" && strings.Contains(freemail, "\n"+domain+"\n")
}
