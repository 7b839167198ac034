package main

import (
	"context"
	"testing"
)

// TestNewsBeforeTheWatcher: what another process does after this one has opened
// the desk, and before it watches, rings all the same; the screen has read
// before.
func TestNewsBeforeTheWatcher(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]*desktop{"sqlite": newDesktop(t), "postgres": newDesktop(t).onPostgres()} {
		d.must("inbox", "create", "Support", "--shared")
		h := d.house()
		bell := h.desk.Bell().Listen()
		d.must("import", "--inbox", "Support", d.write("one.eml", string(letterFrom("priya@kite.test", "help@acme.test", "<one@kite.test>", "", "The lamp", "Help"))))
		ctx, stop := context.WithTimeout(t.Context(), patience)
		ended := make(chan error, 1)
		go func() { ended <- h.listen(ctx) }()
		select {
		case <-bell.Rung():
		case <-ctx.Done():
			t.Errorf("%s: the bell does not ring", name)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		bell.Close()
	}
}
