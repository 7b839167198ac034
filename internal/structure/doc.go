// Package structure holds the plan of the house as tests: who may import whom,
// where goroutines may start, and what may reach a terminal. A rule that is
// only written down gets broken; one that is a test does not.
//
//	cmd/postroom ── wires everything, owns nothing
//	 ├─ ui         knows desk
//	 ├─ connector  knows desk
//	 ├─ store      knows desk
//	 └─ desk       standard library only
//
// It contains nothing but tests. Each rule is also shown a planted violation,
// so that a rule that has gone blind fails too.
package structure
