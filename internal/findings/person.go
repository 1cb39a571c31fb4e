package findings

import (
	"regexp"
	"strings"
	"unicode"

	"namesake/internal/registry"
)

// remark is what directories add to a name, such as a department.
var remark = regexp.MustCompile(`\s*[(\[]([^()\[\]]*)[)\]]\s*`)

// titles are words beside a name that people write or leave out. Those that tell two people
// apart, such as Jr, are not among them.
var titles = func() map[string]bool {
	all := make(map[string]bool)
	for title := range strings.FieldsSeq(`dr prof professor mr mrs ms miss mx sir dame phd md mba msc bsc ma ba esq cpa dipl ing mag herr frau
monsieur madame señor señora sr sra signor signora`) {
		all[registry.WithoutAccents(title)] = true
	}
	delete(all, "sr") // it also means senior
	return all
}()

// personOf returns the same text for the usual spellings of a person's name: "Doe, Jane",
// "Jane Doe (IT)", "Dr. Jane Doe", with or without accents, apostrophes and hyphens. It
// returns "" for a name of one word. extra is what stands in brackets.
func personOf(folded string) (person, extra string) {
	if m := remark.FindStringSubmatch(folded); m != nil {
		extra = m[1]
		folded = remark.ReplaceAllString(folded, " ")
	}
	last, first, _ := strings.Cut(registry.WithoutAccents(folded), ",")
	words := append(personWords(first), personWords(last)...)
	if len(words) < 2 {
		return "", extra
	}
	return strings.Join(words, " "), extra
}

// personWords returns the words of a part of a name, without titles.
func personWords(part string) (words []string) {
	part = strings.ReplaceAll(part, "'", "")
	for word := range strings.FieldsFuncSeq(part, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) }) {
		if !titles[word] {
			words = append(words, word)
		}
	}
	return words
}
