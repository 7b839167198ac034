package sample

// customer is somebody who writes to the office. lang picks the topics in
// which they write.
type customer struct {
	name, addr, lang string
}

// topic is a matter a customer may write about. {order}, {amount}, {product},
// {name} and {first} are filled in for each conversation.
type topic struct {
	inbox   string // support, billing or maya
	lang    string
	subject string
	ask     string
	// answer is what the office wrote back, again what the customer then said.
	answer, again string
	// attach is the name of an attached file, if any.
	attach string
}

func customers() []customer {
	return []customer{
		{"Priya Nair", "priya@kite.test", "en"},
		{"Ana Ruiz", "ana.ruiz@lumen.test", "en"},
		{"Kofi Mensah", "kofi@mensah-import.test", "en"},
		{"Li Wei", "li.wei@northbridge.test", "en"},
		{"Sam Okafor", "sam@okafor.test", "en"},
		{"Dana Levy", "dana.levy@brightside.test", "en"},
		{"Ewa Nowak", "ewa.nowak@poczta.test", "pl"},
		{"Ben Carter", "ben@carterandsons.test", "en"},
		{"Mia Rossi", "mia.rossi@postino.test", "it"},
		{"Ilya Petrov", "ilya@petrov.test", "en"},
		{"Grace Kim", "grace.kim@hanul.test", "en"},
		{"Omar Said", "omar@saidlogistics.test", "en"},
		{"Tomás Gil", "tomas.gil@correo.test", "es"},
		{"Jeanne Dupont", "j.dupont@atelier.test", "fr"},
		{"Lukas Weber", "l.weber@weberbau.test", "de"},
		{"Sofie Jansen", "sofie@jansen.test", "nl"},
		{"Hanna Lindqvist", "hanna@lindqvist.test", "en"},
		{"Miguel Santos", "miguel@santos.test", "pt"},
		{"Aiko Tanaka", "tanaka@hoshi.test", "ja"},
		{"Chen Yu", "chen.yu@tianqi.test", "zh"},
		{"Noor Haddad", "noor@haddad.test", "en"},
		{"Greta Fischer", "greta.fischer@postfach.test", "de"},
		{"Paul Martin", "paul.martin@cabinet.test", "fr"},
		{"Olivia Brown", "olivia@brownbooks.test", "en"},
		{"Jack Murphy", "jack@murphys.test", "en"},
		{"Zoë van Dijk", "zoe@vandijk.test", "nl"},
		{"Carlos Ortega", "carlos@ortega.test", "es"},
		{"Isabel Costa", "isabel@costa.test", "pt"},
		{"Marek Zielinski", "marek@zielinski.test", "pl"},
		{"Giulia Bianchi", "giulia@bianchi.test", "it"},
		{"Henry Adams", "henry.adams@adamslaw.test", "en"},
		{"Fatima Zahra", "fatima@zahra.test", "en"},
		{"Peter Olsen", "peter@olsen.test", "en"},
		{"Yuki Sato", "sato@mizu.test", "ja"},
		{"Rosa Keller", "rosa.keller@keller.test", "de"},
		{"Ivan Horvat", "ivan@horvat.test", "en"},
		{"Amelia Clarke", "amelia@clarke.test", "en"},
		{"Theo Lambert", "theo@lambert.test", "fr"},
		{"Nina Schulz", "nina@schulz.test", "de"},
		{"Victor Hugo Reyes", "victor@reyes.test", "es"},
	}
}

func products() []string {
	return []string{"blue desk lamp", "oak shelf", "standing desk", "linen curtain", "brass hook set", "reading chair", "wall clock", "wool rug", "corner cabinet", "folding table"}
}

func topics() []topic {
	return []topic{
		{"support", "en", "The {product} arrived broken", "Hello,\n\nmy order {order} came this morning and the {product} is cracked along one side. The box itself looked fine.\n\nCan you send a new one? I can take a photo if that helps.\n\nThanks\n{name}", "Hello {first},\n\nI am sorry about that. A photo would help us with the carrier; I have already set a new {product} aside for you.\n\nMaya", "Here is the photo. You can see the crack from the left.", "photo-1.jpg"},
		{"support", "en", "Where is order {order}?", "Hi,\n\nI ordered a {product} nine days ago and the tracking page has said \"in transit\" since Tuesday. Is it lost?\n\n{name}", "Hi {first},\n\nit is in the depot in your town and goes out tomorrow morning.\n\nTom", "It came, thank you!", ""},
		{"support", "en", "How do I assemble the {product}?", "Good morning,\n\nthere was no manual in the box. Do you have it as a PDF? I have four screws of the long kind and eight of the short kind, which seems right, but I cannot see where the metal bracket goes.\n\nBest\n{name}", "", "", ""},
		{"support", "en", "Wrong colour", "Hello, I ordered the {product} in grey and got it in green. Green is nice, but not here. How do I send it back?\n\n{name}\n\n--\n{name}\nSent with a pencil", "Hello {first}, please keep the box: our driver will bring the grey one on Thursday and take the green one along.\n\nSven", "", ""},
		{"support", "en", "Can I change the delivery address?", "Hi there,\n\nwe are moving on the 1st. Please send order {order} to the new address:\n\n14 Harbour Street\nsecond floor\n\nThanks a lot\n{first}", "", "", ""},
		{"support", "en", "Missing parts in order {order}", "Two of the brackets for the {product} are missing. I counted three times.\n\n{name}", "Dear {first}, the brackets went out by letter today.\n\nTom", "They came, but they are for the other model. These have one hole, I need two.", ""},
		{"support", "en", "Is the {product} coming back?", "Hello,\n\nyour page says the {product} is sold out. Will there be more before the holidays?\n\nRegards\n{name}", "", "", ""},
		{"support", "en", "It wobbles", "I have put the {product} together twice now and it still wobbles. I am not a clumsy person. What am I doing wrong?\n\n{first}", "Hi {first}, loosen all screws by half a turn, stand it on the floor, press down, and tighten them again crosswise. That does it nine times of ten.\n\nSven", "It was the tenth time.", ""},
		{"support", "en", "Thank you", "I only want to say that the {product} is lovely and your driver was kind to my dog.\n\n{name}", "", "", ""},
		{"support", "en", "Third time I ask", "I wrote about the {product} on Monday and on Wednesday. Please just tell me whether you have got my mails.\n\n{name}\nOrder {order}", "", "", ""},
		{"support", "de", "Lieferung {order} unvollständig", "Guten Tag,\n\nbei der Lieferung {order} fehlt eine Seitenwand. Könnten Sie mir bitte mitteilen, wann ich mit dem fehlenden Teil rechnen kann?\n\nMit freundlichen Grüßen\n{name}", "Guten Tag,\n\ndas Teil ist unterwegs und sollte am Freitag bei Ihnen sein.\n\nMit freundlichen Grüßen\nMaya Brandt", "Vielen Dank, das ging schnell!", ""},
		{"support", "de", "Frage zur Pflege", "Hallo,\n\nwomit darf ich die geölte Oberfläche reinigen? Auf der Packung steht nichts.\n\nViele Grüße\n{name}", "", "", ""},
		{"support", "fr", "Retard de livraison {order}", "Bonjour,\n\nma commande {order} devait arriver la semaine dernière. Pouvez-vous me dire où elle se trouve ?\n\nCordialement,\n{name}", "Bonjour,\n\nelle a quitté notre entrepôt hier et arrivera demain dans la matinée.\n\nBien à vous,\nTom Ashe", "", ""},
		{"support", "es", "Devolución del pedido {order}", "Hola:\n\nquisiera devolver el pedido {order}. El mueble es más grande de lo que pensaba. ¿Cómo lo hago?\n\nUn saludo,\n{name}", "", "", ""},
		{"support", "it", "Vite mancante", "Buongiorno,\n\nnella scatola manca una vite lunga. Me ne potete spedire una?\n\nGrazie mille\n{name}", "", "", ""},
		{"support", "nl", "Vraag over bestelling {order}", "Hallo,\n\nkan ik bestelling {order} ook zelf komen ophalen? Ik ben vrijdag in de buurt.\n\nMet vriendelijke groet,\n{name}", "", "", ""},
		{"support", "pl", "Uszkodzona paczka", "Dzień dobry,\n\npaczka {order} przyszła uszkodzona. W załączniku zdjęcie.\n\nPozdrawiam\n{name}", "", "", "paczka.jpg"},
		{"support", "pt", "Troca do pedido {order}", "Olá,\n\no pedido {order} veio com a cor errada. Podem trocar?\n\nObrigado\n{name}", "", "", ""},
		{"support", "ja", "配送についてのお問い合わせ", "お世話になっております。\n\n注文番号 {order} の配送状況を教えていただけますでしょうか。\n\nよろしくお願いいたします。\n{name}", "", "", ""},
		{"support", "zh", "订单 {order} 的问题", "您好，\n\n我收到的商品颜色不对，请问可以更换吗？\n\n谢谢\n{name}", "", "", ""},
		{"billing", "en", "Refund still missing", "Hi, I returned the {product} two weeks ago (order {order}) and the refund has not come through. Tracking says you received it on the 3rd. Could you check?\n\n{name}", "Hello {first}, sorry about that. The stores are checking and I will write by Thursday.\n\nTom", "It is Friday and I heard nothing. Please just refund me today.", "receipt.pdf"},
		{"billing", "en", "Charged twice for {order}", "Hello,\n\nmy card shows {amount} EUR twice for order {order}. I only bought one {product}.\n\n{name}", "", "", ""},
		{"billing", "en", "Card declined, order {order}", "Hi, the shop says my card was declined, but the bank says it was not asked. Can I pay by transfer instead?\n\n{first}", "Hi {first}, yes. I have changed the order to payment by transfer; the details are on the new invoice.\n\nMaya", "", ""},
		{"billing", "en", "Invoice needs VAT number", "Dear billing team,\n\ncould you issue the invoice for order {order} again with our VAT number? Our accountant insists.\n\nKind regards\n{name}", "", "", ""},
		{"billing", "en", "PO 7781 attached", "Please find our purchase order attached. Terms as agreed, 30 days net.\n\n{name}\nPurchasing", "", "", "PO-7781.pdf"},
		{"billing", "en", "Receipt for August", "Hello, I need a receipt for what I bought in August. The amount was {amount} EUR I think.\n\nThank you\n{name}", "Hello {first}, here it is. It was {amount} EUR indeed.\n\nSven", "Perfect, thank you.", ""},
		{"billing", "en", "Two invoices, one order", "We received two invoices for order {order}, one of them over {amount} EUR. Which one should we pay?\n\n{name}", "", "", ""},
		{"billing", "en", "Annual discount", "Hi,\n\nwe have bought for more than {amount} EUR this year. Is there a discount for regular customers?\n\nBest\n{name}", "", "", ""},
		{"billing", "de", "Rechnung {order}", "Sehr geehrte Damen und Herren,\n\ndie Rechnung zu {order} ist auf die falsche Firma ausgestellt. Bitte korrigieren Sie sie auf Weber Bau GmbH.\n\nMit freundlichen Grüßen\n{name}", "", "", "rechnung.pdf"},
		{"billing", "fr", "Facture {order}", "Bonjour,\n\npourriez-vous m'envoyer la facture de la commande {order} ? Le montant est de {amount} EUR.\n\nMerci d'avance,\n{name}", "", "", ""},
		{"billing", "es", "Reembolso pendiente", "Buenos días:\n\ntodavía no he recibido el reembolso de {amount} EUR. ¿Me pueden decir cuándo llegará?\n\nGracias,\n{name}", "", "", ""},
		{"billing", "ja", "領収書の発行をお願いします", "注文番号 {order} の領収書を発行していただけますか。\n\n{name}", "", "", ""},
		{"maya", "en", "Lunch on Thursday?", "Hi Maya,\n\nthe place by the canal has opened again. Thursday at half past twelve?\n\n{first}", "", "", ""},
		{"maya", "en", "Slides for Monday", "Hi Maya, could you look over pages 4 to 9? The numbers are from October.\n\nThanks\n{first}", "", "", "slides.pdf"},
		{"maya", "en", "Your talk in March", "Dear Maya,\n\nthe committee has read your proposal and would like to have you on the second day. Could you tell us by the end of the month?\n\nBest wishes\n{name}", "", "", ""},
		{"maya", "en", "Keys", "I have left the keys with Sven. The small one is for the letter box.\n\n{first}", "", "", ""},
		{"maya", "de", "Wochenende", "Liebe Maya,\n\nkommt ihr am Samstag? Es gibt Pflaumenkuchen.\n\nGruß\n{first}", "", "", ""},
	}
}
