package connector

import (
	"strings"

	"postroom/desk"
)

// roleOfName knows what mail programs and providers call the folders, in the
// languages of their default settings. What it does not know is RoleOther.
func roleOfName(name string) desk.FolderRole {
	switch strings.ToLower(name) {
	case "sent", "sent items", "sent messages", "sent mail", "sent-mail", "outbox sent",
		"gesendet", "gesendete objekte", "gesendete elemente", "gesendete nachrichten", "postausgang gesendet",
		"envoyés", "messages envoyés", "éléments envoyés", "courrier envoyé", "enviados", "elementos enviados", "mensajes enviados", "enviadas", "itens enviados",
		"inviata", "inviati", "posta inviata", "elementi inviati", "verzonden", "verzonden items", "verzonden berichten", "skickat", "skickade objekt", "sendt", "sendte elementer", "sendte",
		"lähetetyt", "lähetetyt kohteet", "wysłane", "elementy wysłane", "odeslané", "odeslaná pošta", "odoslané", "elküldött", "elküldött elemek", "trimise", "poslano",
		"отправленные", "надіслані", "gönderilmiş öğeler", "gönderilenler", "απεσταλμένα", "送信済み", "送信済みアイテム", "已发送", "已发送邮件", "已傳送", "보낸편지함", "보낸 편지함":
		return desk.RoleSent
	case "junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "bulk",
		"werbung", "unerwünscht", "junk-e-mail", "spamverdacht", "courrier indésirable", "indésirables", "pourriel", "correo no deseado", "lixo eletrônico", "lixo electrónico",
		"posta indesiderata", "ongewenste e-mail", "ongewenst", "skräppost", "søppelpost", "uønsket mail", "uønsket e-mail", "roskaposti",
		"wiadomości-śmieci", "nevyžádaná pošta", "nevyžiadaná pošta", "levélszemét", "нежелательная почта", "спам", "önemsiz", "önemsiz e-posta", "ανεπιθύμητα",
		"迷惑メール", "垃圾邮件", "垃圾郵件", "스팸", "스팸메일함", "정크 메일":
		return desk.RoleJunk
	case "archive", "archives", "all mail", "archiv", "archivé", "archivo", "archivados", "arquivo", "arquivo morto", "archivio", "archief", "arkiv", "arkisto",
		"archiwum", "archív", "archívum", "архив", "архів", "arşiv", "αρχειοθήκη", "アーカイブ", "存档", "归档", "封存", "보관함":
		return desk.RoleArchive
	case "trash", "deleted", "deleted items", "deleted messages", "bin", "papierkorb", "gelöschte elemente", "gelöschte objekte", "gelöscht", "corbeille", "éléments supprimés",
		"papelera", "elementos eliminados", "lixeira", "lixo", "itens excluídos", "cestino", "posta eliminata", "prullenbak", "verwijderde items", "papperskorgen", "borttagna objekt",
		"papirkurv", "slettede elementer", "roskakori", "poistetut", "kosz", "elementy usunięte", "koš", "odstraněná pošta", "kôš", "lomtár", "корзина", "удаленные", "кошик",
		"çöp kutusu", "silinmiş öğeler", "κάδος", "ゴミ箱", "削除済みアイテム", "已删除", "已删除邮件", "垃圾桶", "휴지통", "지운편지함":
		return desk.RoleTrash
	default:
		return desk.RoleOther
	}
}
