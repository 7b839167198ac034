package parse

// The words of the languages that people answer mail in. All are lower case.

// originalWords stand between hyphens above the mail that is answered.
var originalWords = []string{
	"original message", "original mail", "original e-mail", "original appointment", "reply message",
	"ursprüngliche nachricht", "originalnachricht", "ursprüngliche e-mail", "originalmail",
	"message d'origine", "message d’origine", "message original", "courriel original", "e-mail d'origine",
	"mensaje original", "messaggio originale", "mensagem original", "oorspronkelijk bericht",
	"oorspronkelijke bericht", "originele bericht", "ursprungligt meddelande", "originalmeddelande",
	"oprindelig meddelelse", "oprindelig besked", "original meddelelse", "opprinnelig melding", "original melding",
	"oryginalna wiadomość", "wiadomość oryginalna", "исходное сообщение", "оригинальное сообщение",
	"original-nachricht", "邮件原件", "原始邮件", "原始郵件", "元のメッセージ", "původní zpráva", "eredeti üzenet",
	"alkuperäinen viesti", "mesaj original", "özgün ileti", "원본 메시지",
}

// forwardWords stand between hyphens above a forwarded mail.
var forwardWords = []string{
	"forwarded message", "forwarded mail", "forwarded by", "forwarded e-mail",
	"weitergeleitete nachricht", "weitergeleitete mail", "weitergeleitet von", "weitergeleitete e-mail",
	"message transféré", "message transmis", "message réexpédié", "mensaje reenviado",
	"messaggio inoltrato", "mensagem encaminhada", "mensagem reencaminhada", "doorgestuurd bericht",
	"vidarebefordrat meddelande", "videresendt meddelelse", "videresendt besked", "videresendt melding", "videresendt e-post",
	"przekazana wiadomość", "wiadomość przekazana", "treść przekazanej wiadomości", "пересылаемое сообщение",
	"пересланное сообщение", "переадресованное сообщение", "перенаправленное сообщение",
	"转发的邮件", "轉寄郵件", "转发邮件", "転送メッセージ", "転送されたメッセージ", "přeposlaná zpráva", "továbbított üzenet",
	"välitetty viesti", "mesaj redirecționat", "iletilen mesaj", "전달된 메시지", "missatge reenviat",
}

// forwardPhrases are what Apple Mail writes above a forwarded mail.
var forwardPhrases = []string{
	"begin forwarded message", "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail",
	"début du message réexpédié", "début du message transféré", "début du message reexpédié",
	"inicio del mensaje reenviado", "inizio messaggio inoltrato", "inizio del messaggio inoltrato",
	"início da mensagem encaminhada", "início da mensagem reencaminhada", "begin doorgestuurd bericht",
	"vidarebefordrat brev", "vidarebefordrat mejl", "början på vidarebefordrat", "start på videresendt besked",
	"begynnelse på videresendt melding", "starten på den videresendte besked", "videresendt melding",
	"początek przekazywanej wiadomości", "początek przekazanej wiadomości",
	"начало переадресованного сообщения", "начало пересылаемого сообщения",
	"転送されたメッセージ", "以下是转发的邮件", "下面是被转发的邮件", "以下是轉寄的郵件",
}

// wroteWords say in an introduction that somebody wrote.
var wroteWords = []string{
	" wrote", " writes", " schrieb", " geschrieben", " schreibt", "a écrit", "écrivait", "escribió", "escribio", "ha scritto", "scrisse",
	"escreveu", "schreef", "geschreven", " skrev", "napisał", " pisze", "написал", "пишет", "писал", "a scris",
	"napsal", "írta", "kirjoitti", "şunu yazdı", " yazdı", "va escriure", "έγραψε", "написа", "пише", "đã viết",
	"写道", "寫道", "写到", "のメール", "書きました", "書いて", "님이 작성", "작성:",
}

// leadWords begin an introduction: words for "on" and weekdays.
var leadWords = []string{
	"on", "am", "le", "el", "il", "em", "op", "den", "de", "dnia", "w", "w dniu", "på", "dne", "ha", "el día", "pe",
	"le,", "a", "em:", "en", "in", "lørdag", "søndag",
	"mon", "tue", "wed", "thu", "fri", "sat", "sun",
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
	"mo", "di", "mi", "do", "fr", "sa", "so",
	"lun", "mar", "mié", "jue", "vie", "sáb", "dom", "mer", "gio", "ven", "sab", "seg", "ter", "qua", "qui", "sex",
	"ma", "wo", "vr", "za", "zo", "mån", "tis", "tors", "fre", "lör", "sön",
	"man", "tir", "tirs", "ons", "tor", "lør", "søn", "mandag", "tirsdag", "onsdag", "torsdag", "fredag",
	"måndag", "tisdag", "lördag", "söndag",
	"pon", "wt", "śr", "czw", "pt", "sob", "niedz", "niedz", "ndz",
	"пн", "вт", "ср", "чт", "пт", "сб", "вс", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье",
}

// mobileWords begin the line that a telephone puts below a mail.
var mobileWords = []string{
	"sent from my ", "sent from mail for", "sent from outlook", "sent from yahoo", "sent from proton", "sent from gmail", "sent from samsung",
	"sent from android", "sent from tutanota", "sent from a mobile", "sent via ", "sent with ", "get outlook for ", "get bluemail for",
	"from my iphone", "from my android",
	"von meinem ", "von meiner ", "gesendet von ", "gesendet mit ", "gesendet aus ", "diese nachricht wurde von meinem",
	"envoyé de mon ", "envoyé depuis ", "envoyé à partir d", "télécharger outlook pour", "obtenez outlook pour",
	"enviado desde mi ", "enviado desde ", "enviado do meu ", "enviado a partir d", "enviado de mi ", "enviado do ", "enviado via ",
	"obtener outlook para", "obter o outlook para",
	"inviato da ", "inviato dal mio", "ottieni outlook per", "scarica outlook per",
	"verzonden vanaf mijn ", "verzonden vanaf ", "verstuurd vanaf mijn ", "verstuurd vanaf ", "outlook voor ",
	"skickat från min ", "skickat från ", "hämta outlook för", "skaffa outlook för",
	"sendt fra min ", "sendt fra ", "hent outlook til", "få outlook for", "skaff deg outlook for",
	"wysłano z ", "wysłane z ", "pobierz aplikację outlook", "отправлено с ", "отправлено из ", "получите outlook для",
	"iphoneから送信", "ipadから送信", "androidから送信", "发自我的", "從我的", "发送自我的", "發自我的", "lähetetty ", "odesláno z ",
	"iphone'umdan gönderildi", "elküldve az ", "나의 iphone에서 보냄",
}

const (
	fieldFrom = 1 << iota
	fieldSent
	fieldTo
	fieldCc
	fieldSubject
)

// blockLabels knows the labels of the header above an earlier mail. A label
// can mean different fields in different languages.
func blockLabels(label string) int {
	switch label {
	case "from", "von", "van", "från", "fra", "od", "от", "da", "差出人", "发件人", "寄件者", "送信者", "feladó", "lähettäjä", "kimden", "보낸 사람", "från:", "expéditeur", "remitente", "mittente":
		return fieldFrom
	case "de":
		return fieldFrom
	case "sent", "date", "gesendet", "datum", "envoyé", "enviado", "enviada em", "enviado el", "enviado em", "enviada", "inviato", "data",
		"verzonden", "verzonden op", "skickat", "sendt", "wysłano", "отправлено", "дата", "送信日時", "日時", "发送时间", "發送時間", "寄件日期", "日期",
		"fecha", "dato", "date d'envoi", "envoyé le", "odesláno", "elküldve", "lähetetty", "gönderildi", "보낸 날짜", "gesendet am", "data:", "päiväys":
		return fieldSent
	case "to", "an", "à", "para", "a", "aan", "till", "til", "do", "кому", "宛先", "收件人", "收件者", "komu", "címzett", "vastaanottaja", "kime", "받는 사람", "destinataire", "destinatario", "empfänger":
		return fieldTo
	case "cc", "kopie", "copie à", "копия", "dw", "cópia", "kopia", "kopi", "抄送", "副本", "参照":
		return fieldCc
	case "subject", "betreff", "objet", "asunto", "oggetto", "assunto", "onderwerp", "ämne", "emne", "temat", "тема", "件名", "主题", "主題", "主旨", "předmět", "tárgy", "aihe", "konu", "제목":
		return fieldSubject
	}
	return 0
}
