package cfapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"namesake/internal/registry"
)

// Limits of an answer's errors and messages.
const (
	maxProblems   = 100
	maxChainDepth = 5
	maxMessage    = 4 << 10
	maxOther      = 2 << 10 // bytes of a pointer or link
	maxCode       = 64
)

// wireProblems is an answer's list of errors or messages. The schema has a list of
// objects. Texts, numbers, a single object, an object of lists by field and nested lists are
// read as well, because a reason in an unexpected form is still a reason.
type wireProblems json.RawMessage

// UnmarshalJSON implements json.Unmarshaler.
func (w *wireProblems) UnmarshalJSON(b []byte) error {
	*w = append((*w)[:0], b...)
	return nil
}

// problems converts an answer's errors or messages, within limits that include causes.
func problems(w wireProblems) []registry.Problem {
	r := problemReader{left: maxProblems}
	return r.list(json.RawMessage(w), maxChainDepth)
}

// reasons returns the first of the places that holds any reason.
func reasons(places ...wireProblems) []registry.Problem {
	for _, place := range places {
		if found := problems(place); len(found) > 0 {
			return found
		}
	}
	return nil
}

// problemReader turns JSON values into problems, left of them at most.
type problemReader struct{ left int }

// list reads a value that stands for any number of problems.
func (r *problemReader) list(raw json.RawMessage, depth int) []registry.Problem {
	if absent(raw) {
		return nil
	}
	var items []json.RawMessage
	if raw[0] != '[' {
		items = append(items, raw)
	} else if json.Unmarshal(raw, &items) != nil {
		return nil // impossible: the whole document has been read
	}
	var out []registry.Problem
	for i, item := range items {
		switch {
		case absent(item):
			continue
		case r.left == 0 || depth == 0:
			return append(out, registry.Problem{Message: fmt.Sprintf("and %d more", len(items)-i)})
		case item[0] == '[':
			out = append(out, r.list(item, depth-1)...)
		case item[0] == '{':
			out = append(out, r.object(item, depth)...)
		default:
			r.left--
			out = append(out, lone(item))
		}
	}
	return out
}

// lone reads a problem that is a text, a number or a boolean.
func lone(raw json.RawMessage) registry.Problem {
	if raw[0] == '"' || raw[0] == 't' || raw[0] == 'f' {
		return registry.Problem{Message: cut(text(raw), maxMessage)}
	}
	return registry.Problem{Code: cut(text(raw), maxCode)}
}

// Members of a problem. The schema has the first of each; the others are common
// elsewhere.
var (
	codeMembers    = []string{"code", "error_code", "errorCode"}
	messageMembers = []string{"message", "detail", "details", "description", "error_description", "title", "error", "reason", "msg"}
	chainMembers   = []string{"error_chain", "errors", "causes"}
	linkMembers    = []string{"documentation_url"}
	sourceMembers  = []string{"source", "pointer"}
)

// object reads one problem or, if the members are not a problem's, problems by field:
// {"email": ["is taken"]}.
func (r *problemReader) object(raw json.RawMessage, depth int) []registry.Problem {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil // impossible, see list
	}
	p := registry.Problem{
		Code:             cut(text(member(members, codeMembers)), maxCode),
		Message:          cut(text(member(members, messageMembers)), maxMessage),
		DocumentationURL: cut(textOnly(member(members, linkMembers)), maxOther),
		Pointer:          cut(pointerOf(member(members, sourceMembers)), maxOther),
	}
	chain := member(members, chainMembers)
	if p.Code == "" && p.Message == "" && p.Pointer == "" && absent(chain) {
		return r.byField(members, depth)
	}
	r.left--
	p.Chain = r.list(chain, depth-1)
	if p.Message == "" && len(p.Chain) == 0 {
		p.Message = others(members)
	}
	return []registry.Problem{p}
}

// others returns the unknown members of an object as a text.
func others(members map[string]json.RawMessage) string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		known := slices.Contains(slices.Concat(codeMembers, messageMembers, chainMembers, linkMembers, sourceMembers), name)
		if value := text(members[name]); !known && value != "" {
			texts = append(texts, name+": "+value)
		}
	}
	return cut(strings.Join(texts, ", "), maxMessage)
}

// elsewhere returns the reasons of a refusal in unknown members of the envelope.
func elsewhere(body []byte) []registry.Problem {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return nil
	}
	for _, name := range []string{"success", "errors", "messages", "result", "result_info"} {
		delete(members, name)
	}
	r := problemReader{left: maxProblems}
	return r.byField(members, maxChainDepth)
}

// byField reads problems under the name of their field.
func (r *problemReader) byField(members map[string]json.RawMessage, depth int) []registry.Problem {
	var out []registry.Problem
	for _, name := range slices.Sorted(maps.Keys(members)) {
		for _, p := range r.list(members[name], depth-1) {
			if p.Message == "" {
				p.Message, p.Code = p.Code, ""
			}
			p.Message = cut(name+": "+p.Message, maxMessage)
			out = append(out, p)
		}
	}
	return out
}

// member returns the first of the named members that exists.
func member(members map[string]json.RawMessage, names []string) json.RawMessage {
	for _, name := range names {
		if raw := members[name]; !absent(raw) {
			return raw
		}
	}
	return nil
}

// absent reports whether a value is missing or empty.
func absent(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", `""`, "[]", "{}":
		return true
	}
	return false
}

// text returns a text as it is, and anything else as its JSON.
func text(raw json.RawMessage) string {
	if absent(raw) {
		return ""
	}
	if raw[0] == '"' {
		return textOnly(raw)
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return ""
	}
	return compact.String()
}

// textOnly returns a text, and "" for anything else.
func textOnly(raw json.RawMessage) string {
	var s string
	if absent(raw) || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// pointerOf reads a source: {"pointer": "/email"}, or the pointer alone.
func pointerOf(raw json.RawMessage) string {
	var source struct {
		Pointer json.RawMessage `json:"pointer"`
	}
	if absent(raw) || json.Unmarshal(raw, &source) != nil {
		return textOnly(raw)
	}
	return textOnly(source.Pointer)
}
