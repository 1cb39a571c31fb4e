package plan

import (
	"fmt"
	"strings"
	"testing"

	"namesake/internal/registry"
)

// The effects of operations on names, by the number of senders before and after.
func TestNameChanges(t *testing.T) {
	v := func(name, email string) registry.Values {
		return registry.Values{"name": name, "email": email, "is_email_regex": strings.HasPrefix(email, "^")}
	}
	inRegistry := []registry.Entry{
		{ID: "1", Name: "Jane Smith", Email: "jane@example.com"},
		{ID: "2", Name: "JANE  SMITH", Email: "^j.*$", IsEmailRegex: true},
		{ID: "3", Name: "Jane Smith", Email: "Jane@Example.com"}, // a duplicate of 1
		{ID: "4", Name: "Omar", Email: "omar@example.com"},
	}
	create := func(name, email string) Operation { return Operation{Kind: Create, After: v(name, email)} }
	remove := func(i int) Operation {
		e := inRegistry[i-1]
		return Operation{Kind: Delete, EntryID: e.ID, Before: e.Values()}
	}
	edit := func(i int, name, email string) Operation {
		e := inRegistry[i-1]
		return Operation{Kind: Edit, EntryID: e.ID, Before: e.Values(), After: v(name, email)}
	}
	tests := []struct {
		name       string
		operations []Operation
		want       []string
	}{
		{"the last entry goes", []Operation{remove(4)}, []string{"Omar 1+0 to 0+0, effect 0, omar@example.com"}},
		{"a duplicate goes", []Operation{remove(3)}, nil},
		{"all of them go", []Operation{remove(1), remove(2), remove(3)}, []string{"Jane Smith 1+1 to 0+0, effect 0, "}},
		{"a pattern goes", []Operation{remove(2)}, []string{"JANE  SMITH 1+1 to 1+0, effect 3, ^j.*$"}},
		{"a first entry", []Operation{create("Ada", "ada@example.com")}, []string{"Ada 0+0 to 1+0, effect 1, ada@example.com"}},
		{"one more address", []Operation{create("omar", "o@example.com")}, []string{"omar 1+0 to 2+0, effect 2, o@example.com"}},
		{"the same once more", []Operation{create("Omar", "OMAR@example.com")}, nil},
		{"another address", []Operation{edit(4, "Omar", "o@example.com")}, []string{"Omar 1+0 to 1+0, effect 4, "}},
		{"another name", []Operation{edit(4, "Omar H.", "omar@example.com")}, []string{"Omar 1+0 to 0+0, effect 0, omar@example.com", "Omar H. 0+0 to 1+0, effect 1, omar@example.com"}},
		{"the weightiest first", []Operation{create("Ada", "ada@example.com"), remove(4)}, []string{"Omar 1+0 to 0+0, effect 0, omar@example.com", "Ada 0+0 to 1+0, effect 1, ada@example.com"}},
		{"only a comment", []Operation{{Kind: Edit, EntryID: "4", Before: inRegistry[3].Values(), After: inRegistry[3].Values()}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.operations {
				tt.operations[i].State = OpWaiting
			}
			n := newNames(tt.operations)
			for _, e := range inRegistry {
				n.add(e)
			}
			var got []string
			for _, c := range n.changes(tt.operations) {
				got = append(got, fmt.Sprintf("%s %d+%d to %d+%d, effect %d, %s", c.Name, c.Before.Addresses, c.Before.Patterns, c.After.Addresses, c.After.Patterns, c.Effect(), c.Email))
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
