// Package input checks what people type or paste into the name, the address or the pattern
// of an entry: invisible characters, typographic ones in an address, text around an address,
// encoding errors, letters that look like others.
//
// It reports facts and suggests corrections. Its callers decide whether to refuse, to ask or
// to inform.
package input

// Kind is an unusual property of a name or an address. Forms, programs and audit records
// use the kinds, so they must not change.
type Kind string

// The kinds of an address or a pattern.
const (
	Typographic   Kind = "typographic"    // characters of typeset text, where plain ones belong
	Wrapped       Kind = "wrapped"        // something stands around an address
	TrailingDot   Kind = "trailing-dot"   // a dot, comma or semicolon at the end
	Wildcard      Kind = "wildcard"       // * or % for any text, outside a pattern
	LoneDomain    Kind = "lone-domain"    // a domain without a mailbox
	InnerWildcard Kind = "inner-wildcard" // a * or % that may belong to the address
	ForeignLabel  Kind = "foreign-label"  // a part in other letters that look like Latin ones
	SharedSender  Kind = "shared-sender"  // a service that lets anyone show any name
)

// The kinds of a name, Encoded and MixedScripts also of an address.
const (
	NameWithAddress Kind = "name-with-address" // a name and an address
	AddressAsName   Kind = "address-as-name"   // nothing but an address
	Encoded         Kind = "encoded"           // as it stands in a mail's source, a URL or a web page
	Garbled         Kind = "garbled"           // text that was read in the wrong encoding
	Quoted          Kind = "quoted"            // quotation marks around it
	Placeholder     Kind = "placeholder"       // stands for a name that was not filled in
	StyledLetters   Kind = "styled-letters"    // letters that are drawn another way, such as 𝐉𝐚𝐧𝐞
	MixedScripts    Kind = "mixed-scripts"     // letters of several scripts in one word
)

// Kinds returns all kinds.
func Kinds() []Kind {
	return []Kind{
		Typographic, Wrapped, TrailingDot, Wildcard, LoneDomain, InnerWildcard, ForeignLabel, SharedSender,
		NameWithAddress, AddressAsName, Encoded, Garbled, Quoted, Placeholder, StyledLetters, MixedScripts,
	}
}

// Finding is one unusual property.
type Finding struct {
	Kind   Kind
	Detail string // what it is about: a character, a service, the scripts
}

// maxLength is the longest text, in bytes, that is checked. Longer ones are neither names nor
// addresses.
const maxLength = 4096

// Report is the result of checking one field.
type Report struct {
	Findings []Finding
	// The suggested values, "" without a suggestion. A name may come with an address, and an
	// address with a name.
	Name, Address string
	Pattern       string // a pattern for what was meant as one
}

func (r *Report) add(kind Kind, detail string) {
	for _, f := range r.Findings {
		if f.Kind == kind {
			return
		}
	}
	r.Findings = append(r.Findings, Finding{kind, detail})
}

// Has reports whether one of the findings is of the kind.
func (r Report) Has(kind Kind) bool {
	for _, f := range r.Findings {
		if f.Kind == kind {
			return true
		}
	}
	return false
}
