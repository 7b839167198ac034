package store

import "postroom/desk"

const (
	addStaged = `INSERT INTO stage_tallies (stage, inbox, place, n) VALUES (?, ?, ?, ?)
		ON CONFLICT (inbox, stage, place) DO UPDATE SET n = stage_tallies.n + excluded.n`
	readStaged = `SELECT t.stage, t.place, t.n FROM members m JOIN stage_tallies t ON t.inbox = m.inbox
		WHERE m.user_id = ? AND m.inbox = ? AND t.n > 0`
	moveStaged = `INSERT INTO stage_tallies (stage, inbox, place, n)
		SELECT ?, inbox, place, n FROM stage_tallies WHERE stage = ?
		ON CONFLICT (inbox, stage, place) DO UPDATE SET n = stage_tallies.n + excluded.n`
	dropStaged = `DELETE FROM stage_tallies WHERE stage = ?`
)

// staged is where a ticket is counted; the zero value is nowhere.
type staged struct {
	stage desk.StageID
	inbox desk.InboxID
	place desk.Place
}

func stagedOf(c desk.Conversation) staged {
	if c.Stage == 0 || c.JoinedTo != 0 {
		return staged{}
	}
	return staged{c.Stage, c.Inbox, c.Place()}
}

// restage moves a ticket in the numbers of the stages from where it was to
// where it is. The rows are written in one order, whoever moves what.
func (w *writer) restage(before, after staged) error {
	if before == after {
		return nil
	}
	steps := []struct {
		at staged
		by int
	}{{before, -1}, {after, 1}}
	if after.stage < before.stage {
		steps[0], steps[1] = steps[1], steps[0]
	}
	for _, s := range steps {
		if s.at.stage == 0 {
			continue
		}
		if err := w.do(addStaged, s.at.stage, s.at.inbox, s.at.place, s.by); err != nil {
			return err
		}
	}
	return nil
}

// moveStaged counts all tickets of a stage in another one.
func (w *writer) moveStaged(from, to desk.StageID) error {
	if err := w.do(moveStaged, to, from); err != nil {
		return err
	}
	return w.do(dropStaged, from)
}

// StageCounts implements [desk.TicketReader].
func (r *reader) StageCounts(viewer desk.UserID, in desk.InboxID) (map[desk.StageID]map[desk.Place]int, error) {
	counts := map[desk.StageID]map[desk.Place]int{}
	_, err := collect(r.session, func(sc scanner) (int, error) {
		var stage desk.StageID
		var place desk.Place
		var n int
		err := sc.Scan(&stage, &place, &n)
		if counts[stage] == nil {
			counts[stage] = map[desk.Place]int{}
		}
		counts[stage][place] = n
		return n, err
	}, readStaged, viewer, in)
	return counts, err
}
