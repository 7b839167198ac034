// Package calendar says when a team works, and counts in that time: when a
// goal of four working hours is due, and how many working hours lie between
// two moments. It is plain arithmetic on the standard library.
//
// One sentence defines everything: a moment is working time when the clock on
// the wall of the calendar's zone then shows a time inside one of the frames of
// that weekday, and the date it shows is no holiday. What follows from it when
// the clocks are changed is therefore no special case: a frame the clock jumps
// over is shorter by what was left out, and a frame it shows twice counts twice.
//
// Nothing walks through minutes. Between two changes of the clock local time is
// a straight line, on which whole weeks are multiplied and holidays subtracted;
// those stretches are put one behind the other.
package calendar
