package audit

import (
	"strings"

	"namesake/internal/registry"
)

// Words returns what a search finds the record by, one on a line: the entry's id, its names
// and addresses before and after, the person, and the request. Fold makes the text to look
// for of what a person types.
func (r Record) Words() string {
	who := r.Actor.Recorded()
	words := []string{string(r.Entry), who.Email, who.Username, who.Name, who.Subject, r.RequestID}
	for _, side := range []registry.Values{r.After, r.Before} {
		for _, field := range []string{registry.FieldName, registry.FieldEmail} {
			if word, ok := side[field].(string); ok {
				words = append(words, word)
			}
		}
	}
	var lines []string
	seen := map[string]bool{"": true}
	for _, word := range words {
		folded := Fold(word)
		for _, line := range []string{folded, registry.WithoutAccents(folded)} {
			if !seen[line] {
				seen[line] = true
				lines = append(lines, line)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// Fold returns a text in the form in which searches compare it: without case and the like.
func Fold(text string) string { return registry.FoldName(text) }
