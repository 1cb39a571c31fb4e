package findings

import (
	"regexp"
	"strings"
	"unicode"

	"namesake/internal/registry"
)

// remark is what directories add to a name, such as a department.
var remark = regexp.MustCompile(`\s*[(\[]([^()\[\]]*)[)\]]\s*`)

// Titles are words beside a name that people write or leave out. Those that tell two people
// apart, such as Jr and Sr, are not among them.
var (
	// courtesies stand before a name.
	courtesies = wordSet(`dr prof professor mr mrs ms miss mx sir dame herr frau monsieur madame señor señora sra signor signora`)
	// degrees stand anywhere.
	degrees = wordSet(`phd mba msc bsc esq cpa dipl dipl-ing dr-ing`)
	// nameDegrees are also names: see personOf.
	nameDegrees = wordSet(`ma ba md ing mag`)
)

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for word := range strings.FieldsSeq(words) {
		set[registry.WithoutAccents(word)] = true
	}
	return set
}

// personOf returns the same text for the usual spellings of a person's name: "Doe, Jane",
// "Jane Doe (IT)", "Dr. Jane Doe", with or without accents, apostrophes and hyphens. It
// returns "" for a name of one word. extra is what stands in brackets. Degrees that are also
// names count as such unless they are written with dots, or are all that stands after a comma
// and a name of two words: "Jane Doe, MA", but "Ma, Jack".
func personOf(folded string) (person, extra string) {
	if m := remark.FindStringSubmatch(folded); m != nil {
		extra = m[1]
		folded = remark.ReplaceAllString(folded, " ")
	}
	parts := strings.Split(registry.WithoutAccents(folded), ",")
	for n := len(parts) - 1; n > 0 && isTitles(parts[n]) && len(personWords(parts[:n]...)) > 1; n-- {
		parts = parts[:n]
	}
	words := append(personWords(parts[1:]...), personWords(parts[0])...)
	if len(words) < 2 {
		return "", extra
	}
	return strings.Join(words, " "), extra
}

// isTitles reports whether a part of a name has nothing but titles.
func isTitles(part string) bool {
	for field := range strings.FieldsSeq(part) {
		if word := strings.ReplaceAll(field, ".", ""); !courtesies[word] && !degrees[word] && !nameDegrees[word] {
			return false
		}
	}
	return true
}

// personWords returns the words of parts of a name, without titles.
func personWords(parts ...string) (all []string) {
	for _, part := range parts {
		var words []string
		fields := strings.Fields(strings.ReplaceAll(part, "'", ""))
		for i, field := range fields {
			if isDegree(field, i == len(fields)-1 && i > 0) {
				continue
			}
			for word := range strings.FieldsFuncSeq(field, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) }) {
				if !degrees[word] {
					words = append(words, word)
				}
			}
		}
		for len(words) > 1 && courtesies[words[0]] {
			words = words[1:]
		}
		all = append(all, words...)
	}
	return all
}

// isDegree reports whether a word is certainly a degree. Dots between letters also mark
// initials, but hardly in the last word.
func isDegree(field string, last bool) bool {
	word := strings.ReplaceAll(field, ".", "")
	dotted := field == "ing." || field == "mag." || last && nameDegrees[word] && strings.Contains(strings.TrimSuffix(field, "."), ".")
	return dotted || degrees[word]
}
