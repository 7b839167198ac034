package parse

import (
	"html"
	"slices"
)

func divs(lines []string) []string {
	var out []string
	for _, one := range lines {
		out = append(out, "<div>"+html.EscapeString(one)+"</div>")
	}
	return out
}

// around writes lines between what opens and what closes them.
func around(open string, inner []string, shut string) []string {
	return slices.Concat([]string{open}, inner, []string{shut})
}

// intro escapes an introduction and links the address in it.
func introHTML(l *tongue, form string) string {
	return html.EscapeString(l.fill(form)) // the link around an address changes no text
}

func gmailHTML(l *tongue, inner []string) []string {
	return slices.Concat(
		[]string{`<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">` + introHTML(l, l.gmail) + `<br></div>`},
		around(`<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">`, inner, `</blockquote></div>`))
}

func gmailForwardHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{
		`<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>`,
		l.labels[0] + `: <strong class="gmail_sendername" dir="auto">` + html.EscapeString(l.from.name) + `</strong> <span dir="auto">&lt;` + l.from.mailbox + `&gt;</span><br>Date: ` + l.date +
			`<br>Subject: ` + topic + `<br>To:  &lt;ann@acme.test&gt;<br></div><br><br>`,
	}, inner, []string{`</div>`})
}

func gmailSignatureHTML(*tongue) []string {
	return []string{
		`<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br>`,
		`<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">Ann Lee<div>Acme Tools</div></div></div>`,
	}
}

// wordHTML is Outlook for Windows: a border above the header and nothing else.
func wordHTML(l *tongue, inner []string) []string {
	b := block(l, "<b>", "</b>", "<br>")
	b[0] = `<p class="MsoNormal">` + b[0]
	b[3] += `<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>`
	return slices.Concat([]string{`<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">`}, b, inner)
}

// webHTML is Outlook on the web and the new Outlook.
func webHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{
		`<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">`,
		`<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">`,
	},
		block(l, "<b>", "</b>", "<br>"), []string{`</font><div>&nbsp;</div></div><div>`}, inner, []string{`</div>`})
}

func outlookMobileHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<div id="mail-editor-reference-message-container" class="ms-outlook-mobile-reference-message">`}, webHTML(l, inner), []string{`</div>`})
}

func outlookMobileSignature(l *tongue) []string {
	return []string{`<div dir="ltr" id="ms-outlook-mobile-signature"><div></div>`, html.EscapeString(l.outlookMobile), `</div>`}
}

// olk is Outlook for Mac before 2019.
func olkHTML(l *tongue, inner []string) []string {
	b := block(l, `<span style="font-weight:bold">`, "</span>", "<br>")
	return slices.Concat([]string{`<div><br></div><span id="OLK_SRC_BODY_SECTION"><div style="font-family:Calibri; font-size:11pt; BORDER-TOP: #b5c4df 1pt solid; PADDING-TOP: 3pt">`},
		b, []string{`</div><div><br></div>`}, inner, []string{`</span>`})
}

func appleHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<div><br><blockquote type="cite"><div>` + introHTML(l, l.apple) + `</div><br class="Apple-interchange-newline"><div>`},
		inner, []string{`</div></blockquote></div><br>`})
}

func appleForwardHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<div><br><blockquote type="cite"><div>` + l.appleForward + `</div><br class="Apple-interchange-newline">`},
		block(l, `<div style="margin: 0px;"><b>`, `</b>`, `<br></div>`), []string{`<br><div>`}, inner, []string{`</div></blockquote></div>`})
}

func iosHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{
		`<div dir="ltr"><br><blockquote type="cite">` + introHTML(l, l.apple) + `<br><br></blockquote></div>`,
		`<blockquote type="cite"><div dir="ltr">`,
	}, inner, []string{`</div></blockquote>`})
}

func iosSignature(l *tongue) []string {
	return []string{`<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">` + l.iphone + `</div>`}
}

func thunderbirdHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<div class="moz-cite-prefix">` + introHTML(l, l.thunderbird) + `<br></div><blockquote type="cite" cite="mid:1@desk.test">`},
		inner, []string{`</blockquote>`})
}

func thunderbirdForwardHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{
		`<div class="moz-forward-container"><br><br>-------- ` + l.birdForward + ` --------`,
		`<table class="moz-email-headers-table" cellspacing="0" cellpadding="0" border="0"><tbody>`,
	},
		block(l, `<tr><th valign="BASELINE" nowrap="nowrap" align="RIGHT">`, `</th><td>`, `</td></tr>`), []string{`</tbody></table><br><br>`}, inner, []string{`</div>`})
}

func thunderbirdSignature(*tongue) []string {
	return []string{`<div class="moz-signature">-- <br>Ann Lee<br>Acme Tools</div>`}
}

func yahooHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<div id="ydp1yahoo_quoted_12" class="ydp1yahoo_quoted yahoo_quoted"><div style="font-family:Helvetica;font-size:13px;"><div>` +
		html.EscapeString(words(yahooIntros)(l)[0]) + `</div><div><br></div><div><br></div><div><div id="ydp1yiv1">`}, inner, []string{`</div></div></div></div>`})
}

func yahooForwardHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<div id="ydp1yahoo_quoted_12" class="ydp1yahoo_quoted yahoo_quoted"><div><div>----- ` + l.birdForward + ` -----</div>`},
		block(l, `<div><b>`, `</b>`, `</div>`), []string{`<div><br></div><div id="ydp1yiv1">`}, inner, []string{`</div></div></div>`})
}

func gmxHTML(l *tongue, inner []string) []string {
	b := block(l, "<b>", "</b>&nbsp;", "<br/>")
	return slices.Concat([]string{
		`<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5; word-wrap: break-word;"><div style="margin:0 0 10px 0;">`,
		b[1], b[0], b[2], b[3], `</div><div name="quoted-content">`,
	}, inner, []string{`</div></div>`})
}

func protonHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<div class="protonmail_quote">` + introHTML(l, l.apple) + `<br><blockquote class="protonmail_quote" type="cite">`},
		inner, []string{`</blockquote><br></div>`})
}

func protonForwardHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<div class="protonmail_quote">------- Forwarded Message -------<br>`}, block(l, "", "", "<br>"),
		[]string{`<br><blockquote class="protonmail_quote" type="cite">`}, inner, []string{`</blockquote><br></div>`})
}

func protonSignature(*tongue) []string {
	return []string{`<div class="protonmail_signature_block" style="font-family: Arial"><div class="protonmail_signature_block-user">Ann Lee</div>` +
		`<div class="protonmail_signature_block-proton">Sent with Proton Mail secure email.</div></div><br>`}
}

func samsungHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- ` + l.original + ` --------</div>`},
		block(l, "<div>", "", "</div>"), []string{`<div><br></div></div>`}, inner)
}

func samsungSignature(l *tongue) []string {
	return []string{`<div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:12px;color:#575757" dir="auto">` + html.EscapeString(l.galaxy) + `</div></div>`}
}

func k9HTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<br><br><div class="gmail_quote">` + introHTML(l, l.gmail) + `<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204); padding-left: 1ex;">`},
		inner, []string{`</blockquote></div>`})
}

func k9Signature(*tongue) []string {
	return []string{`<div class="k9mail-signature">-- <br>Sent from my Android device with K-9 Mail. Please excuse my brevity.</div>`}
}

func zimbraHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">`}, block(l, "<b>", "</b>", "<br>"),
		[]string{`</div><div data-marker="__QUOTED_TEXT__">`}, inner, []string{`</div>`})
}

func roundcubeHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<p id="reply-intro">` + html.EscapeString(words(roundcubeIntros)(l)[0]) + `</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">`},
		inner, []string{`</blockquote>`})
}

func roundcubeForwardHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<p id="forward-intro">-------- ` + l.original + ` --------</p><table border="0" cellspacing="0" cellpadding="0"><tbody>`},
		block(l, `<tr><th align="right" nowrap="nowrap" valign="baseline">`, `</th><td>`, `</td></tr>`), []string{`</tbody></table><br>`}, inner)
}

func mailruHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px">` + html.EscapeString(words(mailruIntros)(l)[0]) + `<br> <div id="">`},
		inner, []string{`</div></blockquote>`})
}

func yandexHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<div>----------------</div><div>` + html.EscapeString(yandexIntro(l)[0]) + `</div><blockquote><div>`}, inner, []string{`</div></blockquote>`})
}

func qqHTML(l *tongue, inner []string) []string {
	title := map[string]string{"zh": "原始邮件", "en": "Original"}[l.code]
	return slices.Concat([]string{`<div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">------------------&nbsp;` + title + `&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;padding:8px;">`},
		block(l, `<div><b>`, `</b>&nbsp;`, `;</div>`), []string{`</div><div>&nbsp;</div>`}, inner)
}

func neteaseHTML(l *tongue, inner []string) []string {
	return slices.Concat([]string{`<div style="position:relative;zoom:1"></div><div id="divNeteaseMailCard"></div><br>` + html.EscapeString(words(neteaseIntros)(l)[0]) +
		`<br> <blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid">`}, inner, []string{`</blockquote>`})
}

// htmlDialects are the programs as far as they write HTML.
var htmlDialects = []dialect{
	{program: "gmail", form: "html", quote: gmailHTML, forward: gmailForwardHTML, answers: true},
	{program: "gmail_signed", form: "html", quote: gmailHTML, forward: gmailForwardHTML, signature: gmailSignatureHTML},
	{program: "outlook_classic", form: "html", unmarked: true, quote: wordHTML, forward: wordHTML, local: true},
	{program: "outlook_web", form: "html", unmarked: true, quote: webHTML, forward: webHTML, local: true},
	{program: "outlook_mobile", form: "html", quote: outlookMobileHTML, forward: outlookMobileHTML, signature: outlookMobileSignature},
	{program: "outlook_mac", form: "html", quote: olkHTML, forward: olkHTML, local: true},
	{program: "apple_mac", form: "html", quote: appleHTML, forward: appleForwardHTML, answers: true},
	{program: "apple_ios", form: "html", quote: iosHTML, forward: appleForwardHTML, signature: iosSignature},
	{program: "thunderbird", form: "html", quote: thunderbirdHTML, forward: thunderbirdForwardHTML, answers: true},
	{program: "thunderbird_signed", form: "html", quote: thunderbirdHTML, signature: thunderbirdSignature},
	{program: "yahoo", form: "html", languages: "en de fr es it pt nl sv", quote: yahooHTML, forward: yahooForwardHTML},
	{program: "gmx", form: "html", languages: "en de fr es it", quote: gmxHTML, forward: gmxHTML},
	{program: "protonmail", form: "html", quote: protonHTML, forward: protonForwardHTML, signature: protonSignature},
	{program: "samsung", form: "html", unmarked: true, quote: samsungHTML, forward: samsungHTML, signature: samsungSignature},
	{program: "k9", form: "html", quote: k9HTML, signature: k9Signature},
	{program: "zimbra", form: "html", quote: zimbraHTML, forward: zimbraHTML},
	{program: "roundcube", form: "html", languages: "en de fr es it pl cs nl", quote: roundcubeHTML, forward: roundcubeForwardHTML, answers: true},
	{program: "mailru", form: "html", languages: "ru en", quote: mailruHTML},
	{program: "yandex", form: "html", languages: "ru uk en tr", quote: yandexHTML, answers: true},
	{program: "qq", form: "html", unmarked: true, languages: "zh en", quote: qqHTML, forward: qqHTML, local: true},
	{program: "netease", form: "html", languages: "zh en", quote: neteaseHTML},
}
