package importer

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"namesake/internal/lazyregexp"
	"namesake/internal/registry"
)

// Use is what a column is used for.
type Use string

// The uses of columns. Those of the API's fields have the API's names.
const (
	Drop Use = "" // not used

	Name         Use = registry.FieldName
	Email        Use = registry.FieldEmail
	IsEmailRegex Use = registry.FieldIsEmailRegex
	Comments     Use = registry.FieldComments
	ID           Use = "id"

	DirectoryID             Use = registry.FieldDirectoryID
	DirectoryNodeID         Use = registry.FieldDirectoryNodeID
	ExternalDirectoryNodeID Use = registry.FieldExternalDirectoryNodeID
	Provenance              Use = registry.FieldProvenance

	FirstName  Use = "first_name"
	MiddleName Use = "middle_name"
	LastName   Use = "last_name"

	UserName       Use = "user_name"       // the address that a person signs in with, for rows without another
	ProxyAddresses Use = "proxy_addresses" // Exchange's addresses with prefixes
	SecondaryEmail Use = "secondary_email"
	RecoveryEmail  Use = "recovery_email"

	Enabled  Use = "enabled"   // yes or no
	Blocked  Use = "blocked"   // yes or no
	Status   Use = "status"    // active, suspended, …
	UserType Use = "user_type" // member, guest

	known  Use = "known"  // a column of a directory that has no use here
	ours   Use = "ours"   // a column that only Namesake writes, which has no secrets
	secret Use = "secret" // never shown
)

// Uses returns what a person can choose for a column.
func Uses() []Use {
	return []Use{
		Drop, Name, FirstName, MiddleName, LastName, Email, UserName, ProxyAddresses, SecondaryEmail, RecoveryEmail, IsEmailRegex, Comments, ID,
		Enabled, Blocked, Status, UserType, DirectoryID, DirectoryNodeID, ExternalDirectoryNodeID, Provenance,
	}
}

// Repeatable reports whether several columns of a file can have the use.
func (u Use) Repeatable() bool {
	return u.isDropped() || u == SecondaryEmail || u == RecoveryEmail || u == ProxyAddresses || u == Enabled || u == Blocked || u == Status
}

// isAddress reports whether the column has addresses.
func (u Use) isAddress() bool {
	return u == Email || u == UserName || u == ProxyAddresses || u == SecondaryEmail || u == RecoveryEmail
}

// isDropped reports whether the column is not used.
func (u Use) isDropped() bool { return u == Drop || u == known || u == ours || u == secret }

// mayBeSecret reports whether the column is not used and may have secrets.
func (u Use) mayBeSecret() bool { return u.isDropped() && u != ours }

// isName reports whether the column has names or parts of them.
func (u Use) isName() bool { return u == Name || u == FirstName || u == LastName }

// Mapping is the use of each column of a file, in order.
type Mapping []Use

func (m Mapping) has(uses ...Use) bool {
	return slices.ContainsFunc(m, func(u Use) bool { return slices.Contains(uses, u) })
}

// ofDirectory reports whether the columns are those of a directory's accounts, in which an
// id is not that of an entry.
func (m Mapping) ofDirectory() bool {
	return m.has(UserName, Enabled, Blocked, Status, UserType, ProxyAddresses)
}

// complete reports whether the columns give entries.
func (m Mapping) complete() bool {
	return slices.ContainsFunc(m, Use.isAddress) && slices.ContainsFunc(m, Use.isName)
}

// movesSecrets reports whether a cell too many moves one that is dropped, and may be secret, under
// another column.
func (m Mapping) movesSecrets() bool {
	first := slices.IndexFunc(m, Use.mayBeSecret)
	return first >= 0 && slices.ContainsFunc(m[first:], func(u Use) bool { return !u.isDropped() })
}

// public returns the mapping without the uses that only this package knows.
func (m Mapping) public() Mapping {
	out := slices.Clone(m)
	for i, u := range out {
		if u.isDropped() {
			out[i] = Drop
		}
	}
	return out
}

// recognise returns the uses of the columns of a header. clear is false if two columns have
// the same use.
func recognise(header []string) (m Mapping, clear bool) {
	m, clear = make(Mapping, len(header)), true
	folded := make([]string, len(header))
	for i, name := range header {
		folded[i] = foldHeader(name)
		m[i] = useOf(folded[i])
	}
	m.splitNames(folded)
	for i, u := range m {
		switch {
		case u == ID && m.ofDirectory():
			m[i] = known
		case !u.Repeatable() && slices.Index(m, u) < i:
			m[i], clear = Drop, false
		}
	}
	return m, clear
}

// splitNames corrects the use of a column called name that holds a part of it.
func (m Mapping) splitNames(folded []string) {
	at := slices.Index(m, Name)
	if at < 0 {
		return
	}
	first, last := slices.Index(m, FirstName), slices.Index(m, LastName)
	switch {
	case first < 0 && last >= 0 && firstBesideLast[folded[at]]:
		m[at] = FirstName
	case first >= 0 && last < 0 && lastBesideFirst[folded[at]][folded[first]]:
		m[at] = LastName
	}
}

// useOf returns the use of a column by its folded name.
func useOf(folded string) Use {
	if secretNames[folded] || slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(folded, word) }) {
		return secret
	}
	if use, ok := uses()[folded]; ok {
		return use
	}
	if m := numbered().FindStringSubmatch(folded); m != nil {
		switch {
		case strings.HasSuffix(folded, "type") || strings.HasSuffix(folded, "label") || strings.HasSuffix(folded, "displayname"):
			return known
		case m[1] == "1":
			return Email
		}
		return SecondaryEmail
	}
	return Drop
}

var (
	// numbered are the columns of contacts: E-mail 2 Address, E-mail 1 - Value.
	numbered = lazyregexp.New(`^(?:email|mail)([1-9])(?:address|value|type|label|displayname)?$`)

	notes    = lazyregexp.New(`\[[^\]]*\]|\([^)]*\)|（[^）]*）`)
	required = lazyregexp.New(`(?i)\b(required|optional)\s*\*?\s*$`)
)

// secretNames are names of columns with secrets, and secretWords are in such names, in the
// languages of namesOf.
var (
	secretNames = set(`pin pass clave mdp totp credential credentials`)
	secretWords = slices.Collect(maps.Keys(set(`password passwd passphrase passcode pwd pincode secret token apikey accesskey privatekey
		recoverycode backupcode mfaseed totpseed securityquestion securityanswer
		passwort kennwort zugangscode motdepasse contrasena palabraclave senha palavrapasse parola
		wachtwoord losenord adgangskode passord salasana haslo heslo jelszo sifre пароль
		密码 密碼 口令 パスワード 暗証番号 비밀번호 암호 كلمةالمرور كلمةالسر`)))
)

// maxHeader is more than the name of a column has, in bytes.
const maxHeader = 500

// foldHeader folds the name of a column: without notes in brackets, case, accents, spaces and
// punctuation.
func foldHeader(name string) string {
	if len(name) > maxHeader {
		return ""
	}
	bare := required().ReplaceAllString(notes().ReplaceAllString(name, " "), "")
	if folded := foldLetters(bare); folded != "" {
		return folded
	}
	return foldLetters(name)
}

func foldLetters(name string) string {
	folded := registry.WithoutAccents(strings.ToLower(norm.NFKC.String(name)))
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, folded)
}

// otherList returns which other list of Cloudflare's has these columns or JSON fields.
func otherList(names []string) (kind FileErrorKind, is bool) {
	has := map[string]bool{}
	for _, name := range names {
		has[foldHeader(name)] = true
	}
	any := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return has[name] })
	}
	switch {
	case has["email"] || has["name"] || has["displayname"]:
	case any("pattern", "domain") && any("proximity", "recent", "isrecent", "issimilarity"):
		return TrustedDomains, true
	case has["pattern"] && any("verifyemail", "verifysender", "trustedsender", "istrustedsender", "exemptrecipient", "isexemptrecipient", "acceptablesender", "isacceptablesender", "issender", "isrecipient"):
		return AllowedPatterns, true
	case has["pattern"] && any("patterntype", "isregex"):
		return BlockedSenders, true
	}
	return "", false
}
