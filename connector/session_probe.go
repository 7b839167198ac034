package connector

import (
	"context"
	"time"

	"postroom/desk"
)

// probeGreeting is how long a server may take to say that it is there while
// somebody looks on. One that is silent for longer mostly waits for TLS where
// we wait for a greeting.
const probeGreeting = 10 * time.Second

// probing is the pace for trying an account.
func probing() pace {
	p := patient()
	p.greeting = probeGreeting
	return p
}

// probingSMTP is the patience for trying an account.
func probingSMTP() patience {
	p := patientSMTP()
	p.greeting = probeGreeting
	return p
}

// Probed is what a server says about an account that is to be connected.
type Probed struct {
	// Folders are what would be read, INBOX first, with the number of
	// messages in each.
	Folders []ProbedFolder
	// Capabilities are what the server offers, sorted.
	Capabilities []string
	// Traffic is what a [Look] has counted in the newest mails; zero for a
	// [Probe].
	Traffic desk.Traffic
}

// ProbedFolder is one folder of a probed account.
type ProbedFolder struct {
	Name     string
	Role     desk.FolderRole
	Messages int
	// Old is how many of them are from before the account's cut-off, and so
	// come in closed; 0 for a [Probe].
	Old int
}

// Probe signs in to an account's IMAP server and looks what is there. It writes
// nothing, neither there nor here. Errors are [desk.Error]: Denied when it is
// user name or password, Offline for everything else that is in the way.
func Probe(ctx context.Context, a desk.Account, password string) (Probed, error) {
	s, err := openSession(ctx, a, password, probing())
	if err != nil {
		return Probed{}, err
	}
	defer s.close()
	list, err := s.folders()
	if err != nil {
		return Probed{}, s.explain(err)
	}
	p := Probed{Capabilities: s.offers()}
	for _, l := range list {
		if _, err := s.examine(l.name); err != nil {
			return Probed{}, s.explain(err)
		}
		p.Folders = append(p.Folders, ProbedFolder{Name: l.name, Role: l.role, Messages: int(s.exists())})
	}
	return p, nil
}
