package server_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// A plan says first which names lose all protection, and lists what was done above what was
// left out.
func TestPlanSaysWhatLosesProtectionFirst(t *testing.T) {
	t.Parallel()
	app := filled(t, 4)
	b := app.as("editor")
	ids := b.get(entries + "?per_page=50").ids()
	draft := b.get(b.post(plans, url.Values{"id": append([]string{string(entryID(1))}, ids[:2]...)}).wants(http.StatusSeeOther).location()).wants(http.StatusOK)
	draft.contains("#unprotected", "2 names lose all protection")
	same(t, "names", draft.Find("section[aria-labelledby=unprotected] li").Length(), 2)
	same(t, "the first section", draft.Find("main section").First().AttrOr("aria-labelledby", ""), "unprotected")

	done := b.apply(draft)
	done.contains("#unprotected", "With this plan, 2 names lose all protection")
	states := done.Find("[data-operations] li[data-state]").Map(func(_ int, row *goquery.Selection) string { return row.AttrOr("data-state", "") })
	same(t, "states", states[0]+" "+states[1], "done done")
	same(t, "left out last", states[2] != "done", true)
}
