// Package crash is what the tests share that end a program where it hurts: at a
// random instant, at a chosen system call, or with the power.
//
//	crash.go   short and full form, the line each test prints, the killing
//	look.go    a database beside the program: counts, rows, what is broken
//	trace.go   one system call fails, or is the last one (strace)
//	record.go  what a program has written, in order
//	disk.go    the files as they are when the power goes
//
// Only tests import this package. It reads databases through SQLite and
// otherwise only files that no program has open.
package crash
