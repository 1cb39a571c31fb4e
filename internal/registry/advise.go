package registry

import (
	"context"
	"errors"
	"strings"

	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/patterns"
)

// Kinds of warnings beside those of package input. The kind of a warning about a pattern is
// the id of the finding.
const (
	// KindLookAlike is a name that looks like another one of the registry.
	KindLookAlike = "look-alike"
	// KindBreaksTest is a test that people wrote, which the draft would break.
	KindBreaksTest = "breaks-test"
	// KindUnevaluatedTest is a test that the draft may break: there was no time to evaluate it.
	KindUnevaluatedTest = "unevaluated-test"
)

// Advice is what to tell a person about a draft beside the rules that it breaks.
type Advice struct {
	Warnings []Warning // a person has to confirm these
	Hints    []Warning // shown only
	Remarks  []Warning // about a field that breaks a rule: a more exact reason than the rule gives
	Fixes    []Fix
}

// Fix is a correction that a person can accept.
type Fix struct {
	Field string // the field that it is about
	// Values are the corrected values by field: a name, an address, whether that is a
	// pattern.
	Values Values
}

// Of returns the part of a that is about the fields in change; nil means all fields.
func (a Advice) Of(change Values) Advice {
	if change == nil {
		return a
	}
	of := func(field string) bool {
		return change.Changes(field) || field == FieldEmail && change.Changes(FieldIsEmailRegex)
	}
	return Advice{
		Warnings: Filter(a.Warnings, func(w Warning) bool { return of(w.Field) }),
		Hints:    Filter(a.Hints, func(w Warning) bool { return of(w.Field) }),
		Remarks:  Filter(a.Remarks, func(w Warning) bool { return of(w.Field) }),
		Fixes:    Filter(a.Fixes, func(f Fix) bool { return of(f.Field) }),
	}
}

// Filter returns the elements of all for which keep is true.
func Filter[T any](all []T, keep func(T) bool) (kept []T) {
	for _, v := range all {
		if keep(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// Advise checks the name and the address of d, and suggests corrections where they are
// certain. When it returns a *patterns.BusyError, it has checked everything but the
// pattern.
func (d Draft) Advise(ctx context.Context) (Advice, error) { return d.AdviseFields(ctx, true) }

// AdviseFields is Advise; without withEmail it skips the address or pattern.
func (d Draft) AdviseFields(ctx context.Context, withEmail bool) (a Advice, err error) {
	d.adviseName(&a)
	switch {
	case withEmail && d.IsEmailRegex:
		err = d.advisePattern(ctx, &a)
	case withEmail:
		err = d.adviseAddress(ctx, &a)
	}
	for _, f := range fields {
		value, _ := read(f.ofDraft(&d))
		text, ok := value.(string)
		if !ok || f.Required || f.Kind == Choice {
			continue
		}
		if _, bad := input.Bad(text, f.place); bad {
			a.Fix(f.Name, Values{f.Name: input.Without(text, f.place)})
		}
	}
	return a, err
}

func (d Draft) adviseName(a *Advice) {
	r := input.DisplayName(d.Name, IsAddress)
	if _, bad := input.Bad(d.Name, input.InName); bad {
		fixed := input.Without(d.Name, input.InName)
		if r.Has(input.Garbled) && r.Name != "" { // the name is part of a longer garbled text
			fixed = r.Name
		}
		a.Fix(FieldName, Values{FieldName: fixed})
		return
	}
	for _, f := range r.Findings {
		a.Warnings = append(a.Warnings, Warning{Kind: string(f.Kind), Field: FieldName, Detail: f.Detail})
	}
	name, email := strings.TrimSpace(r.Name), strings.TrimSpace(d.Email)
	free := !d.IsEmailRegex && (email == "" || !IsAddress(email))
	switch {
	case r.Has(input.AddressAsName) && free && email != "":
		a.Fix(FieldName, Values{FieldName: email, FieldEmail: r.Address}) // the two fields were swapped
	case r.Has(input.AddressAsName) && free:
		a.Fix(FieldName, Values{FieldName: "", FieldEmail: r.Address})
	case r.Address != "" && name != "" && free:
		a.Fix(FieldName, Values{FieldName: name, FieldEmail: r.Address})
	case name != "":
		a.Fix(FieldName, Values{FieldName: name})
	}
}

func (d Draft) adviseAddress(ctx context.Context, a *Advice) error {
	if d.Email == "" {
		return nil
	}
	visible := input.Without(d.Email, input.InAddress)
	_, bad := input.Bad(d.Email, input.InAddress)
	if !bad {
		visible = d.Email
	}
	r := input.Address(visible, IsAddress)
	if bad {
		if r.Address == "" && r.Pattern == "" && IsAddress(visible) {
			r.Address = visible
		}
		r.Findings = nil // the invisible character is reported instead
	}
	for _, f := range r.Findings {
		w := Warning{Kind: string(f.Kind), Field: FieldEmail, Detail: f.Detail}
		switch {
		case f.Kind == input.InnerWildcard:
			a.Hints = append(a.Hints, w)
		case !IsAddress(d.Email):
			a.Remarks = append(a.Remarks, w)
		default:
			a.Warnings = append(a.Warnings, w)
		}
	}
	meant := d.Email
	if r.Address != "" {
		meant = r.Address
	}
	if s, shared := input.SharedSenderOf(meant); shared && IsAddress(d.Email) {
		a.Warnings = append(a.Warnings, Warning{Kind: string(input.SharedSender), Field: FieldEmail, Detail: s.Service})
	}
	switch {
	case r.Pattern != "":
		return a.fixPattern(ctx, r.Pattern, Values{FieldEmail: r.Pattern, FieldIsEmailRegex: true})
	case r.Address != "" && r.Name != "" && d.Name == "":
		a.Fix(FieldEmail, Values{FieldName: r.Name, FieldEmail: r.Address})
	case r.Address != "":
		a.Fix(FieldEmail, Values{FieldEmail: r.Address})
	case !bad && !IsAddress(d.Email) && strings.ContainsAny(d.Email, `\[](){}|^$*+`) && strings.Contains(d.Email, "@"):
		return a.fixPattern(ctx, d.Email, Values{FieldEmail: d.Email, FieldIsEmailRegex: true})
	}
	return nil
}

// fixPattern suggests a pattern unless it matches addresses that strangers can get.
func (a *Advice) fixPattern(ctx context.Context, pattern string, values Values) error {
	p, err := patterns.Compile(ctx, pattern)
	if err != nil {
		return busy(err)
	}
	found, err := dangers(ctx, p)
	if err == nil && len(found) == 0 {
		a.Fix(FieldEmail, values)
	}
	return err
}

// busy returns err if the check of the pattern had to be given up for lack of capacity, and
// nil for a pattern that Java refuses.
func busy(err error) error {
	var busy *patterns.BusyError
	if errors.As(err, &busy) {
		return err
	}
	return nil
}

func (d Draft) advisePattern(ctx context.Context, a *Advice) error {
	if _, bad := input.Bad(d.Email, input.InAddress); bad {
		a.Fix(FieldEmail, Values{FieldEmail: input.Without(d.Email, input.InAddress)})
		return nil
	}
	if plain, odd, same := input.Plain(d.Email); !same {
		a.Warnings = append(a.Warnings, Warning{Kind: string(input.Typographic), Field: FieldEmail, Detail: input.Name(odd)})
		if _, err := patterns.Compile(ctx, plain); err == nil {
			a.Fix(FieldEmail, Values{FieldEmail: plain})
		}
	}
	if mixed := input.MixedPattern(d.Email); mixed != "" {
		a.Warnings = append(a.Warnings, Warning{Kind: string(input.MixedScripts), Field: FieldEmail, Detail: mixed})
	}
	p, err := patterns.Compile(ctx, d.Email)
	if err != nil {
		if r := input.Address(d.Email, IsAddress); r.Pattern != "" && busy(err) == nil {
			return a.fixPattern(ctx, r.Pattern, Values{FieldEmail: r.Pattern})
		}
		return busy(err)
	}
	found, err := dangers(ctx, p)
	for _, f := range found {
		a.Warnings = append(a.Warnings, Warning{Kind: f.ID, Field: FieldEmail, Detail: f.Message})
	}
	if err != nil || len(found) > 0 {
		return err // the findings are worse than a shared service among the matches
	}
	s, ok, err := SenderMatching(ctx, p)
	if ok {
		a.Warnings = append(a.Warnings, Warning{Kind: string(input.SharedSender), Field: FieldEmail, Detail: s.Service})
	}
	return err
}

// SenderMatching returns a shared sender that has an address which the pattern matches, in
// whole or in part. A pattern that is too slow for one is not tried with the others.
func SenderMatching(ctx context.Context, p *patterns.Pattern) (s input.Sender, ok bool, err error) {
	for _, s := range input.Senders() {
		m, err := p.Match(ctx, s.Example())
		if err != nil || m.TooSlow {
			return input.Sender{}, false, err
		}
		if m.Matches || m.Found {
			return s, true, nil
		}
	}
	return input.Sender{}, false, nil
}

// dangers returns the findings of a pattern that let strangers in.
func dangers(ctx context.Context, p *patterns.Pattern) ([]javaregex.Finding, error) {
	found, err := p.Findings(ctx)
	return Filter(found, func(f javaregex.Finding) bool { return f.Severity == javaregex.Danger }), err
}

// Fix adds a correction unless the field has one already.
func (a *Advice) Fix(field string, values Values) {
	for _, f := range a.Fixes {
		if f.Field == field {
			return
		}
	}
	if text, ok := values[field].(string); !ok || text != "" || len(values) > 1 {
		a.Fixes = append(a.Fixes, Fix{field, values})
	}
}

// MaxLookAlikes is the largest number of entries that a warning lists.
const MaxLookAlikes = 50

// Look is how a name looks, in few bytes: hashes of what has to be equal for two names to
// look alike.
type Look [3]uint32

// LookOf returns how a name looks.
func LookOf(name string) Look { return input.LookOf(name).Hashes() }

// MayBeLike reports whether two names may look alike. Names that do are never left out, and
// LookAlikes tells for certain.
func (l Look) MayBeLike(other Look) bool {
	return l[0] == other[0] || l[1] == other[1] || l[2] == other[2]
}

// LookAlikes returns the entries whose name differs from name but looks the same.
func LookAlikes(entries []Entry, name string) []Entry {
	folded, look := FoldName(name), input.LookOf(name)
	return Filter(entries, func(e Entry) bool {
		return look.Like(input.LookOf(e.Name)) && FoldName(e.Name) != folded && FoldName(e.Name) != ""
	})
}
