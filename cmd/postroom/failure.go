package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"postroom/desk"
)

// The exit codes (design 5). Scripts depend on them.
const (
	exitDone       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitConflict   = 3
	exitNotAllowed = 4
	exitNotFound   = 5
)

// exitCode is the exit code of an error.
func exitCode(err error) int {
	switch desk.KindOf(err) {
	case desk.Invalid:
		return exitUsage
	case desk.Conflict:
		return exitConflict
	case desk.Denied:
		return exitNotAllowed
	case desk.NotFound:
		return exitNotFound
	case desk.Broken, desk.Offline, desk.Unwell:
		return exitFailed
	default:
		return exitFailed
	}
}

// misused says that a command line makes no sense, and where to read on.
func misused(c *cobra.Command, format string, args ...any) error {
	return &desk.Error{
		Kind: desk.Invalid, Code: "USAGE", Message: fmt.Sprintf(format, args...),
		Hint: "See: " + c.CommandPath() + " --help",
	}
}

// exclusive refuses two flags that contradict each other. The library can do
// that too, with an error that is not one of usage.
func exclusive(one, other string) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, _ []string) error {
		if c.Flags().Changed(one) && c.Flags().Changed(other) {
			return misused(c, "Either --%s or --%s.", one, other)
		}
		return nil
	}
}

// together refuses one of two flags without the other.
func together(one, other string) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, _ []string) error {
		for _, names := range [][2]string{{one, other}, {other, one}} {
			if c.Flags().Changed(names[0]) && !c.Flags().Changed(names[1]) {
				return misused(c, "--%s is missing: give both --%s and --%s, or neither.", names[1], one, other)
			}
		}
		return nil
	}
}

// flagMistake puts what the library says about flags in words of ours.
func flagMistake(c *cobra.Command, err error) error {
	var value *pflag.InvalidValueError
	var unknown *pflag.NotExistError
	switch {
	case errors.As(err, &value) && value.GetFlag().Value.Type() == "int":
		return misused(c, "--%s wants a number, and %s is none that makes sense there.", value.GetFlag().Name, quoted(value.GetValue()))
	case errors.As(err, &value) && value.GetFlag().Value.Type() == "bool":
		return misused(c, "--%s is true or false, not %s.", value.GetFlag().Name, quoted(value.GetValue()))
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return shortFlag(c, "-"+unknown.GetSpecifiedShortnames())
	}
	return misused(c, "%s", sentence(capital(err.Error())))
}

// shortFlag answers a word that begins with one dash. No command has such
// flags, so it was meant as a number or as text.
func shortFlag(c *cobra.Command, word string) error {
	if n, err := strconv.ParseInt(word, 10, 64); err == nil && n < 0 && strings.Contains(c.Use, " ID") {
		what := "conversation #"
		if c.HasParent() && c.Parent().Name() == "outbox" {
			what = "outgoing mail "
		}
		return &desk.Error{
			Kind: desk.NotFound, Code: "BAD_ID", Message: fmt.Sprintf("There is no %s%d.", what, n),
			Hint: "Numbers begin at 1. Text that begins with a dash goes behind -- on the command line.",
		}
	}
	return &desk.Error{
		Kind: desk.Invalid, Code: "USAGE", Message: "There is no flag " + word + ".",
		Hint: "Text that begins with a dash goes behind -- on the command line; see: " + c.CommandPath() + " --help",
	}
}

// refused says that a rule or somebody else stands against it.
func refused(code, hint, format string, args ...any) error {
	return &desk.Error{Kind: desk.Conflict, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// broken says that something is wrong with what the program works on.
func broken(code, hint, format string, args ...any) error {
	return &desk.Error{Kind: desk.Broken, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// tooLarge refuses a file of more than so many bytes.
func tooLarge(name string, most int64) error {
	if name == "-" {
		name = "the standard input"
	}
	return &desk.Error{
		Kind: desk.Invalid, Code: "FILE_TOO_LARGE", Message: fmt.Sprintf("There is more in %s than the %d MB that are read.", name, most>>20),
		Hint: "Check that it is the right one.",
	}
}

// unreadable turns the failure to open or read a file into words.
func unreadable(name string, err error) error {
	if desk.KindOf(err) == desk.Invalid {
		return err
	}
	kind, why := desk.Broken, "cannot be read"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		kind, why, err = desk.NotFound, "is not there", nil
	case errors.Is(err, fs.ErrPermission):
		kind, why, err = desk.Denied, "may not be read by you", nil
	}
	return &desk.Error{Kind: kind, Code: "UNREADABLE_FILE", Message: fmt.Sprintf("The file %s %s.", name, why), Hint: "Check its name and permissions.", Err: err}
}

// errorLine is an error as a part of a result, in its sentence.
func errorLine(err error) string {
	var e *desk.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return sentence(err.Error())
}

// interrupted is what a command that was called off ends with.
func interrupted() error {
	return &desk.Error{Kind: desk.Broken, Code: "INTERRUPTED", Message: "Interrupted."}
}
