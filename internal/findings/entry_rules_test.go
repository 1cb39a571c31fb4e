package findings_test

import (
	"testing"
	"time"

	"namesake/internal/findings"
	"namesake/internal/registry"
)

// called gives an entry another name.
func called(name string, e registry.Entry) registry.Entry {
	e.Name = name
	return e
}

func TestWholeDomain(t *testing.T) {
	checkEntries(t, findings.WholeDomain, []entryCase{
		{pattern(`^.*@example\.com$`), "warning qzxvw@example.com"},
		{pattern(`^jane@example\.com$`), ""},
		{pattern(`.*`), ""},
	})
	checkEntriesOf(t, company, findings.WholeDomain, []entryCase{
		{pattern(`^.*@company\.com$`), ""},
		{pattern(`^.*@news\.company\.com$`), ""},
		{pattern(`^.*@example\.com$`), ""}, // worse
	})
	checkEntriesOf(t, company, findings.LetsAnyoneIn, []entryCase{
		{pattern(`^.*@company\.com$`), ""},
		{pattern(`^.*@example\.com$`), "danger qzxvw@example.com"},
		{pattern(`^.*@(company|example)\.com$`), "danger qzxvw@example.com"},
		{pattern(`^(.*@company\.com|jane@example\.com)$`), ""},
		{pattern(`(.*@company\.com)|(w@example\.com)`), ""}, // not everyone, though a part of a probe matches
	})
}

func TestUnescapedDot(t *testing.T) {
	checkEntries(t, findings.UnescapedDot, []entryCase{
		{pattern(`^jane@mail.company\.com$`), "danger jane@mailxcompany.com"},
		{pattern(`^jane@company.co.uk$`), "danger jane@companyxco.uk"},
		{pattern(`^jane\.doe@company.com$`), "tip jane.doe@companyxcom"},
		{pattern(`^jane.doe@company\.com$`), ""},
		{pattern(`^jane\.doe@mail\.company\.com$`), ""},
		{pattern(`jane.doe@company.com`), ""}, // an address entered as a pattern
		{pattern(`.*`), ""},
		{address("jane@mail.company.com"), ""},
	})
}

func TestNeverMatches(t *testing.T) {
	checkEntries(t, findings.NeverMatches, []entryCase{
		{pattern(`(`), "warning"},
		{pattern(`jane@a\.example^x`), "warning"},
		{pattern(`^jane\.doe at company\.com$`), "warning"},
		{pattern(`^jane@company\.com$`), ""},
		{pattern(`.*`), ""},
		{address("jane.doe"), "warning"},
		{address("Jane Doe <jane@company.com>"), "warning jane@company.com"},
		{address("jane@company.com."), "warning jane@company.com"},
		{address(" jane@company.com"), "warning jane@company.com"},
		{address("jane@company.com"), ""},
		{address(`.*@company\.com`), ""}, // a pattern
		{address(""), ""},
	})
}

func TestDoubledBackslash(t *testing.T) {
	checkEntries(t, findings.DoubledBackslash, []entryCase{
		{pattern(`^jane\\.doe@company\\.com$`), "warning jane.doe@company.com"},
		{pattern(`^jane\.doe@company\.com$`), ""},
		{address(`jane\\.doe@company.com`), ""},
	})
}

func TestPatternAsLiteral(t *testing.T) {
	checkEntries(t, findings.PatternAsLiteral, []entryCase{
		{address(`^jane\.doe@company\.com$`), "warning jane.doe@company.com"},
		{address(`.*@company\.com`), "warning a@company.com"},
		{address(`*@company.com`), "warning a@company.com"},
		{address("jane.doe@company.com"), ""},
		{address("jane.doe"), ""},
		{pattern(`^jane\.doe@company\.com$`), ""},
	})
}

func TestLiteralAsPattern(t *testing.T) {
	checkEntries(t, findings.LiteralAsPattern, []entryCase{
		{pattern(`jane.doe@company.com`), "warning jane.doe@company.com"},
		{pattern(`^jane\.doe@company\.com$`), "tip jane.doe@company.com"},
		{pattern(`^jane\.(doe|roe)@company\.com$`), ""},
		{pattern(`j.*@company.com`), ""},
		{address(`jane.doe@company.com`), ""},
	})
}

func TestInvisibleCharacter(t *testing.T) {
	checkEntries(t, findings.InvisibleCharacter, []entryCase{
		{address("jane\u200b@company.com"), "warning jane@company.com"},
		{pattern("^jane\u200b@company\\.com$"), "warning"},
		{called("Jane\u00adDoe", address("j@company.com")), "warning j@company.com"},
		{called("علی\u200cرضا", address("ali@company.com")), ""}, // a joiner that Persian needs
		{address("jane@company.com"), ""},
	})
}

func TestTypographicCharacter(t *testing.T) {
	checkEntries(t, findings.TypographicCharacter, []entryCase{
		{address("o’brien@company.com"), "warning o'brien@company.com"},
		{address("jane–doe@company.com"), "warning jane-doe@company.com"},
		{address("o'brien@company.com"), ""},
		{address("zoë@company.com"), ""},
		{address("jane\u200b@company.com"), ""}, // invisible
	})
}

func TestMixedLetters(t *testing.T) {
	checkEntries(t, findings.MixedLetters, []entryCase{
		{called("J\u0430ne Doe", address("mixed@company.com")), "warning mixed@company.com"},
		{called("𝐉𝐚𝐧𝐞 Doe", pattern(`^styled(1|2)@company\.com$`)), "warning styled1@company.com"},
		{called("J\u0430ne Doe", address(`^jane\.doe@company\.com$`)), "warning"}, // it allows no address
		{called("Дмитрий Соколов", address("russian@company.com")), ""},
		{called("Jane Doe", address("jane@company.com")), ""},
	})
}

func TestCommonName(t *testing.T) {
	checkEntries(t, findings.CommonName, []entryCase{
		{called("Info", address("info@company.com")), "warning info@unrelated.example"},
		{called(" customer  SERVICE", address("care@company.com")), "warning customer.service@unrelated.example"},
		{called("J.", address("j@company.com")), "warning j@unrelated.example"},
		{called("Info", pattern(`^.*@gmail\.com$`)), "warning info@unrelated.example"},
		{called("Info", pattern(`.*`)), ""}, // worse: no mail would be flagged
		{called("李", address("li@company.com")), ""},
		{called("Company Support", address("support@company.com")), ""},
		{called("Jane", address("jane@company.com")), ""},
		{called("", address("nameless@company.com")), ""},
	})
}

func TestPersonalMailbox(t *testing.T) {
	because := func(comment string, e registry.Entry) registry.Entry {
		e.Comments = &comment
		return e
	}
	checkEntries(t, findings.PersonalMailbox, []entryCase{
		{address("jane@gmail.com"), "tip jane@gmail.com"},
		{pattern(`^jane(\+\w+)?@gmx\.de$`), "tip jane+a@gmx.de"},
		{because(" ", address("blank@gmail.com")), "tip blank@gmail.com"},
		{because("Jane's own, asked by phone", address("told@gmail.com")), ""},
		{pattern(`^.*@gmail\.com$`), ""}, // worse
		{address("jane@company.com"), ""},
	})
}

func TestForeignDomain(t *testing.T) {
	checkEntriesOf(t, company, findings.ForeignDomain, []entryCase{
		{address("jane@supplier.com"), "tip jane@supplier.com"},
		{pattern(`^no-?reply@(eu|us)\.supplier\.com$`), "tip no-reply@eu.supplier.com"},
		{address(`^jane@supplier\.com$`), ""},                                // it allows no address
		{pattern(`^jane@(company|supplier)\.com$`), "tip jane@supplier.com"}, // beside the company's
		{pattern(`^jane@(company|news\.company|mail\.company|supplier)\.com$`), "tip jane@supplier.com"},
		{pattern(`^(jane@company\.com|doe@(a\.company|b\.company|c\.company|(d\.company|supplier))\.com)$`), "tip doe@supplier.com"},
		{address("jane@COMPANY.com"), ""},
		{address("jane@mail.company.com"), ""},
		{address("jane@gmail.com"), ""},
		{address("jane@compamy.com"), ""}, // looks like the company's
		{pattern(`(`), ""},
	})
	checkEntries(t, findings.ForeignDomain, []entryCase{{address("jane@supplier.com"), ""}})
}

func TestLookAlikeDomain(t *testing.T) {
	checkEntriesOf(t, company, findings.LookAlikeDomain, []entryCase{
		{address("jane@compamy.com"), "danger jane@compamy.com"},
		{address("jane@cornpany.com"), "danger jane@cornpany.com"},
		{address("jane@cmopany.com"), "danger jane@cmopany.com"},
		{address("jane@compny.com"), "danger jane@compny.com"},
		{address("jane@comppany.com"), "danger jane@comppany.com"},
		{pattern(`^j\.?doe@compamy\.com$`), "danger j.doe@compamy.com"},
		{address("jane@company.de"), ""},
		{address("jane@compas.com"), ""},
		{address("jane@mail.company.com"), ""},
	})
	checkEntries(t, findings.LookAlikeDomain, []entryCase{{address("jane@compamy.com"), ""}})
}

func TestUntouched(t *testing.T) {
	dated := func(email string, created, modified time.Time) registry.Entry {
		e := address(email)
		e.CreatedAt, e.ModifiedAt = created, modified
		return e
	}
	old, recent := company.Now.AddDate(-2, 0, 0), company.Now.AddDate(0, -1, 0)
	checkEntriesOf(t, company, findings.Untouched, []entryCase{
		{dated("old@company.com", old, time.Time{}), "tip old@company.com"},
		{dated("as-old@company.com", old, old), "tip as-old@company.com"},
		{dated("changed@company.com", old, recent), ""},
		{dated("new@company.com", recent, recent), ""},
		{synced(dated("synced@company.com", old, old)), ""},
		{address("undated@company.com"), ""},
	})
	checkEntries(t, findings.Untouched, []entryCase{{dated("old@company.com", old, old), ""}})
}

func TestOnlyPattern(t *testing.T) {
	checkViews(t, findings.OnlyPattern, []viewCase{
		{"patterns", []registry.Entry{pattern(`^j\d@a\.example$`), pattern(`^k\d@a\.example$`)}, []string{"tip[1 2] j0@a.example"}},
		{"a pattern and an address", []registry.Entry{pattern(`^j\d@a\.example$`), address("jane@a.example")}, nil},
		{"a pattern that is an address", []registry.Entry{pattern(`jane@a.example`)}, nil},
		{"a pattern that Java refuses", []registry.Entry{pattern(`(`)}, nil},
	})
}
