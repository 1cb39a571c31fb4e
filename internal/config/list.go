package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A list is written as one record of CSV, https://datatracker.ietf.org/doc/html/rfc4180#section-2:
// items separated by commas, and in double quotes where an item holds a comma
// itself. Spaces around an item don't count.

// errQuotes is the error of a list with misplaced quotes.
var errQuotes = errors.New(`has a double quote out of place; put the whole item into double quotes, and double each one inside it, such as "Sec, Ops",helpdesk`)

// listItem is an item of a list.
type listItem struct {
	text   string
	quoted bool
}

// splitList returns the items of a list, without those that are empty or repeated.
func splitList(value string) ([]listItem, error) {
	var list []listItem
	for rest, more := value, true; more; {
		var item listItem
		var err error
		item, rest, more, err = nextItem(rest)
		if err != nil {
			return nil, err
		}
		known := slices.ContainsFunc(list, func(other listItem) bool { return other.text == item.text })
		if strings.TrimSpace(item.text) != "" && !known {
			list = append(list, item)
		}
	}
	return list, nil
}

// nextItem cuts the first item off a list. more reports whether a comma follows it.
func nextItem(list string) (item listItem, rest string, more bool, err error) {
	list = strings.TrimLeftFunc(list, unicode.IsSpace)
	inside, quoted := strings.CutPrefix(list, `"`)
	if !quoted {
		text, rest, more := strings.Cut(list, ",")
		if strings.Contains(text, `"`) {
			return item, "", false, errQuotes
		}
		return listItem{text: strings.TrimSpace(text)}, rest, more, nil
	}
	var text strings.Builder
	for {
		before, after, closed := strings.Cut(inside, `"`)
		if !closed {
			return item, "", false, errQuotes
		}
		text.WriteString(before)
		if inside, quoted = strings.CutPrefix(after, `"`); !quoted {
			break
		}
		text.WriteByte('"')
	}
	blank, rest, more := strings.Cut(inside, ",")
	if strings.TrimSpace(blank) != "" {
		return item, "", false, errQuotes
	}
	return listItem{text.String(), true}, rest, more, nil
}

// attribute matches the start of a piece of a distinguished name: a usual attribute, or an
// object identifier.
// https://datatracker.ietf.org/doc/html/rfc4514#section-3
var attribute = regexp.MustCompile(`(?i)^(?:CN|commonName|OU|organizationalUnitName|O|organizationName|DC|domainComponent|L|localityName|ST|S|stateOrProvinceName|` +
	`C|countryName|STREET|streetAddress|UID|userId|SN|surname|GN|givenName|initials|title|T|E|email|emailAddress|mail|serialNumber|dnQualifier|` +
	`postalCode|businessCategory|pseudonym|sAMAccountName|(?:OID\.)?\d+(?:\.\d+)+)\s*=`)

// groupNames returns the groups in a list. It rejects items that look like pieces of a name
// that was cut at its commas, because a piece would become a group that lets people in.
func groupNames(value string) ([]string, error) {
	list, err := splitList(value)
	if err != nil {
		return nil, err
	}
	var groups []string
	for _, item := range list {
		if strings.ContainsFunc(item.text, unicode.IsControl) {
			return nil, fmt.Errorf("holds %s, with a line break or another control character in it; separate groups by commas, or put one on each line of a file", show(item.text))
		}
		if !item.quoted {
			if err := checkWhole(item.text); err != nil {
				return nil, err
			}
		}
		groups = append(groups, item.text)
	}
	return groups, nil
}

// checkWhole refuses an item without quotes that is probably part of a longer name.
func checkWhole(item string) error {
	const fix = `put the whole name into double quotes, such as "CN=Sec Ops,OU=Groups,DC=example,DC=com",helpdesk, or one group on each line of a file`
	switch first := strings.TrimLeft(item, `'‘’“”„«`); {
	case attribute.MatchString(first):
		return fmt.Errorf("holds %s, which looks like a piece of a distinguished name that was cut at its commas; %s", show(item), fix)
	case strings.HasSuffix(item, `\`):
		return fmt.Errorf("holds %s, and a backslash does not protect a comma; %s", show(item), fix)
	case first != item:
		return fmt.Errorf("holds %s, which starts with a quotation mark that does not protect commas; %s", show(item), fix)
	}
	return nil
}

// listOfLines converts a file with one item per line into a list.
func listOfLines(content string) (string, error) {
	var list []string
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(content, "\ufeff")) {
		number++
		item := strings.TrimSpace(line)
		switch {
		case item == "":
			continue
		case len(item) > 1 && strings.HasPrefix(item, `"`) && strings.HasSuffix(item, `"`):
			return "", fmt.Errorf("has line %d in quotation marks; write an item on a line as it is, without them", number)
		}
		list = append(list, `"`+strings.ReplaceAll(item, `"`, `""`)+`"`)
	}
	if list == nil {
		return "", errors.New("is empty; put one item on each line")
	}
	return strings.Join(list, ","), nil
}
