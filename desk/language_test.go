package desk

import "testing"

func TestLanguageIsToldOrNot(t *testing.T) {
	for text, want := range map[string]string{
		"Hello, I would like to have the invoice for my last order, please. It is not in the mail.": "en",
		"Guten Tag, ich habe die Rechnung nicht bekommen. Bitte schicken Sie sie mir noch einmal.":  "de",
		"Bonjour, je n'ai pas reçu la facture pour ma commande. Merci de nous répondre.":            "fr",
		"Hola, no tengo la factura de mi pedido y necesito una copia. Gracias por todo.":            "es",
		"Buongiorno, non ho ricevuto la fattura del mio ordine. Grazie per la risposta.":            "it",
		"Olá, não recebi a fatura da minha encomenda e preciso de uma cópia. Obrigado, você.":       "pt",
		"Goedendag, ik heb de factuur van mijn bestelling niet ontvangen en wil het graag weten.":   "nl",
		"Hej, jag har inte fått fakturan för min beställning och vill att ni skickar den till mig.": "sv",
		"Dzień dobry, nie mam faktury do zamówienia i proszę o kopię. To jest dla mnie ważne.":      "pl",
		"Здравствуйте, я не получил счёт за заказ. Спасибо, что вы ответите.":                       "ru",
		"請求書を受け取っていません。もう一度送ってください。":                                                                "ja",
		"我没有收到发票，请再发一次。":                                                                            "zh",
		"청구서를 받지 못했습니다.":                                                                            "ko",
		"Δεν έλαβα το τιμολόγιο.":                                                                   "el",
		"לא קיבלתי את החשבונית.":                                                                    "he",
		"OK":                               "", // nobody can tell
		"Order 4711, SKU A-7":              "",
		"":                                 "",
		"Lorem ipsum dolor sit amet elit.": "",
	} {
		if got := Language(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
