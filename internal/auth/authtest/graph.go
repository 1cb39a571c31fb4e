package authtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// GraphPath is the path of the Provider's Microsoft Graph.
const GraphPath = "/v1.0/me/getMemberObjects"

// GraphCalls returns how many questions the graph has answered.
func (p *Provider) GraphCalls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.graphed
}

// graph answers the action with the first page of Answers.MemberOf, and a GET with one
// of those that follow.
func (p *Provider) graph(a Answers, w http.ResponseWriter, r *http.Request) {
	if _, known := p.access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]; !known {
		answer(w, http.StatusUnauthorized, Claims{"error": Claims{"code": "InvalidAuthenticationToken"}})
		return
	}
	from, err := strconv.Atoi(r.FormValue("$skiptoken"))
	if next := err == nil; r.Method == http.MethodPost == next {
		answer(w, http.StatusMethodNotAllowed, Claims{"error": Claims{"code": "BadRequest"}})
		return
	}
	var question struct{ SecurityEnabledOnly *bool }
	if r.Method == http.MethodPost && (json.NewDecoder(r.Body).Decode(&question) != nil || question.SecurityEnabledOnly == nil || r.Header.Get("Content-Type") != "application/json") {
		answer(w, http.StatusBadRequest, Claims{"error": Claims{"code": "BadRequest"}})
		return
	}
	p.graphed++
	to := len(a.MemberOf)
	said := Claims{"@odata.context": p.URL + "/v1.0/$metadata#Collection(Edm.String)"}
	if a.GraphPage > 0 && from+a.GraphPage < to {
		to = from + a.GraphPage
		said["@odata.nextLink"] = p.URL + GraphPath + "?$skiptoken=" + strconv.Itoa(to)
	}
	said["value"] = a.MemberOf[min(from, to):to]
	answer(w, http.StatusOK, said)
}
