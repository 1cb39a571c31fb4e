package findings_test

import (
	"testing"

	"namesake/internal/findings"
)

func TestSharedSender(t *testing.T) {
	checkEntries(t, findings.SharedSender, []entryCase{
		{address("no-reply@dropbox.com"), "danger no-reply@dropbox.com"},
		{address("drive-shares-dm-noreply+x@google.com"), "danger drive-shares-dm-noreply+x@google.com"},
		{address("dse_eu1@eu.docusign.net"), "danger dse_eu1@eu.docusign.net"},
		{pattern(`^.*@docusign\.net$`), "danger no-reply@docusign.net"},
		{pattern(`.*`), ""}, // any address is worse
		{address("jane@dropbox.com"), ""},
		{address("jane@mydocusign.net"), ""},
		{pattern(`^jane@docusign\.net$`), ""},
		{pattern(`no-reply@dropbox.com(`), ""},
	})
}
