package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"postroom/connector"
	"postroom/desk"
	"postroom/desk/safe"
)

// diagnosisForm is what the doctor has found, for programs.
type diagnosisForm struct {
	At       stamp         `json:"at"`
	Passed   int           `json:"passed"`
	Checked  []string      `json:"checked"`
	Findings []findingForm `json:"findings"`
}

type findingForm struct {
	Code     string `json:"code"`
	Area     string `json:"area"`
	Severity string `json:"severity"`
	Where    string `json:"where"`
	What     string `json:"what"`
	// Fix is null where no command can mend it, or not the reader's.
	Fix *string `json:"fix"`
}

func diagnosisOf(d desk.Diagnosis) diagnosisForm {
	form := diagnosisForm{At: stamp(d.At), Passed: d.Passed(), Checked: make([]string, len(d.Checked)), Findings: make([]findingForm, len(d.Findings))}
	for i, c := range d.Checked {
		form.Checked[i] = c.Code
	}
	for i, f := range d.Findings {
		form.Findings[i] = findingForm{Code: f.Code, Area: string(f.Area), Severity: string(f.Severity), Where: f.Where, What: f.What}
		if f.Fix != "" {
			form.Findings[i].Fix = &f.Fix
		}
	}
	return form
}

func (p *program) doctorCommand() *cobra.Command {
	var offline, sign, history bool
	var note string
	c := &cobra.Command{
		Use: "doctor", Short: "Look for what is set up wrongly, with the command that mends it",
		Long: "Looks at accounts, inboxes, people, access and the desk itself, as far as you may see\n" +
			"them, and signs in to the servers of your accounts. Each finding has one command. With\n" +
			"--sign-off the list is kept with your name and today's date; once in 90 days is asked for.\n" +
			"Exit code 1 means that something is to be mended.",
		Example: "  postroom doctor\n  postroom doctor --sign-off --note 'all mended but the backup'",
		Args:    wants(0, 0),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, _ []string) error {
		if history {
			return p.signOffHistory(ctx, h)
		}
		if note != "" && !sign {
			return misused(c, "--note goes with --sign-off.")
		}
		d, err := p.diagnose(ctx, h, offline)
		if err != nil {
			return err
		}
		if sign {
			return p.signOff(ctx, h, d, note)
		}
		if p.print.json {
			if err := p.print.document(diagnosisOf(d)); err != nil {
				return err
			}
		} else {
			p.showDiagnosis(d)
		}
		return notWell(d)
	})
	c.Flags().BoolVar(&offline, "offline", false, "sign in to no server")
	c.Flags().BoolVar(&sign, "sign-off", false, "keep the list with your name and today's date; admins only")
	c.Flags().StringVar(&note, "note", "", "with --sign-off: what there is to say about it")
	c.Flags().BoolVar(&history, "history", false, "list who has signed off, when, and what was found")
	c.PreRunE = exclusive("history", "sign-off")
	return p.writes(c)
}

// diagnose asks the doctor, with what lies outside the database.
func (p *program) diagnose(ctx context.Context, h *house, offline bool) (desk.Diagnosis, error) {
	secrets, _, err := p.secrets(h)
	if err != nil {
		return desk.Diagnosis{}, err
	}
	readings, err := p.readings(ctx, h, secrets, offline)
	if err != nil {
		return desk.Diagnosis{}, err
	}
	return h.seat.Doctor(ctx, readings)
}

func (p *program) readings(ctx context.Context, h *house, secrets *connector.Secrets, offline bool) (desk.Readings, error) {
	all, err := h.desk.Mailroom().Accounts(ctx)
	if err != nil {
		return desk.Readings{}, err
	}
	machine := secrets.LookAround(ctx, all, p.getenv("HOME"))
	machine.Free = h.store.Free()
	readings := desk.Readings{Machine: &machine}
	if offline {
		return readings, nil
	}
	seen, err := h.seat.Accounts(ctx)
	if err != nil {
		return readings, err
	}
	var ids []desk.AccountID
	for _, a := range seen {
		if a.Address != "" {
			ids = append(ids, a.ID)
		}
	}
	con, err := p.connector(h)
	if err != nil {
		return readings, err
	}
	readings.Servers, err = con.Checkup(ctx, ids)
	return readings, err
}

func (p *program) showDiagnosis(d desk.Diagnosis) {
	area := desk.Area("")
	for _, f := range d.Findings {
		if f.Area != area {
			area = f.Area
			p.print.rule(safe.Line(string(area)))
		}
		name := safe.Sprintf("%s: ", safe.Line(string(f.Severity)))
		if f.Where != "" {
			name = safe.Sprintf("%s: %s: ", safe.Line(string(f.Severity)), safe.Line(f.Where))
		}
		p.print.named(name, safe.Line(f.What))
		if f.Fix != "" {
			p.print.say(safe.Join("", safe.Const(gutter), safe.Line(f.Fix)))
		}
	}
	p.print.say(safe.Sprintf("%s of %s checks passed.", safe.Int(d.Passed()), safe.Int(len(d.Checked))))
}

// notWell is the outcome of a desk with something to mend.
func notWell(d desk.Diagnosis) error {
	if d.Well() {
		return nil
	}
	hint := "Each finding has its command; then look again: postroom doctor"
	if slices.ContainsFunc(d.Findings, func(f desk.Finding) bool { return f.Fix == "" }) {
		hint = "What stands there without a command is for an admin or whoever looks after the inbox. Then look again: postroom doctor"
	}
	return &desk.Error{
		Kind: desk.Broken, Code: "NOT_WELL", Message: count(len(d.Checked)-d.Passed(), "check has", "checks have") + " found something to mend.",
		Hint: hint,
	}
}

// signOffForm is a signed checklist, for programs.
type signOffForm struct {
	At     stamp       `json:"at"`
	By     string      `json:"by"`
	Note   string      `json:"note"`
	Passed int         `json:"passed"`
	Points []pointForm `json:"points"`
}

type pointForm struct {
	Code     string   `json:"code"`
	About    string   `json:"about"`
	Findings []string `json:"findings"`
}

func signOffOf(s desk.SignOff) signOffForm {
	form := signOffForm{At: stamp(s.At), By: s.By.Login, Note: s.Note, Passed: s.Passed(), Points: make([]pointForm, len(s.Points))}
	for i, point := range s.Points {
		form.Points[i] = pointForm{point.Code, point.About, append([]string{}, point.Findings...)}
	}
	return form
}

func (p *program) signOff(ctx context.Context, h *house, d desk.Diagnosis, note string) error {
	done, err := h.seat.SignOff(ctx, d, note)
	if err != nil {
		return err
	}
	if p.print.json {
		return p.print.document(signOffOf(done))
	}
	for _, point := range done.Points {
		box := safe.Const("[x] ")
		if len(point.Findings) > 0 {
			box = safe.Const("[ ] ")
		}
		p.print.named(box, safe.Line(point.About))
		for _, f := range point.Findings {
			p.print.quote(safe.Line(f))
		}
	}
	p.done(safe.Sprintf("Signed off by %s on %s: %s of %s points are well. The next time is due on %s.", safe.Line(done.By.Name), day(done.At),
		safe.Int(done.Passed()), safe.Int(len(done.Points)), day(done.At.Add(desk.SignOffEvery))))
	return nil
}

// historyMost is how many sign-offs are listed: ten years of quarters.
const historyMost = 40

func (p *program) signOffHistory(ctx context.Context, h *house) error {
	list, err := h.seat.SignOffs(ctx, historyMost)
	if err != nil {
		return err
	}
	if p.print.json {
		forms := make([]signOffForm, len(list))
		for i, s := range list {
			forms[i] = signOffOf(s)
		}
		return p.print.document(forms)
	}
	if len(list) == 0 {
		p.print.remark(safe.Const("Nobody has signed this desk off yet: postroom doctor --sign-off"))
		return nil
	}
	rows := make([][]safe.Text, len(list))
	for i, s := range list {
		rows[i] = []safe.Text{day(s.At), safe.Line(s.By.Login), safe.Sprintf("%s of %s", safe.Int(s.Passed()), safe.Int(len(s.Points))), safe.Line(s.Note)}
	}
	p.print.table([]column{
		{title: safe.Const("DATE")}, {title: safe.Const("BY")}, {title: safe.Const("WELL")}, {title: safe.Const("NOTE"), gives: true},
	}, rows)
	return nil
}
