package importer

import (
	"strconv"
	"strings"

	"namesake/internal/lazyregexp"
)

// inactive are the words for an account that can't be used.
var inactive = set(`suspended disabled inactive archived deleted blocked locked terminated deactivated deprovisioned expired closed offboarded softdeleted removed
	gesperrt deaktiviert inaktiv geloscht desactive suspendu bloque inactif suspendido bloqueado inactivo`)

// reasons returns why the account of a row is left out.
func (r *rowReader) reasons(row row, a address) (all []Reason) {
	if row.isDisabled() {
		all = append(all, Disabled)
	}
	if row.isGuest() {
		all = append(all, Guest)
	}
	if r.directory && r.isService(row, a) {
		all = append(all, ServiceAccount)
	}
	return all
}

func (r *row) isDisabled() bool {
	for _, v := range r.values {
		flag, ok := parseFlag(v.text)
		ok = ok && v.text != ""
		switch v.use {
		case Enabled:
			if ok && !flag || inactive[foldLetters(v.text)] {
				return true
			}
		case Blocked:
			if ok && flag || inactive[foldLetters(v.text)] || date().MatchString(v.text) {
				return true
			}
		case Status:
			if inactive[foldLetters(v.text)] || hasDisabledFlag(v.text) {
				return true
			}
		default:
		}
	}
	return false
}

// date is the beginning of the time since which an account is blocked.
var date = lazyregexp.New(`^\d{1,4}[-/.]\d{1,2}[-/.]\d`)

// hasDisabledFlag reports whether a text is a value of Active Directory's userAccountControl with
// the flag of a disabled account. The number of a user's account is at least 512.
func hasDisabledFlag(text string) bool {
	flags, err := strconv.Atoi(text)
	return err == nil && flags >= 512 && flags&2 != 0
}

// external is the part that Entra ID puts into the names of guests.
const external = "#EXT#"

func (r *row) isGuest() bool {
	for _, v := range r.values {
		switch {
		case v.use == UserType && strings.Contains(foldLetters(v.text), "guest"):
			return true
		case v.use.isAddress() && strings.Contains(strings.ToUpper(v.text), external):
			return true
		}
	}
	return false
}

// guestAddress returns the address of a guest: jane_partner.example#EXT#@corp.example signs
// in as jane@partner.example.
func guestAddress(userName string) (address string, ok bool) {
	at := strings.Index(strings.ToUpper(userName), external)
	if at < 0 {
		return "", false
	}
	own := userName[:at]
	under := strings.LastIndexByte(own, '_')
	if under <= 0 || under == len(own)-1 || strings.Contains(own, "@") {
		return "", false
	}
	return own[:under] + "@" + own[under+1:], true
}

// serviceName are names of mailboxes of devices and programs.
var serviceName = lazyregexp.New(`(?i)^(?:svc|srv|service|sa|app|bot|sync|adsync|aadconnect)[._-]|[._-](?:svc|service|bot)@|^(?:no-?reply|do-?not-?reply|scan|scans|scanner|scan2mail|printer|copier|fax|backup|mailer-daemon|postmaster|healthmailbox[^@]*|systemmailbox[^@]*|discoverysearchmailbox[^@]*|service|servicedesk-?bot)@`)

// serviceType are Exchange's types of mailboxes that are no person's.
var serviceType = set(`roommailbox equipmentmailbox schedulingmailbox discoverymailbox arbitrationmailbox monitoringmailbox auditlogmailbox`)

// isService reports whether an account is likely that of a device or a program: it has the
// name of one, or it has neither a mailbox nor the parts of a person's name.
func (r *rowReader) isService(row row, a address) bool {
	if serviceName().MatchString(a.text) || serviceType[foldLetters(row.text(UserType))] {
		return true
	}
	return !row.isGuest() && a.use == UserName && r.uses.has(Email) && r.uses.has(FirstName) && r.uses.has(LastName) &&
		row.text(FirstName) == "" && row.text(LastName) == ""
}
