package findings

import (
	"slices"

	"namesake/internal/registry"
)

// samePerson finds names that are probably two spellings of one, and do not allow the same
// senders: mail of the person with the other spelling is flagged. The witness is an address
// that only the other spelling allows. Names with different texts in brackets are different
// people.
func samePerson(members []*subject, _ *situation) []Finding {
	spellings := spellingsOf(members)
	if len(spellings) < 2 {
		return nil
	}
	f := Finding{Rule: SamePerson, Severity: Warning}
	var all []*subject
	for _, spelling := range spellings {
		all = append(all, spelling...)
	}
	for _, same := range bySender(all) {
		for _, spelling := range spellings {
			if slices.ContainsFunc(spelling, same[0].sameSender) {
				continue
			}
			if f.Name == "" {
				f.Name, f.Detail, f.Witness = spelling[0].Name, same[0].Name, first(same[0].addresses())
			}
			d := same[0].Copy()
			d.Name, d.Provenance = spelling[0].Name, ""
			f.Fix = append(f.Fix, registry.Edit{After: &d})
		}
	}
	if f.Name == "" {
		return nil
	}
	f.Entries = ids(all...)
	return []Finding{f}
}

// spellingsOf returns the members by name. Of names with different texts in brackets it returns
// none of those.
func spellingsOf(members []*subject) (spellings [][]*subject) {
	spellings = byFolded(members)
	if len(spellings) < 2 {
		return spellings
	}
	var extras []string
	for _, spelling := range spellings {
		if _, extra := personOf(spelling[0].folded); extra != "" && !slices.Contains(extras, extra) {
			extras = append(extras, extra)
		}
	}
	if len(extras) < 2 {
		return spellings
	}
	return slices.DeleteFunc(spellings, func(spelling []*subject) bool {
		_, extra := personOf(spelling[0].folded)
		return extra != ""
	})
}

// byFolded returns the members by name, in their order.
func byFolded(members []*subject) (names [][]*subject) {
	for _, s := range members {
		i := slices.IndexFunc(names, func(name []*subject) bool { return name[0].folded == s.folded })
		if i < 0 {
			names = append(names, []*subject{s})
			continue
		}
		names[i] = append(names[i], s)
	}
	return names
}

// sameSender reports whether two entries have the same address or pattern.
func (s *subject) sameSender(other *subject) bool {
	return s.SameSender(other.Entry)
}
