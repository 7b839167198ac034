package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"postroom/connector/hours"
	"postroom/desk"
	"postroom/desk/calendar"
	"postroom/desk/safe"
)

// calendarForm is a calendar in the form for programs, and that of a file.
type calendarForm struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	calendar.Spec
}

func (p *program) calendarCommand() *cobra.Command {
	return p.group("calendar", "When teams work: what goals are counted by",
		p.calendarAddCommand(), p.calendarListCommand(), p.calendarShowCommand(), p.calendarSetCommand(), p.calendarImportCommand(), p.calendarRemoveCommand())
}

func (p *program) calendarAddCommand() *cobra.Command {
	return p.writes(&cobra.Command{
		Use: "add NAME FILE", Short: "Keep a calendar from a file in TOML or JSON; admins only",
		Example: "  postroom calendar add berlin berlin.toml", Args: wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			f, err := hoursFile(args[1])
			if err != nil {
				return err
			}
			c, err := h.seat.AddCalendar(ctx, args[0], f.Spec)
			if err != nil {
				return err
			}
			return p.toldCalendar(c, f.LeftOut, 0)
		}),
	})
}

// toldCalendar tells what has become of a calendar.
func (p *program) toldCalendar(c desk.Calendar, leftOut, recounted int) error {
	if leftOut > 0 {
		p.print.remark(safe.Sprintf("Events left out, because they have a time of day or were cancelled: %s.", safe.Int(leftOut)))
	}
	if p.print.json {
		return p.print.document(calendarForm{c.Name, c.Version, c.Spec})
	}
	p.done(safe.Sprintf("The calendar %s is in version %s.", safe.Line(quoted(c.Name)), safe.Int(c.Version)))
	if recounted > 0 {
		p.done(safe.Sprintf("Open tickets that are due at another time now: %s.", safe.Int(recounted)))
	}
	return nil
}

func (p *program) calendarListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the calendars", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Calendars(ctx)
			if err != nil {
				return err
			}
			forms := []calendarForm{}
			var rows [][]safe.Text
			for _, c := range list {
				forms = append(forms, calendarForm{c.Name, c.Version, c.Spec})
				rows = append(rows, []safe.Text{safe.Line(c.Name), safe.Line(c.Spec.Timezone), safe.Int(len(c.Spec.Holidays) + len(c.Spec.HolidaysYearly)), safe.Int(c.Version), moment(c.Since)})
			}
			if p.print.json {
				return p.print.document(forms)
			}
			p.print.table([]column{{title: safe.Const("CALENDAR")}, {title: safe.Const("ZONE")}, {title: safe.Const("HOLIDAYS"), right: true}, {title: safe.Const("VERSION"), right: true}, {title: safe.Const("SINCE")}}, rows)
			return nil
		}),
	}
}

func (p *program) calendarShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "show NAME", Short: "Print a calendar as a file that add and set read", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			c, err := h.seat.Calendar(ctx, args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(calendarForm{c.Name, c.Version, c.Spec})
			}
			return p.print.document(c.Spec)
		}),
	}
	c.ValidArgsFunction = p.completing(calendarNames)
	return c
}

// forOpen gives a command the flag --open.
func forOpen(c *cobra.Command, to *bool) {
	c.Flags().BoolVar(to, "open", false, "for the tickets that are open too, counted from their beginning; else for those that begin from now on")
}

func running(open bool) desk.Running {
	if open {
		return desk.OpenTickets
	}
	return desk.NewTickets
}

func (p *program) calendarSetCommand() *cobra.Command {
	var open bool
	c := &cobra.Command{
		Use: "set NAME FILE", Short: "Give a calendar the hours and holidays of a file; admins only", Args: wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			f, err := hoursFile(args[1])
			if err != nil {
				return err
			}
			c, recounted, err := h.seat.SetCalendar(ctx, args[0], f.Spec, running(open))
			if err != nil {
				return err
			}
			return p.toldCalendar(c, f.LeftOut, recounted)
		}),
	}
	forOpen(c, &open)
	c.ValidArgsFunction = p.completing(calendarNames)
	return p.writes(c)
}

func (p *program) calendarImportCommand() *cobra.Command {
	var open bool
	c := &cobra.Command{
		Use: "import NAME FILE", Short: "Add the holidays of an iCalendar file to a calendar; admins only",
		Example: "  postroom calendar import berlin feiertage.ics --open", Args: wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			holidays, err := hours.ReadHolidays(args[1])
			if err != nil {
				return badFile(args[1], err)
			}
			c, err := h.seat.Calendar(ctx, args[0])
			if err != nil {
				return err
			}
			c.Spec.Holidays = append(slices.Clone(c.Spec.Holidays), holidays.Dates...)
			slices.Sort(c.Spec.Holidays)
			c.Spec.Holidays = slices.Compact(c.Spec.Holidays)
			c, recounted, err := h.seat.SetCalendar(ctx, args[0], c.Spec, running(open))
			if err != nil {
				return err
			}
			return p.toldCalendar(c, holidays.LeftOut, recounted)
		}),
	}
	forOpen(c, &open)
	c.ValidArgsFunction = p.completing(calendarNames)
	return p.writes(c)
}

func (p *program) calendarRemoveCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "remove NAME", Short: "Remove a calendar that no policy counts by; clocks that run go on", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if err := h.seat.RemoveCalendar(ctx, args[0]); err != nil {
				return err
			}
			p.done(safe.Sprintf("The calendar %s is no more.", safe.Line(quoted(args[0]))))
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(calendarNames)
	return p.writes(c)
}

func calendarNames(ctx context.Context, seat *desk.Seat) ([]string, error) {
	list, err := seat.Calendars(ctx)
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = c.Name
	}
	return words, err
}
