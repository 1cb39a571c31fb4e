package findings_test

import (
	"testing"

	"namesake/internal/findings"
)

func TestLetsAnyoneIn(t *testing.T) {
	checkEntries(t, findings.LetsAnyoneIn, []entryCase{
		{pattern(`.*`), "danger jane.smith@example.com"},
		{pattern(`^.*@gmail\.com$`), "danger qzxvw@gmail.com"},
		{pattern(`^[a-z.]+@[a-z.]+$`), "danger qzxvw@qzxvw.com"},
		{pattern(`^.*@.*example\.com$`), "danger a@evilaexample.com"},
		{pattern(`^.*.*.*.*x$`), "danger"}, // too slow to judge
		{pattern(`^jane@gmail\.com$`), ""},
		{pattern(`^.*@example\.com$`), ""},
		{pattern(`(`), ""},
		{address("jane@gmail.com"), ""},
		{address(".*"), ""},
	})
}
