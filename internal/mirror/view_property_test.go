package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"namesake/internal/mirror"
	"namesake/internal/registry"
)

var (
	someNames = []string{"Jane Smith", "jane  smith", "JANE SMITH", "José García", "Jose Garcia", "JOSE\u0301 GARCIA", "O’Neil", "O'Neil", "J\u0430ne Smith", "", "x\x00y", "\xff", "Søren", "かが", "か"}
	someMails = []string{"jane@x.example", "JANE@X.example", " jane@x.example ", `(?i)jane\+.*@x\.example`, `.*@x\.example`, `(`, "jose@x.example", "josé@x.example", ""}
	someTexts = []*string{nil, nil, new(""), new(" \n"), new("Ticket 77\nasked by José"), new("déjà vu a b-c")}
	someWords = []string{"", " ", "jane", "SMITH jane", "jose", "José", "josé x.example", "77", "id-1", "1a", "0", "c garc", "\x00", "\xff", "´", "\u0301", "か", "が", "oneil", "o’n", "a e i", "no such word", strings.Repeat("x", 1024), strings.Repeat("a ", 512)}
)

func randomRow(random *rand.Rand, ids int, version int64) mirror.Row {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	id := random.IntN(ids)
	e := registry.Entry{
		ID: registry.ID(fmt.Sprintf("%08x-1a", id*7919)), Name: someNames[random.IntN(len(someNames))], Email: someMails[random.IntN(len(someMails))],
		IsEmailRegex: random.IntN(3) == 0, Comments: someTexts[random.IntN(len(someTexts))],
		Provenance: []registry.Provenance{"", registry.Manual, registry.Microsoft365, "NEW-SOURCE"}[random.IntN(4)],
	}
	if id%5 == 0 {
		e.ID = registry.ID("ID-É" + strconv.Itoa(id))
	}
	if random.IntN(10) > 0 {
		e.CreatedAt = at.Add(time.Duration(random.IntN(50)) * 10 * time.Hour)
	}
	if random.IntN(3) > 0 {
		e.ModifiedAt = at.Add(time.Duration(random.IntN(50)) * 10 * time.Hour)
	}
	return mirror.Row{Entry: e, Version: version, Gone: random.IntN(4) == 0, ChangedAt: at}
}

func randomQuery(random *rand.Rand) registry.Query {
	flag := func() *bool { return []*bool{nil, nil, nil, new(true), new(false)}[random.IntN(5)] }
	q := registry.Query{
		Search: someWords[random.IntN(len(someWords))], IsEmailRegex: flag(), HasComments: flag(),
		Order:     []registry.Order{"", registry.ByName, registry.ByEmail, registry.ByCreated, registry.ByModified}[random.IntN(5)],
		Direction: []registry.Direction{"", registry.Ascending, registry.Descending}[random.IntN(3)],
		Page:      random.IntN(5), PerPage: []int{0, 1, 7, 50, 1000}[random.IntN(5)], Grouped: random.IntN(5) == 0,
	}
	if random.IntN(3) == 0 {
		q.Provenance = []registry.Provenance{registry.Manual, "NEW-SOURCE", "NONE"}[random.IntN(3)]
	}
	if random.IntN(3) == 0 {
		q.ModifiedSince = time.Date(2026, 1, 1+random.IntN(20), 10, 0, 0, 0, time.UTC)
	}
	return q
}

// checkView compares answers of v with those of want.
func checkView(ctx context.Context, random *rand.Rand, v *mirror.View, want reference, questions int) error {
	if v.Len() != len(want.list(registry.Query{})) {
		return fmt.Errorf("%d entries, want %d", v.Len(), len(want.list(registry.Query{})))
	}
	for id, row := range want {
		if got, ok := v.Row(id); !ok || !reflect.DeepEqual(got, row) {
			return fmt.Errorf("row %q: %+v %v, want %+v", id, got, ok, row)
		}
		if got, ok := v.Entry(id); ok == row.Gone || ok && !reflect.DeepEqual(got, row.Entry) {
			return fmt.Errorf("entry %q: %+v %v, want that of %+v", id, got, ok, row)
		}
	}
	if _, ok := v.Row("none"); ok {
		return errors.New("there is a row that was never put in")
	}
	for range questions {
		q := randomQuery(random)
		if got, want := v.List(q), want.page(q); !reflect.DeepEqual(got, want) {
			return fmt.Errorf("%+v:\n%+v, want\n%+v", q, got, want)
		}
		if got, want := slices.Collect(v.Select(q)), want.list(q); !reflect.DeepEqual(got, want) {
			return fmt.Errorf("all of %+v:\n%+v, want\n%+v", q, got, want)
		}
		name := someNames[random.IntN(len(someNames))]
		if got, want := v.Namesakes(name), want.namesakes(name); !reflect.DeepEqual(got, want) {
			return fmt.Errorf("namesakes of %q:\n%+v, want\n%+v", name, got, want)
		}
		if got := v.Named(name); !reflect.DeepEqual(got, v.Namesakes(name).Entries) {
			return fmt.Errorf("named %q: %+v", name, got)
		}
		if got, want := v.NamedAlike(name), want.namedAlike(name); !reflect.DeepEqual(got, want) {
			return fmt.Errorf("named like %q:\n%+v, want\n%+v", name, got, want)
		}
		address := someMails[random.IntN(len(someMails))]
		var literal []registry.Entry
		for _, m := range v.Matching(ctx, address) {
			if m.Kind == registry.MatchesLiterally {
				literal = append(literal, m.Entry)
			} else if kind, ok := m.Entry.Matches(ctx, strings.TrimSpace(address)); !ok || kind != m.Kind {
				return fmt.Errorf("%q with %q: %v, want %v %v", address, m.Entry.Email, m.Kind, kind, ok)
			}
		}
		if want := want.literally(address); !reflect.DeepEqual(literal, want) {
			return fmt.Errorf("entries with %q:\n%+v, want\n%+v", address, literal, want)
		}
	}
	return nil
}

// TestViewAfterManyChanges checks views that came about by random changes against a simple
// implementation and a view of the same rows made at once, while others read them.
func TestViewAfterManyChanges(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 7))
			ids := []int{5, 130, 300}[seed]
			var rows []mirror.Row
			for version := range int64(ids / 2) {
				rows = append(rows, randomRow(random, ids, version%5))
			}
			v, want, version := mirror.NewView(rows), referenceOf(rows), int64(5)
			var readers sync.WaitGroup
			defer readers.Wait()
			for range 4 {
				changed := make([]mirror.Row, random.IntN([]int{2, 20, 200}[random.IntN(3)]))
				for i := range changed {
					version++
					changed[i] = randomRow(random, ids, version-int64(random.IntN(20)))
				}
				old, oldWant := v, reference{}
				oldWant.put(want.rows())
				readers.Go(func() {
					if err := checkView(t.Context(), rand.New(rand.NewPCG(seed, 8)), old, oldWant, 1); err != nil {
						t.Error(err)
					}
				})
				v = v.With(changed, version)
				want.put(changed)
				if v.Version() != max(version, old.Version()) {
					t.Fatalf("version %d, want %d", v.Version(), version)
				}
				if err := checkView(t.Context(), random, v, want, 3); err != nil {
					t.Fatal(err)
				}
				if forgotten := v.Without(version / 2); forgotten != v {
					v, want = forgotten, want.without(version/2)
					if err := checkView(t.Context(), random, v, want, 3); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := checkView(t.Context(), random, mirror.NewView(want.rows()), want, 3); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// FuzzViewSearch compares a search with a simple implementation.
func FuzzViewSearch(f *testing.F) {
	for i, word := range someWords {
		f.Add(word, someNames[i%len(someNames)], someMails[i%len(someMails)], "Ticket\n"+word)
	}
	f.Add("ss I", "Straße", "İ@x", "ﬁ Ｊａｎｅ")
	f.Add("\u0345Α", "ᾳ", "\u1fb3", "ͅ")
	f.Fuzz(func(t *testing.T, search, name, email, comments string) {
		rows := []mirror.Row{
			{Entry: registry.Entry{ID: "1", Name: name, Email: email, Comments: &comments}},
			{Entry: registry.Entry{ID: "2", Name: search, Email: name}},
			{Entry: registry.Entry{ID: "3", Name: "Jane Smith", Email: "jane@x.example", Comments: &email}},
			{Entry: registry.Entry{ID: registry.ID(comments), Name: email, Email: search}},
		}
		v, want := mirror.NewView(rows), referenceOf(rows)
		q := registry.Query{Search: search, Order: registry.ByName}
		if got, want := v.List(q), want.page(q); !reflect.DeepEqual(got, want) {
			t.Errorf("%q:\n%+v, want\n%+v", search, got, want)
		}
		if got, want := v.Namesakes(name), want.namesakes(name); !reflect.DeepEqual(got, want) {
			t.Errorf("namesakes of %q:\n%+v, want\n%+v", name, got, want)
		}
		for _, m := range v.Matching(t.Context(), email) {
			if !registry.SameAddress(m.Entry.Email, email, false) {
				t.Errorf("%q matches %q", email, m.Entry.Email)
			}
		}
	})
}
