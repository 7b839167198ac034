//go:build race

package store

// planSize is small under the race detector, which makes SQLite thirty times
// slower; make test looks at the plans once more without it.
const planSize = 2_000
