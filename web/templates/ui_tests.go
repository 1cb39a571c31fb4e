package templates

// The styles of tests.
var (
	testsParts     = classes("flex max-w-4xl flex-col gap-6")
	testFields     = classes("grid items-start gap-x-4 gap-y-4 px-4 py-4 sm:grid-cols-2 md:px-6")
	testExpect     = classes("field")
	testFirst      = classes("px-4 py-3 text-muted-foreground md:px-6")
	testRow        = classes("flex flex-wrap items-start justify-between gap-3 px-4 py-4 md:px-6")
	testBody       = classes("flex min-w-0 flex-1 basis-64 flex-col gap-1.5")
	suggestedRow   = classes("flex cursor-pointer items-start gap-3 px-4 py-3 md:px-6")
	testImport     = classes("border-t px-4 py-3 md:px-6")
	testImportForm = classes("mt-3 flex max-w-2xl flex-col gap-4")
)
