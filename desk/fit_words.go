package desk

// teamWords are what teams call their addresses, in the languages of the
// countries whose providers postroom knows.
var teamWords = []string{
	"abuse", "accounting", "accounts", "admin", "administration", "aftersales", "ap", "ar", "assistance", "auftrag", "aide", "ayuda",
	"bestellung", "bewerbung", "booking", "bookings", "buchhaltung", "buchung", "care", "careers", "clients", "comercial", "commercial",
	"compras", "comptabilite", "contact", "contacto", "contatti", "contato", "customer", "customers", "datenschutz", "desk", "dispo", "dispatch",
	"einkauf", "enquiries", "enquiry", "events", "facturation", "faktura", "fattura", "feedback", "finance", "frontdesk", "general",
	"hallo", "hello", "help", "helpdesk", "hi", "hilfe", "hr", "hotline", "info", "informacion", "inquiries", "inquiry", "invoice", "invoices", "it",
	"jobs", "kasse", "klantenservice", "kontakt", "kunden", "kundendienst", "kundeservice", "legal", "mail", "marketing", "news", "newsletter",
	"noc", "office", "ops", "operations", "order", "orders", "partner", "partners", "payments", "payroll", "personal", "post", "postmaster", "presse",
	"press", "privacy", "procurement", "purchasing", "queue", "rechnung", "rechnungen", "reception", "reklamation", "reservation",
	"reservations", "reservierung", "retoure", "retouren", "returns", "rezeption", "rh", "sekretariat", "security", "shop", "soporte",
	"suporte", "team", "technik", "ticket", "tickets", "ufficio", "ventas", "vendas", "vendite", "verkauf", "vertrieb", "verwaltung",
	"warranty", "webmaster", "welcome", "zentrale",
}

// teamStems are those that also stand at the beginning or the end of a word.
var teamStems = []string{"support", "service", "sales", "billing", "helpdesk", "kunden", "vertrieb", "rechnung", "invoice", "customer"}

// givenNames are common given names where the same providers are, as they are
// written in addresses. One that is missing is no harm: it is asked for less
// often.
var givenNames = []string{
	"aaron", "adam", "adrian", "ahmed", "aisha", "alan", "albert", "alessandro", "alex", "alexander", "alexandra", "ali", "alice", "amelie", "amy",
	"ana", "anders", "andrea", "andreas", "andrew", "andy", "angela", "anja", "anna", "anne", "annette", "anthony", "antje", "anton", "antonio", "arthur", "astrid",
	"barbara", "beate", "ben", "benedikt", "benjamin", "bernd", "bettina", "bill", "birgit", "bob", "brian", "brigitte", "bruno",
	"camille", "carla", "carlos", "carmen", "carol", "carolin", "catherine", "charles", "charlotte", "chris", "christa", "christian", "christina", "christine",
	"christoph", "claire", "clara", "claudia", "dan", "daniel", "daniela", "david", "dennis", "diana", "diego", "dieter", "dirk", "dominik", "doris",
	"elena", "elisa", "elisabeth", "elizabeth", "ella", "emily", "emma", "eric", "erik", "eva", "fabian", "fatima", "felix", "fernando", "florian", "francesca",
	"francesco", "francois", "frank", "franz", "fred", "frederik", "friedrich", "gabi", "gabriel", "gabriele", "george", "georg", "gerd", "giulia", "grace",
	"greg", "guido", "hannah", "hans", "harald", "heike", "helen", "helena", "helga", "helmut", "henrik", "henry", "holger", "ines", "ingo", "ingrid", "isabel",
	"jack", "jakob", "james", "jan", "jana", "jane", "janet", "jason", "javier", "jean", "jeff", "jennifer", "jens", "jessica", "jim", "joachim", "joe", "johan", "johanna",
	"johannes", "john", "jonas", "jonathan", "jorge", "jose", "joseph", "juan", "julia", "julian", "julie", "jürgen", "juergen", "kai", "karen", "karin", "karl", "karsten",
	"katharina", "kate", "kathrin", "katrin", "kerstin", "kevin", "kim", "klaus", "konstantin", "kurt", "lara", "lars", "laura", "lea", "lena", "leo", "leon",
	"lisa", "louis", "luca", "lucas", "lucia", "lucy", "luis", "lukas", "manfred", "manuel", "manuela", "marc", "marcel", "marco", "marcus", "maria", "marie",
	"mario", "marion", "mark", "markus", "marta", "martha", "martin", "martina", "mary", "matteo", "matthew", "matthias", "max", "maximilian", "maya", "melanie",
	"michael", "michaela", "michel", "miguel", "mike", "mohamed", "mohammed", "monika", "moritz", "nadine", "natalie", "nick", "nico", "nicolas", "nicole",
	"nina", "noah", "nora", "norbert", "olaf", "oliver", "olivia", "oscar", "pablo", "patricia", "patrick", "paul", "paula", "pedro", "peter", "petra", "philip",
	"philipp", "pierre", "priya", "rachel", "rainer", "ralf", "ralph", "raphael", "rebecca", "regina", "renate", "richard", "rita", "robert", "roland", "roman",
	"rosa", "rudolf", "ruth", "sabine", "sam", "samuel", "sandra", "sara", "sarah", "scott", "sebastian", "silke", "silvia", "simon", "simone", "sofia", "sophia",
	"sophie", "stefan", "stefanie", "stephan", "stephen", "steve", "steven", "susan", "susanne", "sven", "sylvia", "tanja", "thomas", "thorsten", "tim", "timo",
	"tina", "tobias", "tom", "torsten", "ulrich", "ulrike", "ursula", "ute", "uwe", "vera", "veronika", "victor", "victoria", "vincent", "volker", "walter", "werner",
	"will", "william", "wolfgang", "yasmin", "yves", "zoe",
}
