package sandbox_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

func TestPaging(t *testing.T) {
	seed := make([]sandbox.Entry, 130)
	for i := range seed {
		seed[i] = entry(fmt.Sprintf("Person %03d", i), fmt.Sprintf("p%03d@x.example", i), "", 0)
	}
	tests := []struct {
		name    string
		paging  sandbox.Paging
		perPage int
		pages   string // lengths
		info    string // of page 2
	}{
		{"as documented", sandbox.Paging{}, 50, "[50 50 30]", `{"count":50,"page":2,"per_page":50,"total_count":130}`},
		{"capped", sandbox.Paging{Cap: 50}, 200, "[50 50 30]", `{"count":50,"page":2,"per_page":200,"total_count":130}`},
		{"a cap above what is asked for", sandbox.Paging{Cap: 50}, 40, "[40 40 40 10]", `{"count":40,"page":2,"per_page":40,"total_count":130}`},
		{"short in the middle", sandbox.Paging{Short: 2}, 50, "[50 25 50 5]", `{"count":25,"page":2,"per_page":50,"total_count":130}`},
		{"short at first", sandbox.Paging{Short: 1, Cap: 50}, 1000, "[25 50 50 5]", `{"count":50,"page":2,"per_page":1000,"total_count":130}`},
		{"zero", sandbox.Paging{Total: "0", Count: "null"}, 50, "[50 50 30]", `{"count":null,"page":2,"per_page":50,"total_count":0}`},
		{"missing", sandbox.Paging{Total: "missing", Count: "missing"}, 50, "[50 50 30]", `{"page":2,"per_page":50}`},
		{"too few", sandbox.Paging{Total: "-30", Count: "-1"}, 50, "[50 50 30]", `{"count":49,"page":2,"per_page":50,"total_count":100}`},
		{"too many", sandbox.Paging{Total: "+30"}, 50, "[50 50 30]", `{"count":50,"page":2,"per_page":50,"total_count":160}`},
		{"the page", sandbox.Paging{Total: "page"}, 50, "[50 50 30]", `{"count":50,"page":2,"per_page":50,"total_count":50}`},
	}
	for _, tt := range tests {
		for _, injected := range []bool{false, true} {
			opts := sandbox.Options{Seed: seed, Paging: tt.paging}
			if injected {
				opts.Paging = sandbox.Paging{}
			}
			sb, c := serve(t, opts)
			if injected {
				sb.Inject(sandbox.Fault{Times: -1, Paging: tt.paging})
			}
			met, lengths, info := map[string]bool{}, []int{}, ""
			for page := 1; ; page++ {
				_, _, body, err := c.send("GET", fmt.Sprintf("%s?order=name&per_page=%d&page=%d", registryPath, tt.perPage, page), "")
				var got struct {
					Result []sandbox.Entry
					Info   json.RawMessage `json:"result_info"`
				}
				if err != nil || json.Unmarshal([]byte(body), &got) != nil {
					t.Fatalf("%s: %v %s", tt.name, err, body)
				}
				if len(got.Result) == 0 {
					break
				}
				lengths = append(lengths, len(got.Result))
				for _, e := range got.Result {
					met[e.ID] = true
				}
				if page == 2 {
					info = string(got.Info)
				}
			}
			if fmt.Sprint(lengths) != tt.pages || info != tt.info || len(met) != len(seed) {
				t.Errorf("%s, injected %v: pages %v, want %s; %s, want %s; %d entries met", tt.name, injected, lengths, tt.pages, info, tt.info, len(met))
			}
		}
	}
}
