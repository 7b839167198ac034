package theme

// Signs are the pictures of the screen. Each takes one cell.
type Signs struct {
	Cursor   string // the row that keys act on
	Chosen   string // selected for an action on several
	Unread   string
	Note     string // the edge of what only the team sees
	Clip     string // has attachments
	Up, Down string
	Left     string // the way back
	Open     string // a branch of the sidebar, and what is folded
	Unfolded string // what is shown whole
	Ellipsis string
	Dot      string // between two facts
	Done     string
	Broken   string
	Health   string // a live connection
	// The priorities, the most urgent first.
	Urgent, High, Medium, Low string
	Horizontal, Vertical,
	TopLeft, TopRight, BottomLeft, BottomRight,
	TeeDown, TeeUp, TeeLeft, TeeRight, Cross string
}

func signs(ascii bool) Signs {
	if ascii {
		return Signs{
			Cursor: ">", Chosen: "x", Unread: "*", Note: "|", Clip: "@", Up: "^", Down: "v", Left: "<",
			Open: ">", Unfolded: "v", Ellipsis: "~", Dot: "-", Done: "+", Broken: "!", Health: "*",
			Urgent: "U", High: "H", Medium: "M", Low: "L",
			Horizontal: "-", Vertical: "|", TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+",
			TeeDown: "+", TeeUp: "+", TeeLeft: "+", TeeRight: "+", Cross: "+",
		}
	}
	return Signs{
		Cursor: "▌", Chosen: "✓", Unread: "●", Note: "┆", Clip: "⌁", Up: "↑", Down: "↓", Left: "‹",
		Open: "▸", Unfolded: "▾", Ellipsis: "…", Dot: "·", Done: "✓", Broken: "!", Health: "●",
		Urgent: "◆", High: "▲", Medium: "△", Low: "▽",
		Horizontal: "─", Vertical: "│", TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BottomRight: "╯",
		TeeDown: "┬", TeeUp: "┴", TeeLeft: "┤", TeeRight: "├", Cross: "┼",
	}
}
