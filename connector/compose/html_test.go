package compose

import (
	"strings"
	"testing"
)

func TestHTMLMeansWhatWasTyped(t *testing.T) {
	t.Parallel()
	const quote = "<blockquote type=\"cite\" style=\"margin:0 0 0 .8ex;padding-left:1ex;border-left:2px solid #ccc\">\n"
	for in, want := range map[string]string{
		"one\ntwo\n\nthree":                     "<p>one<br>\ntwo</p>\n<p>three</p>\n",
		"**bold** _em_ ~~gone~~ `code`":         "<p><strong>bold</strong> <em>em</em> <del>gone</del> <code>code</code></p>\n",
		"Map<String, Int> & <b>":                "<p>Map&lt;String, Int&gt; &amp; &lt;b&gt;</p>\n",
		"<script>alert(1)</script>":             "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n",
		"Regards\n-- \nAnna":                    "<p>Regards<br>\n--<br>\nAnna</p>\n",
		"a\n---\nb":                             "<p>a</p>\n<hr>\n<p>b</p>\n",
		"> a\n> --\n> b":                        quote + "<p>a<br>\n--<br>\nb</p>\n</blockquote>\n",
		"```\na\n--\n```":                       "<pre><code>a\n--\n</code></pre>\n",
		"Title\n===\nmore":                      "<p>Title<br>\n===<br>\nmore</p>\n",
		"#4473 is done":                         "<p>#4473 is done</p>\n",
		"> question\nanswer":                    quote + "<p>question</p>\n</blockquote>\n<p>answer</p>\n",
		">> a\n> b\nc":                          quote + quote + "<p>a</p>\n</blockquote>\n<p>b</p>\n</blockquote>\n<p>c</p>\n",
		"> a\n> b":                              quote + "<p>a<br>\nb</p>\n</blockquote>\n",
		"```\n> a\nb\n```":                      "<pre><code>&gt; a\nb\n</code></pre>\n",
		"[web](https://x.test/a?b=1&c=\"2)":     "<p><a href=\"https://x.test/a?b=1&amp;c=%222\">web</a></p>\n",
		"[mail](mailto:a@b.test)":               "<p><a href=\"mailto:a@b.test\">mail</a></p>\n",
		"[bad](javascript:alert(1))":            "<p>bad</p>\n",
		"[bad](data:text/html,x) [r](/etc)":     "<p>bad r</p>\n",
		"[bad](java&#115;cript:alert(1))":       "<p>bad</p>\n",
		"<javascript:alert(1)>":                 "<p>javascript:alert(1)</p>\n",
		"![a *picture*](https://x.test/p.png)":  "<p><a href=\"https://x.test/p.png\">a <em>picture</em></a></p>\n",
		"![x](file:///etc/passwd)":              "<p>x</p>\n",
		"see https://x.test/a_b_c, or a@b.test": "<p>see <a href=\"https://x.test/a_b_c\">https://x.test/a_b_c</a>, or <a href=\"mailto:a@b.test\">a@b.test</a></p>\n",
		"1. one\n2. two":                        "<ol>\n<li>one</li>\n<li>two</li>\n</ol>\n",
		"|a|b|\n|-|-|\n|1|2|":                   "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n",
	} {
		page, err := htmlPage(cleanBody(in))
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(page, "<body>\n")
		if body, _, _ = strings.Cut(body, "</body>"); body != want {
			t.Errorf("%q gives:\n%s\nwant:\n%s", in, body, want)
		}
	}
}

// A quoted mail may come from anybody: none keeps the sender busy.
func TestHTMLOfHostileTextEnds(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"quotes": strings.Repeat(">", 20_000), "brackets": strings.Repeat("[", 50_000), "links": strings.Repeat("[a](", linkCap), "many links": strings.Repeat("[a](", 16_000), "long": strings.Repeat("[a](", 1_000_000), "stars": strings.Repeat("*a **b ", 10_000),
		"ticks": strings.Repeat("`` ` ", 20_000), "lists": strings.Repeat("- ", 5_000), "angles": strings.Repeat("<a", 50_000), "tables": strings.Repeat("|a", 5_000) + "\n" + strings.Repeat("|-", 5_000),
	} {
		if _, err := htmlPage(text + "\n"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
