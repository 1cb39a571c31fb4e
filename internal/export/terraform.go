package export

import (
	"io"
	"strconv"

	"namesake/internal/registry"
	"namesake/internal/terraform"
)

// writeTerraform writes the manual entries, each with its import block. Terraform can't
// manage synced entries, and as data sources each would cost a call of the API at every
// plan.
func writeTerraform(w io.Writer, l List) error {
	out := errWriter{to: w}
	out.text("# Entries of the impersonation registry. Needs Terraform 1.5 and Cloudflare's provider 5.22, or later versions.\n")
	if l.TooLong > 0 {
		out.text("# Missing: " + count(l.TooLong, "entry that is", "entries that are") + " too long to be read.\n")
	}
	synced := 0
	for e := range l.Entries {
		if e.Synced() {
			synced++
			continue
		}
		e, ignored := configurable(e)
		out.text("\n" + terraform.Block(l.Account, e, ignored...))
		if out.err != nil {
			return out.err
		}
	}
	if synced > 0 {
		out.text("\n# Left out: " + count(synced, "entry that is", "entries that are") + " synced from a directory, which Terraform can't change.\n")
	}
	return out.err
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// configurable returns e without the values that Terraform must not send, and their fields:
// those that Cloudflare may have derived, and texts that the list has cut.
func configurable(e registry.Entry) (own registry.Entry, ignored []string) {
	values := e.Values()
	for _, f := range registry.Fields() {
		text, _ := values[f.Name].(string)
		cut := e.Shortened && f.Max > 0 && len(text) > f.Max
		if values[f.Name] != nil && (f.Derived || cut) {
			registry.Write(f.OfEntry(&e), nil)
			ignored = append(ignored, f.Name)
		}
	}
	return e, ignored
}
