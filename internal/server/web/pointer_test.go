package web

import (
	"testing"

	"namesake/web/words"
)

func TestFieldOf(t *testing.T) {
	for pointer, want := range map[string]string{
		"/email": "email", "/body/email": "email", "#/email": "email", "#/body/email": "email", "body.email": "email",
		"email": "email", "$.email": "email", "\t/name": "name", "/email/0": "email", "/is_email_regex": "is_email_regex",
		"/rules/0/action": "", "": "", "/": "", "#": "", "/body": "", "/e-mail": "", "/body/body/email": "", "EMAIL": "",
	} {
		if got := FieldOf(pointer); got != want {
			t.Errorf("FieldOf(%q) = %q, want %q", pointer, got, want)
		}
	}
}

func FuzzFieldOf(f *testing.F) {
	f.Add("/body/email")
	f.Add("#/a~1b%2F")
	f.Fuzz(func(t *testing.T, pointer string) {
		if field := FieldOf(pointer); field != "" && words.FieldLabel(field) == "" {
			t.Errorf("FieldOf(%q) = %q, which is no field", pointer, field)
		}
	})
}
