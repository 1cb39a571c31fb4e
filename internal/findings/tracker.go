package findings

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"namesake/internal/javaregex"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// Tracker judges a registry again and again, each time only what has changed. It is not safe
// for concurrent use.
type Tracker struct {
	judge    *Judge
	facts    Facts
	usual    string // see usualDomain
	now      *situation
	subjects map[registry.ID]*subject
	members  map[group][]*subject
	found    map[group][]Finding
	touched  map[group]struct{}
	untried  map[group]map[int][]registry.Edit // proposed fixes of findings, by their index in found
	domains  map[string]int                    // how many addresses are at a domain
	round    int

	bySender map[string][]*subject // by senderKey
	first    []*subject            // the first ones that have a name
	shadowed struct {              // what the allow policies let through
		of    *policy.Settings
		in    *situation
		found []Finding
		busy  int
	}
}

// Track returns a Tracker that has judged nothing yet.
func (j *Judge) Track() *Tracker {
	return &Tracker{
		judge: j, subjects: make(map[registry.ID]*subject), members: make(map[group][]*subject), found: make(map[group][]Finding),
		touched: make(map[group]struct{}), untried: make(map[group]map[int][]registry.Edit), domains: make(map[string]int), bySender: make(map[string][]*subject),
	}
}

// All judges each entry of a registry, and all beside each other. Patterns that get no turn
// before ctx ends are counted as unchecked; they cost nothing when the registry is judged
// again.
func (j *Judge) All(ctx context.Context, entries iter.Seq[registry.Entry], facts Facts) *Report {
	return j.Track().Report(ctx, entries, facts)
}

// Report is Judge.All. It costs little if few entries have changed since the last call.
func (t *Tracker) Report(ctx context.Context, entries iter.Seq[registry.Entry], facts Facts) *Report {
	t.read(ctx, entries)
	t.place(facts)
	busy := 0
	for g := range t.touched {
		if err := t.judgeGroup(ctx, g); err != nil {
			busy++ // it is judged again next time
			continue
		}
		delete(t.touched, g)
	}
	shadows, late := t.shadows(ctx)
	return t.report(append(shadows, t.policySaysSame(t.bySender)...), busy+late)
}

// read brings the subjects up to date.
func (t *Tracker) read(ctx context.Context, entries iter.Seq[registry.Entry]) {
	t.round++
	now, at := time.Now(), 0
	t.first = t.first[:0]
	for e := range entries {
		s := t.subjects[e.ID]
		if s == nil || s.Entry != e || s.stale(now) {
			if s != nil {
				t.remove(s)
			}
			s, _ = t.judge.newSubject(ctx, e) // an error is noted in the subject
			t.add(s)
		}
		s.at, s.round = at, t.round
		if s.folded != "" && len(t.first) < maxFirst {
			t.first = append(t.first, s)
		}
		at++
	}
	if len(t.subjects) == at {
		return
	}
	for _, s := range t.subjects {
		if s.round != t.round {
			t.remove(s)
		}
	}
}

func (t *Tracker) add(s *subject) {
	t.bySender[s.key()] = append(t.bySender[s.key()], s)
	t.subjects[s.ID] = s
	s.groups = groupsOf(s)
	for _, g := range s.groups {
		t.members[g] = append(t.members[g], s)
		t.touch(g)
	}
	if s.domain != "" {
		t.domains[s.domain]++
	}
}

func (t *Tracker) remove(s *subject) {
	key := s.key()
	t.bySender[key] = slices.DeleteFunc(t.bySender[key], func(o *subject) bool { return o == s })
	if len(t.bySender[key]) == 0 {
		delete(t.bySender, key)
	}
	delete(t.subjects, s.ID)
	for _, g := range s.groups {
		t.members[g] = slices.DeleteFunc(t.members[g], func(o *subject) bool { return o == s })
		t.touch(g)
	}
	if s.domain != "" {
		t.domains[s.domain]--
	}
}

// touch notes that a group has to be judged again.
func (t *Tracker) touch(g group) {
	t.touched[g] = struct{}{}
	delete(t.untried, g)
}

// place brings the situation up to date. In another one, everything is judged again.
func (t *Tracker) place(facts Facts) {
	usual := usualDomain(t.domains)
	if t.now != nil && facts.Same(t.facts) && usual == t.usual {
		return
	}
	t.facts, t.usual, t.now = facts, usual, newSituation(facts, usual)
	for g := range t.members {
		t.touch(g)
	}
}

// minUsual is how many addresses have to be at a domain to call it the usual one.
const minUsual = 10

// usualDomain returns the domain of most addresses, "" if there is none: then it is most
// probably one of the company's.
func usualDomain(domains map[string]int) (usual string) {
	all, most := 0, 0
	for domain, n := range domains {
		if all += n; n > most && !javaregex.IsPublicDomain(domain) {
			usual, most = domain, n
		}
	}
	if most < minUsual || 2*most <= all {
		return ""
	}
	return usual
}

// judgeGroup judges a group again, and tries the fixes. It returns a *patterns.BusyError if
// there was no time for a part: the next call tries the fixes that are left.
func (t *Tracker) judgeGroup(ctx context.Context, g group) error {
	untried, judged := t.untried[g]
	if !judged {
		found, err := t.judgeAgain(ctx, g)
		untried = make(map[int][]registry.Edit, len(found))
		for i := range found {
			untried[i], found[i].Fix = found[i].Fix, nil
		}
		if delete(t.found, g); len(found) > 0 {
			t.found[g] = found
		}
		if err != nil {
			return err
		}
	}
	for i, fix := range untried { // in any order: one that takes long does not keep back the same others each time
		if err := t.fix(ctx, &t.found[g][i], fix); err != nil {
			t.untried[g] = untried
			return err
		}
		delete(untried, i)
	}
	delete(t.untried, g)
	return nil
}

// judgeAgain returns what is wrong in a group, and forgets one without members.
func (t *Tracker) judgeAgain(ctx context.Context, g group) ([]Finding, error) {
	members := t.members[g]
	if len(members) == 0 {
		delete(t.members, g)
		return nil, nil
	}
	slices.SortFunc(members, func(a, b *subject) int { return cmp.Compare(a.at, b.at) })
	return judgeMembers(ctx, g.kind, members, t.now)
}

// report sorts what was found: the most severe first, by rule, and then in the order of the
// entries.
func (t *Tracker) report(more []Finding, busy int) *Report {
	type placed struct {
		*Finding
		severity, rule, first, last int
	}
	var all []placed
	place := func(found []Finding) {
		for i := range found {
			f := &found[i]
			p := placed{Finding: f, severity: order(f.Severity), rule: ranks[f.Rule]}
			if n := len(f.Entries); n > 0 {
				p.first, p.last = t.subjects[f.Entries[0]].at, t.subjects[f.Entries[n-1]].at
			}
			all = append(all, p)
		}
	}
	for _, found := range t.found {
		place(found)
	}
	place(more)
	slices.SortFunc(all, func(a, b placed) int {
		return cmp.Or(
			cmp.Compare(a.severity, b.severity), cmp.Compare(a.rule, b.rule), cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last),
			slices.Compare(a.Entries, b.Entries), unverifiedFirst(a.Finding, b.Finding), cmp.Compare(a.Witness, b.Witness), cmp.Compare(a.Detail, b.Detail),
		)
	})
	r := &Report{Unchecked: busy, Findings: make([]Finding, len(all)), of: make(map[registry.ID][]int, len(all))}
	for i, p := range all {
		r.Findings[i] = *p.Finding
		for _, id := range p.Entries {
			r.of[id] = append(r.of[id], i)
		}
	}
	for _, s := range t.subjects {
		if s.unchecked {
			r.Unchecked++
		}
	}
	return r
}
