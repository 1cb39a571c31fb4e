package plan

import (
	"context"
	"slices"
	"strings"

	"namesake/internal/change"
	"namesake/internal/mirror"
	"namesake/internal/registry"
)

// comparison compares the rows of a list with the registry.
type comparison struct {
	view       *mirror.View
	operations []Operation
	ids        map[registry.ID]int // the operations of the entries that the list has
	keys       map[entryKey]int    // those of the rows without an entry
	unclear    bool                // a row may be about any entry
	incomplete bool                // the list says that it is
}

// entryKey is what makes two rows the same entry.
type entryKey struct {
	name, email string
	isRegex     bool
}

func keyOf(d registry.Draft) entryKey {
	email := foldAddress(d.Email)
	if d.IsEmailRegex {
		email = registry.Trimmed(d.Email)
	}
	return entryKey{registry.FoldName(d.Name), email, d.IsEmailRegex}
}

func newComparison(view *mirror.View) *comparison {
	return &comparison{view: view, ids: make(map[registry.ID]int), keys: make(map[entryKey]int)}
}

// add adds the operation of a row, and returns it.
func (c *comparison) add(row Row) *Operation {
	o := c.compare(row)
	o.Position, o.Line = len(c.operations), row.Line
	if o.Fault != nil {
		o.Fault.Column = row.Column
	}
	c.unclear = c.unclear || row.Unclear && o.State != OpUnchanged
	c.operations = append(c.operations, o)
	return &c.operations[len(c.operations)-1]
}

func (c *comparison) compare(row Row) Operation {
	o := Operation{Kind: Create, State: OpWaiting}
	d := tidied(row.Draft)
	entry, exists := c.find(row.ID, d)
	var repeated *RepeatedError
	changed := false
	if exists {
		o.Kind, o.EntryID, o.Before = Edit, entry.ID, entry.Values()
		if !entry.Has(d, row.Fields) { // most rows change nothing, and need no further values
			o.After = over(entry, d, row.Fields)
			changed = len(o.Before.Diff(o.After.Draft())) > 0
		}
		if !changed {
			o.After = o.Before // which takes less memory
		}
		repeated = c.repeats(entry.ID)
	} else {
		if d.Provenance != registry.Manual {
			d.Provenance = "" // a directory's claim on an entry cannot be imported
		}
		o.After = d.Values()
		repeated = c.repeatsKey(keyOf(d))
	}
	switch {
	case row.Fault != nil:
		o.skip(&RowError{row.Line, *row.Fault})
		o.Reason = Wrong
	case len(row.Reasons) > 0:
		o.leaveOut(row.Reasons...)
	case repeated != nil:
		o.skip(repeated)
	case exists && entry.Synced() && changed:
		o.skip(&change.SyncedError{Entry: entry})
	case exists && entry.Synced() && row.ID == "":
		o.Fault, o.State = FaultOf(&registry.DuplicateError{Duplicates: []registry.Entry{entry}, Exact: true})
	case exists && !changed:
		o.State = OpUnchanged
	}
	if o.State == OpWaiting || o.State == OpUnchanged {
		if exists {
			c.ids[entry.ID] = len(c.operations)
		} else {
			c.keys[keyOf(d)] = len(c.operations)
		}
	} else if exists {
		if _, met := c.ids[entry.ID]; !met {
			c.ids[entry.ID] = -1 // the list has it, though the row is not used
		}
	}
	return o
}

func (c *comparison) repeats(id registry.ID) *RepeatedError {
	if at, met := c.ids[id]; met && at >= 0 {
		return &RepeatedError{Position: at, Line: c.operations[at].Line}
	}
	return nil
}

func (c *comparison) repeatsKey(key entryKey) *RepeatedError {
	if at, met := c.keys[key]; met {
		return &RepeatedError{Position: at, Line: c.operations[at].Line}
	}
	return nil
}

// find returns the entry that a row is about: the one with its id, otherwise the one with its
// name and address, spelled as in the row if there is such a one.
func (c *comparison) find(id registry.ID, d registry.Draft) (registry.Entry, bool) {
	if id != "" {
		if e, ok := c.view.Entry(id); ok {
			return e, true
		}
	}
	found := sameEntries(c.view, d)
	if len(found) == 0 {
		return registry.Entry{}, false
	}
	// Of several, one that no row has, and that is spelled like this.
	best := slices.MaxFunc(found, func(a, b registry.Entry) int { return c.fit(a, d) - c.fit(b, d) })
	return best, true
}

func (c *comparison) fit(e registry.Entry, d registry.Draft) (points int) {
	if _, met := c.ids[e.ID]; !met {
		points += 4
	}
	if registry.Trimmed(e.Name) == d.Name {
		points += 2
	}
	if registry.Trimmed(e.Email) == d.Email {
		points++
	}
	return points
}

// tidied returns d as the registry would have it: in normal form C, without surrounding space,
// and with the line breaks that the form sends.
func tidied(d registry.Draft) registry.Draft {
	d.Name, d.Email, d.Comments = registry.Trimmed(d.Name), registry.Trimmed(d.Email), unixLines(d.Comments)
	return d
}

func unixLines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// over returns the values of an entry with those of d in the fields that a list has. A text that
// differs only in its normal form, surrounding space or kind of line breaks stays as it is, as
// does an address in other case; and the provenance is what Cloudflare says.
func over(e registry.Entry, d registry.Draft, fields []string) registry.Values {
	after, wanted := e.Values(), d.Values()
	set := func(field string) {
		if value, given := wanted[field]; given {
			after[field] = value
		} else {
			delete(after, field)
		}
	}
	for _, field := range fields {
		switch field {
		case registry.FieldProvenance:
		case registry.FieldEmail:
			if e.IsEmailRegex != d.IsEmailRegex || !registry.SameAddress(e.Email, d.Email, d.IsEmailRegex) {
				set(field)
			}
		default:
			was, text := after[field].(string)
			if is, _ := wanted[field].(string); !text || registry.Trimmed(unixLines(was)) != registry.Trimmed(unixLines(is)) {
				set(field)
			}
		}
	}
	return after
}

// addDeletions adds the deletion of each manual entry that the list does not have. One that a
// row that is not used may be about is kept, and each if the list is not complete.
func (c *comparison) addDeletions() {
	kept := c.unused()
	for e := range c.view.Select(registry.Query{Order: registry.ByName}) {
		if _, met := c.ids[e.ID]; met || e.Synced() {
			continue
		}
		o := Operation{Position: len(c.operations), Kind: Delete, EntryID: e.ID, Before: e.Values(), State: OpWaiting}
		if kept.all || kept.names[registry.FoldName(e.Name)] || kept.emails[foldAddress(e.Email)] {
			o.leaveOut(Kept)
		} else if c.incomplete {
			o.leaveOut(Unlisted)
		}
		c.operations = append(c.operations, o)
	}
}

// unused is what the rows that are not used may be about.
type unused struct {
	names, emails map[string]bool
	all           bool
}

// unused returns what the rows that are not used may be about: entries with their address, and
// if they are wrong, entries with their name. It is unknown which entry a wrong row is about
// that has no address and is like no entry.
func (c *comparison) unused() unused {
	u := unused{map[string]bool{}, map[string]bool{}, c.unclear}
	for _, o := range c.operations {
		if o.State != OpSkipped || o.Reason == "" && o.EntryID == "" { // also one that repeats a new row, which is used
			continue
		}
		d := o.After.Draft()
		u.emails[foldAddress(d.Email)] = true
		isAddress := registry.IsAddress(registry.Trimmed(d.Email))
		if o.Reason == Wrong || !isAddress {
			u.names[registry.FoldName(d.Name)] = true
		}
		u.all = u.all || o.Reason == Wrong && !isAddress && !c.isLikeAnEntry(d)
	}
	return u
}

// isLikeAnEntry reports whether an entry has the name, the address or the pattern of d.
func (c *comparison) isLikeAnEntry(d registry.Draft) bool {
	return len(c.view.Named(d.Name)) > 0 || len(c.view.Listed(d.Email, false)) > 0 || len(c.view.Listed(d.Email, true)) > 0
}

func foldAddress(email string) string { return strings.ToLower(registry.Trimmed(email)) }

// leaveOutWrong leaves out the rows that break a rule.
func (c *comparison) leaveOutWrong(ctx context.Context) {
	for i := range c.operations {
		if o := &c.operations[i]; o.State == OpWaiting {
			o.prepareRow(ctx)
		}
	}
}
