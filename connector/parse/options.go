package parse

// Options are the caps of one reading. The zero value means the defaults.
type Options struct {
	// MaxDepth is how deep multiparts may be nested (default 50).
	MaxDepth int
	// MaxParts is how many parts are looked at (default 1000).
	MaxParts int
	// MaxHeader is how many bytes of one header are read (default 256 KB).
	MaxHeader int
	// MaxGrowth is how many times larger than the raw message the decoded
	// text may become (default 4).
	MaxGrowth int
}

const (
	defaultDepth  = 50
	defaultParts  = 1000
	defaultHeader = 256 << 10
	defaultGrowth = 4

	// smallMail is the size below which the growth cap does not bite: a short
	// table may well become longer as aligned text.
	smallMail = 16 << 10
)

func (o Options) withDefaults() Options {
	o.MaxDepth = orDefault(o.MaxDepth, defaultDepth)
	o.MaxParts = orDefault(o.MaxParts, defaultParts)
	o.MaxHeader = orDefault(o.MaxHeader, defaultHeader)
	o.MaxGrowth = orDefault(o.MaxGrowth, defaultGrowth)
	return o
}

func orDefault(n, standard int) int {
	if n <= 0 {
		return standard
	}
	return n
}

// textCap is the most decoded text a message of this size may give.
func (o Options) textCap(rawSize int) int {
	return max(rawSize, smallMail) * o.MaxGrowth
}
