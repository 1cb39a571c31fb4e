package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// handle carries out the request. when is the moment of a change; paging changes a list.
func (s *Sandbox) handle(r *http.Request, body []byte, when moment, paging Paging) answer {
	account, id, kind := route(r.URL)
	switch {
	case kind == noTarget:
		return noRoute(r)
	case !slices.Contains(methods[kind], r.Method):
		a := refuse(http.StatusMethodNotAllowed, Problem{Code: codeBadMethod, Message: "Method not allowed"})
		a.header = map[string]string{"Allow": strings.Join(methods[kind], ", ")}
		return a
	case kind == tokenTarget:
		return s.verifyToken(r, account)
	}
	if refusal := s.authorize(r, account, r.Method != http.MethodGet); refusal != nil {
		return *refusal
	}
	if kind == settingsTarget {
		return s.listSettings(r, id)
	}
	if len(body) > maxBody {
		return refuse(http.StatusRequestEntityTooLarge, Problem{
			Code: codeTooLarge, Message: fmt.Sprintf("The request body is longer than %d bytes.", maxBody),
		})
	}
	switch r.Method {
	case http.MethodPost:
		return s.create(body, when)
	case http.MethodPatch:
		return s.update(id, body, when)
	case http.MethodDelete:
		return s.remove(id, when)
	}
	if kind == listTarget {
		return s.list(r.URL.Query(), paging)
	}
	return s.get(id)
}

type target int

const (
	noTarget target = iota
	tokenTarget
	listTarget
	entryTarget
	settingsTarget
)

var methods = map[target][]string{
	tokenTarget:    {http.MethodGet},
	listTarget:     {http.MethodGet, http.MethodPost},
	entryTarget:    {http.MethodGet, http.MethodPatch, http.MethodDelete},
	settingsTarget: {http.MethodGet},
}

// route uses the path as received: http.ServeMux would answer an unclean one with a
// redirect, which the API doesn't do.
func route(u *url.URL) (account, id string, kind target) {
	path, ok := strings.CutPrefix(u.EscapedPath(), Prefix)
	if !ok {
		return "", "", noTarget
	}
	if path == "/user/tokens/verify" {
		return "", "", tokenTarget
	}
	rest, ok := strings.CutPrefix(path, "/accounts/")
	if !ok {
		return "", "", noTarget
	}
	account, rest, _ = strings.Cut(rest, "/")
	if !isIdentifier(account, 32) {
		return "", "", noTarget
	}
	if rest == "tokens/verify" {
		return account, "", tokenTarget
	}
	if list, ok := strings.CutPrefix(rest, "email-security/settings/"); ok && slices.Contains(settingsLists, list) {
		return account, list, settingsTarget
	}
	rest, ok = strings.CutPrefix(rest, "email-security/settings/impersonation_registry")
	switch {
	case ok && rest == "":
		return account, "", listTarget
	case ok && len(rest) > 1 && rest[0] == '/' && !strings.Contains(rest[1:], "/"):
		return account, rest[1:], entryTarget
	}
	return "", "", noTarget
}

func noEntry() answer {
	return refuse(http.StatusNotFound, Problem{Code: codeNoEntry, Message: "Impersonation registry entry not found."})
}

// show returns e as the API shows it.
func (s *Sandbox) show(e Entry) Entry {
	if s.opts.LastModified {
		modified := e.ModifiedAt
		e.LastModified = &modified
	}
	return e
}

func (s *Sandbox) list(values url.Values, paging Paging) answer {
	q, faults := readQuery(values)
	if len(faults) > 0 {
		return refuse(http.StatusBadRequest, faults...)
	}
	q.cap, q.short = paging.Cap, paging.Short
	entries, total := s.store.page(q)
	for i, e := range entries {
		entries[i] = s.show(e)
	}
	a := succeed(http.StatusOK, entries)
	a.header = map[string]string{"Cf-Auditlog-Id": uuid.NewString()}
	// As documented, the total of a search is that of the whole registry.
	n := len(entries)
	a.body.ResultInfo = &resultInfo{Count: number(paging.Count, n, n), Page: q.page, PerPage: q.perPage, TotalCount: number(paging.Total, total, n)}
	return a
}

func readQuery(values url.Values) (query, []Problem) {
	var faults []Problem
	number := func(name string, fallback, most int) int {
		if !values.Has(name) {
			return fallback
		}
		n, err := strconv.Atoi(values.Get(name))
		switch {
		case err != nil:
			faults = append(faults, at(name, Problem{Code: codeType, Message: "must be an integer."}))
		case n < 1 || n > most && most > 0:
			limits := "1 or more"
			if most > 0 {
				limits = fmt.Sprintf("between 1 and %d", most)
			}
			faults = append(faults, at(name, Problem{Code: codeRange, Message: "must be " + limits + "."}))
		}
		return n
	}
	choice := func(name string, allowed ...string) string {
		v := values.Get(name)
		if values.Has(name) && !slices.Contains(allowed, v) {
			faults = append(faults, at(name, Problem{
				Code: codeEnum, Message: "must be one of " + strings.Join(allowed, ", ") + ".",
			}))
		}
		return v
	}
	q := query{
		page:    number("page", 1, 0),
		perPage: number("per_page", 20, 1000),
		search:  values.Get("search"),
		order:   choice("order", "name", "email", "created_at"),
	}
	direction := choice("direction", "asc", "desc")
	q.provenance = choice("provenance", provenances...)
	q.descending = direction == "desc" || direction == "" && q.order == ""
	return q, faults
}

func (s *Sandbox) get(id string) answer {
	e, ok := s.store.entry(id)
	if !ok {
		return noEntry()
	}
	return succeed(http.StatusOK, s.show(e))
}

func (s *Sandbox) create(body []byte, when moment) answer {
	c, refusal := readChange(body)
	if refusal != nil {
		return *refusal
	}
	var e Entry
	c.apply(&e)
	faults := append(c.missing(), c.check(e)...)
	e, faults = s.store.insert(e, when, func() []Problem { return append(faults, s.duplicate(e)...) })
	if len(faults) > 0 {
		return refuse(http.StatusBadRequest, faults...)
	}
	a := succeed(http.StatusCreated, s.show(e))
	a.applied, a.entry = true, e.ID
	return a
}

// duplicate is called with the store locked.
func (s *Sandbox) duplicate(e Entry) []Problem {
	if s.opts.AllowDuplicates || s.store.pairs[pair{e.Name, e.Email}] == 0 {
		return nil
	}
	return []Problem{at("email", Problem{Code: codeDuplicate, Message: "is already in the registry under this name."})}
}

// synced refuses to change an entry that a directory owns.
func synced(e Entry) *answer {
	if !e.Synced() {
		return nil
	}
	a := refuse(http.StatusBadRequest, Problem{
		Code:             codeSynced,
		Message:          "This entry is synced from a directory (" + e.Provenance + ") and can't be changed or deleted here.",
		DocumentationURL: documentation,
	})
	return &a
}

func (s *Sandbox) update(id string, body []byte, when moment) answer {
	c, refusal := readChange(body)
	if refusal != nil {
		return *refusal
	}
	e, refusal, ok := s.store.update(id, when, func(e *Entry) *answer {
		if refusal := synced(*e); refusal != nil {
			return refusal
		}
		before := pair{e.Name, e.Email}
		c.apply(e)
		faults := c.check(*e)
		if len(c.given) == 0 && len(faults) == 0 {
			faults = []Problem{{
				Code: codeEmptyPatch, Message: "At least one property is required.", DocumentationURL: documentation,
			}}
		}
		if before != (pair{e.Name, e.Email}) {
			faults = append(faults, s.duplicate(*e)...)
		}
		if len(faults) == 0 {
			return nil
		}
		a := refuse(http.StatusBadRequest, faults...)
		return &a
	})
	switch {
	case !ok:
		return noEntry()
	case refusal != nil:
		return *refusal
	}
	a := succeed(http.StatusOK, s.show(e))
	a.applied, a.entry = true, e.ID
	return a
}

func (s *Sandbox) remove(id string, when moment) answer {
	refusal, ok := s.store.remove(id, when, synced)
	switch {
	case !ok:
		return noEntry()
	case refusal != nil:
		return *refusal
	}
	a := succeed(http.StatusOK, struct {
		ID string `json:"id"`
	}{id})
	a.applied, a.entry = true, id
	return a
}
