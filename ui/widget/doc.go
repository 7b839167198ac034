// Package widget holds the parts of the screen that know nothing of mail:
// lines, boxes, a virtual list, text fields, pickers.
//
// A widget draws itself as lines of exactly the width it is given. That is the
// one contract between the parts of a frame: whoever puts panes side by side
// only joins strings. Text comes in as [safe.Text] and nothing else, so that no
// control character can reach the terminal through here.
package widget
