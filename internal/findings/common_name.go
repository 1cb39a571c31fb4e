package findings

import (
	"strings"
	"unicode"

	"namesake/internal/javaregex"
)

// commonName finds names that are no protection, because much ordinary mail shows them: one
// letter, or what every organization calls a mailbox. The witness is an address whose mail
// would be flagged, so a pattern that lets anyone in is none.
func commonName(s *subject, _ *situation) (Finding, bool) {
	if !commonNames[s.folded] && !oneLetter(s.folded) || s.has(javaregex.MatchesEverything) {
		return Finding{}, false
	}
	local := strings.NewReplacer(" ", ".", "-", ".", "'", "").Replace(s.folded)
	return Finding{Rule: CommonName, Severity: Warning, Witness: strings.Trim(local, ".,;:!?()") + "@unrelated.example"}, true
}

// oneLetter reports whether a name has one letter or digit of a script in which that is no
// name.
func oneLetter(name string) bool {
	letters := 0
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsNumber(r):
		case letters == 1, r > unicode.MaxLatin1 && !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic):
			return false
		default:
			letters = 1
		}
	}
	return letters == 1
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
