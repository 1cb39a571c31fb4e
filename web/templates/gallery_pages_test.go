package templates

import (
	"time"

	"github.com/a-h/templ"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/signin"
)

const sampleURL = "/accounts/a/entries"

func samplePage() Page {
	return Page{
		Title: "Sample", Actor: rbac.Actor{Email: sampleEmail, Name: sampleName, Role: rbac.Admin}, Active: sampleURL, OverviewURL: "/accounts/a", EntriesURL: sampleURL, ChangesURL: "/accounts/a/changes", PlansURL: "/accounts/a/plans", FindingsURL: "/accounts/a/findings", Dangers: 120,
		Sandbox: true, CanCreate: true, CanDelete: true, CanViewPlans: true, CanAudit: true, CanSeeAllSessions: true, Refresh: sampleURL,
		Flash:   []Flash{{Tone: Good, Title: "Entry created", Undo: Undo{URL: "/undo", Record: "1"}}},
		Session: SessionView{Person: "p", Idle: time.Minute, Left: time.Hour, Ends: sampleTime, Typed: true},
	}
}

func sampleStale() Stale {
	return Stale{Title: "An earlier list", Text: []string{"Cloudflare did not answer."}, Problems: sampleProblems(), Again: sampleURL, Ray: "ray", RequestID: "id"}
}

func sampleEntries(change func(*EntriesView)) templ.Component {
	column := Column{Label: "Name", URL: sampleURL, Sort: "ascending"}
	v := EntriesView{
		Query: registry.Query{Search: sampleName, PerPage: 30, Order: registry.ByName, Direction: registry.Ascending}, Entries: []registry.Entry{sampleEntry(), samplePattern(), {Email: sampleEmail}},
		Notes: []string{"The page must be a number."}, Count: "Entries 1 to 3 of 3", Pager: Pager{Previous: sampleURL, Next: sampleURL, Page: 2}, TooLong: "1 entry is not shown",
		Columns: map[registry.Order]Column{registry.ByName: column, registry.ByEmail: {"Address", sampleURL, "none"}, registry.ByCreated: {"Created", sampleURL, "descending"}},
		Chips:   []Chip{{"Search", sampleName, sampleURL}, {"Source", "Manual", sampleURL}}, All: sampleURL, PerPages: []int{20, 50}, ReturnQuery: "?back=x", Stale: sampleStale(),
		PlansURL: "/plans", SelectAll: "Select all 3 that match", DeleteAll: "Delete all 3…", Back: "x", Exports: []ExportLink{{"CSV", sampleURL, sampleURL}},
		Risks: map[registry.ID]Risk{"2": {Bad, "Anyone", "Matches any address."}}, RefreshURL: "/refresh", ReadAt: "Read a minute ago",
	}
	change(&v)
	return Entries(samplePage(), v)
}

func sampleNamesakes() *NameEntriesView {
	return &NameEntriesView{
		Findings: []FindingView{{Severity: "warning", Message: "“" + sampleName + "” is long.", Entries: []registry.Entry{sampleEntry(), {Email: sampleEmail}}}, {Severity: "danger", Message: "Anyone can send as " + sampleEmail}, {Severity: "tip", Message: "x"}}, Sentence: "“" + sampleName + "” has " + sampleEmail + " already.", Entries: []registry.Entry{sampleEntry(), samplePattern(), {Email: sampleEmail}},
		Remarks: []string{"", "Matches the whole domain."}, Current: sampleEntry().ID, Partial: true, AddURL: sampleURL,
	}
}

func sampleForm() EntryFormView {
	fields, fixes := map[string][]Message{}, map[string][]FixButton{}
	for _, name := range registry.FieldNames() {
		fields[name] = []Message{{Text: "Fix this."}, {Problem: &sampleProblems()[0]}}
		fixes[name] = []FixButton{{Value: "x", Before: "Use", Text: sampleEmail, And: sampleName}}
	}
	v := EntryFormView{
		Action: sampleURL, Cancel: sampleURL, Conflict: []ConflictField{{"Name", sampleName, sampleEmail, ""}},
		Form:    EntryForm{Key: "k", Version: "v", Back: "b", Confirmed: "c", SavedID: "1", Values: map[string]string{"name": sampleName, "email": sampleEmail, "is_email_regex": Ticked, "provenance": "OTHER"}, Samples: sampleEmail, Suggested: sampleEmail},
		Meaning: MeaningView{Sentence: "Mail that shows “" + sampleName + "” is flagged unless it comes from " + sampleEmail + ".", Template: "{name}"},
		Outcome: &Outcome{Tone: Bad, Title: "Fix 2 fields to continue", Text: []string{"Nothing was sent."}, Link: sampleURL, Ray: "r", Follow: "/follow", RequestID: "id"},
		Fields:  fields, Fixes: fixes, Focus: "name", Left: []string{"comments"}, Submit: "Create entry", Anyway: "Create it anyway",
		Confirm:     &Confirm{Field: "twins", Value: "1", Entries: []registry.Entry{sampleEntry(), samplePattern(), {Email: sampleEmail}}},
		NameEntries: sampleNamesakes(), NameEntriesURL: sampleURL, Pattern: samplePatternView(), CheckURL: RegexURL, EntriesURL: sampleURL,
	}
	for _, name := range registry.FieldNames() {
		v.Summary = append(v.Summary, SummaryItem{Field: name, Label: name, Message: fields[name][0]})
	}
	return v
}

func samplePatternView() PatternView {
	return PatternView{
		Pattern: sampleEmail, Name: sampleName, Samples: sampleEmail, Asked: true, Differ: true, Untried: 1,
		Findings:  []FindingView{{Severity: "danger", Message: "Matches any address.", Suggestion: "Add ^ and $.", Part: ".*", Example: sampleEmail}, {Severity: "warning", Message: "x", Witness: sampleEmail}, {Severity: "tip", Message: "x"}},
		Explained: &PatternPart{Text: sampleEmail, Says: "a part", Parts: []PatternPart{{Text: ".", Says: "any character"}}},
		Tried:     []PatternSample{{Input: sampleEmail, Matches: true, Found: true, LookAlike: true, Before: "a", Part: sampleEmail, After: "b"}, {Input: sampleEmail, TooSlow: true}, {Input: sampleEmail}},
	}
}

func sampleFaulty(unchecked bool) PatternView {
	v := samplePatternView()
	v.Fault = &PatternFault{Description: "Unclosed group", InJava: "Unclosed group near index 4", Index: 4, Message: "the group is never closed", Start: 0, End: 1, Before: "a", Part: sampleEmail, After: "b", Unchecked: unchecked}
	return v
}

func sampleRecord(action rbac.Action, outcome audit.Outcome) audit.Record {
	e := sampleEntry()
	return audit.Record{
		Seq: 7, Time: sampleTime, RequestID: "id", Actor: rbac.Actor{Email: sampleEmail, Name: sampleName, Role: rbac.Editor}, Address: "192.0.2.1", Account: "a", Action: action, Entry: e.ID, Intent: 6, Outcome: outcome,
		Before: registry.Values{"name": sampleName, "email": sampleEmail, "comments": "old"}, After: registry.Values{"name": sampleName + "y", "email": sampleEmail, "directory_id": int64(1)}, Errors: sampleProblems(), Messages: sampleProblems(), Status: 409, Ray: "r", Duration: time.Second,
		Confirmed: []registry.Confirmation{{Kind: registry.KindDuplicate, Entry: e.ID}, {Kind: "look-alike", Field: "name", Detail: sampleName}}, PrevHash: sampleHash, Hash: sampleHash,
	}
}

func sampleAudit(change func(*AuditView)) templ.Component {
	v := AuditView{
		Filter: AuditFilter{Search: "x", Every: true, Periods: []Choice{{"Today", AuditURL, true}, {"7 days", AuditURL, false}}, Person: sampleEmail, Entry: "1", Since: "2026-03-04", SinceDay: true, Actions: []Option{{"entry.edit", "Edit", true}}, Outcomes: []Option{{"done", "Done", false}}, Chips: []Chip{{"Person", sampleEmail, AuditURL}}},
		Notes:  []string{"A note."}, Rows: []AuditRow{{sampleRecord(rbac.EditEntry, audit.OutcomeDone), "now"}, {sampleRecord(rbac.CreateEntry, audit.OutcomeIntent), "now"}, {audit.Record{Seq: 1, Action: "other", Outcome: audit.OutcomeUnknown, Entry: "5"}, "now"}},
		Head: AuditHead{7, sampleHash}, Newest: AuditURL, Newer: AuditURL, Older: AuditURL, ExportURL: "/export", CSVURL: "/export", Every: true, OtherURL: AuditURL,
	}
	change(&v)
	return Audit(samplePage(), v)
}

func sampleRecordPage(r audit.Record, whole bool) templ.Component {
	return AuditRecord(samplePage(), AuditRecordView{Record: r, Fields: DiffValues(r.Before, r.After), Outcomes: []audit.Record{r}, Previous: 6, Next: 8, Back: &Link{"Restore", sampleURL}, Line: "{}", Whole: whole})
}

func samplePlan(change func(*PlanView)) templ.Component {
	e := sampleEntry()
	why := FailureText{Title: "Refused", Text: []string{"Try again."}, Problems: sampleProblems(), Ray: "r"}
	names := []PlanName{{Bad, "−", "A name loses its protection."}, {Good, "+", "A name gains protection."}, {Warn, "!", "A name."}, {Info, "·", "A name."}}
	diff := DiffValues(registry.Values{"name": sampleName, "comments": "a", "email": sampleEmail}, registry.Values{"name": sampleName + "y", "email": sampleEmail, "directory_id": 1})
	v := PlanView{
		Title: "Delete 3 entries", URL: "/plans/1", Back: sampleURL, State: "draft", Label: "Draft", About: "From a search:", Owner: sampleEmail, Created: sampleTime, Chips: []Chip{{"Search", sampleName, ""}, {"Source", "Manual", ""}}, Of: "/plans/0", Undo: "/plans/2",
		Progress: &PlanProgressView{URL: "/plans/1", Tried: 1, All: 3, Parts: "1 done, 2 left, 0 failed.", Pace: "1.9 per second.", Unfinished: "1 failed"}, Empty: "Nothing to do.", Stop: &why, StopTitle: "It paused", StopNote: "Resume it.", Unsent: "1 was not sent.", UnsentTo: "/plans/1?state=failed",
		Apply:   &PlanApply{Parts: []PlanPart{{"delete", 3, "deletions"}}, Type: true, Number: "3", Label: "Type 3 to delete 3 entries", Typed: "2", Fault: "Type 3.", Button: "Delete 3 entries", Danger: true, Note: "A note."},
		Breaks:  new(sampleBroken()),
		Buttons: []PlanButton{{"resume", "Resume", ""}}, Notes: []string{"A note."}, Names: &PlanNames{Danger: "2 names lose all protection", Unprotected: []string{sampleName, "B"}, AsOf: sampleTime, Note: "A note.", First: names, More: names, Rest: "4 more names"},
		Filters: []PlanFilter{{"All", 3, "/plans/1", true}, {"Done", 0, "/plans/1?state=done", false}}, Filtered: true, Range: "1 to 2 of 2", Pager: Pager{Next: "/plans/1?page=2", Page: 1},
		Rows: []PlanRow{
			{Number: 1, Kind: "edit", State: "failed", KindLabel: "Edit", StateLabel: "Failed", StateTone: Bad, Line: 4, ID: e.ID, Name: e.Name, Email: e.Email, IsEmailRegex: true, Diff: diff, Advice: []PlanAdvice{{"danger", "Matches any address.", "Anchor it."}, {"tip", "It looks like “" + sampleName + "”.", ""}}, Why: &why, Entry: sampleURL, Record: AuditURL},
			{Number: 2, Kind: "delete", State: "skipped", KindLabel: "Delete", StateLabel: "Skipped", StateTone: Warn, ID: e.ID, Why: &why, Muted: true},
			{Number: 3, Kind: "create", State: "done", KindLabel: "Create", StateLabel: "Done", StateTone: Good, Name: e.Name, Email: e.Email},
		},
	}
	change(&v)
	return Plan(samplePage(), v)
}

func sampleSession() signin.Session {
	return signin.Session{Hash: sampleHash, Actor: rbac.Actor{Email: sampleEmail, Name: sampleName, Role: rbac.Viewer}, Address: "192.0.2.1", Browser: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", Started: sampleTime, Seen: sampleTime}
}

func sampleFailure() FailureView {
	return FailureView{Title: "Not created", Text: []string{"Cloudflare did not answer."}, Problems: []SummaryItem{{Message: Message{Problem: &sampleProblems()[0]}}}, Typed: []TypedField{{"name", sampleName}, {"email", sampleEmail}}, Saved: true, Unsure: true, RequestID: "id", Ray: "r", Links: []Link{{"All entries", sampleURL}}, Follow: "/follow"}
}

// galleryPages has a sample of each page, and of a page's part that is asked for by itself.
func galleryPages() map[string]templ.Component {
	p := samplePage()
	e := sampleEntry()
	record := sampleRecord(rbac.EditEntry, audit.OutcomeDone)
	view := EntryView{
		Entry: e, Receipt: registry.Receipt{Ray: "r", Messages: sampleProblems()}, Meaning: "Mail that shows “" + sampleName + "” is flagged.", BackURL: sampleURL, EditURL: sampleURL + "/1", Person: sampleNamesakes(),
		History: &EntryHistory{Items: []HistoryItem{{Record: &AuditRow{record, "now"}}, {Change: &sampleChangeRows()[0]}}, PutBackURL: "/changes/put-back", Since: "then", All: AuditURL, More: true, Former: "12", FormerAll: AuditURL}, Snippets: []Snippet{{"json", "JSON", "A note.", "Copy JSON", "{}"}, {"curl", "curl", "A note.", "Copy call", "curl"}}, Stale: sampleStale(),
	}
	withFindings, found := view, sampleFindingItem()
	found.Title, found.ReturnEntry = "Duplicate", view.Entry.ID
	withFindings.Findings = []FindingItem{found}
	return map[string]templ.Component{
		"Audit":                sampleAudit(func(*AuditView) {}),
		"Audit: no match":      sampleAudit(func(v *AuditView) { v.Rows = nil }),
		"Audit: empty":         sampleAudit(func(v *AuditView) { *v = AuditView{} }),
		"AuditRecord":          sampleRecordPage(sampleRecord(rbac.EditEntry, audit.OutcomeRefused), true),
		"AuditRecord: altered": sampleRecordPage(sampleRecord(rbac.StartSession, audit.OutcomeDone), false),
		"Check":                Check(p, CheckView{URL: sampleURL}),
		"Check: faults":        Check(p, CheckView{URL: sampleURL, Name: sampleHebrew, NameErrors: []Message{{Text: "Too long."}}, EmailErrors: []Message{{Text: "Not an address."}}}),
		"Check: depends": Check(p, CheckView{
			URL: sampleURL, Name: sampleHebrew, Email: sampleEmail, Authentication: []Option{{"pass", "Passed", true}}, Unread: []string{"The domains could not be read."}, ReadAt: "Read.", Stale: Stale{Title: "This is the registry as it was 3 minutes ago"},
			Result: &CheckResult{
				Tone: Warn, Title: "It depends", Text: "The answer depends.", Flagged: []string{"If not."}, Clear: []string{"If so."}, EntriesTitle: "2 entries of this name", MoreEntries: 3, Notes: []string{"1 policy is for servers."},
				Entries:  []CheckedEntry{{e, "is another address", false}, {samplePattern(), "not checked", true}},
				Policies: []CheckedPolicy{{"pattern", ".*@a", "A note", "Accepts the sender.", "may apply", true}},
			},
		}),
		"Check: let through": Check(p, CheckView{URL: sampleURL, Name: sampleName, Email: sampleEmail, Result: &CheckResult{Tone: Bad, Title: "Not flagged", Text: "A policy lets it through."}}),
		"Matches":            Matches(p, MatchesView{URL: sampleURL, EntriesURL: sampleURL, Address: sampleEmail, Summary: "2 matches.", ReadAt: "Read.", Matches: []registry.AddressMatch{{Entry: e, Kind: registry.MatchesWhole}, {Entry: samplePattern(), Kind: registry.NotTried}}}),
		"Entries":            sampleEntries(func(*EntriesView) {}),
		"Entries: grouped": sampleEntries(func(v *EntriesView) {
			v.Query.Grouped = true
			v.Groups = []EntryGroup{{sampleName, []registry.Entry{e}, "1 entry"}, {"", []registry.Entry{samplePattern()}, "1 entry"}}
		}),
		"Entries: no match":       sampleEntries(func(v *EntriesView) { v.Entries, v.TooLong = nil, "" }),
		"Entries: failed":         sampleEntries(func(v *EntriesView) { v.Entries, v.Failed = nil, "No list" }),
		"Entries: empty":          sampleEntries(func(v *EntriesView) { v.Entries, v.TooLong, v.Query = nil, "", registry.Query{} }),
		"Entry":                   Entry(p, view),
		"Entry: with findings":    Entry(p, withFindings),
		"Entry: without a name":   Entry(Page{EntriesURL: sampleURL}, EntryView{Entry: registry.Entry{ID: "3", Email: sampleEmail}, BackURL: sampleURL, History: &EntryHistory{}}),
		"EntryCreate":             EntryCreate(p, sampleForm()),
		"EntryCreate: at first":   EntryCreate(p, EntryFormView{Submit: "Create entry"}),
		"EntryDelete":             EntryDelete(p, EntryDeleteView{Entry: samplePattern(), Version: "v", Changed: []ConflictField{{"Name", sampleName, sampleEmail, ""}}, Action: sampleURL, Back: sampleURL, ReturnTo: "x", After: "Nothing protects the name.", Stay: sampleNamesakes(), Breaks: new(sampleBroken()), Undo: "10 minutes"}),
		"EntryEdit":               EntryEdit(p, sampleForm()),
		"Failure":                 Failure(p, sampleFailure()),
		"OpenSignIn":              OpenSignIn(true, "id.example", "https://id.example"),
		"NameEntries":             NameEntries(sampleURL, sampleNamesakes()),
		"NameEntries: failed":     NameEntries(sampleURL, &NameEntriesView{Failed: "Cloudflare did not answer"}),
		"Login":                   Login(LoginView{Sandbox: true, Next: "/", Error: "Choose a role.", Users: []DemoUser{{rbac.Admin, "Ada", "full access"}, {rbac.Viewer, "Vera", "view only"}}}),
		"PlainFailure":            PlainFailure(true, sampleFailure()),
		"Plan":                    samplePlan(func(*PlanView) {}),
		"Plan: without numbers":   samplePlan(func(v *PlanView) { v.Apply.Type = false; v.Names.Fault = v.Stop; v.Rows = nil }),
		"PlanProgress":            PlanProgress(PlanProgressView{URL: "/plans/1", Listing: true, Found: "3 found"}),
		"Plans":                   Plans(p, []PlanLink{{"/plans/1", "Delete 3 entries", "By", sampleName + ".csv", sampleEmail, "Done", "done", sampleTime}}, "30 days"),
		"Plans: none":             Plans(p, nil, "30 days"),
		"Regex":                   Regex(p, RegexURL, samplePatternView()),
		"Regex: refused":          Regex(p, RegexURL, sampleFaulty(false)),
		"Regex: unchecked":        Regex(p, RegexURL, sampleFaulty(true)),
		"Session":                 Session(p, SessionPageView{Idle: "30 minutes", AgainURL: "/login", Again: "Sign in again", Note: "A note."}),
		"Sessions":                Sessions(p, SessionsView{Title: "All sessions", URL: AllSessionsURL, AllPeople: true, Sessions: []signin.Session{sampleSession(), {Hash: "x", Actor: rbac.Actor{Name: sampleEmail}}}, Current: sampleHash, Newest: AllSessionsURL, Older: AllSessionsURL, Idle: "30 minutes", Absolute: "12 hours"}),
		"Sessions: your own":      Sessions(p, SessionsView{Title: "Your sessions", URL: OwnSessionsURL, Sessions: []signin.Session{sampleSession()}}),
		"SignedOut":               SignedOut(SignedOutView{Sandbox: true, LoginURL: "/login", Service: "id.example", OnURL: "https://id.example/out", Why: "It gave no way to sign out."}),
		"SignedOut: to a service": SignedOut(SignedOutView{LoginURL: "/login", Service: "id.example", OnURL: "https://id.example/out", GoesOn: true}),
		"Waiting":                 Waiting(p, WaitingView{Title: "Waiting", Text: []string{"Text."}, Intent: sampleRecord(rbac.CreateEntry, audit.OutcomeIntent), URL: "/follow", Back: Link{"All entries", sampleURL}, RequestID: "id"}),
	}
}
