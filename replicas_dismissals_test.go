package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"
)

const findingsOfReplicas = "/accounts/" + replicasAccount + "/findings"

// findingOf returns the ID of the first finding that a copy has for a query, "" for none.
func (v visitor) findingOf(ctx context.Context, base, query string) (id string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+findingsOfReplicas+query, http.NoBody)
	if err != nil {
		return "", err
	}
	req.Header.Set("Accept", "application/json")
	res, err := v.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var answer struct{ Result []struct{ ID string } }
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %d", res.StatusCode)
	}
	if err = json.NewDecoder(res.Body).Decode(&answer); err != nil || len(answer.Result) == 0 {
		return "", err
	}
	return answer.Result[0].ID, nil
}

// waitsForFinding reads the findings of a copy until the first one has an ID, "" for none.
func (v visitor) waitsForFinding(base, query, id string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.t.Context(), soon)
	defer cancel()
	for {
		found, err := v.findingOf(ctx, base, query)
		if err == nil && found == id {
			return
		}
		if ctx.Err() != nil {
			v.t.Fatalf("%s%s has %q after %v, want %q: %v", base, query, found, soon, id, err)
		}
	}
}

// A finding that is dismissed or restored at one copy of the program is so at the other one
// before the dismissals in its memory are too old to be used.
func TestTwoCopiesShareDismissals(t *testing.T) {
	_, one, two := replicas(t, 1)
	v := newVisitor(t)
	v.sends(one+"/login", url.Values{"user": {"editor"}}, http.StatusSeeOther)
	for _, base := range []string{one, two} {
		v.waitsFor(base, "Person 1", true, 20*time.Second)
	}
	v.sends(one+"/accounts/"+replicasAccount+"/entries", url.Values{"name": {"Jane Doe"}, "email": {"jane.doe@gmail.com"}, "key": {"jane"}}, http.StatusSeeOther)
	const open, dismissed = "?rule=personal-mailbox", "?rule=personal-mailbox&dismissed=true"
	id, err := v.findingOf(t.Context(), one, open)
	if err != nil || id == "" {
		t.Fatalf("no finding to dismiss: %v", err)
	}
	v.waitsForFinding(two, open, id) // from now on it has the dismissals in memory
	status, page := v.answers(one+findingsOfReplicas+open, nil)
	fingerprint := page.Find("[data-finding] form[action$='/dismiss'] input[name=fingerprint]").AttrOr("value", "")
	if status != http.StatusOK || fingerprint == "" {
		t.Fatalf("status %d, no form to dismiss it", status)
	}
	v.sends(one+findingsOfReplicas+"/"+id+"/dismiss", url.Values{"fingerprint": {fingerprint}, "reason": {"It is hers."}}, http.StatusSeeOther)
	v.waitsForFinding(two, open, "")
	v.waitsForFinding(two, dismissed, id)
	v.sends(two+findingsOfReplicas+"/"+id+"/restore", url.Values{}, http.StatusSeeOther)
	v.waitsForFinding(one, open, id)
	v.waitsForFinding(one, dismissed, "")
}
