//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"

	"postroom/internal/testserver"
)

// postbag makes the mails of a mailbox as one finds it: most are short, a few
// are large, a third answers an earlier one, and all of them use the words of a
// language as unevenly as people do. The same number gives the same mail.
type postbag struct {
	mails int
	newer time.Time     // when the last mail came in
	apart time.Duration // between two mails
}

// yearOfMail is a mailbox that took a year to fill. A small one took less: the
// last month of it is work, and there has to be a page of that.
func yearOfMail(n int) postbag {
	return postbag{mails: n, newer: time.Now().Add(-time.Minute), apart: min(365*24*time.Hour/time.Duration(n), 4*time.Hour)}
}

// tongue is a language with what it is usually written in.
type tongue struct {
	charset   string
	encoding  encoding.Encoding // nil for UTF-8
	base64    bool
	syllables []string
	share     int // of a hundred mails
}

func tongues() []tongue {
	latin := strings.Fields("ba ce di fo gu ma ne ri lo tu sa ve pi ro wy za")
	return []tongue{
		{charset: "utf-8", syllables: latin, share: 60},
		{charset: "iso-8859-1", encoding: charmap.ISO8859_1, syllables: strings.Fields("bä ce dö fo gü mä ne ri lo tu sä ve pi rö ße zü"), share: 15},
		{charset: "windows-1252", encoding: charmap.Windows1252, syllables: strings.Fields("bà ce dí fo gú ma né ri lô tu sa vè pi ro çe ñu"), share: 10},
		{charset: "koi8-r", encoding: charmap.KOI8R, base64: true, syllables: strings.Fields("ба це ди фо гу ма не ри ло ту са ве пи ро вы за"), share: 5},
		{charset: "iso-2022-jp", encoding: japanese.ISO2022JP, syllables: strings.Fields("あ い う え お か き く け こ さ し す せ そ た"), share: 5},
		{charset: "utf-8", base64: true, syllables: strings.Fields("订 单 发 票 退 款 灯 蓝 色 地 址 客 户 服 务 谢"), share: 5},
	}
}

// penman writes one mail.
type penman struct {
	r      *rand.Rand
	zipf   *rand.Zipf
	tongue tongue
}

func newPenman(i int) *penman {
	r := rand.New(rand.NewPCG(uint64(i), 7)) //nolint:gosec // numbers of mails are small
	p := &penman{r: r, zipf: rand.NewZipf(r, 1.2, 4, 40_000)}
	at := r.IntN(100)
	for _, t := range tongues() {
		if at -= t.share; at < 0 {
			p.tongue = t
			break
		}
	}
	return p
}

// word spells a number; small numbers are common and short.
func (p *penman) word() string {
	var b strings.Builder
	for n := p.zipf.Uint64() + 20; n > 0; n /= 16 {
		b.WriteString(p.tongue.syllables[n%16])
	}
	return b.String()
}

func (p *penman) words(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(p.word())
		switch {
		case i == n-1:
		case i%11 == 10:
			b.WriteString("\r\n")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// around is a number that is usually near the middle and sometimes far above.
func (p *penman) around(middle, spread float64) int {
	return int(middle * math.Exp(spread*p.r.NormFloat64()))
}

// letter is mail number i, counted from the oldest.
func (bag postbag) letter(i int) testserver.Letter {
	p := newPenman(i)
	at := bag.newer.Add(time.Duration(i+1-bag.mails) * bag.apart)
	var raw bytes.Buffer
	fmt.Fprintf(&raw, "Return-Path: <%[1]s>\r\nReceived: from mx.outside.test (mx.outside.test [192.0.2.7])\r\n\tby mx.example.test (Postfix) with ESMTPS id %[2]x\r\n\tfor <us@example.test>; %[3]s\r\nReceived: from [198.51.100.%[4]d] by mx.outside.test with ESMTPSA id %[2]x;\r\n\t%[3]s\r\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=outside.test; s=mail;\r\n\th=from:to:subject:date:message-id; bh=%[5]s;\r\n\tb=%[6]s\r\nAuthentication-Results: mx.example.test; dkim=pass header.d=outside.test; dmarc=pass\r\n",
		customer(i), i+1<<20, at.Format(time.RFC1123Z), i%250+1, p.noise(32), p.noise(190))
	fmt.Fprintf(&raw, "From: %s <%s>\r\nTo: us@example.test\r\nDate: %s\r\nMessage-ID: <%d.bench@outside.test>\r\n",
		mime.QEncoding.Encode("utf-8", strings.ReplaceAll(p.words(2), "\r\n", " ")), customer(i), at.Format(time.RFC1123Z), i)
	subject := fmt.Sprintf("%s %s A-%d", p.word(), p.word(), 30_000+i)
	if parent, ok := answers(i); ok {
		subject = "Re: " + subject
		fmt.Fprintf(&raw, "In-Reply-To: <%[1]d.bench@outside.test>\r\nReferences: <%[1]d.bench@outside.test>\r\n", parent)
	}
	fmt.Fprintf(&raw, "Subject: %s\r\nMIME-Version: 1.0\r\n", mime.QEncoding.Encode("utf-8", subject))
	p.body(&raw, i)
	return testserver.Letter{Raw: raw.Bytes(), Received: at}
}

// customer is who writes mail i. Who answers is who wrote first, or nobody
// would believe that it belongs there.
func customer(i int) string {
	for {
		parent, ok := answers(i)
		if !ok {
			break
		}
		i = parent
	}
	return fmt.Sprintf("p%d@c%d.outside.test", i%1999, i%97)
}

// answers is the mail that mail i answers: a third do.
func answers(i int) (parent int, ok bool) {
	r := rand.New(rand.NewPCG(uint64(i), 11)) //nolint:gosec // numbers of mails are small
	back := 1 + int(30*math.Exp(1.3*r.NormFloat64()))
	return i - back, r.IntN(100) < 36 && back <= i
}

func (p *penman) body(raw *bytes.Buffer, i int) {
	text := fmt.Sprintf("Hello,\r\n\r\n%s\r\n\r\nOrder A-%d.\r\n", p.words(max(8, p.around(260, 0.9))), 30_000+i)
	if _, ok := answers(i); ok {
		text += "\r\nOn Monday somebody wrote:\r\n> " + strings.ReplaceAll(p.words(max(8, p.around(170, 0.9))), "\r\n", "\r\n> ") + "\r\n"
	}
	switch kind := p.r.IntN(100); {
	case kind < 55:
		p.part(raw, "plain", text)
	case kind < 88:
		p.both(raw, text)
	default:
		raw.WriteString("Content-Type: multipart/mixed; boundary=\"=_mixed\"\r\n\r\n--=_mixed\r\n")
		p.both(raw, text)
		p.attach(raw, i)
		raw.WriteString("--=_mixed--\r\n")
	}
}

// both is a text with its HTML beside it.
func (p *penman) both(raw *bytes.Buffer, text string) {
	raw.WriteString("Content-Type: multipart/alternative; boundary=\"=_alt\"\r\n\r\n--=_alt\r\n")
	p.part(raw, "plain", text)
	raw.WriteString("--=_alt\r\n")
	html := strings.NewReplacer("\r\n\r\n", "</p>\r\n<p style=\"margin:0 0 12px;font-family:Arial,sans-serif;font-size:14px\">", "\r\n", "<br>\r\n").Replace(text)
	p.part(raw, "html", "<html><head><style>p{color:#222}.s{color:#888;font-size:11px}</style></head><body><p>"+html+"</p><p class=\"s\">"+p.words(12)+"</p></body></html>\r\n")
	raw.WriteString("--=_alt--\r\n")
}

func (p *penman) part(raw *bytes.Buffer, kind, text string) {
	data := []byte(text)
	if p.tongue.encoding != nil {
		var err error
		if data, err = p.tongue.encoding.NewEncoder().Bytes(data); err != nil {
			panic(err) // every language is written in letters of its charset
		}
	}
	if p.tongue.base64 {
		fmt.Fprintf(raw, "Content-Type: text/%s; charset=%s\r\nContent-Transfer-Encoding: base64\r\n\r\n", kind, p.tongue.charset)
		fold(raw, data)
		return
	}
	fmt.Fprintf(raw, "Content-Type: text/%s; charset=%s\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", kind, p.tongue.charset)
	w := quotedprintable.NewWriter(raw)
	_, _ = w.Write(data) // into memory
	_ = w.Close()
}

// attach adds a file that no compressor makes smaller, as pictures and PDF are.
func (p *penman) attach(raw *bytes.Buffer, i int) {
	size := min(p.around(92_000, 1.22), 8<<20)
	data := make([]byte, size)
	for k := range data {
		data[k] = byte(p.r.Uint32())
	}
	fmt.Fprintf(raw, "--=_mixed\r\nContent-Type: application/pdf; name=\"order %[1]d.pdf\"\r\nContent-Disposition: attachment; filename=\"order %[1]d.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n", i)
	fold(raw, data)
}

func fold(raw *bytes.Buffer, data []byte) {
	text := base64.StdEncoding.EncodeToString(data)
	for len(text) > 76 {
		raw.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	raw.WriteString(text + "\r\n")
}

// noise is what a signature looks like.
func (p *penman) noise(n int) string {
	data := make([]byte, n)
	for k := range data {
		data[k] = byte(p.r.Uint32())
	}
	return base64.StdEncoding.EncodeToString(data)
}
