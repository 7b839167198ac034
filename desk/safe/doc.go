// Package safe is the only way for text from outside to reach a terminal or
// a log. A subject, a sender's name, a body, a file name, a host and the
// words of a server or an operating system are all written by strangers, and
// a terminal obeys what it is sent. [Text] is text that has been through the
// policy below. Only this package can make one, and whatever prints takes
// nothing else.
//
// The order of work is: decode everything first (encoded words, transfer
// encodings, character sets, HTML entities), then clean, once, at the moment
// of output. Cleaning earlier would let an encoded payload pass. What is
// stored stays as it came.
//
// # What may reach a terminal
//
// The policy is a list of what is allowed; all else is out.
//
//   - Runes that show a picture in their own cells: letters, numbers,
//     punctuation and symbols assigned in the Unicode version of the Go
//     release in use.
//   - The plain blank, and in text of several lines the line feed.
//   - Combining marks, at most four on one base. A mark that has no base
//     because it comes first, or after a blank or a line feed, gets a dotted
//     circle to sit on, so it cannot reach into what we printed before it.
//   - In text of several lines only: the joiner between two emoji, at most
//     four in one picture, and one presentation selector and one skin tone
//     behind an emoji.
//
// # What may not, and why
//
// Shown as U+FFFD, so that a reader sees there was something:
//
//   - C0 controls, DEL and C1 controls. ESC, CSI, OSC, DCS and APC start
//     commands that write the clipboard, set the title, draw images or make
//     the terminal type an answer; BS overprints; BEL rings. C1 is as
//     dangerous as ESC: U+009B is a one-rune CSI for some terminals. The
//     letters behind an ESC stay. They are harmless without it, and parsing
//     sequences in order to remove them is how cleaners get outwitted.
//   - Bytes that are no UTF-8, which includes C1 as raw bytes 0x80 to 0x9F
//     and encoded surrogates.
//   - Private use, noncharacters, unassigned code points, interlinear
//     annotation and other format characters: nobody knows how wide they are.
//
// Dropped, because they are invisible in good mail as well:
//
//   - Bidirectional controls. They make one text look like another
//     (invoiceexe.pdf for a program). Text stays in its logical order. In a
//     file name, where that trick is an attack and nothing else, [FileName]
//     shows them as U+FFFD.
//   - Zero-width characters, the soft hyphen, the byte order mark, invisible
//     operators, tag characters and stray variation selectors. They carry
//     hidden messages and defeat comparison by eye. Tags in a file name are
//     shown as well.
//   - Combining marks above four: five thousand of them paint over the lines
//     around and cost the terminal its breath.
//
// Turned into something plain:
//
//   - CR LF and CR, and the separators U+2028 and U+2029, into a line feed: a
//     bare CR lets a line overprint itself.
//   - A tab into blanks up to the next of the eight-column stops, because a
//     tab leaves cells undrawn that keep their old content.
//   - The no-break space, every other exotic blank and the letters that only
//     look like a blank (Hangul fillers, the empty braille cell) into a blank.
//
// In one line ([Line] and its relatives) every kind of blank, tab and line
// break becomes a single blank and the ends are trimmed. Joiners, selectors
// and skin tones are dropped and flag letters become plain letters: terminals
// that measure by rune and terminals that measure by grapheme disagree about
// their width, and a list must not lose its columns. Scripts with spacing
// marks, such as Devanagari, are still measured differently by some
// terminals; a list pads such a cell itself.
//
// # What holds afterwards
//
// Cleaning twice changes nothing. Two clean texts one after the other are
// clean. The cost is linear in the length. A text that is clean already is
// returned as it is, without an allocation.
//
// A hostile text can still lie in plain letters. That is the business of
// whoever shows it: a gutter beside bodies, the address beside the name, the
// host of a link as [Host] writes it.
package safe
