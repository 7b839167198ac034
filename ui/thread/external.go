package thread

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/ui/shell"
)

// The facts about a text that is written in $EDITOR.
type (
	editorReady struct {
		owned
		path string
		err  error
	}
	editorDone struct {
		owned
		text string
		err  error
	}
)

// external opens the text in the user's editor. It lies in a directory of its
// own that nobody else can read, and is gone afterwards.
func (c *composer) external() tea.Cmd {
	text := c.text.Value()
	c.away = true
	return func() tea.Msg {
		dir, err := os.MkdirTemp("", "postroom-")
		if err != nil {
			return editorReady{owned: owned{c}, err: err}
		}
		path := filepath.Join(dir, "mail.md")
		return editorReady{owned{c}, path, os.WriteFile(path, []byte(text), 0o600)}
	}
}

func (c *composer) openEditor(r editorReady) tea.Cmd {
	if r.err != nil {
		c.away = false
		return c.sh.Fail(fmt.Errorf("the text cannot be handed to an editor: %w", r.err))
	}
	name := os.Getenv("VISUAL")
	if name == "" {
		name = os.Getenv("EDITOR")
	}
	args := strings.Fields(name)
	if len(args) == 0 {
		args = []string{"vi"}
	}
	cmd := exec.Command(args[0], append(args[1:], r.path)...) //nolint:gosec,noctx // the user's own editor, by argument vector, ended by the user
	return c.sh.Outside(cmd, func(err error) tea.Msg {
		defer os.RemoveAll(filepath.Dir(r.path)) //nolint:errcheck // what is left is in a private temporary directory
		if err != nil {
			return editorDone{owned: owned{c}, err: fmt.Errorf("the editor %s ended with an error; set EDITOR to one that works: %w", args[0], err)}
		}
		text, err := os.ReadFile(r.path)
		return editorDone{owned{c}, string(text), err}
	})
}

func (c *composer) edited(e editorDone) tea.Cmd {
	c.away = false
	if e.err != nil {
		c.problem = shell.Sentence(e.err)
		return nil
	}
	c.text.Replace(strings.TrimRight(e.text, "\n"))
	return c.changedText()
}
