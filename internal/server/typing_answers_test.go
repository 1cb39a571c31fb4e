package server_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
)

// confirm presses the button that goes on with what was asked about.
func (b *browser) confirm(page *answer) *answer {
	b.app.t.Helper()
	button := page.Find("form[data-once] button[name=confirmed]")
	if button.Length() != 1 {
		b.app.t.Fatalf("no button to go on with:\n%s", page.text("main"))
	}
	return b.submit(page, map[string]string{"confirmed": button.AttrOr("value", "")})
}

type problem struct {
	Code       any            `json:"code"`
	Message    string         `json:"message"`
	Kind       string         `json:"kind"`
	Confirm    string         `json:"confirm"`
	Suggestion map[string]any `json:"suggestion"`
	Source     struct{ Pointer string }
}

// problems are the errors of an answer in JSON.
func (a *answer) problems(t *testing.T) []problem {
	t.Helper()
	var e struct{ Errors []problem }
	must(t, json.Unmarshal([]byte(a.body), &e))
	return e.Errors
}

func query(values map[string]any) string {
	v := url.Values{}
	for name, value := range values {
		v.Set(name, fmt.Sprint(value))
	}
	return v.Encode()
}
