package importer

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"namesake/internal/cellguard"
	"namesake/internal/input"
	"namesake/internal/registry"
)

// rowReader makes candidates of the rows of a table.
type rowReader struct {
	table
	uses      Mapping
	has       Fields
	directory bool
	drops     bool // columns are dropped that may have secrets
	guarded   bool // the cells can have apostrophes that keep them from being formulas
	delimiter byte // of a text
	padding   int  // see usualPadding
}

func (f *File) newRowReader() *rowReader {
	t := f.open()
	_, text := t.(*textTable)
	r := &rowReader{
		table: t, uses: f.uses, delimiter: f.Delimiter, has: fieldsOf(f.uses), directory: f.uses.ofDirectory(), drops: slices.ContainsFunc(f.uses, Use.mayBeSecret), guarded: text,
	}
	r.padding = r.usualPadding(f.open())
	return r
}

// value is the content of a cell that has a use.
type value struct {
	cell
	use  Use
	text string // unguarded, and without the white space that doesn't belong to it
}

// candidates returns one candidate for each address of a row, or one without an address.
func (r *rowReader) candidates(rec record) iter.Seq[Candidate] {
	return func(yield func(Candidate) bool) {
		row, problem := r.read(rec)
		base := Candidate{Has: r.has, Draft: row.draft, ID: row.id, Problem: problem, Position: r.locate(rec.start), Unclear: r.isUnclear(rec)}
		addresses := r.addresses(row)
		if len(addresses) == 0 {
			for _, v := range row.values {
				if v.use.isAddress() {
					base.Position = r.locate(v.at)
					break
				}
			}
			if problem != nil {
				base.Position = problem.Position
			}
			yield(base.checked())
			return
		}
		for _, a := range addresses {
			c := base
			c.Position = r.locate(a.at)
			c.Draft.Email = strings.Clone(a.text)
			if c.Draft.Name == "" {
				c.Draft.Name = strings.Clone(a.name)
			}
			if a.reason != "" {
				c.Leave = append(c.Leave, a.reason)
			}
			if a.reason != NotAnAddress {
				c.Leave = append(c.Leave, r.reasons(row, a)...)
			}
			if !yield(c.checked()) {
				return
			}
			base.ID = "" // an id is that of one entry
		}
	}
}

// checked adds the problem of a row of the template.
func (c Candidate) checked() Candidate {
	if c.Problem == nil && isExample(c.Draft) {
		c.Problem = &RowError{Kind: ExampleRow, Position: c.Position, Field: registry.FieldEmail}
	}
	return c
}

// row is what the cells of a row say.
type row struct {
	values []value
	draft  registry.Draft // without an address
	id     registry.ID
}

// read reads the cells that have a use.
func (r *rowReader) read(rec record) (row, *RowError) {
	var out row
	var problem *RowError
	report := func(kind RowErrorKind, v value) {
		if problem == nil {
			problem = &RowError{Kind: kind, Position: r.locate(v.at), Field: v.use.field()}
		}
	}
	cells := rec.cells
	if rec.fault != nil {
		cells = cells[:len(cells)-1] // the faulty one can have others and further rows in it
		problem = &RowError{Kind: rec.fault.kind, Position: r.locate(rec.fault.at)}
	} else if n := r.width(rec); n > len(r.uses) {
		problem = &RowError{Kind: TooManyCells, Position: r.locate(rec.cells[len(r.uses)].at), Want: len(r.uses), Got: n}
	}
	if problem != nil && r.drops {
		cells = nil // a cell could be one of a column that is dropped
	}
	for i, c := range cells {
		if i >= len(r.uses) {
			break
		}
		v := value{cell: c, use: r.uses[i], text: c.text}
		if v.use.isDropped() {
			continue
		}
		if r.drops && r.guarded && v.use.field() == registry.FieldName && strings.ContainsAny(v.text, "\r\n") { // two rows in a pair of quotation marks
			report(UnclosedQuote, v)
			continue
		}
		if len(v.text) > maxCellBytes {
			report(CellTooLong, v)
			problem.Max = maxCellBytes
			continue
		}
		guarded := r.guarded && cellguard.Unguard(v.text) != v.text // before white space is lost that it was guarded for
		if guarded {
			v.text = cellguard.Unguard(v.text)
		}
		if !c.quoted {
			v.text = input.Trim(v.text)
			v.at += strings.Index(c.text, v.text)
		}
		if r.guarded && !guarded {
			v.text = cellguard.Unguard(v.text)
		}
		out.values = append(out.values, v)
		if kind := out.fill(v); kind != "" {
			report(kind, v)
		}
	}
	out.fillName()
	return out, problem
}

// field returns the field of a draft that the column is about.
func (u Use) field() string {
	switch {
	case u.isName() || u == MiddleName:
		return registry.FieldName
	case u.isAddress():
		return registry.FieldEmail
	case slices.Contains(registry.FieldNames(), string(u)):
		return string(u)
	}
	return ""
}

// fill writes a value into the draft. It returns what is wrong with it.
func (r *row) fill(v value) RowErrorKind {
	d, text := &r.draft, strings.Clone(v.text)
	switch v.use {
	case Name:
		d.Name = text
	case Comments:
		d.Comments = text
	case ExternalDirectoryNodeID:
		d.ExternalDirectoryNodeID = text
	case Provenance:
		d.Provenance = registry.Provenance(input.Trim(text))
	case IsEmailRegex:
		regex, ok := parseFlag(text)
		if d.IsEmailRegex = regex; !ok {
			return NotYesNo
		}
	case DirectoryID:
		return parseNumber(text, &d.DirectoryID)
	case DirectoryNodeID:
		return parseNumber(text, &d.DirectoryNodeID)
	case ID:
		if text = input.Trim(text); text != "" {
			var err error
			if r.id, err = registry.ParseID(text); err != nil {
				return BadID
			}
		}
	default: // names and addresses need more than one column, the others are about accounts
	}
	return ""
}

func parseNumber(text string, to **int64) RowErrorKind {
	text = input.Trim(text)
	if text == "" {
		return ""
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return NotANumber
	}
	*to = &n
	return ""
}

// fillName joins the parts of a name where there is no whole one.
func (r *row) fillName() {
	if strings.TrimSpace(r.draft.Name) != "" {
		return
	}
	var parts []string
	for _, use := range []Use{FirstName, MiddleName, LastName} {
		if part := input.Trim(r.text(use)); part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) > 0 {
		r.draft.Name = strings.Join(parts, " ")
	}
}

// text returns the text of the column with a use.
func (r *row) text(use Use) string {
	for _, v := range r.values {
		if v.use == use {
			return v.text
		}
	}
	return ""
}

var (
	yes = set(`true yes y 1 on x ja wahr oui vrai si verdadero vero sim verdadeiro sand tak да истина 是 真 はい 예`)
	no  = set(`false no n 0 off nein falsch non faux falso nao nej falsk nie нет ложь 否 假 いいえ 아니요`)
)

// parseFlag reads yes or no; no text is no.
func parseFlag(text string) (flag, ok bool) {
	if len(text) > maxHeader {
		return false, false
	}
	folded := foldLetters(text)
	return yes[folded], yes[folded] || no[folded] || input.Trim(text) == ""
}
