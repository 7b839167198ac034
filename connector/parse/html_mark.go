package parse

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// mark recognises the elements by which mail programs mark an earlier mail,
// the line that introduces it, and the signature.
func (w *htmlWalk) mark(inner *element, a *attributes) {
	if inner.mark == markQuote || inner.mark == markRest || inner.mark == markBox {
		return
	}
	if inner.tag == atom.Blockquote {
		if quoteBorder(a.style) || strings.EqualFold(a.kind, "cite") || hasClass(a.class, "gmail_quote") || hasClass(a.class, "protonmail_quote") ||
			hasClass(a.class, "tutanota_quote") || a.id == "isReplyContent" {
			inner.mark = markQuote
		} else {
			inner.mark = markOwn
		}
		return
	}
	if inner.tag == atom.Div && headBorder(a.style) {
		w.block(0)
		inner.mark = markHead
		return
	}
	if a.class == "" && a.id == "" && a.smart == "" && a.marker == "" && a.name == "" {
		return
	}
	id := a.id
	for strings.HasPrefix(id, "x_") {
		// Outlook renames what stood in the mail it quotes.
		id = id[2:]
	}
	switch {
	case id == "divRplyFwdMsg", hasClass(a.class, "OutlookMessageHeader"):
		w.block(0)
		inner.mark = markRest
	case hasClass(a.class, "yahoo_quoted"), strings.HasPrefix(id, "yahoo_quoted"), id == "OLK_SRC_BODY_SECTION",
		id == "mail-editor-reference-message-container", a.marker == "__HEADERS__", a.marker == "__QUOTED_TEXT__",
		a.name == "quote" && inner.tag == atom.Div:
		w.block(0)
		inner.mark = markBox
	case hasClass(a.class, "protonmail_quote"):
		inner.mark = markQuote
	case hasClass(a.class, "gmail_attr"), hasClass(a.class, "moz-cite-prefix"), id == "reply-intro", hasClass(a.class, "airmail_on"):
		inner.mark = markIntro
	case inner.tag == atom.Div && hasClass(a.class, "gmail_quote"):
		inner.mark, inner.gmail = markIntro, true
	case a.smart == "gmail_signature", hasClass(a.class, "gmail_signature"), hasClass(a.class, "moz-signature"),
		hasClass(a.class, "protonmail_signature_block"), id == "Signature", id == "AppleMailSignature",
		id == "ms-outlook-mobile-signature", id == "composer_signature", id == "ninesign", hasClass(a.class, "k9mail-signature"), a.name == "messageSignatureSection":
		inner.mark = markSignature
	}
}

// leaveIntro ends the introduction of Gmail's quote at its blockquote: what
// stands between or after the quotes is an answer.
func (w *htmlWalk) leaveIntro(inner *element) {
	inner.gmail = false
	for i := len(w.stack) - 1; i > 0 && w.stack[i].gmail; i-- {
		w.stack[i].gmail = false
		w.stack[i].mark = markNone
	}
}

// hasClass tells whether a class attribute names this class, also with the
// prefix that Outlook gives it.
func hasClass(classes, class string) bool {
	for at := 0; at < len(classes); {
		i := strings.Index(classes[at:], class)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(class)
		before := start == 0 || classes[start-1] == ' ' || strings.HasSuffix(classes[:start], "x_")
		after := end == len(classes) || classes[end] == ' ' || classes[end] == '_' && class == "gmail_quote"
		if before && after {
			return true
		}
		at = end
	}
	return false
}

// headBorder tells whether a style is the border that Outlook draws above the
// header of an earlier mail.
func headBorder(style string) bool {
	return strings.Contains(style, "border-top:solid #") && strings.Contains(style, "padding:3.0pt 0")
}

// quoteBorder tells whether a style is that of the blockquote of Mail.ru, which
// names it in no other way.
func quoteBorder(style string) bool { return strings.Contains(style, "border-left:1px solid #0857A6") }
