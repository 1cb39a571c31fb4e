package auth

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// everyName at the end of a path takes the names of an object's members as groups.
const everyName = ".*"

// find returns the claim that path names, unless it is missing or null. A claim with
// exactly that name wins, because many names contain dots. Otherwise the path leads
// through objects, name by name, such as realm_access.roles, and may end in .*.
func find(claims map[string]json.RawMessage, path string) (json.RawMessage, bool) {
	if raw := claims[path]; len(raw) > 0 && string(raw) != "null" {
		return raw, true
	}
	for i := strings.LastIndexByte(path, '.'); i > 0; i = strings.LastIndexByte(path[:i], '.') {
		inner := membersOf(claims[path[:i]])
		if inner == nil {
			continue
		}
		if path[i:] == everyName {
			return namesOf(inner), true
		}
		if raw, ok := find(inner, path[i+1:]); ok {
			return raw, true
		}
	}
	return nil, false
}

// membersOf returns the members of an object, nil for anything else.
func membersOf(raw json.RawMessage) map[string]json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil
	}
	return members
}

// namesOf returns the names of members as a list, without those that are null or false.
func namesOf(members map[string]json.RawMessage) json.RawMessage {
	names := []string{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if value := string(members[name]); value != "null" && value != "false" {
			names = append(names, name)
		}
	}
	list, err := json.Marshal(names)
	if err != nil {
		return nil
	}
	return list
}

// Limits of a description of claims.
const (
	maxNamed  = 30 // claims
	maxInside = 5  // members of an object, candidates, groups
	maxName   = 60 // runes
)

// protocol are claims about the token rather than the person.
var protocol = []string{
	"iss", "aud", "exp", "iat", "nbf", "nonce", "at_hash", "c_hash", "azp", "sid", "jti", "typ", "ver", "uti", "rh", "acr", "amr", "auth_time", "type", "identity_nonce",
}

// describe lists the claims by name and shape, without their values, and says where groups
// may be. setting is the variable that names the groups claim, currently path.
func describe(claims map[string]json.RawMessage, setting, path string) (hints []string) {
	var named []string
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		if slices.Contains(protocol, name) {
			continue
		}
		if len(named) == maxNamed {
			named = append(named, "and more")
			break
		}
		named = append(named, short(name)+" ("+shape(claims[name])+")")
	}
	if named != nil {
		hints = append(hints, "Claims that Namesake received about you: "+strings.Join(named, ", ")+".")
	}
	raw, found := find(claims, path)
	switch members, text := membersOf(raw), ""; {
	case len(members) > 0:
		hints = append(hints, fmt.Sprintf("If the names inside “%s” are the groups, set %s=%s%s.", short(path), setting, short(path), everyName))
	case json.Unmarshal(raw, &text) == nil && strings.Contains(text, ","):
		hints = append(hints, fmt.Sprintf("“%s” is one text with commas, and counts as one group. Configure the sign-in service to send a list, or put the whole text into double quotes in Namesake's settings.", short(path)))
	}
	if list := (*[]json.RawMessage)(nil); !found || json.Unmarshal(raw, &list) != nil || len(*list) == 0 {
		for _, candidate := range candidates(claims, "", 3) {
			if candidate != path {
				hints = append(hints, fmt.Sprintf("If the groups are in “%s”, set %s=%s.", candidate, setting, candidate))
			}
		}
	}
	return hints
}

// candidates returns the paths of lists of texts whose names suggest groups.
func candidates(claims map[string]json.RawMessage, before string, depth int) (paths []string) {
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		lower, path := strings.ToLower(name), before+name
		likely := strings.Contains(lower, "group") || strings.Contains(lower, "role") || strings.Contains(lower, "member")
		if likely && path == short(path) && shape(claims[name]) != "text" && texts(claims[name]) > 0 {
			paths = append(paths, path)
		}
		if depth > 1 {
			paths = append(paths, candidates(membersOf(claims[name]), path+".", depth-1)...)
		}
		if len(paths) >= maxInside {
			return paths[:maxInside]
		}
	}
	return paths
}

// texts returns the number of items of a list that holds texts only.
func texts(raw json.RawMessage) int {
	var list []*string
	if json.Unmarshal(raw, &list) != nil || slices.Contains(list, nil) {
		return 0
	}
	return len(list)
}

// shape describes the type of a claim, without its value.
func shape(raw json.RawMessage) string {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return "unreadable"
	}
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "true or false"
	case []any:
		if n := texts(raw); n == len(value) && n != 1 {
			return fmt.Sprintf("a list of %d texts", n)
		} else if n == 1 {
			return "a list of one text"
		}
		return fmt.Sprintf("a list of %d, not all texts", len(value))
	case map[string]any:
		if len(value) == 0 {
			return "an empty object"
		}
		return "an object with " + listed(slices.Sorted(maps.Keys(value)))
	}
	return "a number"
}

// listed names the first of several names.
func listed(names []string) string {
	var shown []string
	for _, name := range names[:min(len(names), maxInside)] {
		shown = append(shown, short(name))
	}
	if more := len(names) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, ", ")
}

// short shortens an external name for display in a list.
func short(name string) string {
	runes := []rune(clip(name))
	if len(runes) > maxName {
		return string(runes[:maxName]) + "…"
	}
	return string(runes)
}

// explain tells a person without a role which groups they are in, and which of these
// differ from a group with a role in the path, spaces or letter case only.
func (r Roles) explain(groups []string) (hints []string) {
	if len(groups) == 0 {
		return nil
	}
	hints = append(hints, fmt.Sprintf("Your groups: %s.", listed(groups)))
	for _, group := range groups {
		for _, named := range slices.Concat(r.Viewer, r.Editor, r.Admin) {
			if len(hints) > maxInside || group == named || !strings.EqualFold(bare(group), bare(named)) {
				continue
			}
			hints = append(hints, fmt.Sprintf("Your group “%s” is not “%s”: names are compared letter by letter, slashes and spaces included. The people who run Namesake can name it in the settings exactly as it is sent.", short(group), short(named)))
		}
	}
	return hints
}

// bare returns a group's name without its path, as people tend to write it.
func bare(group string) string {
	group = strings.TrimRight(strings.TrimSpace(group), "/")
	return strings.TrimSpace(group[strings.LastIndexByte(group, '/')+1:])
}

// hints returns sentences that help to give a person a role.
func (g *Gate) hints(groups, claims []string) []string {
	if g.Method() == MethodDemo {
		return nil
	}
	return append(g.Roles.explain(groups), claims...)
}
