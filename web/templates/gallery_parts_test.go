package templates

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/a-h/templ"

	"namesake/internal/registry"
)

const (
	sampleHebrew = "יעל כהן" // right to left
	sampleEmail  = "yael.cohen@haldenvoss.example"
)

var (
	// sampleName is as long as a name can be.
	sampleName = sampleHebrew + " <b>&" + strings.Repeat("x", 1024-len([]rune(sampleHebrew))-5)
	sampleTime = time.Date(2026, time.March, 4, 5, 6, 7, 8_000_000, time.UTC)
	sampleHash = strings.Repeat("0f", 32)
)

func sampleProblems() []registry.Problem {
	return []registry.Problem{
		{Code: "11409", Message: "The entry is being changed.", Pointer: "/email", DocumentationURL: "https://developers.cloudflare.com/x", Chain: []registry.Problem{{Code: "1", Message: "A cause."}}},
		{Code: "2", Message: "Another.", DocumentationURL: "javascript:alert(1)"},
	}
}

func sampleEntry() registry.Entry {
	comments, external, number := strings.Repeat("c", registry.MaxComments+7), "node", int64(7)
	return registry.Entry{
		ID: "975a6de5-95bb-4f0f-8f0a-7a6b9df9296f", Name: sampleName, Email: sampleEmail, Comments: &comments, Provenance: registry.GoogleDirectory,
		DirectoryID: &number, DirectoryNodeID: &number, ExternalDirectoryNodeID: &external, CreatedAt: sampleTime, ModifiedAt: sampleTime,
	}
}

func samplePattern() registry.Entry {
	return registry.Entry{ID: "2", Name: sampleName, Email: `^.*@haldenvoss\.example$`, IsEmailRegex: true, Provenance: registry.Manual, CreatedAt: sampleTime}
}

// with renders a component around a text.
func with(c templ.Component, text string) templ.Component {
	return around(c, templ.Raw(templ.EscapeString(text)))
}

// together renders one component after another.
func together(list ...templ.Component) templ.Component { return templ.Join(list...) }

// galleryParts has a sample of each component in the files ui*.templ.
func galleryParts() map[string]templ.Component {
	return map[string]templ.Component{
		"backLink":     backLink("/entries", "All entries"),
		"badge":        with(badge("border-good text-good", templ.Attributes{"data-state": "done"}), "Done"),
		"box":          together(with(box(Good, ""), "Good"), with(box(Warn, ""), "Warn"), with(box(Bad, ""), "Bad"), with(box(Info, ""), "Info")),
		"bullets":      with(bullets(), ""),
		"button":       together(with(button(primary, nil), "Create"), with(button(destructiveLarge, templ.Attributes{"name": "x"}), "Delete 4 entries")),
		"buttonLink":   with(buttonLink("javascript:alert(1)", outlineSmall, nil), "Next"),
		"chipList":     chipList([]Chip{{"Search", sampleName, "/?a=1"}, {"Address", sampleEmail, "/"}}),
		"choices":      choices("Period", []Choice{{"Today", "/", true}, {"7 days", "/?a=1", false}}),
		"choice":       labelled("action", choice("action", "Any", []Option{{"a", "A", true}, {"b", "B", false}})),
		"copyButton":   together(copyButton("a", "Copy ID"), copyButton("b", "Copy hash")),
		"dayInput":     together(labelled("since", dayInput("since", "2026-03-04", true)), labelled("until", dayInput("until", "x", false))),
		"definitions":  with(definitions(), ""),
		"disclosure":   with(disclosure("Unchanged: 4"), "Content"),
		"empty":        with(empty(), "Nothing"),
		"emptyTitle":   with(emptyTitle(), "No matching entries"),
		"effectPanel":  with(effectPanel("What this does"), "Content"),
		"segment":      templ.Join(segment("kind", "kind", "x", "Pattern", "kind-hint", true), templ.Raw(`<p id="kind-hint">A hint.</p>`)),
		"field":        labelled("name", templ.Raw(`<input id="name">`)),
		"fieldErrors":  fieldErrors("name", []Message{{Text: "Enter a name."}, {Problem: &sampleProblems()[0]}}),
		"flash":        flash(Flash{Tone: Bad, Title: "Not deleted", Text: "Try again.", Problems: sampleProblems(), Ray: "x", Undo: Undo{URL: "/undo", Record: "7"}}),
		"flash: good":  flash(Flash{Tone: Good, Title: "Created"}),
		"flashes":      flashes([]Flash{{Tone: Good, Title: "Created", Text: "The entry is in the registry.", Ray: "x"}, {Tone: Good, Title: "Deleted", Later: true, Undo: Undo{URL: "/undo", Record: "7", Left: time.Minute}}, {Tone: Warn, Title: "Not read"}}),
		"toast":        toast(Flash{Tone: Good, Title: "Created", Text: "A note.", Ray: "x"}),
		"undo":         undo(Undo{URL: "/undo", Record: "7"}),
		"traces":       together(traces("x", "y", true), traces("x", "y", false)),
		"iconFilter":   iconFilter(),
		"iconKeys":     iconKeys(),
		"iconLock":     iconLock(),
		"iconMenu":     iconMenu(),
		"iconOut":      iconOut(),
		"iconOverview": iconOverview(),
		"iconPerson":   iconPerson(),
		"dangersCount": dangersCount(1),
		"iconFindings": iconFindings(),
		"iconPlans":    iconPlans(),
		"iconSearch":   iconSearch(),
		"iconCheck":    iconCheck(),
		"numbers":      numbers([]Number{{Label: "Entries", Value: "42", URL: sampleURL}, {Label: "Synced", Value: "9", Parts: []Link{{Label: "Google 4", URL: sampleURL}, {Label: "Microsoft 365 5", URL: sampleURL}}}}),
		"chartFrame":   chartFrame(sampleGrowth()),
		"iconChanges":  iconChanges(),
		"iconList":     iconList(),
		"iconPattern":  iconPattern(),
		"iconMail":     iconMail(), "iconTests": iconTests(),
		"checkCase":       checkCase("Flagged", []string{"If so."}),
		"iconPeople":      iconPeople(),
		"iconPlus":        iconPlus(),
		"iconTrail":       iconTrail(),
		"lead":            with(lead(), "Text"),
		"logo":            logo(),
		"message":         together(message(Message{Text: "Text"}), message(Message{Problem: &sampleProblems()[1]})),
		"moment":          together(moment(sampleTime), moment(time.Time{})),
		"muted":           with(muted(), "Text"),
		"notice":          together(with(notice(Warn, "Title"), "Text"), with(notice(Info, "Title"), "Text")),
		"pager":           pager(Pager{First: "/", Previous: "/?page=1", Next: "/?page=3", Page: 2}),
		"panel":           with(panel("details", "Details"), "Content"),
		"patternBadge":    patternBadge(),
		"problem":         problem(sampleProblems()[0]),
		"problems":        problems(sampleProblems()),
		"provenanceBadge": together(provenanceBadge(registry.Manual), provenanceBadge(registry.GoogleDirectory), provenanceBadge("OTHER")),
		"ray":             ray("83a1-AMS"),
		"requestID":       together(requestID("ID"), requestID("")),
		"rowBadge":        together(rowBadge(Bad, "Anyone", "Matches any address."), rowBadge(Warn, "Duplicate", ""), rowBadge(Info, "Pattern", "")),
		"rowTime":         together(rowTime(sampleTime), rowTime(time.Time{})),
		"row":             with(row("Name", "name"), "Value"),
		"tableCard":       with(tableCard(), "A table"),
		"value":           together(value(sampleName), value(sampleEmail), value("")),
	}
}

// labelled is an input with the id in a field.
func labelled(id string, input templ.Component) templ.Component {
	return around(field(id, "Label", fieldWide), input)
}

// around renders a component around another one.
func around(outer, inner templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, inner), w)
	})
}
