package auth_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
)

// Endings of the sentences.
const (
	again      = " Sign in again; if that does not help, tell the people who run Namesake."
	triesAgain = " Namesake tries again by itself; try again in a moment. If that does not help, the people who run Namesake should check NAMESAKE_OIDC_ISSUER."
	issuer     = " The people who run Namesake should check NAMESAKE_OIDC_ISSUER."
	word       = "refused: The sign-in service's ID token "
	// invisible is what is wrong with a sub that can't be told from others.
	invisible = "names you by an id (sub) with invisible or control characters in it, or spaces around it."
	state     = "refused: This sign-in was not started in this browser, or a newer one was started since. Sign in again."
)

var attempts = []attempt{
	{name: "a sign-in", want: jane},

	// What the browser brings.
	{name: "another state", answer: back("state", "another"), fails: state},
	{name: "an empty state", answer: func(v url.Values) { v.Set("state", "") }, fails: state},
	{name: "no state", answer: back("state", ""), fails: state},
	{name: "no state on either side", flow: func(f *auth.Flow) { f.State = "" }, answer: back("state", ""), fails: state},
	{name: "no flow", flow: func(f *auth.Flow) { *f = auth.Flow{} }, fails: state},
	{name: "the flow is ten minutes old", flow: func(f *auth.Flow) { f.Started = f.Started.Add(-10 * time.Minute) }, want: jane},
	{name: "the flow is older", flow: func(f *auth.Flow) { f.Started = f.Started.Add(-10*time.Minute - time.Second) }, fails: "refused: This sign-in took longer than 10 minutes. Sign in again."},
	{name: "another nonce", flow: func(f *auth.Flow) { f.Nonce = "another" }, fails: word + "belongs to another sign-in." + again},
	{name: "no nonce", bend: claim("nonce", nil), fails: word + "belongs to another sign-in." + again},
	{name: "no nonce on either side", bend: claim("nonce", nil), flow: func(f *auth.Flow) { f.Nonce = "" }, fails: word + "belongs to another sign-in." + again},
	{name: "another verifier", flow: func(f *auth.Flow) { f.Verifier = strings.Repeat("v", 43) }, fails: "refused: The code was used already or is too old: sign in again."},
	{name: "no code", answer: back("code", ""), fails: "refused: The sign-in service's answer has no code in it. Sign in again."},
	{name: "another code", answer: back("code", "another"), fails: "refused: The code was used already or is too old: sign in again."},
	{name: "two codes", answer: func(v url.Values) { v.Add("code", "another") }, fails: "refused: The sign-in service's answer has “code” in it more than once. Sign in again."},
	{name: "two states", answer: func(v url.Values) { v.Add("state", "another") }, fails: "refused: The sign-in service's answer has “state” in it more than once. Sign in again."},
	{name: "the iss of another", answer: back("iss", "https://evil.example"), fails: "refused: The answer comes from another sign-in service than the one you were sent to." + again},
	{name: "an empty iss", answer: func(v url.Values) { v.Set("iss", "") }, fails: "refused: The answer comes from another sign-in service than the one you were sent to." + again},
	{
		name: "no iss, though it was announced", bend: discovery("authorization_response_iss_parameter_supported", true),
		fails: "refused: The answer comes from another sign-in service than the one you were sent to." + again,
	},

	// The provider's errors.
	{
		name: "access denied", answer: func(v url.Values) { v.Del("code"); v.Set("error", "access_denied") },
		fails: "refused: The sign-in service did not let you in, or you cancelled there.",
	},
	{
		name: "an error beside a code", answer: func(v url.Values) {
			v.Set("error", "login_required")
			v.Set("error_description", "AADSTS50058: no session")
		},
		fails: "refused: The sign-in service wants you to sign in there first. It says: “AADSTS50058: no session”",
	},
	{
		name: "an error at length", answer: func(v url.Values) {
			v.Set("error", "\x1b[2Jfull_moon")
			v.Set("error_description", "a\r\nb\x00\u202e\xff"+strings.Repeat("ü", 300))
		},
		fails: "refused: The sign-in service refused with the error “[2Jfull_moon”. It says: “ab\ufffd" + strings.Repeat("ü", 197) + "”",
	},
	{
		name: "an error from another service", answer: func(v url.Values) { v.Set("error", "access_denied"); v.Set("iss", "https://evil.example") },
		fails: "refused: The answer comes from another sign-in service than the one you were sent to." + again,
	},

	// The ID token.
	{name: "another audience", bend: claim("aud", "another"), fails: word + "is for another application." + again},
	{name: "no audience", bend: claim("aud", nil), fails: word + "is for another application." + again},
	{name: "two audiences", bend: claim("aud", []string{"namesake", "another"}), fails: word + "is for another application." + again},
	{
		name: "two audiences, given to another", bend: both(claim("aud", []string{"namesake", "another"}), func(a *authtest.Answers) {
			a.Person = maps.Clone(a.Person)
			a.Person["azp"] = "another"
		}),
		fails: word + "is for another application." + again,
	},
	{
		name: "two audiences, given to us", bend: both(claim("aud", []string{"namesake", "another"}), func(a *authtest.Answers) {
			a.Person = maps.Clone(a.Person)
			a.Person["azp"] = "namesake"
		}),
		want: jane,
	},
	{name: "given to another", bend: claim("azp", "another"), fails: word + "is for another application." + again},
	{name: "given to us", bend: claim("azp", "namesake"), want: jane},
	{name: "given to an empty name", bend: claim("azp", ""), fails: word + "is for another application." + again},
	{name: "given to a list", bend: claim("azp", []string{"namesake"}), fails: word + "is for another application." + again},
	{name: "given to null", bend: claim("azp", json.RawMessage("null")), want: jane},
	{name: "another issuer", bend: claim("iss", "https://evil.example"), fails: word + "comes from another service." + again},
	{name: "expired", bend: claim("exp", 1772355599), fails: word + "has expired, or the clocks of Namesake and of the service differ." + again},
	{name: "not valid yet", bend: claim("nbf", 1772355901), fails: word + "is not in the right form, or not valid yet." + again},
	{name: "no end", bend: claim("exp", nil), fails: word + "has expired, or the clocks of Namesake and of the service differ." + again},
	{name: "dated half a minute ahead", bend: claim("iat", 1772355630), want: jane},
	{name: "dated further ahead", bend: claim("iat", 1772355631), fails: word + "has a date in the future: the clocks of Namesake and of the service differ." + again},
	{name: "forged", bend: func(a *authtest.Answers) { a.Forged = true }, fails: word + "is not signed with any of the service's keys." + again},
	{name: "unsigned", bend: func(a *authtest.Answers) { a.Algorithm = "none" }, fails: word + "is not signed, or with an algorithm that Namesake does not accept (it accepts RS, PS, ES and EdDSA)." + again},
	{name: "signed with the client's secret", bend: func(a *authtest.Answers) { a.Algorithm = "HS256" }, fails: word + "is not signed, or with an algorithm that Namesake does not accept (it accepts RS, PS, ES and EdDSA)." + again},
	{name: "PS256", bend: func(a *authtest.Answers) { a.Algorithm = "PS256" }, want: jane},
	{name: "ES256", bend: func(a *authtest.Answers) { a.Algorithm = "ES256" }, want: jane},
	{name: "EdDSA", bend: both(claim("at_hash", nil), func(a *authtest.Answers) { a.Algorithm = "EdDSA" }), want: jane},
	{name: "for another access token", bend: claim("at_hash", "MTIzNDU2Nzg5MDEyMzQ1Ng"), fails: word + "does not belong to the token that came with it." + again},
	{name: "no sub", bend: claim("sub", nil), fails: word + "has no user ID (sub), or one of more than 255 bytes." + again},
	{name: "an empty sub", bend: claim("sub", ""), fails: word + "has no user ID (sub), or one of more than 255 bytes." + again},
	{name: "a sub of another case", bend: both(claim("sub", nil), func(a *authtest.Answers) { a.Person = authtest.Claims{"Sub": "x"} }), fails: word + "has no user ID (sub), or one of more than 255 bytes." + again},
	{name: "a sub that is a number", bend: claim("sub", 7), fails: word + "is not in the right form, or not valid yet." + again},
	{name: "a sub of 256 bytes", bend: claim("sub", strings.Repeat("ü", 128)), fails: word + "has no user ID (sub), or one of more than 255 bytes." + again},
	{name: "a sub of two lines", bend: claim("sub", "jane\nadmin"), fails: word + invisible + again},
	{name: "a sub with NUL", bend: claim("sub", "jane\x00"), fails: word + invisible + again},
	{name: "a sub with DEL", bend: claim("sub", "jane\x7f"), fails: word + invisible + again},
	{name: "a sub with a C1 control", bend: claim("sub", "jane\u0085"), fails: word + invisible + again},
	{name: "a sub that turns the direction", bend: claim("sub", "jane\u202enimda"), fails: word + invisible + again},
	{name: "a sub with a joiner", bend: claim("sub", "ja\u200dne"), fails: word + invisible + again},
	{name: "a sub with a line separator", bend: claim("sub", "jane\u2028"), fails: word + invisible + again},
	{name: "a sub with a private character", bend: claim("sub", "jane\ue000"), fails: word + invisible + again},
	{name: "a sub that is no text", bend: claim("sub", json.RawMessage("\"jane\xff\"")), fails: word + invisible + again},
	{name: "a sub with half a character", bend: claim("sub", json.RawMessage(`"jane\ud800"`)), fails: word + invisible + again},
	{name: "a sub of spaces", bend: claim("sub", "  "), fails: word + invisible + again},
	{name: "a sub with a space at its end", bend: claim("sub", "jane "), fails: word + invisible + again},
	{name: "a sub in another script", bend: claim("sub", "realm|Zoë 你 7"), want: func(i *auth.Identity) { i.Subject = "realm|Zoë 你 7" }},
	{
		name: "a sub of 255 bytes", bend: claim("sub", strings.Repeat("s", 255)),
		want: func(i *auth.Identity) { i.Subject = strings.Repeat("s", 255) },
	},
	{
		name: "no ID token", bend: func(a *authtest.Answers) { a.Token = func(c authtest.Claims) { delete(c, "id_token") } },
		fails: "refused: The sign-in service did not say who you are: it sent no ID token. The people who run Namesake should check how it is registered there.",
	},
	{
		name: "an ID token of three dots", bend: func(a *authtest.Answers) { a.Token = func(c authtest.Claims) { c["id_token"] = "..." } },
		fails: word + "is not signed, or with an algorithm that Namesake does not accept (it accepts RS, PS, ES and EdDSA)." + again,
	},
	{
		name: "foreign text for display", bend: both(claim("name", " J\x1b[1m\u202ene\n"+strings.Repeat("é", 300)), func(a *authtest.Answers) {
			a.Person = maps.Clone(a.Person)
			a.Person["email"] = "jane\r\n@haldenvoss.example"
		}),
		want: func(i *auth.Identity) {
			i.Name, i.Email = "J[1mne"+strings.Repeat("é", 194), "jane@haldenvoss.example"
		},
	},

	// Groups.
	{name: "groups: missing", bend: claim("groups", nil), want: noGroups(noClaim)},
	{name: "groups: null", bend: claim("groups", json.RawMessage("null")), want: noGroups(noClaim)},
	{name: "groups: of another case", bend: both(claim("groups", nil), userInfo(nil, authtest.Claims{"Groups": "a"})), want: noGroups(noClaim)},
	{name: "groups: no userinfo endpoint", bend: both(claim("groups", nil), discovery("userinfo_endpoint", nil)), want: noGroups(noClaim)},
	{name: "groups: text", bend: claim("groups", "a, b"), want: inGroups("a, b")},
	{name: "groups: empty text", bend: claim("groups", ""), want: func(i *auth.Identity) { i.Groups = []string{} }},
	{name: "groups: list", bend: claim("groups", []string{"a", "", "B "}), want: inGroups("a", "B ")},
	{name: "groups: empty list", bend: claim("groups", []string{}), want: func(i *auth.Identity) { i.Groups = []string{} }},
	{name: "groups: list with a number", bend: claim("groups", []any{"a", 7}), want: noGroups(mixed)},
	{name: "groups: list with null", bend: claim("groups", []any{"a", nil}), want: noGroups(mixed)},
	{name: "groups: number", bend: claim("groups", 7), want: noGroups(notText)},
	{name: "groups: object", bend: both(claim("groups", authtest.Claims{"a": true}), userInfo(nil, authtest.Claims{"groups": "a"})), want: noGroups(notText)},
	{name: "groups: too many for the provider", bend: func(a *authtest.Answers) {
		a.IDToken = func(c authtest.Claims) {
			delete(c, "groups")
			c["_claim_names"] = authtest.Claims{"groups": "src1"}
			c["_claim_sources"] = authtest.Claims{"src1": authtest.Claims{"endpoint": "https://graph.windows.net/x"}}
		}
	}, want: noGroups(overage)},
	{name: "groups: from userinfo", bend: userInfo([]string{"groups"}, nil), want: jane},
	{name: "groups: 5,000", bend: claim("groups", manyGroups()), want: inGroups(manyGroups()...)},
	{name: "groups: 5,000 from userinfo", bend: both(claim("groups", nil), userInfo(nil, authtest.Claims{"groups": manyGroups()})), want: inGroups(manyGroups()...)},
	{
		name: "groups: a name like an address", options: func(o *auth.OIDCOptions) { o.GroupsClaim = "https://haldenvoss.example/claims.groups" },
		bend: claim("https://haldenvoss.example/claims.groups", "a"), want: inGroups("a"),
	},

	{
		name: "groups: inside objects", options: func(o *auth.OIDCOptions) { o.GroupsClaim = "realm_access.roles" },
		bend: claim("realm_access", authtest.Claims{"roles": []string{"/a/editors", "b"}}), want: inGroups("/a/editors", "b"),
	},
	{
		name: "groups: inside objects, from userinfo", options: func(o *auth.OIDCOptions) { o.GroupsClaim = "resource_access.my.app.roles" },
		bend: userInfo(nil, authtest.Claims{"resource_access": authtest.Claims{"my.app": authtest.Claims{"roles": []string{"a"}}}}), want: inGroups("a"),
	},
	{
		name: "groups: an exact name before a path", options: func(o *auth.OIDCOptions) { o.GroupsClaim = "a.b" },
		bend: both(claim("a.b", "exact"), func(a *authtest.Answers) {
			a.Person = maps.Clone(a.Person)
			a.Person["a"] = authtest.Claims{"b": "inside"}
		}), want: inGroups("exact"),
	},
	{
		name: "groups: names in an object", options: func(o *auth.OIDCOptions) { o.GroupsClaim = "urn:zitadel:iam:org:project:roles.*" },
		bend: claim("urn:zitadel:iam:org:project:roles", authtest.Claims{"editors": authtest.Claims{"7": "x"}, "admins": false, "viewers": nil, "b": true}),
		want: inGroups("b", "editors"),
	},
	{
		name: "groups: a path into text", options: func(o *auth.OIDCOptions) { o.GroupsClaim = "email.groups" },
		want: noGroups(strings.ReplaceAll(noClaim, "“groups”", "“email.groups”")),
	},

	// Userinfo.
	{
		name: "userinfo: of another", bend: userInfo([]string{"groups"}, authtest.Claims{"sub": "248289761002"}),
		fails: "refused: The sign-in service's userinfo is about another person than its ID token." + again,
	},
	{
		name: "userinfo: of another, for the name only", bend: userInfo([]string{"name"}, authtest.Claims{"sub": ""}),
		fails: "refused: The sign-in service's userinfo is about another person than its ID token." + again,
	},
	{name: "userinfo: name and email", bend: userInfo([]string{"name", "email"}, authtest.Claims{"groups": "not asked for"}), want: jane},
	{
		name: "userinfo: a user name", bend: both(claim("name", nil), userInfo(nil, authtest.Claims{"preferred_username": "jane"})),
		want: func(i *auth.Identity) { i.Name = "jane" },
	},
	{
		name: "userinfo: down, for groups", bend: both(claim("groups", nil), instead("/userinfo", authtest.Gone)),
		fails: "unavailable: The sign-in service at ISSUER can't be reached. Try again in a moment.",
	},
	{
		name: "userinfo: down, for a name", bend: both(claim("name", nil), instead("/userinfo", authtest.Gone)),
		want: func(i *auth.Identity) { i.Name = "" }, logged: true,
	},
	{
		name: "userinfo: elsewhere", bend: both(claim("groups", nil), instead("/userinfo", http.RedirectHandler("/keys", http.StatusTemporaryRedirect).ServeHTTP)),
		fails: "unavailable: The sign-in service at ISSUER answers with status 307 when asked for your userinfo. Try again in a moment.",
	},
	{
		name: "userinfo: a list", bend: both(claim("groups", nil), instead("/userinfo", authtest.Say(200, "application/json", "[]"))),
		fails: "unavailable: The sign-in service at ISSUER answers with something that is not an object when asked for your userinfo. Try again in a moment.",
	},

	// Keys.
	{name: "keys: down", bend: instead("/keys", authtest.Gone), fails: "unavailable: The sign-in service at ISSUER can't be reached. Try again in a moment."},
	{
		name: "keys: status 503", bend: instead("/keys", authtest.Say(503, "text/plain", "busy")),
		fails: "unavailable: The sign-in service at ISSUER answers with status 503 when asked for its keys. Try again in a moment.",
	},
	{
		name: "keys: HTML", bend: instead("/keys", authtest.Say(200, "text/html", "<html>")),
		fails: "unavailable: The sign-in service at ISSUER answers with something that is not JSON when asked for its keys. Try again in a moment.",
	},
	{name: "keys: none", bend: instead("/keys", authtest.Say(200, "application/json", "{}")), fails: word + "is not signed with any of the service's keys." + again},

	// The token endpoint.
	{name: "token: down", bend: instead("/token", authtest.Gone), fails: "unavailable: The sign-in service at ISSUER can't be reached. Try again in a moment."},
	{
		name: "token: status 502", bend: instead("/token", authtest.Say(502, "text/html", "<html>")),
		fails: "unavailable: The sign-in service at ISSUER answers with status 502 when asked for a token. Try again in a moment.",
	},
	{
		name: "token: it says all that it was sent", bend: instead("/token", echo(400)),
		fails: "unavailable: The sign-in service at ISSUER answers with status 400 when asked for a token. Try again in a moment.",
	},
	{
		name: "token: it sends us on with all that it was sent", bend: instead("/token", echo(307)),
		fails: "unavailable: The sign-in service at ISSUER answers with status 307 when asked for a token. Try again in a moment.",
	},
	{
		name: "token: HTML", bend: instead("/token", authtest.Say(200, "text/html", "<html>")),
		fails: "unavailable: The sign-in service at ISSUER answers with something else when asked for a token. Try again in a moment.",
	},
	{
		name: "token: another secret", options: func(o *auth.OIDCOptions) { o.ClientSecret = "out-of-date" },
		fails: "unavailable: The sign-in service does not accept Namesake's client ID and secret. The people who run Namesake should check NAMESAKE_OIDC_CLIENT_ID and NAMESAKE_OIDC_CLIENT_SECRET.",
	},
	{
		name: "token: not allowed", bend: instead("/token", authtest.Say(400, "application/json", `{"error":"unauthorized_client"}`)),
		fails: "unavailable: The sign-in service does not accept what Namesake asks for. The people who run Namesake should check how it is registered there.",
	},

	// Discovery.
	{name: "discovery: down", bend: instead(well, authtest.Gone), fails: "unavailable: The sign-in service at ISSUER can't be reached." + triesAgain},
	{
		name: "discovery: status 500", bend: instead(well, authtest.Say(500, "application/json", "{}")),
		fails: "unavailable: The sign-in service at ISSUER answers with status 500 when asked for its description." + triesAgain,
	},
	{
		name: "discovery: HTML", bend: instead(well, authtest.Say(200, "text/html", "<html>")),
		fails: "unavailable: The sign-in service at ISSUER answers with something that is not JSON when asked for its description." + triesAgain,
	},
	{
		name: "discovery: without an end", bend: instead(well, endless),
		fails: "unavailable: The sign-in service at ISSUER answers with more than 4 MiB when asked for its description." + triesAgain,
	},
	{
		name: "discovery: a list", bend: instead(well, authtest.Say(200, "application/json", "[]")),
		fails: "unavailable: The sign-in service at ISSUER gives a description that is not an OpenID provider's." + issuer,
	},
	{
		name: "discovery: another issuer", bend: discovery("issuer", "https://evil.example/"),
		fails: "unavailable: The sign-in service at ISSUER calls itself “https://evil.example/”; the two addresses must be identical." + issuer,
	},
	{
		name: "discovery: no authorization endpoint", bend: discovery("authorization_endpoint", nil),
		fails: "unavailable: The sign-in service at ISSUER gives no https address as its authorization_endpoint." + issuer,
	},
	{
		name: "discovery: tokens in the clear", bend: discovery("token_endpoint", "http://sso.haldenvoss.example/token"),
		fails: "unavailable: The sign-in service at ISSUER gives no https address as its token_endpoint." + issuer,
	},
	{
		name: "discovery: an address that would change a policy", bend: discovery("end_session_endpoint", "https://a;script-src/"),
		fails: "unavailable: The sign-in service at ISSUER gives no https address as its end_session_endpoint." + issuer,
	},
}
