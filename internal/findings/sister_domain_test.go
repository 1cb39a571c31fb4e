package findings_test

import (
	"testing"

	"namesake/internal/findings"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// TestSisterDomains takes domains that differ by one letter, or that are written in two ways,
// for the company's if Cloudflare checks mail for them.
func TestSisterDomains(t *testing.T) {
	facts := findings.Facts{Settings: &policy.Settings{Domains: []policy.Domain{
		{Name: "haldenvoss.com", DMARC: policy.GoodRecord},
		{Name: " Haldenvos.com. ", DMARC: policy.NoRecord},
		{Name: "müllerbau.example", DMARC: policy.NoRecord},
		{Name: "xn--brdernen-75a.example", DMARC: policy.GoodRecord},
	}}}
	own := []entryCase{
		{address("jane@haldenvoss.com"), ""},
		{address("jane@haldenvos.com"), ""},
		{address("jane@mail.haldenvos.com"), ""},
		{pattern(`^jane\d@haldenvos\.com$`), ""},
		{address("jane@xn--mllerbau-65a.example"), ""},
		{address("jane@XN--BRDERNEN-75A.example"), ""},
	}
	for _, rule := range []findings.Rule{findings.LookAlikeDomain, findings.ForeignDomain} {
		checkEntriesOf(t, facts, rule, own)
	}
	checkEntriesOf(t, facts, findings.LookAlikeDomain, []entryCase{
		{address("jane@haldenvosss.com"), "danger jane@haldenvosss.com"},
		{address("jane@mullerbau.example"), "danger jane@mullerbau.example"},
	})
	spoofable := []registry.Entry{address("jane@haldenvos.com"), address("jane@xn--mllerbau-65a.example")}
	checkViewsOf(t, facts, findings.SpoofableDomain, []viewCase{{"both", spoofable, []string{"warning[1] jane@haldenvos.com", "warning[2] jane@xn--mllerbau-65a.example"}}})
	forms := []registry.Entry{spoofable[1], address("joe@müllerbau.example")}
	checkViewsOf(t, facts, findings.SpoofableDomain, []viewCase{{"two forms of one domain", forms, []string{"warning[1 2] jane@xn--mllerbau-65a.example"}}})
}
