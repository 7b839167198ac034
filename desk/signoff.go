package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// SignOffEvery is after how long the set-up of a desk should be gone through
// again (row S256: each quarter).
const SignOffEvery = 90 * 24 * time.Hour

// SignOff is that an admin has gone through the checklist: dated, with what was
// found then. It lies in the journal and cannot be changed.
type SignOff struct {
	At time.Time
	// By is who signed.
	By User
	// Note is what he had to say.
	Note   string
	Points []Point
}

// Passed is how many of the points were well.
func (s SignOff) Passed() int {
	n := 0
	for _, p := range s.Points {
		if len(p.Findings) == 0 {
			n++
		}
	}
	return n
}

// Point is one check of a signed checklist: what was looked for, and what was
// found.
type Point struct {
	Code     string   `json:"code"`
	About    string   `json:"about"`
	Findings []string `json:"findings,omitempty"`
}

// signature is the form of a sign-off in the journal.
type signature struct {
	Note   string  `json:"note,omitempty"`
	Points []Point `json:"points"`
}

// Checklist is a diagnosis as it is signed off. Notices are no findings there.
func (d Diagnosis) Checklist() []Point {
	points := make([]Point, len(d.Checked))
	for i, c := range d.Checked {
		points[i] = Point{Code: c.Code, About: c.About}
		for _, f := range d.Findings {
			if f.Code == c.Code && f.Severity != Notice {
				points[i].Findings = append(points[i].Findings, strings.TrimPrefix(f.Where+": "+f.What, ": "))
			}
		}
	}
	return points
}

// SignOff keeps the checklist of a diagnosis with the actor's name under it.
// Admins only. What is found stays to be mended: it is signed as seen.
func (s *Seat) SignOff(ctx context.Context, d Diagnosis, note string) (SignOff, error) {
	note = strings.TrimSpace(note)
	if len(note) > noteMost {
		return SignOff{}, invalid("NOTE_TOO_LONG", "Say it in fewer words.", "The note has %d bytes; %d are the most.", len(note), noteMost)
	}
	done := SignOff{At: s.d.now(), Note: note, Points: d.Checklist()}
	err := s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "sign off how the desk is set up"); err != nil {
			return err
		}
		var err error
		if done.By, err = w.User(s.actor.User); err != nil {
			return err
		}
		return w.Append(s.event(EventSignedOff, 0, 0, nil, state(signature{note, done.Points})))
	})
	return done, err
}

// noteMost is how many bytes the note of a sign-off may have.
const noteMost = 2000

// SignOffs are the last sign-offs, newest first, at most limit. Admins only.
func (s *Seat) SignOffs(ctx context.Context, limit int) ([]SignOff, error) {
	var list []SignOff
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = nil
		if err := s.mustAdmin(r, "see who has signed off the desk"); err != nil {
			return err
		}
		events, err := r.Upkeep(EventSignedOff, limit)
		if err != nil {
			return err
		}
		for _, e := range events {
			var kept signature
			if err := json.Unmarshal(e.After, &kept); err != nil {
				return fmt.Errorf("read event %d: %w", e.Seq, err)
			}
			by, err := r.User(e.Actor.User)
			if err != nil {
				return err
			}
			list = append(list, SignOff{At: e.At, By: by, Note: kept.Note, Points: kept.Points})
		}
		return nil
	})
	return list, err
}

// SignOffDue is when the desk should be signed off next; zero for who is no
// admin, because it is not his to do.
func (s *Seat) SignOffDue(ctx context.Context) (time.Time, error) {
	var due time.Time
	err := s.d.store.Read(ctx, func(r Reader) error {
		due = time.Time{}
		me, err := r.User(s.actor.User)
		if err != nil || !me.Admin() {
			return err
		}
		last, err := lastOf(r, EventSignedOff)
		if err != nil {
			return err
		}
		if last.IsZero() {
			users, err := r.Users()
			if err != nil {
				return err
			}
			last = me.CreatedAt
			for _, u := range users {
				if u.CreatedAt.Before(last) {
					last = u.CreatedAt
				}
			}
		}
		due = last.Add(SignOffEvery)
		return nil
	})
	return due, err
}

// NoteKeyCopy notes that the key to the accounts' passwords is about to be copied
// to a file, or shown where file is empty. Admins only.
func (s *Seat) NoteKeyCopy(ctx context.Context, file string) error {
	return s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "copy the key"); err != nil {
			return err
		}
		if file == "" {
			file = "shown"
		}
		return w.Append(s.event(EventKeyCopied, 0, 0, nil, state(file)))
	})
}

// NoteBackup notes that the whole desk was copied to a file, so that the doctor
// knows. Admins only.
func (s *Seat) NoteBackup(ctx context.Context, file string) error {
	return s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "copy the whole desk"); err != nil {
			return err
		}
		return w.Append(s.event(EventBackedUp, 0, 0, nil, state(file)))
	})
}
