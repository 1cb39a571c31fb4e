package templates

import (
	"strings"

	"namesake/internal/audit"
)

func toneClass(tone Tone) string {
	switch tone {
	case Good:
		return "border-good bg-good-surface text-good"
	case Warn:
		return "border-warn bg-warn-surface text-warn"
	case Bad:
		return "border-destructive bg-bad-surface text-destructive"
	case Info:
	}
	return "bg-card"
}

func boxClass(tone Tone) string {
	switch tone {
	case Good:
		return "border-good bg-good-surface"
	case Warn:
		return "border-warn bg-warn-surface"
	case Bad:
		return "border-destructive bg-bad-surface"
	case Info:
	}
	return ""
}

func outcomeClass(o audit.Outcome) string {
	switch o {
	case audit.OutcomeDone:
		return "border-good bg-good-surface text-good"
	case audit.OutcomeRefused, audit.OutcomeFailed:
		return "border-destructive bg-bad-surface text-destructive"
	case audit.OutcomeUnknown:
		return "border-warn bg-warn-surface text-warn"
	case audit.OutcomeIntent:
	}
	return "text-muted-foreground"
}

func changeClass(c Change) string {
	switch c {
	case Added:
		return "ms-2 border-good text-good"
	case Removed:
		return "ms-2 border-destructive text-destructive"
	case Changed:
		return "ms-2 border-warn text-warn"
	case Unchanged:
	}
	return "ms-2 text-muted-foreground"
}

func planClass(state string) string {
	switch state {
	case "done":
		return "mt-1 border-good text-good"
	case "paused":
		return "mt-1 border-warn text-warn"
	case "running", "listing":
		return "mt-1 border-primary text-primary"
	}
	return "mt-1 text-muted-foreground"
}

func planMarkClass(tone Tone) string {
	switch tone {
	case Bad:
		return "bg-bad-surface text-destructive"
	case Good:
		return "bg-good-surface text-good"
	case Warn:
		return "bg-warn-surface text-warn"
	case Info:
	}
	return "bg-muted text-muted-foreground"
}

func kindClass(kind string) string {
	switch kind {
	case "create", "created":
		return "text-good"
	case "delete", "deleted":
		return "text-destructive"
	}
	return "text-primary"
}

func stateClass(tone Tone) string {
	switch tone {
	case Good:
		return "border-good text-good"
	case Warn:
		return "border-warn text-warn"
	case Bad:
		return "border-destructive text-destructive"
	case Info:
	}
	return "text-muted-foreground"
}

// What the other side of a comparison does not have.
var (
	inserted = classes("rounded-xs bg-good-surface px-0.5 text-good underline decoration-2 underline-offset-3")
	// A line through it would hide the dots and dashes of a pattern.
	deleted = classes("rounded-xs bg-bad-surface px-0.5 text-destructive underline decoration-dotted decoration-2 underline-offset-3")
)

// combined is a style with further classes.
func combined(base string, more ...string) style {
	return classes(strings.TrimSpace(base + " " + strings.Join(more, " ")))
}

// either returns one class or the other.
func either(first bool, one, other string) string {
	if first {
		return one
	}
	return other
}

// messageBox is the frame around a message.
func messageBox(tone Tone) style {
	return combined("rounded-lg border px-4 py-3", boxClass(tone))
}

// summaryBox is the frame of the summary above a form.
func summaryBox(tone Tone) style {
	return combined("mb-6 max-w-3xl rounded-lg border px-4 py-3", toneClass(tone))
}

// nameMark is the round mark before a name that a plan changes.
func nameMark(tone Tone) style {
	return combined("mt-px grid size-5 shrink-0 place-items-center rounded-full text-xs font-semibold", planMarkClass(tone))
}

// operationKind is the word for what an operation does.
func operationKind(kind string) style {
	return combined("text-xs leading-5 font-medium sm:max-lg:row-span-2", kindClass(kind))
}

// changeKind is the word for what happened to an entry.
func changeKind(kind string) style {
	return combined("text-xs leading-5 font-medium", kindClass(kind))
}

// reasonText is the reason for the state of an operation.
func reasonText(isMuted bool) style {
	return combined("mt-1 flex flex-col gap-1 text-sm", either(isMuted, "text-muted-foreground", "text-destructive"))
}

// sortArrow is the arrow of a column, paler when the list is not sorted by it.
func sortArrow(sorted bool) style {
	return combined("text-xs", either(sorted, "", "text-muted-foreground"))
}

// tickBox selects an entry. For people who can only copy, it needs the script.
func tickBox(needsScript bool) style {
	return combined("mt-0.5 size-4 shrink-0", either(needsScript, "needs-js", ""))
}

// selectionForm is the form around the buttons for selected entries.
func selectionForm(needsScript bool) style {
	return combined("mb-3 flex min-h-9 flex-wrap items-center gap-x-3 gap-y-2", either(needsScript, "needs-js", ""))
}

// matchText says how an entry matches an address.
func matchText(uncertain bool) style {
	return combined("text-xs", either(uncertain, "text-warn", "text-muted-foreground"))
}

// verdictText says that a sample matches.
func verdictText(lookAlike bool) style {
	return classes(either(lookAlike, "font-medium text-destructive", "text-good"))
}

// The widths of the columns of the list.
const (
	columnName    = ""
	columnEmail   = "md:w-[50%] lg:w-[38%] xl:w-[34%] min-[90rem]:w-[30%]"
	columnCreated = "md:max-xl:hidden xl:w-46"
)
