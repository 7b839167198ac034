package desk

import (
	"slices"
	"strings"
	"unicode"
)

// Telling in which language a mail is written, for lang: in a rule. Most scripts
// say it; among those who write Latin or Cyrillic letters the small words do,
// which every sentence has. It is modest on purpose: where it is not clear,
// nothing is said, and no rule matches.

// smallWords are the commonest words of a language that few others have.
const smallWords = `
en the and of to you for is this that with have are not we your it be please
de der die das und ist nicht ich sie wir mit für ein eine auf zu bitte habe den von es auch
fr le les des et est une pas je nous vous pour que dans sur avec votre bonjour merci du au
es el los las y es una no que por para con del su hola gracias como pero tengo se
it il gli e è una non che per con del della sono ho ma grazie anche di le mi
pt o os as e é uma não que por para com do da obrigado você mas tenho em um
nl de het een en is niet ik van voor met dat op zijn wij u hebben te aan ook graag
sv och att det är inte jag en ett för med på som vi har till av kan hej
da og at det er ikke jeg en et for med på som vi har til af kan hej
no og at det er ikke jeg en et for med på som vi har til av kan hei
fi ja on ei että se hän en olen kuin mutta tai minä ovat tämä myös kanssa kiitos
pl i nie jest się na że do w z to jak proszę dziękuję czy dla mam od po
cs a je se na že to v s není jsem jak prosím děkuji pro ale nebo když mám
sk a je sa na že to v s nie som ako prosím ďakujem pre ale alebo keď mám
hu a az és nem hogy egy van meg de is ez kérem köszönöm csak vagy már
ro și nu este un o în la de pe că cu pentru mai sunt mulțumesc bună
tr ve bir bu için ile değil ben çok ne da de olarak var merhaba teşekkürler
hr i je se na da nije za što kako su sam hvala molim ali ili od
id dan yang di untuk dengan ini tidak saya ada dari ke terima kasih kami
vi và của là không có tôi cho các được một xin cảm ơn này với
ru и в не на что я с по это как но для мы вы здравствуйте спасибо
uk і в не на що я з це як але для ми ви та дякую будь
bg и в не на че аз с по това как но за ние вие благодаря да се
`

// Languages are those that can be told apart, by their ISO 639-1 codes.
func Languages() []string {
	codes := []string{"ar", "el", "he", "hi", "ja", "ko", "th", "zh"}
	for _, line := range strings.Split(strings.TrimSpace(smallWords), "\n") {
		codes = append(codes, line[:2])
	}
	slices.Sort(codes)
	return codes
}

// tongues knows the small words: for each the languages that have it, as places
// in codes.
type tongues struct {
	codes []string // sorted
	words map[string][]int
	heads sieve // of the words
}

func newTongues() *tongues {
	t := &tongues{words: map[string][]int{}}
	lines := strings.Split(strings.TrimSpace(smallWords), "\n")
	slices.Sort(lines)
	for i, line := range lines {
		words := strings.Fields(line)
		t.codes = append(t.codes, words[0])
		for _, w := range words[1:] {
			wordingOf(w).each(func(head uint64, folded string) {
				t.heads.put(head)
				if !slices.Contains(t.words[folded], i) {
					t.words[folded] = append(t.words[folded], i)
				}
			})
		}
	}
	return t
}

// Language tells in which language a text is written; empty when that is not
// clear, as in a text of three words.
func Language(text string) string { return newTongues().of(wordingOf(text)) }

// languageBytes is how much of a folded text is looked at.
const languageBytes = 4000

func (t *tongues) of(words wording) string {
	if len(words) > languageBytes {
		words = words[:strings.LastIndexByte(string(words[:languageBytes]), ' ')+1]
	}
	if script := scriptOf(words); script != "" {
		return script
	}
	score, total := make([]float64, len(t.codes)), 0
	words.each(func(head uint64, word string) {
		total++
		if t.heads.has(head) {
			list := t.words[word]
			for _, i := range list {
				score[i] += 1 / float64(len(list))
			}
		}
	})
	best, most, next := "", 0.0, 0.0
	for i, code := range t.codes {
		switch {
		case score[i] > most:
			best, most, next = code, score[i], most
		case score[i] > next:
			next = score[i]
		}
	}
	// A tenth of the words are small ones in any sentence, and those of the
	// next language have to be clearly fewer.
	if most < 1 || most*20 < float64(total) || most < next*1.25 {
		return ""
	}
	return best
}

// scriptOf is the language that alone is written in the script of most letters.
func scriptOf(words wording) string {
	// Latin and Cyrillic letters are those of many; most mail has no others.
	own := func(r rune) bool { return r >= 0x370 && (r < 0x400 || r >= 0x530) }
	if strings.IndexFunc(string(words), own) < 0 {
		return ""
	}
	scripts := []struct {
		code  string
		table *unicode.RangeTable
		count int
	}{
		{"ja", unicode.Hiragana, 0},
		{"ja", unicode.Katakana, 0},
		{"zh", unicode.Han, 0},
		{"ko", unicode.Hangul, 0},
		{"el", unicode.Greek, 0},
		{"he", unicode.Hebrew, 0},
		{"ar", unicode.Arabic, 0},
		{"hi", unicode.Devanagari, 0},
		{"th", unicode.Thai, 0},
	}
	letters := 0
	for _, r := range string(words) {
		switch {
		case !unicode.IsLetter(r):
			continue
		case own(r):
			for i := range scripts {
				if unicode.Is(scripts[i].table, r) {
					scripts[i].count++
					break
				}
			}
		}
		letters++
	}
	if kana := scripts[0].count + scripts[1].count; kana > 0 { // which write Chinese characters too
		scripts[0].count, scripts[1].count, scripts[2].count = kana+scripts[2].count, 0, 0
	}
	for _, s := range scripts {
		if s.count*2 > letters {
			return s.code
		}
	}
	return ""
}

func firstRunes(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}
