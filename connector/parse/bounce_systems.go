package parse

// mailSystems are the mail systems whose words postroom knows.
var mailSystems = []mailSystem{
	// Servers for everybody.
	{
		name: "Postfix",
		says: []string{
			"this is the mail system at host", "this is the postfix program at host",
			"i'm sorry to have to inform you that your message could not be delivered",
			"i'm sorry to have to inform you that the message returned below could not be delivered",
		},
		lists: []string{"%:*", "%", "% (expanded from*"},
	},
	{
		name: "Sendmail",
		says: []string{
			"the following addresses had permanent", "the following addresses had transient", "the following addresses had delivery problems",
			"the following addresses had fatal", "----- transcript of session follows",
		},
		lists: []string{"%", "% *", ">>> %*", "*%... *"},
	},
	{
		name: "Exim and GMX, web.de, Ionos, Zoho, mail.ru, MX Logic, Momentum",
		says: []string{
			"this message was created automatically by mail delivery software", "this message was created automatically by the mail system",
			"this message was created automatically by the smtp relay", "a message that you sent could not be delivered",
			"a message that you have sent could not be delivered",
			"a message that you sent contained one or more recipient addresses that were incorrectly constructed", "это письмо создано автоматически сервером",
		},
		lists: []string{"%", "%:*", "% *", ">>> %*"},
	},
	{
		name: "Apache James",
		says: []string{"this is the james mail server"},
	},
	{
		name: "qmail",
		says: []string{
			"this is the qmail-send program", "this is the deliver program at", "i'm afraid i wasn't able to deliver your message to the following addresses",
			"your mail message to the following address(es) could not be delivered. this is a permanent error",
		},
		lists: []string{"%:", "%: *", "%"},
	},
	{
		name:  "Courier",
		says:  []string{"running the courier mail server"},
		lists: []string{"%:"},
	},
	{
		name:  "OpenSMTPD",
		says:  []string{"this is the mailer-daemon, please do not reply"},
		lists: []string{"%:*", "%"},
	},
	{
		name:  "DragonFly dma",
		says:  []string{"this is the dragonfly mail agent"},
		lists: []string{"there was an error delivering your mail to %*", "message delivery to % *"},
	},
	{
		name:  "XMail",
		says:  []string{"xmail bounce: rcpt=["},
		lists: []string{"*xmail bounce: rcpt=%*"},
	},
	{
		name: "PowerMTA",
		says: []string{
			"i am sending you this message to inform you on the delivery status of a message you previously sent",
		},
		lists: []string{"% delivery *", "%  delivery *"},
	},
	{
		name:  "smail and T-Online",
		says:  []string{"message log follows:", "failed addresses follow:"},
		lists: []string{"% ... *", "%... *", "%"},
	},

	// Microsoft.
	{
		name: "Exchange and hMailServer",
		says: []string{
			"did not reach the following recipient", "your message did not reach some or all of the intended recipients",
			"ihre nachricht hat einige oder alle empfänger nicht erreicht", "votre message n'est pas parvenu à certains",
			"el mensaje no llegó a algunos o a ninguno", "il messaggio non ha raggiunto", "uw bericht heeft enkele of alle geadresseerden niet bereikt",
			"a mensagem não alcançou",
		},
		lists: []string{
			"%", "did not reach the following recipient: %", "% on *", "% am *", "% le *", "% el *", "% op *", "% em *", "% il *",
		},
	},
	{
		name: "Exchange and Microsoft 365",
		says: []string{
			"delivery has failed to these recipients", "delivery is delayed to these recipients", "couldn't be delivered.",
			"fehler bei der nachrichtenzustellung an folgende empfänger", "échec de la remise à ces destinataires",
			"no se pudo entregar el mensaje a estos destinatarios", "error en la entrega a estos destinatarios",
			"errore durante il recapito del messaggio ai destinatari", "impossibile recapitare il messaggio ai",
			"kan bericht niet bezorgen bij deze geadresseerden", "falha na entrega a estes destinatários", "não foi possível entregar a estes destinatários",
			"leveringen misslyckades till följande mottagare", "nie można dostarczyć wiadomości do następujących adresatów",
			"не удалось доставить сообщение следующим", "次の受信者またはグループへの配信に失敗しました", "无法将邮件传递给这些收件人或组", "未能传递到以下收件人",
		},
		lists: []string{"%", "%:*", "your message to % *", "votre message à % *", "*%"},
	},
	{
		name:  "Hotmail and IIS",
		says:  []string{"this is an automatically generated delivery status notification"},
		lists: []string{"%", "* %"},
	},

	// Other servers for companies.
	{
		name:  "X.400 gateway",
		says:  []string{"this report relates to your message:"},
		lists: []string{"your message was not delivered to: %*", "your message was not delivered to %*"},
	},
	{
		name: "Lotus Domino",
		says: []string{"was not delivered to:"},
	},
	{
		name: "GroupWise",
		says: []string{"the message that you sent was undeliverable to the following"},
	},
	{
		name:  "Novell NIMS",
		says:  []string{"the novell netmail server", "the novell nims"},
		lists: []string{"%:*", "%"},
	},
	{
		name:  "Mercury",
		says:  []string{"with reference to your message with the subject:"},
		lists: []string{"*** %*"},
	},
	{
		name: "Kerio Connect",
		says: []string{"your message has not been delivered to the following recipients"},
	},
	{
		name:  "CommuniGate Pro",
		says:  []string{"failed to deliver to '"},
		lists: []string{"failed to deliver to %*"},
	},
	{
		name:  "MailEnable",
		says:  []string{"message could not be delivered to some recipients"},
		lists: []string{"recipient: %*"},
	},
	{
		name: "MDaemon",
		says: []string{
			"the attached message had permanent fatal delivery errors", "the attached message had permanent delivery errors",
		},
		lists: []string{"failed address: %*"},
	},
	{
		name:    "IMail",
		subject: []string{"undeliverable mail"},
		says: []string{
			"unknown user: ", "user mailbox exceeds allowed size: ", "invalid final delivery userid: ", "delivery failed ", "undeliverable to ",
		},
		lists: []string{"*: %", "undeliverable to %"},
	},
	{
		name:  "SmarterMail",
		says:  []string{"could not deliver message to the following recipient(s)"},
		lists: []string{"failed recipient: %*"},
	},
	{
		name: "Sun and Oracle Messaging, PMDF, iCloud",
		says: []string{
			"your message cannot be delivered to the following recipients", "your message is being returned; it has not yet been delivered",
			"this report relates to a message you sent with the following header fields",
		},
		lists: []string{"recipient address: %*", "original address: %*"},
	},
	{
		name: "InterMail",
		says: []string{
			"this message was undeliverable due to the following reason", "this message is undeliverable due to the following reason",
		},
		lists: []string{"%"},
	},
	{
		name:  "Mail2000",
		says:  []string{"the original message was received at"},
		lists: []string{"% [*"},
	},

	// Filters in front of servers.
	{
		name: "Mimecast",
		says: []string{
			"an email that you attempted to send to the following address could not be delivered", "an email you addressed to email address",
		},
		lists: []string{"-- %"},
	},
	{
		name:  "Barracuda",
		says:  []string{"was blocked by our spam firewall"},
		lists: []string{"your message to: %*"},
	},
	{
		name: "MessageLabs and Symantec",
		says: []string{"this is the mail delivery agent at"},
	},
	{
		name:  "IronPort",
		says:  []string{"the reason for the problem:"},
		lists: []string{"the following message to % was undeliverable*"},
	},
	{
		name: "Amazon SES and WorkMail",
		says: []string{"an error occurred while trying to deliver the mail to the following recipients"},
	},
	{
		name:  "SendGrid",
		says:  []string{"this is an automatically generated message from sendgrid"},
		lists: []string{"*:% : *"},
	},
	{
		name:  "InterScan",
		says:  []string{"message from interscan messaging security suite", "sent <<< rcpt to:"},
		lists: []string{"*unable to deliver message to %*", "sent <<< rcpt to:%*"},
	},
	{
		name: "MailMarshal",
		says: []string{"the following recipients were affected"},
	},
	{
		name:  "Active mail gateways",
		says:  []string{"notice: delivery failure."},
		lists: []string{"delivery failed: %"},
	},
	{
		name:  "SurfControl",
		says:  []string{"a transcript of the attempts to send the message follows"},
		lists: []string{"addressed to: %*"},
	},
	{
		name:  "MailFoundry",
		says:  []string{"delivery failed for the following reason"},
		lists: []string{"unable to deliver message to: %*"},
	},
	{
		name:  "m-FILTER",
		says:  []string{"このメールは「m-filter」が自動的に生成"},
		lists: []string{"%"},
	},

	// Providers.
	{
		name: "Gmail, older",
		says: []string{
			"delivery to the following recipient failed permanently", "delivery to the following recipients failed permanently",
			"delivery to the following recipient has been delayed",
		},
		lists: []string{"%"},
	},
	{
		name: "Gmail",
		says: []string{
			"your message wasn't delivered to", "there was a problem delivering your message to", "wurde nicht an", "die nachricht wurde blockiert",
			"** message blocked **", "** address not found **", "** die adresse wurde nicht gefunden **", "** adresse introuvable **",
			"** no se ha encontrado la dirección **", "** indirizzo non trovato **", "** adres niet gevonden **", "** endereço não encontrado **",
		},
		lists: []string{
			"your message wasn't delivered to % *", "your message to % *", "there was a problem delivering your message to %*",
			"ihre nachricht wurde nicht an % *", "ihre nachricht an % *",
		},
	},
	{
		name:  "Google Groups",
		says:  []string{"the group you tried to contact"},
		lists: []string{},
	},
	{
		name: "Yahoo",
		says: []string{
			"sorry, we were unable to deliver your message to the following address", "unable to deliver message to the following address(es)",
		},
		lists: []string{"%:*"},
	},
	{
		name: "AOL",
		says: []string{
			"your mail to the following recipients could not be delivered because they are not accepting mail from",
		},
	},
	{
		name:  "EarthLink",
		says:  []string{"sorry, unable to deliver your message to"},
		lists: []string{"sorry, unable to deliver your message to % *"},
	},
	{
		name: "Comcast",
		says: []string{"your message could not be delivered to the following recipients"},
	},
	{
		name: "Yandex",
		says: []string{"ваше письмо не может быть отправлено", "ваше письмо не может быть доставлено"},
	},
	{
		name:  "QQ Mail and NetEase",
		says:  []string{"您的邮件被退回来了"},
		lists: []string{"收件人%*", "收件人 %*", "收件人  %*", "收件人： %*", "收件人：%*", "收件人: %*"},
	},
	{
		name: "Verizon text messages",
		says: []string{
			"error: invalid user address", "error: invalid recipient", "message could not be delivered to mobile",
		},
		lists: []string{"rcpt to: %", "to: %"},
	},
	{
		name: "au (EZweb)",
		says: []string{
			"次のあて先へのメッセージはエラーのため送信できませんでした", "each of the following recipients was rejected by a remote mail server",
		},
		lists: []string{"recipient: %", "%"},
	},
	{
		name:  "KDDI",
		says:  []string{"送信先のメールボックスが一杯のため", "your mail sent on:"},
		lists: []string{"could not be delivered to: %*"},
	},

	// Lists that refuse a mail.
	{
		name:  "Mailman",
		says:  []string{"has been rejected by the list moderator"},
		lists: []string{},
	},

	// What providers write in their language.
	{
		name: "French",
		says: []string{
			"votre message n'a pas pu être remis", "votre message n'a pas pu être distribué", "votre message n'a pas pu être délivré",
			"votre message n'a pu être",
		},
	},
	{
		name: "German",
		says: []string{
			"ihre nachricht konnte an die folgenden empfänger nicht", "konnte nicht zugestellt werden.",
			"konnte nicht an die folgenden empfänger zugestellt werden",
		},
		lists: []string{"%", "%:*", "% *", "ihre nachricht an % *"},
	},
	{
		name: "Italian",
		says: []string{
			"il messaggio non è stato recapitato", "il tuo messaggio non è stato consegnato", "non è stato possibile recapitare il messaggio",
		},
	},
	{
		name: "Spanish",
		says: []string{
			"su mensaje no pudo ser entregado", "su mensaje no se ha podido entregar", "no se pudo entregar su mensaje",
		},
	},
	{
		name: "Portuguese",
		says: []string{
			"sua mensagem não pôde ser entregue", "sua mensagem não pode ser entregue", "sua mensagem não foi entregue",
		},
	},
	{
		name: "Dutch",
		says: []string{"uw bericht kon niet worden afgeleverd", "uw bericht kon niet worden bezorgd"},
	},
	{
		name: "Polish",
		says: []string{"wiadomość nie mogła zostać dostarczona", "twoja wiadomość nie została dostarczona"},
	},
	{
		name: "Swedish and Danish",
		says: []string{"ditt meddelande kunde inte levereras", "din meddelelse kunne ikke leveres"},
	},
	{
		name: "Chinese",
		says: []string{"您发送的邮件未能送达", "您的邮件无法投递", "無法傳送您的郵件"},
	},
}
