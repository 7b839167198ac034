package widget

// End puts the cursor behind the last letter: where one writes on in a text
// that was begun before.
func (e *Editor) End() {
	e.at, e.goal, e.typing = len(e.text), -1, false
}
