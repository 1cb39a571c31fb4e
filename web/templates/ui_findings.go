package templates

// The styles of findings.
var (
	findingsRead     = classes("mb-3 flex flex-wrap items-center gap-2 text-xs")
	findingsSearch   = classes("flex flex-wrap items-end gap-3")
	findingsCalm     = classes("flex items-center gap-2 text-good")
	findingRow       = classes("flex items-start gap-3 px-4 py-4 md:px-6")
	findingNoTick    = classes("needs-js size-4 shrink-0")
	findingBody      = classes("flex min-w-0 flex-1 flex-col gap-1.5")
	findingPlaces    = classes("flex min-w-0 flex-wrap gap-x-4 gap-y-1")
	findingSays      = classes("max-w-prose break-words")
	findingLine      = classes("max-w-prose break-words")
	findingActions   = classes("mt-1.5 flex flex-wrap items-start gap-2")
	findingDismissed = classes("mt-1.5 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-md bg-muted px-3 py-2")
	uncheckedNote    = classes("mb-3 text-warn")
	dismissDetails   = classes("min-w-0 open:basis-full")
	dismissBox       = classes("mt-2 flex max-w-3xl flex-wrap items-end gap-3 rounded-lg border bg-muted/40 px-4 py-3")
	dismissReason    = classes("field min-w-56 flex-1 gap-1")
	dismissUntil     = classes("field w-44 gap-1 max-sm:flex-1")
	dismissHint      = classes("w-full text-xs text-muted-foreground")
	navCount         = classes("nav-count")
)
