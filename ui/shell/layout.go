package shell

// Rect is a part of the terminal, in cells.
type Rect struct{ X, Y, W, H int }

// Empty reports whether nothing can be drawn in it.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Size is how large the terminal is.
type Size struct{ W, H int }

// TooSmall reports whether the terminal only has room for a sentence.
func (s Size) TooSmall() bool { return s.W < 40 || s.H < 10 }

// Wish is what the user wants to see beside the list.
type Wish struct {
	// Sidebar is nil until the user has decided; then the width decides.
	Sidebar *bool
	// Preview is false where the place has nothing to show beside its list.
	Preview bool
}

// Areas are the named parts of the screen. Together they tile it.
type Areas struct {
	Header, TopRule        Rect
	Sidebar, SideRule      Rect
	List, MidRule, Preview Rect
	// Stacked says that the preview is below the list and MidRule lies.
	Stacked       bool
	Toast, Footer Rect
}

// Body is the middle of the screen as one part, for a screen without panes.
func (a Areas) Body() Rect {
	return Rect{0, a.List.Y, a.Header.W, a.Toast.Y - a.List.Y}
}

// The widths at which the layout changes, and those of its parts.
const (
	threePanes   = 120
	twoPanes     = 100
	stackedPanes = 80
	sidebarWidth = 22
	wideSidebar  = 26
	veryWide     = 160
	stackHeight  = 16
)

// Layout divides a terminal. Three panes from 120 columns, list and preview
// side by side from 100, one above the other from 80, below that the list
// alone. The sidebar is a drawer where it is not wished for by width.
func Layout(s Size, w Wish) Areas {
	var a Areas
	a.Header = Rect{0, 0, s.W, 1}
	a.TopRule = Rect{0, 1, s.W, 1}
	a.Toast = Rect{0, s.H - 2, s.W, 1}
	a.Footer = Rect{0, s.H - 1, s.W, 1}
	body := Rect{0, 2, s.W, s.H - 4}

	sidebar := s.W >= threePanes
	if w.Sidebar != nil {
		sidebar = *w.Sidebar
	}
	if sidebar {
		width := sidebarWidth
		if s.W >= veryWide {
			width = wideSidebar
		}
		if s.W < 60 {
			width = body.W // a drawer over everything
		}
		a.Sidebar, body = cutLeft(body, width)
		a.SideRule, body = cutLeft(body, 1)
	}
	a.List = body
	if !w.Preview || body.W < 54 {
		return a
	}
	switch {
	case s.W >= twoPanes && body.W >= 90:
		width := max(body.W*45/100, 44)
		a.List, body = cutLeft(body, body.W-width-1)
		a.MidRule, a.Preview = cutLeft(body, 1)
	case s.W >= stackedPanes && body.H >= stackHeight-4:
		a.Stacked = true
		height := max(body.H*2/5, 6)
		a.List = Rect{body.X, body.Y, body.W, body.H - height - 1}
		a.MidRule = Rect{body.X, a.List.Y + a.List.H, body.W, 1}
		a.Preview = Rect{body.X, a.MidRule.Y + 1, body.W, height}
	}
	return a
}

// cutLeft takes a column off the left of a part.
func cutLeft(r Rect, width int) (left, rest Rect) {
	width = min(max(width, 0), r.W)
	return Rect{r.X, r.Y, width, r.H}, Rect{r.X + width, r.Y, r.W - width, r.H}
}
