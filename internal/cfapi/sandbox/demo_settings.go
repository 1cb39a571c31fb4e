package sandbox

import "time"

// DemoSettings returns settings of the company of DemoEntries. Some of them cancel what its
// registry protects.
func DemoSettings(now time.Time) Settings {
	number := 0
	note := func(days int, comments string) Note {
		created := timestamp(now).Add(-time.Duration(days) * 24 * time.Hour)
		n := Note{ID: fixedID("settings", number), CreatedAt: created, ModifiedAt: created}
		number++
		if comments != "" {
			n.Comments = &comments
		}
		return n
	}
	address := func(text string) Pattern { return Pattern{Pattern: text, PatternType: "EMAIL"} }
	domain := func(text string) Pattern { return Pattern{Pattern: text, PatternType: "DOMAIN"} }
	regex := func(text string) Pattern { return Pattern{Pattern: text, PatternType: "EMAIL", IsRegex: true} }
	return Settings{
		AllowPolicies: []AllowPolicy{
			{Note: note(310, "Newsletters of the marketing team"), Pattern: regex(`.*@.*mailchimp\.com`), IsAcceptableSender: true},
			{Note: note(290, "Payroll provider"), Pattern: domain("payroll.example"), IsAcceptableSender: true, VerifySender: true},
			{Note: note(204, "Contracts to sign"), Pattern: regex(`.*@docusign\.net`), IsAcceptableSender: true, VerifySender: true},
			{Note: note(127, "Ticket system"), Pattern: address("haldenvoss@tickets.example"), IsTrustedSender: true, VerifySender: true},
			{Note: note(88, "Scanners in Hamburg"), Pattern: Pattern{Pattern: "198.51.100.16/28", PatternType: "IP"}, IsAcceptableSender: true},
			{Note: note(61, "Reports of phishing have to arrive"), Pattern: address("phishing@" + company), IsExemptRecipient: true},
		},
		TrustedDomains: []TrustedDomain{
			{Note: note(352, "Chairman's holding"), Pattern: Pattern{Pattern: "halden-holding.example"}, IsSimilarity: true},
			{Note: note(40, "New brand"), Pattern: Pattern{Pattern: "haldenvoss-energy.example"}, IsRecent: true, IsSimilarity: true},
		},
		BlockedSenders: []BlockedSender{
			{Note: note(150, "Invoice fraud in June"), Pattern: domain("haldenv0ss.example")},
			{Note: note(149, "Fake invoices under changing addresses"), Pattern: regex(`.*@(.+\.)?invoice-center\.example`)},
		},
		Domains: []Domain{
			{Note: note(365, ""), Domain: company, DMARCStatus: new("good"), SPFStatus: new("good"), Status: "active", Regions: []string{"GLOBAL"}},
			{Note: note(300, ""), Domain: "news." + company, DMARCStatus: new("good"), SPFStatus: new("good"), Status: "active"},
			{Note: note(200, ""), Domain: "apac." + company, DMARCStatus: new("good"), SPFStatus: new("good"), Status: "active"},
			{Note: note(200, ""), Domain: "cn." + company, DMARCStatus: new("none"), SPFStatus: new("good"), Status: "active"},
		},
	}
}
