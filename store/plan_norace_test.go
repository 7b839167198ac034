//go:build !race

package store

// planSize is how many conversations the desk has whose plans are looked at.
const planSize = 100_000
