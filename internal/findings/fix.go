package findings

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/patterns"
	"namesake/internal/registry"
)

// edit returns a change of the entry.
func (s *subject) edit(change func(*registry.Draft)) registry.Edit {
	d := s.Values().Draft()
	change(&d)
	return registry.Edit{Entry: s.ID, After: &d}
}

// corrections are what an entry should be instead, by the rule that it breaks, the best first.
var corrections = map[Rule]func(*subject, Finding) []registry.Draft{
	UnescapedDot: func(s *subject, _ Finding) []registry.Draft { return s.withPatterns(s.dotsEscaped()) },
	NotAnchored:  func(s *subject, _ Finding) []registry.Draft { return s.withPatterns(anchored(s.Email)...) },
	DoubledBackslash: func(s *subject, f Finding) []registry.Draft {
		return s.withPatterns(append([]string{f.Pattern.Fixed}, anchored(f.Pattern.Fixed)...)...)
	},
	NeverMatches: func(s *subject, f Finding) []registry.Draft {
		if s.IsEmailRegex {
			return nil
		}
		return s.withAddress(f.Witness)
	},
	PatternAsLiteral: func(s *subject, _ Finding) []registry.Draft {
		var drafts []registry.Draft
		if i := slices.IndexFunc(s.found, func(f javaregex.Finding) bool { return f.ID == javaregex.LiteralAddress }); i >= 0 {
			drafts = s.withAddress(s.found[i].Witness)
		}
		return append(drafts, s.withPatterns(append([]string{s.pattern}, anchored(s.pattern)...)...)...)
	},
	LiteralAsPattern: func(s *subject, f Finding) []registry.Draft { return s.withAddress(f.Detail) },
	InvisibleCharacter: func(s *subject, _ Finding) []registry.Draft {
		d := s.Values().Draft()
		d.Name, d.Email = input.Without(d.Name, input.InName), input.Without(d.Email, input.InAddress)
		return []registry.Draft{d}
	},
	TypographicCharacter: func(s *subject, _ Finding) []registry.Draft {
		d := s.Values().Draft()
		d.Email, _, _ = input.Plain(d.Email)
		return []registry.Draft{d}
	},
	MixedLetters: func(s *subject, _ Finding) []registry.Draft {
		d := s.Values().Draft()
		d.Name = input.DisplayName(d.Name, registry.IsAddress).Name
		return []registry.Draft{d}
	},
}

// withPatterns returns the entry with each of the patterns.
func (s *subject) withPatterns(texts ...string) (drafts []registry.Draft) {
	for _, text := range texts {
		d := s.Values().Draft()
		d.Email, d.IsEmailRegex = text, true
		drafts = append(drafts, d)
	}
	return drafts
}

// withAddress returns the entry with an address, nothing for "".
func (s *subject) withAddress(address string) []registry.Draft {
	if address == "" {
		return nil
	}
	d := s.Values().Draft()
	d.Email, d.IsEmailRegex = address, false
	return []registry.Draft{d}
}

// anchored returns a pattern that has to match the whole address.
func anchored(pattern string) []string {
	begin, end := "^", "$"
	if strings.HasPrefix(pattern, begin) {
		begin = ""
	}
	if strings.HasSuffix(pattern, end) {
		end = ""
	}
	return []string{begin + pattern + end, "^(?:" + pattern + ")$"}
}

// dotsEscaped returns the pattern with a backslash before each dot of a domain that stands for
// any character.
func (s *subject) dotsEscaped() string {
	text := utf16.Encode([]rune(s.Email))
	for _, f := range slices.Backward(s.found) {
		if f.ID == javaregex.UnescapedDot {
			text = slices.Insert(text, f.Start, '\\')
		}
	}
	return string(utf16.Decode(text))
}

// fix gives a finding a fix that removes it and causes no other one, if there is one: the
// proposed one, or a correction. It returns a *patterns.BusyError if there was no time.
func (t *Tracker) fix(ctx context.Context, f *Finding, proposed []registry.Edit) error {
	correct := corrections[f.Rule]
	if proposed == nil && correct == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return &patterns.BusyError{Cause: err}
	}
	fixes := [][]registry.Edit{proposed}
	if correct != nil {
		fixes = t.corrected(t.subjects[f.Entries[0]], correct(t.subjects[f.Entries[0]], *f))
	}
	for _, fix := range fixes {
		better, err := t.improves(ctx, f.Rule, fix)
		if err != nil {
			return err
		}
		if better {
			f.Fix = fix
			return nil
		}
	}
	return nil
}

// corrected returns the edits that make an entry what a draft says: a deletion, if another
// entry says so already.
func (t *Tracker) corrected(s *subject, drafts []registry.Draft) (fixes [][]registry.Edit) {
	for _, d := range drafts {
		same := &subject{Entry: registry.Entry{Email: d.Email, IsEmailRegex: d.IsEmailRegex}}
		if slices.ContainsFunc(t.members[group{ofName, registry.FoldName(d.Name)}], func(o *subject) bool { return o != s && o.sameSender(same) }) {
			fixes = append(fixes, []registry.Edit{{Entry: s.ID}})
			continue
		}
		fixes = append(fixes, []registry.Edit{{Entry: s.ID, After: &d}})
	}
	return fixes
}

// improves reports whether after a fix there are fewer findings of the rule, and not more of
// another one. It is false for a fix that can't be applied.
func (t *Tracker) improves(ctx context.Context, rule Rule, fix []registry.Edit) (better bool, err error) {
	gone, came, err := t.applied(ctx, fix)
	if err != nil || gone == nil && came == nil {
		return false, err
	}
	before, after := make(map[Rule]int), make(map[Rule]int)
	count(before, t.judgeEach(gone))
	count(after, t.judgeEach(came))
	checked := make(map[group]bool)
	for _, s := range append(slices.Clone(gone), came...) {
		for _, g := range s.groups {
			if checked[g] || g.kind == ofDomain { // the record of a domain stays as it is
				continue
			}
			checked[g] = true
			members := slices.DeleteFunc(slices.Clone(t.members[g]), func(s *subject) bool { return slices.Contains(gone, s) })
			for _, s := range came {
				if slices.Contains(s.groups, g) {
					members = append(members, s)
				}
			}
			if err := errors.Join(t.countBeside(ctx, before, g, t.members[g]), t.countBeside(ctx, after, g, members)); err != nil {
				return false, err
			}
		}
	}
	for other, n := range after {
		if n > before[other] {
			return false, nil
		}
	}
	return after[rule] < before[rule], nil
}

// judgeEach judges subjects, each by itself.
func (t *Tracker) judgeEach(subjects []*subject) (found []Finding) {
	for _, s := range subjects {
		found = append(found, judgeEntry(s, t.now)...)
	}
	return found
}

// countBeside counts what is wrong with members of a group beside each other.
func (t *Tracker) countBeside(ctx context.Context, n map[Rule]int, g group, members []*subject) error {
	if len(members) == 0 {
		return nil
	}
	found, err := judgeBeside(ctx, g.kind, members, t.now)
	count(n, found)
	return err
}

func count(n map[Rule]int, found []Finding) {
	for _, f := range found {
		n[f.Rule]++
	}
}

// applied returns the subjects that a fix removes and adds, none if it can't be applied:
// Cloudflare refuses changes of synced entries, and the list has not all of a shortened one.
func (t *Tracker) applied(ctx context.Context, fix []registry.Edit) (gone, came []*subject, err error) {
	for _, edit := range fix {
		if s := t.subjects[edit.Entry]; s != nil && (s.Synced() || s.Shortened && edit.After != nil) {
			return nil, nil, nil
		}
		if edit.After == nil {
			continue
		}
		var invalid *registry.InvalidError
		if err := edit.After.Validate(ctx); errors.As(err, &invalid) {
			return nil, nil, nil
		} else if err != nil {
			return nil, nil, err
		}
	}
	return t.edited(ctx, fix)
}

// edited returns the subjects that edits remove and add. If there is no time to check a pattern,
// the subject says so, and the error is a *patterns.BusyError.
func (t *Tracker) edited(ctx context.Context, edits []registry.Edit) (gone, came []*subject, err error) {
	for i, edit := range edits {
		e := registry.Entry{ID: newID(i), Provenance: registry.Manual, CreatedAt: t.facts.Now, ModifiedAt: t.facts.Now}
		at := len(t.subjects) + i
		if s := t.subjects[edit.Entry]; s != nil {
			gone, at, e = append(gone, s), s.at, s.Entry
			e.ModifiedAt = t.facts.Now
		}
		if edit.After == nil {
			continue
		}
		s, busy := t.judge.newSubject(ctx, e.WithValues(edit.After.Values()))
		err = errors.Join(err, busy)
		s.at, s.groups = at, groupsOf(s)
		came = append(came, s)
	}
	return gone, came, err
}

// newPrefix is what the IDs of entries start with that do not exist yet.
const newPrefix = "new "

func newID(i int) registry.ID { return registry.ID(newPrefix + strconv.Itoa(i)) }
