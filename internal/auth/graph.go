package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// microsoftGraph lists the groups that Entra ID leaves out of a token. The address in the
// token's _claim_sources is ignored: it belongs to a retired service, and an access token
// must not go to an address that comes from outside.
const microsoftGraph = "https://graph.microsoft.com"

// Limits of the calls to Graph for one sign-in.
const (
	graphTimeout  = 15 * time.Second
	graphPages    = 20
	graphMaxWait  = time.Hour // the longest wait that is shown to a person
	graphMemberOf = "/v1.0/me/getMemberObjects"
)

// overage reports whether the provider left out the claim called name because it is too
// long, and refers to another service for it.
// https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference#groups-overage-claim
func (c claims) overage(name string) bool {
	if c.has(name) && string(c[name]) != "[]" {
		return false
	}
	var elsewhere claims
	if json.Unmarshal(c["_claim_names"], &elsewhere) == nil && elsewhere.has(name) {
		return true
	}
	var more any
	if name != "groups" || json.Unmarshal(c["hasgroups"], &more) != nil {
		return false
	}
	return more == true || more == "true"
}

const tooManyGroups = "You are in more groups than the sign-in service puts into one sign-in, "

// leftOut says what to do when the provider leaves out the claim called name.
func leftOut(name string) string {
	return tooManyGroups + "and it left out the claim “" + name + "”. The people who run Namesake can configure the service to send " +
		"only the groups that are assigned to Namesake (in Entra ID: “Groups assigned to the application” in the groups claim), only some of them by a filter, " +
		"or app roles in their place (NAMESAKE_OIDC_GROUPS_CLAIM=roles). With Entra ID, NAMESAKE_OIDC_GROUPS_OVERAGE=graph makes Namesake ask Microsoft Graph for all of them."
}

// graphGroups returns the ids of all groups of the token's person. unknown says why they
// can't be known until a person changes a setting. It returns an UnavailableError when
// trying again may help.
// https://learn.microsoft.com/en-us/graph/api/directoryobject-getmemberobjects
func (o *OIDC) graphGroups(ctx context.Context, token *oauth2.Token) (groups []string, unknown string, err error) {
	ctx, cancel := context.WithTimeout(ctx, graphTimeout)
	defer cancel()
	next := o.options.GraphURL + graphMemberOf
	for range graphPages {
		page, err := o.graphPage(ctx, next, token)
		var refused *graphRefusal
		switch {
		case errors.As(err, &refused):
			o.options.Log.WarnContext(ctx, "Microsoft Graph refused to list a person's groups", "error", refused)
			return nil, tooManyGroups + refused.reason(), nil
		case err != nil:
			return nil, "", err
		}
		groups = append(groups, page.Value...)
		if page.Next == "" {
			return groups, "", nil
		}
		if next = page.Next; !o.onGraph(next) {
			return nil, "", graphUnavailable("leads to another place for the rest of them. "+tryAgain, errors.New("the next page is not on the same host"))
		}
	}
	return nil, tooManyGroups + "and in more than Microsoft Graph lists within " + strconv.Itoa(graphPages) + " answers. " + fewerGroups, nil
}

const fewerGroups = "The people who run Namesake can configure the service to send only the groups that are assigned to Namesake, or app roles in their place."

// onGraph reports whether address is on the same host as Graph.
func (o *OIDC) onGraph(address string) bool {
	u, err := url.Parse(address)
	base, baseErr := url.Parse(o.options.GraphURL)
	return err == nil && baseErr == nil && u.Scheme == base.Scheme && u.Host == base.Host && u.User == nil && strings.HasPrefix(u.Path, "/v1.0/")
}

// graphPage is one answer of Graph.
type graphPage struct {
	Value []string `json:"value"`
	Next  string   `json:"@odata.nextLink"`
}

// graphRefusal is an answer of Graph that stays the same until a person changes a setting
// or a permission.
type graphRefusal struct {
	status int
	code   string
}

func (e *graphRefusal) Error() string {
	return fmt.Sprintf("Microsoft Graph answered with status %d, code %q", e.status, e.code)
}

// reason completes tooManyGroups.
func (e *graphRefusal) reason() string {
	switch {
	case e.status == http.StatusUnauthorized:
		return "and Microsoft Graph, which lists the others, does not accept the token that Namesake was given: it is for another application. " +
			"The people who run Namesake should ask in NAMESAKE_OIDC_SCOPES for permissions of Microsoft Graph alone, such as “openid email profile User.Read”."
	case e.status == http.StatusForbidden:
		return "and Microsoft Graph, which lists the others, does not let Namesake see them: the permission or the consent to it is missing. " +
			"The people who run Namesake should add User.Read, or GroupMember.Read.All where that is not enough, to NAMESAKE_OIDC_SCOPES and to Namesake's permissions in Entra ID, and an administrator there has to consent."
	case e.code == "Directory_ResultSizeLimitExceeded":
		return "and in more than Microsoft Graph lists. " + fewerGroups
	}
	return fmt.Sprintf("and Microsoft Graph, which lists the others, answers with status %d. The people who run Namesake find the reason in the log.", e.status)
}

func graphUnavailable(what string, err error) *UnavailableError {
	return &UnavailableError{Reason: tooManyGroups + "and Microsoft Graph, which lists the others, " + what, Err: fmt.Errorf("ask Microsoft Graph for the groups: %w", err)}
}

// graphPage asks for one page. The first takes a POST, the others a GET.
func (o *OIDC) graphPage(ctx context.Context, address string, token *oauth2.Token) (page graphPage, err error) {
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if address == o.options.GraphURL+graphMemberOf {
		method, body = http.MethodPost, strings.NewReader(`{"securityEnabledOnly": false}`)
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return page, graphUnavailable("can't be asked. "+tryAgain, errors.New("its address can't be asked"))
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token.AccessToken)
	resp, err := o.client.Do(r)
	if err != nil {
		return page, graphUnavailable("can't be reached. "+tryAgain, networkCause(err))
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return page, graphUnavailable("broke off its answer. "+tryAgain, networkCause(err))
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= http.StatusInternalServerError:
		return page, graphBusy(resp)
	case resp.StatusCode != http.StatusOK:
		return page, &graphRefusal{resp.StatusCode, graphCode(answer)}
	case json.Unmarshal(answer, &page) != nil || page.Value == nil:
		return page, graphUnavailable("answers with something that is not a list of groups. "+tryAgain, errors.New("the answer is not a list"))
	}
	return page, nil
}

// graphBusy is the error for an answer that asks to wait, or a fault of Graph.
func graphBusy(resp *http.Response) *UnavailableError {
	cause := fmt.Errorf("status %d", resp.StatusCode)
	failed := graphUnavailable(fmt.Sprintf("answers with status %d. ", resp.StatusCode)+tryAgain, cause)
	if resp.StatusCode == http.StatusTooManyRequests {
		failed = graphUnavailable("has too many requests to answer. "+tryAgain, cause)
	}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		failed.Wait = min(time.Duration(seconds)*time.Second, graphMaxWait)
		failed.Reason = strings.TrimSuffix(failed.Reason, tryAgain) + "Try again in " + failed.Wait.String() + "."
	}
	return failed
}

var graphCodes = regexp.MustCompile(`^[A-Za-z_.]{1,80}$`)

// graphCode returns the code of an error. The rest of the answer is left out, because it
// could quote what was sent.
func graphCode(answer []byte) string {
	var failed struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(answer, &failed) != nil || !graphCodes.MatchString(failed.Error.Code) {
		return ""
	}
	return failed.Error.Code
}
