package findings

import (
	"cmp"
	"slices"

	"golang.org/x/text/unicode/norm"

	"namesake/internal/input"
	"namesake/internal/registry"
)

// lookAlikeNames finds names that look the same to people and differ to a mail filter. The
// witness is an address of the name that is probably not meant. kind is the way in which the
// members may look alike: names that do in several ways are reported for the first. Names with
// characters that can't be seen are left out, as invisibleCharacter reports them.
func lookAlikeNames(kind groupKind, members []*subject) (found []Finding) {
	names := byFolded(members)
	if len(names) < 2 {
		return nil
	}
	meant := slices.MinFunc(names, func(a, b []*subject) int { return cmp.Compare(oddity(a[0].Name), oddity(b[0].Name)) })
	look := input.LookOf(meant[0].Name)
	for _, other := range names {
		if _, bad := input.Bad(other[0].Name, input.InName); bad || other[0].folded == meant[0].folded || !look.Like(input.LookOf(other[0].Name)) || likeBefore(kind, meant[0], other[0]) {
			continue
		}
		f := Finding{
			Rule: LookAlikeName, Severity: Warning, Name: meant[0].Name, Detail: other[0].Name,
			Entries: append(ids(other...), ids(meant...)...), Witness: first(other[0].addresses()),
		}
		if oddity(other[0].Name) == 0 {
			f.Severity = Tip // both may be names
		} else {
			f.Fix = renamed(other, meant)
		}
		found = append(found, f)
	}
	return found
}

// likeBefore reports whether two names may look alike in a way before kind.
func likeBefore(kind groupKind, a, b *subject) bool {
	for i := range int(kind - ofLook) {
		if a.look[i] == b.look[i] {
			return true
		}
	}
	return false
}

// oddity is higher for names with characters that can't be seen, and with letters or digits that look like Latin letters.
func oddity(name string) int {
	if _, bad := input.Bad(name, input.InName); bad {
		return 3
	}
	if _, ok := input.TakenFor(name); ok {
		return 2
	}
	if input.Latin(name) != norm.NFC.String(name) {
		return 1
	}
	return 0
}

// renamed gives entries the name of others, and deletes those that would be duplicates.
func renamed(entries, others []*subject) (fix []registry.Edit) {
	for i, s := range entries {
		if slices.ContainsFunc(others, s.sameSender) || slices.ContainsFunc(entries[:i], s.sameSender) {
			fix = append(fix, registry.Edit{Entry: s.ID})
			continue
		}
		fix = append(fix, s.edit(func(d *registry.Draft) { d.Name = others[0].Name }))
	}
	return fix
}
