package findings_test

import (
	"context"
	"slices"
	"testing"

	"namesake/internal/findings"
	"namesake/internal/patterns"
	"namesake/internal/registry"
)

func TestCovered(t *testing.T) {
	checkViews(t, findings.Covered, []viewCase{
		{"one of two", []registry.Entry{address("jane.doe@a.example"), address("boss@a.example"), pattern(`^j(ane)?\.doe@a\.example$`)}, []string{"tip[1 3] jane.doe@a.example"}},
		{"in part only", []registry.Entry{address("jane.doe@a.example"), pattern(`doe@a\.example$`)}, nil},
		{"another name", []registry.Entry{address("jane.doe@a.example"), called("Jane Roe", pattern(`^j(ane)?\.doe@a\.example$`))}, nil},
		{"a synced one", []registry.Entry{synced(address("jane.doe@a.example")), pattern(`^j(ane)?\.doe@a\.example$`)}, nil},
		{"by a dangerous pattern", []registry.Entry{address("jane.doe@a.example"), pattern(`.*`)}, nil},
		{"by a pattern for a shared sender", []registry.Entry{address("x@docusign.net"), address("boss@a.example"), pattern(`^.*@docusign\.net$`)}, nil},
		{"by a pattern for it only", []registry.Entry{address("jane.doe@a.example"), pattern(`^jane\.doe@a\.example$`)}, nil},
	})
}

func TestSamePerson(t *testing.T) {
	doe := func(name, email string) registry.Entry { return called(name, address(email)) }
	checkViews(t, findings.SamePerson, []viewCase{
		{"order", []registry.Entry{doe("Jane Doe", "jane@a.example"), doe("Doe, Jane", "j.doe@a.example")}, []string{"warning[1 2] jane@a.example"}},
		{"a department", []registry.Entry{doe("Jane Doe", "jane@a.example"), doe("Jane Doe (IT)", "j.doe@a.example")}, []string{"warning[1 2] jane@a.example"}},
		{"a title", []registry.Entry{doe("Dr. Jane Doe", "jane@a.example"), doe("Jane Doe, PhD", "j.doe@a.example")}, []string{"warning[1 2] jane@a.example"}},
		{"an apostrophe", []registry.Entry{doe("Aoife O’Sullivan", "a@a.example"), doe("Aoife OSullivan", "b@a.example")}, []string{"warning[1 2] a@a.example"}},
		{"an accent", []registry.Entry{doe("José García", "a@a.example"), doe("Jose Garcia", "b@a.example")}, []string{"warning[1 2] a@a.example"}},
		{"a hyphen", []registry.Entry{doe("Kwame Mensah-Boateng", "a@a.example"), doe("Kwame Mensah Boateng", "b@a.example")}, []string{"warning[1 2] a@a.example"}},
		{"one address is missing", []registry.Entry{doe("Jane Doe", "jane@a.example"), doe("Doe, Jane", "Jane@a.example"), doe("Doe, Jane", "j.doe@a.example")}, []string{"warning[1 2 3] j.doe@a.example"}},
		{"a pattern for more", []registry.Entry{called("Jane Doe", pattern(`^jane\.doe@(corp|mail)\.example$`)), doe("Doe, Jane", "jane.doe@corp.example")}, []string{"warning[1 2] jane.doe@mail.example"}},
		{"a pattern for the same", []registry.Entry{doe("Bob Ray", "bob@corp.example"), called("Bob Ray (IT)", pattern(`^bob@corp\.example$`))}, nil},
		{"a pattern for the same and more addresses", []registry.Entry{doe("Bob Ray", "bob@corp.example"), called("Bob Ray (IT)", pattern(`^bob@corp\.example$`)), doe("Bob Ray (IT)", "ray@corp.example")}, []string{"warning[1 2 3] ray@corp.example"}},
		{"a pattern that matches it in part only", []registry.Entry{doe("Bob Ray", "bob@corp.example"), called("Bob Ray (IT)", pattern(`ob@corp\.example$`))}, []string{"warning[1 2] bob@corp.example"}},
		{"a pattern that was entered as an address", []registry.Entry{doe("Bob Ray", "bob@corp.example"), doe("Bob Ray (IT)", `^bob@mail\.example$`), doe("Bob Ray (IT)", "bob@corp.example")}, nil},
		{"a pattern that is not valid", []registry.Entry{doe("Bob Ray", "bob@corp.example"), doe("Bob Ray (IT)", "bob@corp.example"), called("Bob Ray", pattern(`(`))}, nil},
		{"the same addresses", []registry.Entry{doe("Jane Doe", "jane@a.example"), doe("Doe, Jane", "JANE@a.example")}, nil},
		{"two departments", []registry.Entry{doe("Jane Doe (IT)", "jane@a.example"), doe("Jane Doe (Sales)", "j.doe@a.example")}, nil},
		{"one spelling", []registry.Entry{doe("Jane Doe", "jane@a.example"), doe("JANE  DOE", "j.doe@a.example")}, nil},
		{"composed and decomposed", []registry.Entry{doe("Jos\u00e9 Roe", "a@a.example"), doe("Jose\u0301 Roe", "b@a.example")}, nil}, // one name
		{"father and son", []registry.Entry{doe("John Doe Sr", "a@a.example"), doe("John Doe Jr", "b@a.example")}, nil},
		{"first names", []registry.Entry{doe("Jane", "a@a.example"), doe("Jane (IT)", "b@a.example")}, nil},
		{"a name that is also a degree", []registry.Entry{doe("Li Wei", "li.wei@a.example"), doe("Li Wei Ma", "li.wei.ma@a.example")}, nil},
		{"order of a name that is also a degree", []registry.Entry{doe("Jack Ma", "jack@a.example"), doe("Ma, Jack", "ma@a.example")}, []string{"warning[1 2] jack@a.example"}},
		{"order of a name that is also a title", []registry.Entry{doe("Lee Sir", "lee@a.example"), doe("Sir, Lee", "sir@a.example")}, []string{"warning[1 2] lee@a.example"}},
		{"a degree after a comma", []registry.Entry{doe("Jane Doe", "jane@a.example"), doe("Jane Doe, MA", "j.doe@a.example")}, []string{"warning[1 2] jane@a.example"}},
		{"degrees after commas", []registry.Entry{doe("Jane Doe", "jane@a.example"), doe("Doe, Dr. Jane, MD, Ph.D.", "j.doe@a.example")}, []string{"warning[1 2] jane@a.example"}},
		{"a degree with dots", []registry.Entry{doe("Jane Doe", "jane@a.example"), doe("Jane Doe M.A.", "j.doe@a.example")}, []string{"warning[1 2] jane@a.example"}},
		{"titles with dots", []registry.Entry{doe("Jane Doe", "jane@a.example"), doe("Prof. Dr. Dipl.-Ing. Jane Doe", "j.doe@a.example"), doe("Mag. Jane Doe", "doe@a.example")}, []string{"warning[1 2 3] jane@a.example"}},
		{"a title after a comma", []registry.Entry{doe("Jane Doe", "jane@a.example"), doe("Jane Doe, Dr.", "j.doe@a.example")}, []string{"warning[1 2] jane@a.example"}},
		{"a surname that is also a title", []registry.Entry{doe("Jane Ann", "jane@a.example"), doe("Jane Ann Miss", "j.miss@a.example")}, nil},
		{"initials that are also a degree", []registry.Entry{doe("Jan Smit", "jan@a.example"), doe("Jan M.A. Smit", "ma@a.example")}, nil},
	})
}

// TestSamePersonWithoutTime compares spellings when their pattern is known but there is no time
// to match it, and again when there is.
func TestSamePersonWithoutTime(t *testing.T) {
	entries := []registry.Entry{pattern(`^jane\.doe@(corp|mail)\.example$`), called("Doe, Jane", address("jane.doe@corp.example"))}
	entries[1].ID = "2"
	judge := findings.NewJudge()
	judge.All(t.Context(), slices.Values(entries), unknown)
	ended, cancel := context.WithCancel(patterns.NewPool(patterns.Options{}).In(t.Context(), "me"))
	cancel()
	tracker := judge.Track()
	if r := tracker.Report(ended, slices.Values(entries), unknown); r.Unchecked != 1 || count(r, findings.SamePerson) != 0 {
		t.Errorf("without time: %d unchecked, %+v", r.Unchecked, r.Findings)
	}
	if r := tracker.Report(t.Context(), slices.Values(entries), unknown); r.Unchecked != 0 || count(r, findings.SamePerson) != 1 {
		t.Errorf("with time: %d unchecked, %+v", r.Unchecked, r.Findings)
	}
}

func TestLookAlikeName(t *testing.T) {
	checkViews(t, findings.LookAlikeName, []viewCase{
		{"another script", []registry.Entry{called("Jane Doe", address("a@a.example")), called("J\u0430ne Doe", address("b@a.example"))}, []string{"warning[2 1] b@a.example"}},
		{"the odd one first", []registry.Entry{called("J\u0430ne Doe", address("a@a.example")), called("Jane Doe", address("b@a.example"))}, []string{"warning[1 2] a@a.example"}},
		{"a digit", []registry.Entry{called("Robert Doe", address("a@a.example")), called("R0bert Doe", address("b@a.example"))}, []string{"warning[2 1] b@a.example"}},
		{"both ordinary", []registry.Entry{called("Arnold Marne", address("a@a.example")), called("Arnold Mame", address("b@a.example"))}, []string{"tip[2 1] b@a.example"}},
		{"other names", []registry.Entry{called("Jane Doe", address("a@a.example")), called("Jane Roe", address("b@a.example"))}, nil},
		{"the same", []registry.Entry{called("Jane Doe", address("a@a.example")), called("jane doe", address("b@a.example"))}, nil},
	})
}

func TestSpoofableDomain(t *testing.T) {
	entries := []registry.Entry{
		address("jane@spoofable.example"), called("Bob Ray", address("bob@Spoofable.example")), address("doe@company.com"),
		called("Kim Lee", address("kim@mail.spoofable.example")), called("", address("none@spoofable.example")),
	}
	want := []string{"warning[1 2] jane@spoofable.example", "warning[4] kim@mail.spoofable.example"}
	checkViewsOf(t, company, findings.SpoofableDomain, []viewCase{{"two domains", entries, want}})
	checkViews(t, findings.SpoofableDomain, []viewCase{{"nothing is known", entries, nil}})
}

// TestUsualDomain checks that the domain of most entries counts as the company's where nothing
// is known, and that others then are not foreign.
func TestUsualDomain(t *testing.T) {
	var entries []registry.Entry
	for i := range 12 {
		entries = append(entries, called("Person "+string(rune('A'+i)), address(string(rune('a'+i))+"@haldenvoss.com")))
	}
	entries = append(entries, pattern(`^.*@haldenvoss\.com$`), called("Ann Poe", pattern(`^.*@supplier\.com$`)), called("Bob Ray", address("bob@haldenvos.com")))
	checkViews(t, findings.WholeDomain, []viewCase{{"most", entries, []string{"warning[14] qzxvw@supplier.com"}}})
	checkViews(t, findings.LookAlikeDomain, []viewCase{{"most", entries, []string{"danger[15] bob@haldenvos.com"}}})
	checkViews(t, findings.ForeignDomain, []viewCase{{"most", entries, nil}})
	checkViews(t, findings.WholeDomain, []viewCase{{"too few", entries[4:], []string{"warning[9] qzxvw@haldenvoss.com", "warning[10] qzxvw@supplier.com"}}})
}
