package parse

// The words of the languages that people answer mail in. All are lower case.

// forwardPrefixes and answerPrefixes stand before the colon of a subject.
var (
	forwardPrefixes = []string{
		"fw", "fwd", "wg", "weitergeleitet", "tr", "rv", "reenv", "i", "inoltro", "enc", "vb", "vidarebefordrat", "doorst", "vl", "vs",
		"videresendt", "pd", "fs", "továbbítás", "tov", "prosl", "preposl", "i̇lt", "ilt", "пересл", "преп", "пер", "πρθ", "ct", "terusan",
		"转发", "轉寄", "轉發", "転送", "전달", "העברה", "הועבר", "إعادة توجيه", "ed",
	}
	answerPrefixes = []string{
		"re", "aw", "antw", "antwort", "sv", "odp", "rif", "r", "res", "ref", "ynt", "yan", "cevap", "vá", "válasz", "vast", "atb", "ats",
		"на", "ha", "отв", "відп", "απ", "απαντ", "σχετ", "tl", "trả lời", "bls", "balas", "svar", "rép", "resp",
		"回复", "回覆", "答复", "答覆", "返信", "회신", "답장", "תגובה", "השב", "رد", "ตอบกลับ", "fv",
	}
)

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
	"alkuperäinen viesti", "mesaj original", "mesajul original", "özgün ileti", "orijinal mesaj", "orijinal ileti", "원본 메시지", "원본 메일",
	"originálna správa", "pôvodná správa", "izvorna poruka", "originalna poruka", "izvirno sporočilo", "původní e-mail", "původní email",
	"оригінал повідомлення", "оригінальне повідомлення", "вихідне повідомлення", "оригинално съобщение", "αρχικό μήνυμα",
	"הודעה מקורית", "הודעה המקורית", "الرسالة الأصلية", "رسالة أصلية", "thư gốc", "tin nhắn gốc", "pesan asli", "ข้อความต้นฉบับ",
	"ursprüngliche mail", "mail original", "e-mail original", "messaggio originario", "algne sõnum", "回复的原邮件", "replied message",
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
	"välitetty viesti", "edelleenlähetetty viesti", "mesaj redirecționat", "mesaj redirecţionat", "mesaj redirectionat",
	"iletilen mesaj", "iletilen ileti", "i̇letilen ileti", "i̇letilen mesaj", "iletilmiş mesaj", "i̇letilmiş mesaj", "전달된 메시지", "전달된 메일", "missatge reenviat",
	"továbbított levél", "preposlaná správa", "proslijeđena poruka", "posredovano sporočilo", "prosleđena poruka", "edastatud kiri",
	"переслане повідомлення", "перенаправлене повідомлення", "препратено съобщение", "пересланное письмо", "пересылаемое письмо",
	"προωθημένο μήνυμα", "הודעה שהועברה", "הודעה מועברת", "رسالة معاد توجيهها", "رسالة محولة", "الرسالة المعاد توجيهها",
	"thư đã chuyển tiếp", "thư được chuyển tiếp", "pesan terusan", "pesan diteruskan", "ข้อความที่ส่งต่อ", "转发的消息", "转发邮件信息", "转发的原邮件", "轉寄的郵件",
	"forwarding messages", "message réacheminé", "réacheminé par", "inoltrato da", "reenviado por", "doorgestuurd door", "encaminhado por", "mail transféré",
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
	"välitetty viesti alkaa", "začátek přeposílané zprávy", "začiatok preposlanej správy", "továbbított levél kezdete",
	"începe mesajul redirecționat", "i̇leti başlangıcı", "ileti başlangıcı", "iletilen mesajın başlangıcı", "i̇letilen mesajın başlangıcı",
	"початок листа, що пересилається", "початок пересланого повідомлення", "αρχή προωθημένου μηνύματος", "započni proslijeđenu poruku",
	"전달된 메시지 시작", "전달된 이메일", "תחילת ההודעה שהועברה", "بدء الرسالة المحولة", "بدء الرسالة المعاد توجيهها",
	"bắt đầu thư được chuyển tiếp", "mulai pesan yang diteruskan",
}

// wroteWords say in an introduction that somebody wrote.
var wroteWords = []string{
	" wrote", " writes", " schrieb", " geschrieben", " schreibt", "a écrit", "écrivait", "escribió", "escribio", "ha scritto", "scrisse",
	"escreveu", "schreef", "geschreven", " skrev", "napisał", " pisze", "написал", "пишет", "писал", "a scris",
	"napsal", "írta", "kirjoitti", "şunu yazdı", " yazdı", "va escriure", "έγραψε", "написа", "пише", "đã viết",
	"写道", "寫道", "写到", "のメール", "書きました", "書いて", "님이 작성", "작성:", "쓴 글:", "썼습니다",
	"ezt írta", " napísal", "napisao", "napisala", " je napisao", "kirjutas", "rašė", "rakstīja", "şunları yazdı", "написав", "писав",
	"כתב", "כתבה", "מאת", "كتب", "تمت كتابة", "menulis", "เขียนว่า", "skrifaði", "wiadomość napisana", "zitat von", " says:", "folgendes geschrieben",
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
	"po", "út", "st", "čt", "pá", "so", "ne", "ut", "št", "pi", "sri", "čet", "pet", "ned", "uto",
	"στις", "vào", "pada", "în", "tarihinde", "d", "dňa", "ke", "ti", "to", "pe", "la", "su", "lu", "mie", "joi", "vin", "sâm", "dum",
	"בתאריך", "ב", "في", "ในวันที่", "zitat", "ср,", "чт,",
	"нд", "сб,", "понеділок", "вівторок", "середа", "четвер", "п'ятниця", "субота", "неділя",
	"пн", "вт", "ср", "чт", "пт", "сб", "вс", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье",
}

// mobileWords begin the line that a telephone puts below a mail.
var mobileWords = []string{
	"sent from my ", "sent from mail for", "sent from outlook", "sent from yahoo", "sent from proton", "sent from gmail", "sent from samsung",
	"sent from android", "sent from tutanota", "sent from a mobile", "sent via ", "sent with ", "get outlook for ", "get bluemail for",
	"from my iphone", "from my android", "sent using ",
	"von meinem ", "von meiner ", "gesendet von ", "gesendet mit ", "gesendet aus ", "diese nachricht wurde von meinem", "holen sie sich outlook",
	"envoyé de mon ", "envoyé depuis ", "envoyé à partir d", "envoyé avec ", "télécharger outlook pour", "obtenez outlook pour",
	"enviado desde mi ", "enviado desde ", "enviado do meu ", "enviado a partir d", "enviado de mi ", "enviado do ", "enviado via ", "enviado con ", "enviado com ",
	"obtener outlook para", "obter o outlook para", "obter outlook para",
	"inviato da ", "inviato dal mio", "inviato con ", "ottieni outlook per", "scarica outlook per",
	"verzonden vanaf mijn ", "verzonden vanaf ", "verzonden met ", "verstuurd vanaf mijn ", "verstuurd vanaf ", "outlook voor ", "download outlook voor",
	"skickat från min ", "skickat från ", "hämta outlook för", "skaffa outlook för",
	"sendt fra min ", "sendt fra ", "hent outlook til", "hent outlook for", "få outlook for", "skaff deg outlook for",
	"wysłano z ", "wysłane z ", "pobierz aplikację outlook", "отправлено с ", "отправлено из ", "получите outlook для",
	"iphoneから送信", "ipadから送信", "androidから送信", "发自我的", "從我的", "发送自我的", "發自我的", "來自我的", "lähetetty ", "odesláno z ", "odoslané z ",
	"iphone'umdan gönderildi", "elküldve a", "나의 iphone에서 보냄",
}

// sentWords begin or end such a line in languages that bend the name of the
// device or put it first. The name must stand in the line too.
var sentWords = []string{
	"gesendet", "送信", "から送信", "보냄", "보냈습니다", "gönderildi", "küldve", "trimis", "надіслано", "στάλθηκε", "נשלח", "נשלחה", "أُرسلت", "أرسلت", "تم الإرسال",
	"đã gửi", "được gửi", "dikirim", "poslano", "poslané", "hanki ", "pobierz ", "získat ", "letöltése", "obțineți ", "edinin", "скачать ", "получить ",
	"отримати ", "завантажити ", "λήψη ", "を入手", "获取", "下载", "다운로드", "קבל ", "הורד ", "الحصول ", "تنزيل ", "tải ", "beziehen", "downloaden", "saadetud ", "getoutlook",
	"发送", "傳送", "取得", "ส่งจาก", "get ",
}

// devices are the names of telephones and mail programs in such a line.
var devices = []string{
	"iphone", "ipad", "android", "galaxy", "samsung", "outlook", "yahoo", "gmail", "proton", "blackberry", "huawei", "xiaomi", "redmi", "windows", "k-9",
}

// belowPhrases say that something stands in the earlier mail below. belowWords
// do so beside one of insideWords.
var (
	belowPhrases = []string{
		"see below", "inline below", "answers inline", "comments inline", "replies inline", "reply inline", "see inline", "siehe unten", "s. unten", "voir ci-dessous",
		"ver abajo", "vedi sotto", "ver abaixo", "zie hieronder", "se nedan", "se nedenfor", "patrz poniżej", "viz níže", "см. ниже", "lásd alább", "vezi mai jos",
	}
	belowWords = []string{
		"below", "in red", "in blue", "in green", "in line", "unten", "in rot", "in blau", "rot markiert", "ci-dessous", "en rouge", "en bleu", "dans le texte", "plus bas",
		"abajo", "en rojo", "en azul", "sotto", "in rosso", "in blu", "abaixo", "a vermelho", "em vermelho", "em azul", "hieronder", "in het rood", "in rood",
		"nedan", "i rött", "med rött", "nedenfor", "med rødt", "i rødt", "alla", "punaisella", "poniżej", "na czerwono", "níže", "červeně", "lent", "alább", "pirossal",
		"mai jos", "cu roșu", "aşağıda", "aşağıya", "aşağıdaki", "kırmızı", "ниже", "красным", "нижче", "червоним", "παρακάτω", "κόκκινο",
		"下記", "赤字", "下方", "下面", "红色", "紅色", "아래", "빨간색", "למטה", "באדום", "أدناه", "بالأحمر", "bên dưới", "màu đỏ",
	}
	insideWords = []string{
		"answer", "comment", "repl", "respon", "antwort", "kommentar", "anmerkung", "réponse", "commentaire", "respuesta", "comentario", "rispost", "commenti",
		"resposta", "comentário", "antwoord", "opmerking", "svar", "vastau", "odpowied", "odpověd", "ответ", "відповід", "válasz", "răspuns", "cevap", "yanıt",
		"απαντ", "回答", "ご回答", "答复", "回复", "返信", "답변", "תשוב", "إجاب", "trả lời",
	}
)

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
	case "from", "von", "van", "från", "fra", "od", "от", "от кого", "отправитель", "від", "від кого", "відправник", "da", "de", "de la", "mittente",
		"expéditeur", "remitente", "remetente", "afzender", "absender", "nadawca", "odesílatel", "odosielateľ", "šalje", "pošiljatelj", "pošilja", "feladó",
		"lähettäjä", "saatja", "kimden", "gönderen", "expeditor", "expeditorul", "από", "nuo", "no", "dari", "từ", "จาก", "frá", "מאת", "من",
		"差出人", "送信元", "送信者", "发件人", "寄件者", "寄件人", "發件人", "보낸 사람", "보낸사람":
		return fieldFrom
	case "sent", "date", "sent on", "gesendet", "gesendet am", "datum", "envoyé", "envoyé le", "date d'envoi", "enviado", "enviado el", "enviado em", "enviada",
		"enviada em", "fecha", "inviato", "inviato il", "data", "verzonden", "verzonden op", "skickat", "sendt", "dato", "wysłano", "wysłane", "data wysłania",
		"odesláno", "odoslané", "dátum", "poslano", "poslato", "elküldve", "küldve", "lähetetty", "päiväys", "päivämäärä", "pvm", "saadetud", "kuupäev",
		"gönderildi", "gönderme tarihi", "gönderim tarihi", "tarih", "trimis", "expediat", "data trimiterii", "dată", "отправлено", "дата", "надіслано", "відправлено",
		"изпратено", "στάλθηκε", "αποστολή", "ημερομηνία", "terkirim", "dikirim", "tanggal", "đã gửi", "ngày gửi", "ngày", "gửi", "ส่ง", "วันที่", "išsiųsta", "nosūtīts",
		"נשלח", "תאריך", "تم الإرسال", "تاريخ الإرسال", "أُرسلت", "أرسلت", "التاريخ",
		"送信日時", "日時", "日付", "发送时间", "发送日期", "發送時間", "發送日期", "寄件日期", "日期", "时间", "時間", "보낸 날짜", "보낸날짜", "보낸 시간", "날짜":
		return fieldSent
	case "to", "an", "à", "para", "a", "aan", "till", "til", "do", "кому", "до", "одержувач", "получатель", "komu", "pre", "prima", "za", "címzett", "vastaanottaja", "kellele", "adressaat",
		"kime", "alıcı", "către", "destinatar", "destinatarul", "pour", "destinataire", "destinatario", "destinatário", "empfänger", "adresat", "προς", "kam", "kepada", "đến", "tới", "ถึง",
		"per a", "אל", "إلى", "宛先", "送信先", "收件人", "收件者", "받는 사람", "받는사람":
		return fieldTo
	case "cc", "kopie", "copie à", "копия", "копія", "dw", "cópia", "kopia", "kopi", "kopio", "másolat", "másolatot kap", "bilgi", "κοιν", "κοινοποίηση", "抄送", "副本", "参照", "참조",
		"עותק", "نسخة":
		return fieldCc
	case "subject", "betreff", "objet", "sujet", "asunto", "oggetto", "assunto", "onderwerp", "ämne", "emne", "temat", "тема", "относно", "předmět", "predmet", "naslov", "zadeva", "tárgy",
		"aihe", "teema", "konu", "subiect", "subiectul", "θέμα", "tema", "temats", "perihal", "subjek", "chủ đề", "tiêu đề", "เรื่อง", "efni", "assumpte", "נושא", "הנידון", "الموضوع",
		"件名", "题目", "主题", "主題", "主旨", "제목":
		return fieldSubject
	}
	return 0
}
