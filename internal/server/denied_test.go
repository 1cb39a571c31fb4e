package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
)

// Why credentials were refused is told from the API's words: codes say next to nothing.
func TestWhyCredentialsAreRefused(t *testing.T) {
	t.Parallel()
	const permission = "Cloud Email Security: Write"
	tests := []struct {
		status  int
		code    int
		message string
		says    string
		rights  bool // whether a permission is spoken of
	}{
		{403, 9109, "Cannot use the access token from location: 203.0.113.7", "may not be used from the network address 203.0.113.7", false},
		{403, 9109, "Cannot use the access token from location: 2001:db8::7", "may not be used from the network address 2001:db8::7", false},
		{400, 9109, "Cannot use the access token from location: [203.0.113.8].", "may not be used from the network address 203.0.113.8", false},
		{401, 10000, "Client IP 198.51.100.4 is not in the allowed list", "may not be used from the network address 198.51.100.4", false},
		{403, 9109, "Cannot use the access token from location: unknown", "may not be used from Namesake's network address", false},
		{403, 9109, "Max auth failures reached, please check your Authorization header.", "too many calls with wrong credentials", false},
		{403, 10000, "Too many authentication failures. Please try again later.", "too many calls with wrong credentials", false},
		{401, 9109, "The access token has expired", "The API token has expired", true},
		{400, 1000, "This API Token is expired", "The API token has expired", true},
		{403, 10000, "Token is not yet valid", "not valid yet", false},
		{403, 9109, "The access token is not active yet", "not valid yet", false},
		{401, 9109, "This API Token is disabled", "no longer active", true},
		{403, 10000, "The token was revoked", "no longer active", true},
		{403, 10000, "Token does not have access to this account", "not for this account", true},
		{403, 9109, "Unauthorized to access requested resource", "known but may not do this", true},
		{403, 10000, "Actor requires permission 'com.cloudflare.email_security.write'", "known but may not do this", true},
		{403, 9109, "Invalid access token", "does not know the credentials", true},
		{400, 9103, "Unknown X-Auth-Key or X-Auth-Email", "does not know the credentials", true},
		{400, 6003, "Invalid request headers", "have the wrong form", true},
		{403, 10000, "Authentication error", "Cloudflare does not say why", true},
	}
	app := newApp(t)
	b := app.as("editor")
	form := b.get(entries + "/new").wants(http.StatusOK)
	for _, tt := range tests {
		app.sandbox.Inject(sandbox.Fault{
			Method: http.MethodPost, Status: tt.status,
			Body: fmt.Sprintf(`{"success":false,"errors":[{"code":%d,"message":%q}],"messages":[],"result":null}`, tt.code, tt.message),
		})
		page := b.submit(form, jane()).wants(http.StatusBadGateway)
		page.contains("#error-summary h2", "Cloudflare refused Namesake's credentials")
		said := page.text("#error-summary")
		for _, want := range []string{tt.says, tt.message, "Nothing was changed."} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q does not say %q", tt.message, said, want)
			}
		}
		same(t, tt.message+": speaks of a permission", strings.Contains(said, permission), tt.rights)
	}
	same(t, "entries", len(app.find("Jane Smith")), 0)
}

// A refusal right after a call of the same sort that succeeded says nothing about rights.
func TestRefusedAlthoughOthersSucceeded(t *testing.T) {
	t.Parallel()
	const sporadic, permission = "this may pass by itself", "Cloud Email Security: Write"
	app := newApp(t)
	b := app.as("editor")
	says := func(page *answer, selector string, passes bool) {
		t.Helper()
		said := page.wants(http.StatusBadGateway).text(selector)
		same(t, "may pass", strings.Contains(said, sporadic), passes)
		same(t, "speaks of a permission", strings.Contains(said, permission), !passes)
	}
	form := b.get(entries + "/new").wants(http.StatusOK)
	app.inject("403")
	says(b.submit(form, jane()), "#error-summary", false) // reads succeeded, which a token that may only read lets them
	b.submit(form, jane()).wants(http.StatusSeeOther)
	form = b.get(entries + "/new").wants(http.StatusOK)
	john := map[string]string{"name": "John Doe", "email": "john@example.com"}
	app.inject("403")
	says(b.submit(form, john), "#error-summary", true)
	edit := entries + "/" + app.find("Grace Tan")[0].ID + "/edit"
	app.out("403")
	says(b.get(edit), "main", true)
	app.clock.move(2 * time.Minute)
	says(b.get(edit), "main", false)
	app.sandbox.ClearFaults()
	b.submit(form, john).wants(http.StatusSeeOther)
}

// Every 20th call of a deletion meets a refusal of the credentials, the very first among
// them, while all others succeed: each entry is deleted, and no row is blamed.
func TestADeletionThroughSporadicRefusals(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodDelete, http.MethodGet} {
		app := filled(t, 45)
		b := app.as("editor")
		list := b.get(entries + "?per_page=50").wants(http.StatusOK)
		draft := b.plan(list, list.ids())
		for i := range 3 {
			f := forbidden
			f.Method, f.Times, f.Skip, f.Path = method, 1, min(i, 1)*19, "impersonation_registry/"
			app.sandbox.Inject(f)
		}
		page := b.press(draft, "apply", map[string]string{"confirm": "45"})
		page.contains("h1", "45 entries deleted")
		same(t, method+": rows that failed", page.operations(undone...).Length(), 0)
		same(t, method+": left", len(app.sandbox.Entries()), 0)
		same(t, method+": faults that did not show", len(app.sandbox.Faults()), 0)
		if strings.Contains(page.text("main"), "permission") {
			t.Errorf("%s: the page speaks of a permission: %s", method, page.text("main"))
		}
	}
}

// One entry whose credentials are refused each time, while others are deleted: it is not
// said that the token lacks rights.
func TestAnEntryThatIsRefusedAgainAndAgain(t *testing.T) {
	t.Parallel()
	app := filled(t, 12)
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	f := forbidden
	f.Method, f.Path = http.MethodDelete, list.ids()[7]
	app.sandbox.Inject(f)
	page := b.press(b.plan(list, list.ids()), "apply", map[string]string{"confirm": "12"})
	page.contains("h1", "11 of 12 entries deleted")
	not := page.tells(undone...)
	if !strings.Contains(not, "this may pass by itself") || strings.Contains(not, "permission") {
		t.Errorf("not deleted: %q", not)
	}
	app.sandbox.ClearFaults()
	b.press(page, "retry", nil).contains("h1", "12 entries deleted")
}

// Credentials that are refused from the first call on stop a deletion, and the rows say why.
func TestADeletionWithoutRights(t *testing.T) {
	t.Parallel()
	app := filled(t, 12)
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	f := forbidden
	f.Method = http.MethodDelete
	app.sandbox.Inject(f)
	page := b.press(b.plan(list, list.ids()), "apply", map[string]string{"confirm": "12"})
	page.contains("h1", "Paused")
	page.contains("[role=alert]", "Cloud Email Security: Write")
	if failed := page.operations(undone...).Length(); failed < 5 || failed > 9 {
		t.Errorf("%d rows failed", failed)
	}
}
