package findings_test

import (
	"testing"

	"namesake/internal/findings"
)

func TestNotAnchored(t *testing.T) {
	checkEntries(t, findings.NotAnchored, []entryCase{
		{pattern(`jane\.doe@example\.com`), "warning jane.doe@example.com.evil.test"},
		{pattern(`^jane\.doe@example\.com`), "warning jane.doe@example.com.evil.test"},
		{pattern(`jane\.doe@example\.com$`), "warning xjane.doe@example.com"},
		{pattern(`^jane\.doe@example\.com$`), ""},
		{address("jane.doe@example.com"), ""},
	})
}
