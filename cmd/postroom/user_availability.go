package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// standbyForm is how somebody stands to being given work, for programs.
type standbyForm struct {
	User      string         `json:"user"`
	Available bool           `json:"available"`
	Why       string         `json:"why"`
	Until     stamp          `json:"until"`
	SetBy     string         `json:"set_by"`
	Off       []desk.Absence `json:"off"`
	Hours     string         `json:"hours"`
	Zone      string         `json:"zone"`
	Idle      string         `json:"idle"`
	// Load is how many need an answer of his; null where it is not yours to
	// know.
	Load     *int `json:"load"`
	Capacity int  `json:"capacity"`
	Share    int  `json:"share"`
}

func standbyOf(b desk.Standby) standbyForm {
	a := b.Availability
	f := standbyForm{
		User: b.User.Login, Available: b.Why == "", Why: string(b.Why), Until: stamp(b.Until), SetBy: b.SetBy, Off: []desk.Absence{},
		Hours: desk.HoursText(a.Hours), Zone: a.Hours.Timezone, Capacity: a.Capacity, Share: a.Share,
	}
	f.Off = append(f.Off, a.Off...)
	if f.Share == 0 {
		f.Share = 100
	}
	if a.Idle > 0 {
		f.Idle = a.Idle.String()
	}
	if b.Load >= 0 {
		f.Load = &b.Load
	}
	return f
}

// standing is how somebody stands, in a sentence.
func standing(b desk.Standby) string {
	if b.Why == "" {
		return "is available"
	}
	s := b.Why.Says()
	if !b.Until.IsZero() {
		s += " until " + b.Until.UTC().Format("2006-01-02 15:04") + " UTC"
	}
	if b.SetBy != "" {
		s += ", set by " + b.SetBy
	}
	return s
}

// planned ends a command that says when somebody works.
func (p *program) planned(b desk.Standby, err error) error {
	if err != nil {
		return err
	}
	if p.print.json {
		return p.print.document(standbyOf(b))
	}
	p.done(safe.Sprintf("%s %s.", safe.Line(b.User.Name), safe.Line(standing(b))))
	return nil
}

// loginIn is whom a command is about: the one named, or oneself.
func loginIn(args []string) string {
	if len(args) == 0 || desk.FoldName(args[0]) == "me" {
		return ""
	}
	return args[0]
}

func (p *program) userAwayCommand() *cobra.Command {
	var from, until string
	var none bool
	c := &cobra.Command{
		Use: "away [LOGIN]", Short: "Say that you are away: nothing new is given to you by itself",
		Long: "What you have stays yours. Without times it lasts until user available. With --from and\n" +
			"--until it is an absence that begins and ends by itself; several can be planned. Admins, and\n" +
			"who configures an inbox somebody answers in, can say it for him: he is told, and can take it\n" +
			"back. Times are like 2026-08-15, mon 9:00 (in the time zone of his hours) or 2h.",
		Example: "  postroom user away\n  postroom user away --until 2h\n  postroom user away --from 2026-08-01 --until 2026-08-15\n  postroom user away tom",
		Args:    wants(0, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			who := loginIn(args)
			if !none && from == "" && until == "" {
				b, err := h.seat.SetAway(ctx, who)
				return p.planned(b, err)
			}
			var off desk.Absence
			if !none {
				var err error
				if off, err = h.seat.ReadAbsence(ctx, who, from, until); err != nil {
					return err
				}
			}
			b, err := h.seat.PlanAbsence(ctx, who, off)
			return p.planned(b, err)
		}),
	}
	f := c.Flags()
	f.StringVar(&from, "from", "", "when it begins (default: now)")
	f.StringVar(&until, "until", "", "when it is over")
	f.BoolVar(&none, "none", false, "forget the absences that are planned")
	c.ValidArgsFunction = p.completing(userLogins)
	return p.writes(c)
}

func (p *program) userAvailableCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "available [LOGIN]", Short: "Say that you are back, whoever has set you away",
		Long: "It ends an absence that has begun; those that are planned for later stay. What waits is given\n" +
			"to you at once, the longest waiting first, as far as your capacity goes.",
		Args: wants(0, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			b, err := h.seat.SetAvailable(ctx, loginIn(args))
			return p.planned(b, err)
		}),
	}
	c.ValidArgsFunction = p.completing(userLogins)
	return p.writes(c)
}

func (p *program) userScheduleCommand() *cobra.Command {
	var zone string
	var idle time.Duration
	var none bool
	c := &cobra.Command{
		Use: "schedule [LOGIN] [HOURS]", Short: "Say when somebody works, by the week",
		Long: "HOURS are days and frames with commas between, in the time zone of --zone. Outside of them\n" +
			"nothing new is given by itself. --idle also ends it when nothing was done for so long; the\n" +
			"next thing that is done begins it again. --none forgets both. Without HOURS it is shown.",
		Example: "  postroom user schedule maya 'mon-thu 09:00-12:30 13:00-17:00, fri 09:00-13:00' --zone Europe/Berlin --idle 30m",
		Args:    wants(0, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			who := loginIn(args)
			if len(args) < 2 && !none && idle == 0 {
				return p.showSchedule(ctx, h, who)
			}
			set := desk.Working{Zone: zone, Idle: idle}
			if len(args) == 2 {
				set.Hours = args[1]
			}
			b, err := h.seat.SetWorking(ctx, who, set)
			return p.planned(b, err)
		}),
	}
	f := c.Flags()
	f.StringVar(&zone, "zone", "", "the time zone of the hours, like Europe/Berlin")
	f.DurationVar(&idle, "idle", 0, "nothing new after doing nothing for so long (0: for ever)")
	f.BoolVar(&none, "none", false, "works always")
	c.ValidArgsFunction = p.completing(userLogins)
	return p.writes(c)
}

func (p *program) showSchedule(ctx context.Context, h *house, who string) error {
	list, err := h.seat.Standbys(ctx)
	if err != nil {
		return err
	}
	for _, b := range list {
		if b.User.Login != desk.FoldName(who) && (who != "" || b.User.ID != h.seat.Actor().User) {
			continue
		}
		if p.print.json {
			return p.print.document(standbyOf(b))
		}
		hours := safe.Const("always")
		if text := desk.HoursText(b.Availability.Hours); text != "" {
			hours = safe.Sprintf("%s %s", safe.Line(text), safe.Line(b.Availability.Hours.Timezone))
		}
		idle := safe.Const("never")
		if b.Availability.Idle > 0 {
			idle = safe.Sprintf("after %s", safe.Line(b.Availability.Idle.String()))
		}
		p.print.fields([2]safe.Text{safe.Const("User"), safe.Line(b.User.Login)}, [2]safe.Text{safe.Const("Works"), hours}, [2]safe.Text{safe.Const("Idle"), idle})
		for _, off := range b.Availability.Off {
			p.print.say(safe.Sprintf("Out of office from %s to %s", moment(off.From), moment(off.Until)))
		}
		return nil
	}
	return &desk.Error{Kind: desk.NotFound, Code: "NO_SUCH_USER", Message: "There is no active user " + quoted(who) + ".", Hint: "See who there is with: postroom user list"}
}

func (p *program) userCapacityCommand() *cobra.Command {
	share := 100
	c := &cobra.Command{
		Use: "capacity LOGIN NUMBER", Short: "Say how many conversations somebody is given at most by itself",
		Long: "What counts are the open ones of shared inboxes that he has and whose customer waits for an\n" +
			"answer; not what is answered, snoozed, closed, spam or in the trash. 0 is no limit. By hand he\n" +
			"can be given and take any number. --share is how much of a day he works, for least-busy.",
		Example: "  postroom user capacity lena 8 --share 50",
		Args:    wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			n, err := desk.ParseCapacity(args[1])
			if err != nil {
				return err
			}
			b, err := h.seat.SetCapacity(ctx, loginIn(args), n, share)
			if err != nil || p.print.json {
				return p.planned(b, err)
			}
			p.done(safe.Sprintf("%s is given %s by itself.", safe.Line(b.User.Name), given(b)))
			return nil
		}),
	}
	c.Flags().IntVar(&share, "share", share, "how much of a full day, in percent")
	c.ValidArgsFunction = p.completing(userLogins)
	return p.writes(c)
}

// given is how much somebody is given at most.
func given(b desk.Standby) safe.Text {
	most := safe.Const("any number of conversations")
	if n := b.Availability.Capacity; n > 0 {
		most = safe.Sprintf("at most %s", safe.Line(count(n, "conversation", "conversations")))
	}
	if share := standbyOf(b).Share; share != 100 {
		most = safe.Sprintf("%s, and counts as %s%% of a day where the least busy is looked for,", most, safe.Int(share))
	}
	return most
}

func (p *program) userStandbyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "standby", Short: "Show who can be given new conversations now, and why others cannot", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Standbys(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := make([]standbyForm, len(list))
				for i, b := range list {
					forms[i] = standbyOf(b)
				}
				return p.print.document(forms)
			}
			rows := make([][]safe.Text, len(list))
			for i, b := range list {
				load := safe.Const("-")
				if b.Load >= 0 {
					load = safe.Int(b.Load)
				}
				if c := b.Availability.Capacity; c > 0 {
					load = safe.Sprintf("%s/%s", load, safe.Int(c))
				}
				rows[i] = []safe.Text{safe.Line(b.User.Login), safe.Line(standing(b)), load}
			}
			p.print.table([]column{{title: safe.Const("LOGIN")}, {title: safe.Const("STANDS"), gives: true}, {title: safe.Const("HAS"), right: true}}, rows)
			return nil
		}),
	}
}
