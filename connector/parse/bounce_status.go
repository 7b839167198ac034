package parse

import "strings"

// diagnosis is what the words of a mail server say about a failure.
type diagnosis struct {
	// status is a code of RFC 3463, or "" where nothing is said.
	status string
	// coded is true when a server gave a number: its own code, or a reply code
	// of RFC 5321. Otherwise the status is read from words.
	coded bool
}

// diagnosticCap is how much of the words about one recipient is read.
const diagnosticCap = 2000

// diagnose finds the status in words. The enhanced code is believed first;
// a reply code gives the class, and the words what went wrong.
func diagnose(text string) diagnosis {
	text = strings.ToLower(clip(text, diagnosticCap))
	words := strings.FieldsFunc(text, func(c rune) bool {
		return c <= ' ' || strings.ContainsRune(`#()<>[]-;:,='"/`, c) || c >= 0x2000
	})
	class := ""
	for i, word := range words {
		if code := statusCode(word); code != "" && code[0] != '2' && code[2] <= '7' && code[3] == '.' {
			return diagnosis{code, true}
		}
		if class == "" && replyCode(word) && !(i+1 < len(words) && unit(words[i+1])) {
			class = word[:1]
		}
	}
	meaning := meaningOf(text)
	switch {
	case class == "":
		return diagnosis{meaning, false}
	case meaning == "":
		return diagnosis{class + ".0.0", true}
	default:
		return diagnosis{class + meaning[1:], true}
	}
}

// statusCode gives the code of RFC 3463 at the start of a value, or "".
func statusCode(value string) string {
	word := firstWord(value)
	end, dots := 0, 0
	for end < len(word) && (word[end] >= '0' && word[end] <= '9' || word[end] == '.') {
		if word[end] == '.' {
			dots++
		}
		end++
	}
	if end > 0 && word[end-1] == '.' {
		// The full stop of a sentence.
		end, dots = end-1, dots-1
	}
	word = word[:end]
	if dots != 2 || len(word) < 5 || len(word) > 9 || word[1] != '.' || word[0] != '2' && word[0] != '4' && word[0] != '5' {
		return ""
	}
	if subject, detail, _ := strings.Cut(word[2:], "."); len(subject) > 3 || len(detail) > 3 || subject == "" || detail == "" {
		return ""
	}
	return word
}

// replyCode tells whether a word is a code with which a mail server refuses.
func replyCode(word string) bool {
	switch word {
	case "421", "432", "450", "451", "452", "453", "454", "455", "471", "500", "501", "502", "503", "504", "510", "511", "512", "515",
		"521", "523", "530", "534", "535", "538", "541", "542", "543", "546", "547", "550", "551", "552", "553", "554", "555", "556", "557", "571", "572":
		return true
	}
	return false
}

func unit(word string) bool {
	switch word {
	case "kb", "mb", "gb", "k", "m", "bytes", "byte", "minutes", "hours", "days", "seconds", "messages", "recipients":
		return true
	}
	return false
}

// meaningOf gives the status that words stand for, or "". The first entry that
// fits decides, so what is said more exactly stands above what is said about
// nearly every failure.
func meaningOf(lower string) string {
	for _, m := range meanings {
		for _, phrase := range m.phrases {
			if strings.Contains(lower, phrase) {
				return m.status
			}
		}
	}
	return ""
}

// meanings are the words of mail servers and the status of RFC 3463 section 3
// that fits them. A full mailbox may have room tomorrow: the class is 4, as
// RFC 3463 advises for X.2.2, unless a reply code says otherwise.
var meanings = []struct {
	status  string
	phrases []string
}{
	{"4.7.1", []string{"greylist", "graylist", "grey list", "gray list", "come back later"}},
	{"4.2.2", []string{
		"mailbox full", "mailbox is full", "mailfolder is full", "mail box full", "over quota", "overquota", "over its quota", "over the quota", "quota exceeded", "exceeded quota", "exceeded its quota",
		"quota violation", "quota usage exceeded", "exceeds allowed size", "exceeds its quota", "storage quota", "mailbox size limit", "mailbox exceeded", "exceeded storage", "mailbox has exceeded", "exceeded the local limit", "not enough storage", "no space left", "disk full",
		"postfach ist voll", "postfach des empfängers ist voll", "speicherplatz", "boîte aux lettres du destinataire est pleine", "boite pleine", "boîte pleine", "quota dépassé",
		"buzón lleno", "buzón está lleno", "buzón del destinatario está lleno", "casella piena", "casella di posta è piena", "caixa de correio cheia", "caixa postal cheia", "mailbox van de ontvanger is vol", "mailbox is vol",
		"skrzynka pełna", "skrzynka jest pełna", "przepełnion", "переполнен", "空间已满", "邮箱已满", "信箱已滿", "メールボックスが一杯", "メールボックスがいっぱい", "받은편지함이 가득",
	}},
	{"5.3.4", []string{
		"message size exceeds", "message too large", "message is too large", "size limit exceeded", "message too big", "exceeds maximum message size", "exceeds the maximum", "message exceeds", "message file too big", "larger than the", "size of this message",
		"nachricht ist zu groß", "message trop volumineux", "mensaje es demasiado grande", "邮件太大",
	}},
	{"5.2.1", []string{
		"mailbox disabled", "mailbox is disabled", "account disabled", "account is disabled", "account has been disabled", "disabled or discontinued", "account is locked", "mailbox is inactive", "account inactive", "account is inactive", "inactive user",
		"has been suspended", "account is suspended", "deactivated", "konto gesperrt", "konto deaktiviert", "compte désactivé", "cuenta deshabilitada", "expirado por falta de uso", "заблокирован",
	}},
	{"5.4.6", []string{"loops back to myself", "mail loop", "too many hops", "routing loop", "loop detected", "hop count exceeded"}},
	{"5.1.2", []string{
		"host unknown", "unknown host", "host or domain name not found", "host not found", "name service error", "couldn't find any host", "no such domain", "no such host", "domain not found", "domain does not exist", "no mx record", "dns lookup failure", "domain wasn't found",
		"unknown domain", "unknown mail domain", "unrouteable mail domain", "could not find a gateway", "domain has no mail", "unbekannte domain", "domäne wurde nicht gefunden", "domaine inconnu", "dominio no existe", "dominio inesistente", "domínio não encontrado", "домен не",
	}},
	{"5.1.6", []string{"no longer on server", "has moved to", "user has moved", "user has left"}},
	{"5.1.1", []string{
		"user unknown", "unknown user", "unknown local user", "no such user", "no such recipient", "no such mailbox", "no such address", "no such local user", "no such person", "unknown recipient", "unknown address", "unknown or illegal", "recipient unknown", "invalid recipient",
		"invalid mailbox", "invalid user", "invalid final delivery userid", "bad destination mailbox", "no valid recipients", "user not found", "account not found", "recipient not found", "mailbox not found", "address not found", "mailbox unavailable", "user not exist", "does not exist", "doesn't exist",
		"no mailbox here", "no mailbox by that name", "doesn't have a", "not listed in", "name is not recognized", "recipient name is not", "address couldn't be found", "couldn't be found", "wasn't found at", "was not found", "not our customer", "account that you tried to reach",
		"unrouteable address", "unrecognised o/r name", "possibly incorrect",
		"empfänger ist unbekannt", "empfänger unbekannt", "unbekannter empfänger", "unbekannter benutzer", "nicht gefunden", "existiert nicht",
		"destinataire invalide", "destinataire inconnu", "utilisateur inconnu", "adresse inconnue", "n'existe pas", "introuvable", "usuario desconocido", "destinatario desconocido", "no existe", "no se ha encontrado", "no se encontró",
		"utente sconosciuto", "non esiste", "inesistente", "usuário desconhecido", "utilizador desconhecido", "não existe", "não foi encontrado", "onbekende gebruiker", "bestaat niet", "niet gevonden", "finns inte", "findes ikke", "finnes ikke", "ei ole olemassa",
		"nie ma takiego", "nie istnieje", "neexistuje", "nem létezik", "не существует", "не найден", "не знайдено", "不存在", "見つかりません", "存在しません", "존재하지",
		"recipient address rejected",
	}},
	{"4.4.1", []string{
		"connection timed out", "connection refused", "connection reset", "no route to host", "network is unreachable", "is not responding", "not reachable", "did not accept our requests to connect", "network error on destination", "could not connect", "unable to connect", "cannot connect", "connection dropped", "operation timed out", "timed out",
	}},
	{"4.4.7", []string{"retry timeout exceeded", "retry time", "queue too long", "message expired", "delivery time expired", "delivery retry timeout", "too long in the queue", "failed 20 attempts", "failing for a long time", "envelope expired", "multiple retries, giving up", "could not deliver for the last", "allowed queue period"}},
	{"5.7.1", []string{
		"spam", "blocked", "blacklist", "blocklist", "block list", "access denied", "denied", "policy", "refused", "not permitted", "not allowed", "not authorized", "may not have permission", "not accepting mail from", "relaying", "relay access",
		"unsolicited", "content filter", "virus", "prohibited", "reputation", "dmarc", "only members may post", "rejected by the list moderator", "nicht berechtigt", "keine berechtigung", "blockiert", "refusé", "rechazado", "rifiutato", "отклонено", "拒收", "拒绝",
	}},
	{"5.0.0", []string{"permanent error", "permanent failure", "permanent fatal", "failed permanently", "will not continue trying", "fatal error", "unzustellbar"}},
}
