// Package theme says how the screen looks: which role is written how, and
// which sign stands for what.
//
// A place on the screen never asks for a colour. It asks for a role, such as
// [Unread] or [Warn], and the theme knows the attributes. The default theme
// uses the sixteen colours of the terminal, so light, dark and high-contrast
// terminals just follow, and faint instead of grey. Nothing is said by colour
// alone: every role that means something has a word or a sign beside it, so
// the screen reads the same without colours.
//
// Every sign has an ASCII twin of the same width. No sign comes from a private
// use area, so no special font is needed.
package theme
