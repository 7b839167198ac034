package parse

import (
	"strings"

	"postroom/desk"
)

// purpose is what a mail that holds an earlier one was written for. Outlook
// and others write the same header above a mail they answer and one they
// forward, so that only the header of the mail itself tells them apart.
type purpose uint8

const (
	purposeUnknown purpose = iota
	purposeAnswer
	purposeForward
)

// purposeOf tells what a mail was written for: by the prefix of its subject,
// or, where there is none, by the fields with which an answer names the mail
// it answers (RFC 5322 section 3.6.4).
func purposeOf(mail *desk.Mail) purpose {
	switch prefix := subjectPrefix(mail.Subject); {
	case prefix == "vs":
		// "Videresendt" in Norway and Denmark, "vastaus" in Finland.
		if strings.Contains(mail.BodyText, "Lähettäjä:") || strings.Contains(mail.BodyText, " kirjoitti") {
			return purposeAnswer
		}
		return purposeForward
	case oneOf(prefix, forwardPrefixes):
		return purposeForward
	case oneOf(prefix, answerPrefixes):
		return purposeAnswer
	}
	if len(mail.InReplyTo) > 0 || len(mail.References) > 0 {
		return purposeAnswer
	}
	return purposeUnknown
}

// subjectPrefix gives what stands before the first colon of a subject, in
// lower case and without the count that some programs add as in "Re[2]".
func subjectPrefix(subject string) string {
	subject = strings.TrimSpace(subject)
	for strings.HasPrefix(subject, "[") {
		// A tag such as [External] that a gateway put in front.
		_, rest, ok := strings.Cut(subject, "]")
		if !ok {
			break
		}
		subject = strings.TrimSpace(rest)
	}
	prefix, _, ok := strings.Cut(strings.Replace(subject, "：", ":", 1), ":")
	if !ok || len(prefix) > 40 {
		return ""
	}
	if count := strings.IndexAny(prefix, "[(^"); count > 0 {
		prefix = prefix[:count]
	}
	return strings.ToLower(strings.TrimSpace(prefix))
}

func oneOf(word string, words []string) bool {
	for _, one := range words {
		if word == one {
			return true
		}
	}
	return false
}
