package parse

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkFields tells what keeping header fields for rules costs beside the
// rest: "kept" is that alone, "parse" all of the same mail.
func BenchmarkFields(b *testing.B) {
	var many strings.Builder
	for i := range maxFields {
		fmt.Fprintf(&many, "X-Field-%d: a value of an ordinary length, number %d\n", i, i)
	}
	for _, bench := range []struct {
		name string
		raw  []byte
	}{
		{"as usual", benchPlain(5 << 10)},
		{"200 fields", append([]byte(many.String()), benchPlain(5<<10)...)},
	} {
		b.Run(bench.name+"/parse", func(b *testing.B) {
			for b.Loop() {
				Parse(bench.raw, Options{})
			}
		})
		b.Run(bench.name+"/kept", func(b *testing.B) {
			h, _ := splitHeader(bench.raw, len(bench.raw))
			r := newReading(bench.raw, Options{})
			kept := 0
			for b.Loop() {
				kept = len(r.fieldsOf(&h))
			}
			b.ReportMetric(float64(kept), "fields")
		})
	}
}
