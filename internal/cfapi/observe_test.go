package cfapi_test

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/registry"
)

// observer keeps what a client tells.
type observer struct {
	mu    sync.Mutex
	calls []cfapi.Call
}

func (o *observer) observe(c cfapi.Call) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls = append(o.calls, c)
}

// told returns what was told so far, as "operation: outcome", and forgets it.
func (o *observer) told() (told []string, budgets []cfapi.Budget) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range o.calls {
		told = append(told, c.Operation+": "+c.Outcome)
		budgets = c.Budgets
	}
	o.calls = nil
	return told, budgets
}

func TestEachRequestIsTold(t *testing.T) {
	const entry = `{"success":true,"result":{"id":42}}`
	tests := []struct {
		name   string
		status int
		body   string
		list   string // what each try of the list is told as
		change string // what a create, an update and a delete are told as
		tries  int    // of the list
	}{
		{"success", 200, entry, "ok", "ok", 1},
		{"refusal", 400, envelope(""), "refused", "refused", 1},
		{"too many calls", 429, envelope(""), "rate limited", "rate limited", 1},
		{"fault that a second try may fix", 502, "", "fault at the API", "fault at the API", 2},
		{"no usable id", 201, `{"success":true,"result":{"id":"../x"}}`, "ok", "unreadable answer", 1},
		{"not JSON", 200, "<html>", "unreadable answer", "unreadable answer", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, func(w http.ResponseWriter, r *http.Request) {
				body := tt.body
				if r.Method == http.MethodGet { // a list is asked for
					body = strings.NewReplacer(`"result":{`, `"result":[{`, `}}`, `}]}`).Replace(body)
				}
				respond(tt.status, body)(w, r)
			})
			var o observer
			opts := options(api.URL)
			opts.Observe = o.observe
			for _, change := range changes {
				began := time.Now()
				_, _, _ = change.call(t.Context(), newClient(t, opts))
				if took := o.calls[0].Took; took <= 0 || took > time.Since(began) {
					t.Errorf("took %s", took)
				}
				if told, budgets := o.told(); !reflect.DeepEqual(told, []string{change.op + ": " + tt.change}) || budgets != nil {
					t.Errorf("%q, %v", told, budgets)
				}
			}
			_, _ = newClient(t, opts).ListEntries(t.Context(), registry.Query{})
			var want []string
			for range tt.tries {
				want = append(want, "list entries: "+tt.list)
			}
			if told, _ := o.told(); !reflect.DeepEqual(told, want) {
				t.Errorf("list: %q, want %q", told, want)
			}
			if got := len(api.requests()); got != len(changes)+tt.tries {
				t.Errorf("%d requests", got)
			}
		})
	}
}

// What comes to nothing is told as well, but not what is given up before it is made.
func TestRequestsWithoutAnAnswerAreTold(t *testing.T) {
	gone := newStub(t, nil)
	gone.Close()
	var o observer
	opts := options(gone.URL)
	opts.Observe = o.observe
	c := newClient(t, opts)
	_, _, _ = c.Entry(t.Context(), "42")
	if told, _ := o.told(); !reflect.DeepEqual(told, []string{"read entry: unreachable"}) {
		t.Errorf("told %q", told)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, _ = c.Entry(ctx, "42")
	_, _, _ = c.Entry(t.Context(), "../x")
	if told, _ := o.told(); told != nil {
		t.Errorf("requests that were not made are told: %q", told)
	}
}

func TestBudgets(t *testing.T) {
	type budgets = []cfapi.Budget
	many := make([]string, 50)
	for i := range many {
		many[i] = fmt.Sprintf(`"p%02d";r=%d`, i, i)
	}
	long := strings.Repeat("x", 64)
	tests := []struct {
		name      string
		ratelimit []string
		policy    []string
		want      budgets
	}{
		{"no headers", nil, nil, nil},
		{"as the sandbox sends it", []string{`"default";r=50;t=30`}, []string{`"default";q=1200;w=300`}, budgets{{"default", 50, 1200}}},
		{"as documented: of two limits", []string{`"default";r=50;t=30`}, []string{`"burst";q=100;w=60`}, budgets{{"default", 50, 0}}},
		{"no policy", []string{`"default";r=50;t=30`}, nil, budgets{{"default", 50, 0}}},
		{"policy alone", nil, []string{`"default";q=1200;w=300`}, nil},
		{
			"two in one header, in other orders",
			[]string{` "a" ; t=1; r=2 ,"b";r=0`},
			[]string{`"b";w=1;q=4,"a";q=3`},
			budgets{{"a", 2, 3}, {"b", 0, 4}},
		},
		{"two headers", []string{`"a";r=1`, `"b";r=2`}, []string{`"a";q=3`, `"b";q=4`}, budgets{{"a", 1, 3}, {"b", 2, 4}}},
		{"token as a name", []string{`default;r=1`}, []string{`"default";q=2`}, budgets{{"default", 1, 2}}},
		{"separators and quotes in a name", []string{`"a,b;c\"d\\";r=1`}, []string{`"a,b;c\"d\\";q=2`}, budgets{{`a,b;c"d\`, 1, 2}}},
		{"partitions: the least left", []string{`"a";r=5;pk=:YQ==:, "a";r=3;pk=:Yg==:, "a";r=4`}, []string{`"a";q=9, "a";q=8`}, budgets{{"a", 3, 9}}},
		{"unknown parameters", []string{`"a";r=1;x;y="r=5;";qu="requests"`}, nil, budgets{{"a", 1, 0}}},
		{"an older draft", []string{`limit=100, remaining=50, reset=50`}, nil, nil},
		{"no name", []string{`;r=1`, `"";r=1`, `r=1`}, nil, nil},
		{"nothing left is said", []string{`"a"`, `"a";t=1`, `"a";r`, `"a";r=`}, nil, nil},
		{"no count", []string{`"a";r=-1`, `"a";r=+1`, `"a";r=1.5`, `"a";r=1e3`, `"a";r=NaN`, `"a";r="1"`, `"a";r=0x1`, `"a";r=1234567890123456`}, nil, nil},
		{"the most there can be", []string{`"a";r=999999999999999`}, nil, budgets{{"a", 999999999999999, 0}}},
		{"limit is none", []string{`"a";r=1`}, []string{`"a";q=x, "a";q=-5`}, budgets{{"a", 1, 0}}},
		{"garbage", []string{``, `,,;;==,"`, `"open;r=1`, "\"a\xff\";r=1", "\"a\tb\";r=1", `"ä";r=1`, `\`, `"a\`}, []string{`,;"`}, nil},
		{"garbage around", []string{`=;=,"a";r=1,,;`, `"open`, `"b";r=2`}, []string{`"open`, `"a";q=3`}, budgets{{"a", 1, 3}, {"b", 2, 0}}},
		{"a long name", []string{`"` + long + `";r=1, "` + long + `x";r=1`}, nil, budgets{{long, 1, 0}}},
		{"many", []string{strings.Join(many, ",")}, nil, budgets{{"p00", 0, 0}, {"p01", 1, 0}, {"p02", 2, 0}, {"p03", 3, 0}, {"p04", 4, 0}, {"p05", 5, 0}, {"p06", 6, 0}, {"p07", 7, 0}}},
	}
	api := &canned{}
	var o observer
	opts := options("http://127.0.0.1")
	opts.Transport, opts.Observe = api, o.observe
	c := newClient(t, opts)
	for _, tt := range tests {
		for _, status := range []int{200, 429} { // also told by a failure
			api.status, api.header, api.body = status, http.Header{"Ratelimit": tt.ratelimit, "Ratelimit-Policy": tt.policy}, nil
			_, _, _ = c.Entry(t.Context(), "42")
			if _, got := o.told(); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s, status %d:\n got %+v\nwant %+v", tt.name, status, got, tt.want)
			}
		}
	}
}
