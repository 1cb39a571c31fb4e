package findings

import (
	"strings"
	"unicode"
)

// commonName finds names that are no protection, because much ordinary mail shows them: one
// letter, or what every organization calls a mailbox. The witness is an address whose mail
// would be flagged.
func commonName(s *subject, _ *situation) (Finding, bool) {
	common := commonNames[s.folded]
	if !common {
		letters := 0
		for _, r := range s.folded {
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				letters++
			}
			if unicode.Is(unicode.Han, r) || r > unicode.MaxLatin1 && !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) {
				return Finding{}, false // a character of these scripts may be a name
			}
		}
		common = letters == 1
	}
	local := strings.NewReplacer(" ", ".", "-", ".", "'", "").Replace(s.folded)
	return Finding{Rule: CommonName, Severity: Warning, Witness: strings.Trim(local, ".,;:!?()") + "@unrelated.example"}, common
}

// commonNames are the names of mailboxes that most organizations have.
var commonNames = func() map[string]bool {
	all := make(map[string]bool)
	for name := range strings.FieldsSeq(`
info information support admin administrator helpdesk service services sales marketing office team contact hello mail email
newsletter news noreply no-reply donotreply do-not-reply notification notifications alert alerts billing invoice invoices
accounts account accounting webmaster postmaster hostmaster abuse security system mailer-daemon root feedback jobs careers
customer customers order orders shop store booking reservations reception events press media kontakt buchhaltung rechnung
vertrieb verkauf bewerbung contacto ventas soporte administración contabilidad comercial contatti vendite amministrazione
assistance compta ventes facturation`) {
		all[name] = true
	}
	for _, name := range []string{"customer service", "customer support", "customer care", "no reply", "do not reply", "it", "hr", "the team", "mail delivery subsystem"} {
		all[name] = true
	}
	return all
}()
