package findings

import (
	"context"
	"slices"

	"namesake/internal/patterns"
	"namesake/internal/registry"
)

// maxSamples is how many addresses of a pattern are looked at.
const maxSamples = 10

// samePerson finds names that are probably two spellings of one, and do not allow the same
// senders: mail of the person with the other spelling is flagged. The witness is an address
// that only the other spelling allows. Names with different texts in brackets are different
// people. It has the limits of covered, and returns a *patterns.BusyError if there was no time.
func samePerson(ctx context.Context, members []*subject) ([]Finding, error) {
	spellings := spellingsOf(members)
	if len(spellings) < 2 {
		return nil, nil
	}
	f := Finding{Rule: SamePerson, Severity: Warning}
	var all []*subject
	for _, spelling := range spellings {
		all = append(all, spelling...)
	}
	senders, fixable := bySender(all), true
	for _, same := range senders[:min(len(senders), maxCoveredAddresses)] {
		for _, spelling := range spellings {
			if slices.ContainsFunc(same, func(s *subject) bool { return s.folded == spelling[0].folded }) {
				continue
			}
			witness, err := flagged(ctx, spelling, same[0])
			if err != nil {
				return nil, err
			}
			if witness == "" {
				continue
			}
			if f.Name == "" {
				f.Name, f.Detail, f.Witness = spelling[0].Name, same[0].Name, witness
			}
			d := copyOf(same)
			if d == nil {
				fixable = false
				continue
			}
			d.Name, d.Provenance = spelling[0].Name, ""
			f.Fix = append(f.Fix, registry.Edit{After: d})
		}
	}
	if f.Name == "" {
		return nil, nil
	}
	if !fixable {
		f.Fix = nil
	}
	f.Entries = ids(all...)
	return []Finding{f}, nil
}

// flagged returns an address that a sender has and no entry of a spelling allows, "" if there is
// none.
func flagged(ctx context.Context, spelling []*subject, sender *subject) (address string, err error) {
	addresses := sender.addresses()
	for _, address := range addresses[:min(len(addresses), maxSamples)] {
		allows, err := allow(ctx, spelling, address, true)
		if err != nil || !allows {
			return address, err
		}
	}
	return "", nil
}

// allow reports whether entries allow an address: as a whole, by one of the first patterns, or
// perhaps. It returns a *patterns.BusyError if there was no time to find out.
func allow(ctx context.Context, entries []*subject, address string, whole bool) (allows bool, err error) {
	if address == "" { // unknown
		return false, nil
	}
	if slices.ContainsFunc(entries, func(s *subject) bool { return !s.IsEmailRegex && registry.SameAddress(s.Email, address, false) }) {
		return true, nil
	}
	tried := 0
	for _, s := range entries {
		if !s.IsEmailRegex || whole && (s.refused != nil || tried == maxCoveringPatterns) {
			continue
		}
		tried++
		switch kind, matches := s.Matches(ctx, address); {
		case matches && kind == registry.NotTried:
			err = &patterns.BusyError{Cause: ctx.Err()}
		case matches && (!whole || kind == registry.MatchesWhole):
			return true, nil
		}
	}
	return false, err
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
