package ui_test

import (
	"context"
	"fmt"
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/ui/uitest"
)

func TestBoardFrames(t *testing.T) {
	o := helpdesk(t)
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}, {40, 12}} {
		for look, change := range looks() {
			d := o.open(o.maya, size[0], size[1], at("Billing"), change)
			d.Press("g", "b").Advance(time.Second)
			d.Press("j").Advance(time.Second)
			straight(t, d, size[0], size[1])
			if size[0] == 40 {
				continue
			}
			name := fmt.Sprintf("board-%dx%d-%s", size[0], size[1], look)
			uitest.Golden(t, name+".txt", trimmed(d.Frame()))
			if look == "ascii" || size[0] == 60 {
				continue
			}
			uitest.Golden(t, name+".styled", d.Styled()+"\n")
			d.Send(tea.BackgroundColorMsg{Color: color.White})
			if look == "dark" && size[0] == 80 {
				uitest.Golden(t, "board-80x24-light.styled", d.Styled()+"\n")
			}
		}
	}
}

// A ticket goes from column to column by a key and back by z; the cursor stays
// on it, opens it, and esc leads back to the list.
func TestBoard(t *testing.T) {
	o := helpdesk(t)
	d := o.open(o.maya, 120, 40, at("Billing"))
	d.Press("g", "b").Advance(time.Second).See("Billing · board  10 open", "New  7", "Waiting on us  3", "Closed  0")
	cursorOn(t, d, "Ana Ruiz")
	d.Press("j", "l", "l", "j").Advance(time.Second)
	cursorOn(t, d, "Sam Okafor")
	d.Press("h", "h").Advance(time.Second)
	cursorOn(t, d, "Kofi Mensah") // a column keeps its line
	d.Press(">").Advance(time.Second).See("moved to the next stage", "z undo", "New  6", "Waiting on contact  1")
	cursorOn(t, d, "Kofi Mensah")
	d.Press(">", ">").Advance(time.Second).See("Closed  1", "Billing · board  9 open")
	cursorOn(t, d, "Kofi Mensah")
	d.Press(">").Advance(time.Second).See("no stage lies beyond")
	d.Press("z").Advance(time.Second).See("Waiting on us  4").Press("z").Advance(time.Second).Press("z").Advance(time.Second).See("New  7", "Closed  0")
	cursorOn(t, d, "Kofi Mensah")
	d.Press("<").Advance(time.Second).See("no stage lies beyond")
	d.Press("enter").Advance(time.Second).See("CONVERSATION").Press("esc").Advance(time.Second).See("Billing · board")
	cursorOn(t, d, "Kofi Mensah")
	d.Press("esc").Advance(time.Second).See("longest waiting first")
}

// What somebody else does to the ticket under the cursor moves no other one
// there: the cursor goes with it, and a ticket that leaves the board is held.
func TestBoardIsAnchored(t *testing.T) {
	o := helpdesk(t)
	ctx := context.Background()
	d := o.open(o.maya, 120, 40, at("Billing"))
	d.Press("g", "b").Advance(time.Second).Press("j").Advance(time.Second)
	_, err := o.tom.SetStage(ctx, []desk.ConversationID{1, 2}, "Waiting on contact")
	must(t, err)
	d.Listen().Advance(time.Second).See("Waiting on contact  2")
	cursorOn(t, d, "Kofi Mensah")
	_, err = o.tom.Trash(ctx, []desk.ConversationID{2})
	must(t, err)
	d.Listen().Advance(time.Second).See("Waiting on contact  1")
	cursorOn(t, d, "Kofi Mensah")
	d.Press("k").Advance(time.Second).NotSee("Kofi Mensah")
	cursorOn(t, d, "Ana Ruiz")
}

// A narrow screen has one column, with the way to the others.
func TestNarrowBoard(t *testing.T) {
	o := helpdesk(t)
	d := o.open(o.maya, 50, 20, at("Billing"))
	d.Press("g", "b").Advance(time.Second).See("New  7", "1 more", "▸").NotSee("Waiting on us")
	d.Press("l", "l").Advance(time.Second).See("‹Waiting on us  3", "Li Wei").NotSee("New  7")
	if strings.Contains(d.Frame(), "│") {
		t.Errorf("a board of one column has a border:\n%s", d.Frame())
	}
}
