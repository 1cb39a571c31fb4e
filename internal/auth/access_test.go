package auth_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
)

func TestAccessVerify(t *testing.T) {
	app := newAccessApp(t, nil)
	good := app.token(nil)
	goodParts := strings.Split(good, ".")
	rsaKey := app.team.PublicKeys()[0]
	other := authtest.NewRSAKey(t)
	sameName := other
	sameName.KeyID = rsaKey.KeyID
	claims := func(change map[string]any) http.Header { return accessWith(app.token(change)) }
	service := func(name string, change map[string]any) http.Header {
		all := app.team.ServiceToken(name, accessAUD, accessStart)
		maps.Copy(all, change)
		return accessWith(app.team.Sign(all))
	}
	public, err := x509.MarshalPKIXPublicKey(rsaKey.Key)
	if err != nil {
		t.Fatal(err)
	}
	shared := authtest.SignWith(t, jose.JSONWebKey{Key: public, Algorithm: "HS256", KeyID: rsaKey.KeyID}, app.person(nil))
	unsigned := accessEncode(`{"alg":"none","kid":"`+rsaKey.KeyID+`"}`) + "." + goodParts[1]
	nameless := other
	nameless.KeyID = ""
	unix := func(d time.Duration) int64 { return accessStart.Add(d).Unix() }

	vera := auth.Identity{Issuer: app.team.URL, Subject: "7335d417", Email: "7335d417@haldenvoss.example"}
	with := func(change func(*auth.Identity)) auth.Identity { who := vera; change(&who); return who }
	bot := auth.Identity{Issuer: app.team.URL, Subject: accessBot, Name: accessBot, Groups: []string{accessBot}}
	const (
		missing   = "The request did not come through Cloudflare Access: it has no Cf-Access-Jwt-Assertion header. Open Namesake by its public address."
		lookAlike = "The request has a header that differs from Cf-Access-Jwt-Assertion in spelling only. Configure the proxy between Cloudflare and Namesake to drop such headers."
		malformed = "The Cf-Access-Jwt-Assertion header does not hold a Cloudflare Access token. Open Namesake by its public address."
		alg       = "The Cloudflare Access token is signed with an algorithm that Namesake does not accept (it accepts RS256 and ES256). Open Namesake by its public address."
		signature = "The signature of the Cloudflare Access token is not the team's. Open Namesake by its public address; if that does not help, ask the people who run Namesake to check NAMESAKE_ACCESS_TEAM_DOMAIN."
		issuer    = "The Cloudflare Access token was issued by another team. Ask the people who run Namesake to check NAMESAKE_ACCESS_TEAM_DOMAIN."
		audience  = "The Cloudflare Access token is for another application. Ask the people who run Namesake to compare NAMESAKE_ACCESS_AUD with the audience tag of the application in Zero Trust."
		noAud     = "The Cloudflare Access token does not name its application. Open Namesake by its public address."
		kind      = "The Cloudflare Access token is not one for an application. Open Namesake by its public address."
		expired   = "The Cloudflare Access token is no longer valid. Reload the page to sign in again; if that does not help, ask the people who run Namesake to check its clock."
		form      = "The claims of the Cloudflare Access token can't be read: one has the wrong type or appears twice. In Zero Trust, check which claims the identity provider adds to the token."
		stranger  = "This service token is not allowed. Ask the people who run Namesake to add its client ID to NAMESAKE_ACCESS_SERVICE_TOKENS, or sign in as a person."
		subject   = "The Cloudflare Access token has a user ID that can't be used: it is longer than 255 bytes, or has control characters. Ask the people who run Namesake to check the sign-in method in Zero Trust."
		wrongType = `Cloudflare Access sends the claim "groups", but it is not a list of groups: it must be a text or a list of texts. In Zero Trust, check what the login method sends under that name.`
	)
	for _, row := range []struct {
		name     string
		header   http.Header
		identity auth.Identity // let in, when it is not empty
		reason   string
	}{
		{"a person", accessWith(good), vera, ""},
		{"signed with ES256", accessWith(app.team.SignES(app.person(nil))), vera, ""},

		// The header.
		{"none", http.Header{}, auth.Identity{}, missing},
		{"no values", http.Header{accessHeader: nil}, auth.Identity{}, missing},
		{"empty", accessWith(""), auth.Identity{}, missing},
		{"two values", http.Header{accessHeader: {good, good}}, auth.Identity{}, "The request has more than one Cf-Access-Jwt-Assertion header, and Cloudflare Access sends one. Configure the proxy between Cloudflare and Namesake not to add one."},
		{"joined by a comma", accessWith(good + ", " + good), auth.Identity{}, "The Cf-Access-Jwt-Assertion header holds several values, joined by a comma, and Cloudflare Access sends one. Configure the proxy between Cloudflare and Namesake not to add one."},
		{"underscores", http.Header{"Cf_access_jwt_assertion": {good}}, auth.Identity{}, lookAlike},
		{"one underscore, beside the right one", http.Header{accessHeader: {good}, "Cf-Access-Jwt_assertion": {good}}, auth.Identity{}, lookAlike},
		{"capitals", http.Header{"CF-ACCESS-JWT-ASSERTION": {good}}, auth.Identity{}, lookAlike},
		{"small letters, beside the right one", http.Header{accessHeader: {good}, "cf-access-jwt-assertion": {good}}, auth.Identity{}, lookAlike},
		{"only in the query", http.Header{"Referer": {"https://namesake.example/?Cf-Access-Jwt-Assertion=" + good}, ":path": {"/?cf-access-jwt-assertion=" + good}}, auth.Identity{}, missing},
		{"only in the cookie", http.Header{"Cookie": {"CF_Authorization=" + good}}, auth.Identity{}, missing},
		{"only as a bearer", http.Header{"Authorization": {"Bearer " + good}}, auth.Identity{}, missing},
		{"only the e-mail header", http.Header{"Cf-Access-Authenticated-User-Email": {"ada.moreau@haldenvoss.example"}}, auth.Identity{}, missing},
		{"garbage", accessWith("let me in"), auth.Identity{}, malformed},
		{"three parts of garbage", accessWith("AAAA.BBBB.CCCC"), auth.Identity{}, malformed},
		{"four parts", accessWith(good + ".AAAA"), auth.Identity{}, malformed},
		{"a JSON serialization", accessWith(`{"payload":"` + goodParts[1] + `"}`), auth.Identity{}, malformed},
		{"with a space", accessWith(" " + good), auth.Identity{}, malformed},
		{"too long", accessWith(strings.Repeat("A", 16<<10+1)), auth.Identity{}, "The Cf-Access-Jwt-Assertion header is longer than 16 KiB. In Zero Trust, have the identity provider add fewer claims to the token."},
		{"as long as may be", accessWith(strings.Repeat("A", 16<<10)), auth.Identity{}, malformed},

		// The signature.
		{"alg none", accessWith(unsigned + "."), auth.Identity{}, malformed},
		{"alg none, with a signature", accessWith(unsigned + "." + goodParts[2]), auth.Identity{}, alg},
		{"HS256 with the public key as the secret", accessWith(shared), auth.Identity{}, alg},
		{"RS512", accessWith(authtest.SignWith(t, jose.JSONWebKey{Key: other.Key, Algorithm: "RS512", KeyID: rsaKey.KeyID}, app.person(nil))), auth.Identity{}, alg},
		{"another key of the same name", accessWith(authtest.SignWith(t, sameName, app.person(nil))), auth.Identity{}, signature},
		{"RS256 by the name of the EC key", accessWith(authtest.SignWith(t, jose.JSONWebKey{Key: other.Key, Algorithm: "RS256", KeyID: app.team.PublicKeys()[1].KeyID}, app.person(nil))), auth.Identity{}, signature},
		{"other claims under the signature", accessWith(goodParts[0] + "." + accessEncode(`{"sub":"admin"}`) + "." + goodParts[2]), auth.Identity{}, signature},
		{"an unknown key", accessWith(authtest.SignWith(t, other, app.person(nil))), auth.Identity{}, "The Cloudflare Access token is signed with a key that the team does not have. Try again in a minute; if that does not help, ask the people who run Namesake to check NAMESAKE_ACCESS_TEAM_DOMAIN."},
		{"a key without a name", accessWith(authtest.SignWith(t, nameless, app.person(nil))), auth.Identity{}, "The Cloudflare Access token does not name the key that signed it. Open Namesake by its public address."},

		// The claims, each wrong in turn.
		{"another issuer", claims(map[string]any{"iss": "https://other.cloudflareaccess.com"}), auth.Identity{}, issuer},
		{"the issuer with a slash", claims(map[string]any{"iss": app.team.URL + "/"}), auth.Identity{}, issuer},
		{"no issuer", claims(map[string]any{"iss": nil}), auth.Identity{}, issuer},
		{"another audience", claims(map[string]any{"aud": []string{"another"}}), auth.Identity{}, audience},
		{"part of the audience", claims(map[string]any{"aud": accessAUD[:20]}), auth.Identity{}, audience},
		{"no audience", claims(map[string]any{"aud": nil}), auth.Identity{}, noAud},
		{"an empty list of audiences", claims(map[string]any{"aud": []string{}}), auth.Identity{}, noAud},
		{"the audience as a string", claims(map[string]any{"aud": accessAUD}), vera, ""},
		{"the audience among others", claims(map[string]any{"aud": []string{"another", accessAUD}}), vera, ""},
		{"an audience of the wrong type", claims(map[string]any{"aud": 7}), auth.Identity{}, form},
		{"no type", claims(map[string]any{"type": nil}), auth.Identity{}, "The Cloudflare Access token does not state its type. Open Namesake by its public address."},
		{"of the type org", claims(map[string]any{"type": "org"}), auth.Identity{}, kind},
		{"of the type APP", claims(map[string]any{"type": "APP"}), auth.Identity{}, kind},
		{"of a type in another name's spelling", claims(map[string]any{"type": nil, "Type": "app"}), auth.Identity{}, "The Cloudflare Access token does not state its type. Open Namesake by its public address."},
		{"about to expire", claims(map[string]any{"exp": unix(time.Second)}), vera, ""},
		{"expired this second", claims(map[string]any{"exp": unix(0)}), auth.Identity{}, expired},
		{"expired by a second", claims(map[string]any{"exp": unix(-time.Second)}), auth.Identity{}, expired},
		{"no expiry", claims(map[string]any{"exp": nil}), auth.Identity{}, "The Cloudflare Access token has no expiry date. Sign out of Cloudflare Access and sign in again."},
		{"an expiry of the wrong type", claims(map[string]any{"exp": "tomorrow"}), auth.Identity{}, form},
		{"an expiry beyond all time", claims(map[string]any{"exp": 1e30}), auth.Identity{}, form},
		{"not before in 30 s", claims(map[string]any{"nbf": unix(30 * time.Second)}), vera, ""},
		{"not before in 31 s", claims(map[string]any{"nbf": unix(31 * time.Second)}), auth.Identity{}, "The Cloudflare Access token is not valid yet. Ask the people who run Namesake to check its clock."},
		{"no not before", claims(map[string]any{"nbf": nil}), vera, ""},
		{"issued in 30 s", claims(map[string]any{"iat": unix(30 * time.Second)}), vera, ""},
		{"issued in 31 s", claims(map[string]any{"iat": unix(31 * time.Second)}), auth.Identity{}, "The Cloudflare Access token was issued in the future. Ask the people who run Namesake to check its clock."},
		{"not said when issued", claims(map[string]any{"iat": nil}), vera, ""},
		{"without a subject", claims(map[string]any{"sub": ""}), auth.Identity{}, "The Cloudflare Access token names neither a person nor a service token. Sign out of Cloudflare Access and sign in again."},
		{"an id of 255 bytes", claims(map[string]any{"sub": strings.Repeat("x", 255)}), with(func(i *auth.Identity) { i.Subject = strings.Repeat("x", 255) }), ""},
		{"an id of 256 bytes", claims(map[string]any{"sub": strings.Repeat("x", 256)}), auth.Identity{}, subject},
		{"an id with an invisible character", claims(map[string]any{"sub": "x\u200b"}), auth.Identity{}, subject},
		{"an id of two lines", claims(map[string]any{"sub": "x\ny"}), auth.Identity{}, subject},

		// Service tokens.
		{"a service token", service(accessBot, nil), bot, ""},
		{"a service token of another name", service("other.access", nil), auth.Identity{}, stranger},
		{"a person with the name of a service token", claims(map[string]any{"common_name": "other.access"}), auth.Identity{}, stranger},
		{"a service token that claims groups", service(accessBot, map[string]any{"groups": []string{"admins"}}), bot, ""},

		// What is shown, and the groups.
		{"a name", claims(map[string]any{"name": "Vera Lindqvist"}), with(func(i *auth.Identity) { i.Name = "Vera Lindqvist" }), ""},
		{"a name among the custom claims", claims(map[string]any{"custom": map[string]any{"name": "Vera"}}), with(func(i *auth.Identity) { i.Name = "Vera" }), ""},
		{"a name that is too long", claims(map[string]any{"name": strings.Repeat("é", 201)}), with(func(i *auth.Identity) { i.Name = strings.Repeat("é", 200) }), ""},
		{"a name that hides something", claims(map[string]any{"name": " Ve\x00ra\u202e\n "}), with(func(i *auth.Identity) { i.Name = "Vera" }), ""},
		{"a name of the wrong type", claims(map[string]any{"name": 7, "email": []string{"x"}}), with(func(i *auth.Identity) { i.Email = "" }), ""},
		{"groups among the custom claims", claims(map[string]any{"custom": map[string]any{"groups": []string{"b", "a", "b", ""}}, "groups": []string{"admins"}}), with(func(i *auth.Identity) { i.Groups = []string{"a", "b"} }), ""},
		{"groups at the top", claims(map[string]any{"groups": []string{"a"}, "custom": map[string]any{"Groups": []string{"admins"}}}), with(func(i *auth.Identity) { i.Groups = []string{"a"} }), ""},
		{"one group", claims(map[string]any{"groups": "a, b"}), with(func(i *auth.Identity) { i.Groups = []string{"a, b"} }), ""},
		{"groups of the wrong type", claims(map[string]any{"custom": map[string]any{"groups": map[string]any{"admins": true}}}), with(func(i *auth.Identity) { i.NoGroups = wrongType }), ""},
		{"a list of the wrong type", claims(map[string]any{"groups": []any{"a", 7}}), with(func(i *auth.Identity) { i.NoGroups = wrongType }), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			want := accessResult{identity: row.identity, kind: "let in", reason: row.reason}
			if row.reason != "" {
				want.kind = "refused"
			}
			as, got := app.verify(t, row.header)
			if len(got.identity.Groups) == 0 {
				got.identity.Groups = nil
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if letIn := got.kind == "let in"; letIn == (as.Key == "") || letIn == as.Expires.IsZero() {
				t.Errorf("%s with key %q and expiry %v", got.kind, as.Key, as.Expires)
			}
			fmt.Fprintf(app, "%v %+v %#v\n", as, as, as)
			asJSON, err := json.Marshal(as)
			if err != nil {
				t.Error(err)
			}
			_, _ = app.Write(asJSON)
		})
	}
	app.expectNoSecrets(t)
	if app.team.Questions() != 0 {
		t.Error("the identity endpoint was asked without need")
	}
}

func TestAccessGroups(t *testing.T) {
	app := newAccessApp(t, nil)
	vera := auth.Identity{Issuer: app.team.URL, Subject: "7335d417", Email: "7335d417@haldenvoss.example"}
	with := func(change func(*auth.Identity)) auth.Identity { who := vera; change(&who); return who }
	inGroups := func(groups ...string) auth.Identity { return with(func(i *auth.Identity) { i.Groups = groups }) }
	const (
		nowhere = `Cloudflare Access does not send the person's groups: neither the token nor the identity has the claim "groups". ` +
			`In Zero Trust, open the login method and check that it supports groups, or that "groups" is among its OIDC claims or SAML attributes.`
		wrongType = `Cloudflare Access sends the claim "groups", but it is not a list of groups: it must be a text or a list of texts. ` +
			`In Zero Trust, check what the login method sends under that name.`
		noAnswer = "Cloudflare Access can't be asked for the person's groups. Try again in a minute."
		other    = "Cloudflare Access reports another person than the token does. Sign out of Cloudflare Access and sign in again."
		over     = "Cloudflare Access no longer knows this sign-in. Sign out of Cloudflare Access and sign in again."
	)
	type m = map[string]any
	for _, row := range []struct {
		name      string
		claims    m // beside those of a person
		identity  m // what the endpoint adds
		down      bool
		want      accessResult
		questions int
	}{
		{"in the token", m{"groups": []string{"a"}}, m{"groups": []string{"admins"}}, false, accessResult{inGroups("a"), "let in", ""}, 0},
		{"in the token, the team down", m{"custom": m{"groups": "a"}}, m{}, true, accessResult{inGroups("a"), "let in", ""}, 0},
		{"in the token, none", m{"groups": []string{}}, m{"groups": []string{"admins"}}, false, accessResult{inGroups("admins"), "let in", ""}, 1},
		{"in the token, none, nor elsewhere", m{"custom": m{"groups": ""}}, m{}, false, accessResult{vera, "let in", ""}, 1},
		{"in the token, none, of the wrong type elsewhere", m{"groups": []string{""}}, m{"groups": 7}, false, accessResult{vera, "let in", ""}, 1},
		{"in the token, none, the team down", m{"groups": []string{}}, m{"groups": []string{"admins"}}, true, accessResult{auth.Identity{}, "unavailable", noAnswer}, 1},
		{"in the token, of the wrong type", m{"groups": 7}, m{"groups": []string{"admins"}}, false, accessResult{with(func(i *auth.Identity) { i.NoGroups = wrongType }), "let in", ""}, 0},
		{"a service token", m{"sub": "", "common_name": accessBot}, m{}, true, accessResult{auth.Identity{Issuer: app.team.URL, Subject: accessBot, Name: accessBot, Groups: []string{accessBot}}, "let in", ""}, 0},

		{"asked for, a list", nil, m{"groups": []string{"b", "a"}}, false, accessResult{inGroups("a", "b"), "let in", ""}, 1},
		{"null in the token", m{"groups": json.RawMessage("null")}, m{"groups": []string{"a"}}, false, accessResult{inGroups("a"), "let in", ""}, 1},
		{"asked for, objects", nil, m{"groups": []any{m{"id": "1", "name": "a", "email": "a@haldenvoss.example", "kind": "x"}, m{"name": "b"}, "c"}}, false, accessResult{inGroups("1", "a", "a@haldenvoss.example", "b", "c"), "let in", ""}, 1},
		{"asked for, in other fields", nil, m{"oidc_fields": m{"groups": "a"}, "custom": m{"groups": []string{"b"}}, "saml_attributes": m{"groups": []string{"c", "a"}}}, false, accessResult{inGroups("a", "b", "c"), "let in", ""}, 1},
		{"asked for, none", nil, m{"groups": []string{}}, false, accessResult{vera, "let in", ""}, 1},
		{"asked for, of the wrong type", nil, m{"groups": m{"admins": true}}, false, accessResult{with(func(i *auth.Identity) { i.NoGroups = wrongType }), "let in", ""}, 1},
		{"asked for, objects of the wrong type", nil, m{"groups": []any{m{"title": "admins"}}}, false, accessResult{with(func(i *auth.Identity) { i.NoGroups = wrongType }), "let in", ""}, 1},
		{"asked for, one of two of the wrong type", nil, m{"groups": []any{true}, "custom": m{"groups": "a"}}, false, accessResult{inGroups("a"), "let in", ""}, 1},
		{"nowhere", nil, m{"custom": "none"}, false, accessResult{with(func(i *auth.Identity) { i.NoGroups = nowhere }), "let in", ""}, 1},
		{"name and e-mail from there", m{"email": nil}, m{"groups": "a", "name": "Vera\x07", "email": "v@haldenvoss.example"}, false, accessResult{with(func(i *auth.Identity) { i.Groups, i.Name, i.Email = []string{"a"}, "Vera", "v@haldenvoss.example" }), "let in", ""}, 1},
		{"name and e-mail from the token", m{"name": "Vera"}, m{"groups": "a", "name": "Other", "email": "other@haldenvoss.example"}, false, accessResult{with(func(i *auth.Identity) { i.Groups, i.Name = []string{"a"}, "Vera" }), "let in", ""}, 1},
		{"without an id", nil, m{"user_uuid": nil, "groups": "a"}, false, accessResult{inGroups("a"), "let in", ""}, 1},
		{"of another person", nil, m{"user_uuid": "admin", "groups": "admins"}, false, accessResult{auth.Identity{}, "refused", other}, 1},
		{"of an id of the wrong type", nil, m{"user_uuid": 7, "groups": "admins"}, false, accessResult{auth.Identity{}, "refused", other}, 1},
		{"the team down", nil, m{"groups": "a"}, true, accessResult{auth.Identity{}, "unavailable", noAnswer}, 1},
		{"garbage", nil, nil, false, accessResult{auth.Identity{}, "unavailable", noAnswer}, 1},
		{"an error", nil, m{"err": "no such identity", "groups": "admins"}, false, accessResult{auth.Identity{}, "unavailable", noAnswer}, 1},
		{"too long an answer", nil, m{"groups": strings.Repeat("a", 1<<20)}, false, accessResult{auth.Identity{}, "unavailable", noAnswer}, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			app.team.SetIdentity("7335d417", row.identity)
			as, got := app.verify(t, accessWith(app.token(row.claims)))
			if got.kind != "let in" {
				t.Fatalf("%+v", got)
			}
			before := app.team.Questions()
			app.team.SetDown(row.down)
			defer app.team.SetDown(false)
			who, err := app.Groups(t.Context(), as)
			got = app.result(who, err)
			if len(got.identity.Groups) == 0 {
				got.identity.Groups = nil
			}
			if !reflect.DeepEqual(got, row.want) {
				t.Errorf("got  %+v\nwant %+v", got, row.want)
			}
			if questions := app.team.Questions() - before; questions != row.questions {
				t.Errorf("the team was asked %d times, want %d", questions, row.questions)
			}
		})
	}
	t.Run("a sign-in that is over", func(t *testing.T) {
		as, _ := app.verify(t, accessWith(app.token(nil)))
		app.team.Forget()
		if got, want := app.result(app.Groups(t.Context(), as)), (accessResult{kind: "refused", reason: over}); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
	t.Run("an assertion that was not verified", func(t *testing.T) {
		if got := app.result(app.Groups(t.Context(), auth.Assertion{Identity: vera})); got.kind != "failed" {
			t.Errorf("%+v", got)
		}
	})
	app.expectNoSecrets(t)
}

// TestAccessKeyOfAToken spells a token in the ways that decoders overlook.
func TestAccessKeyOfAToken(t *testing.T) {
	app := newAccessApp(t, nil)
	// Of a length that leaves unused bits in the payload's last character.
	claims := app.person(nil)
	token := app.team.Sign(claims)
	for payload := strings.Split(token, ".")[1]; len(payload)%4 == 0; payload = strings.Split(token, ".")[1] {
		claims["country"] = fmt.Sprint(claims["country"], "x")
		token = app.team.Sign(claims)
	}
	first, got := app.verify(t, accessWith(token))
	if got.kind != "let in" {
		t.Fatalf("%+v", got)
	}
	if again, _ := app.verify(t, accessWith(token)); again.Key != first.Key {
		t.Error("the same token has two keys")
	}
	if another, _ := app.verify(t, accessWith(app.token(nil))); another.Key == first.Key {
		t.Error("two tokens have the same key")
	}
	parts := strings.Split(token, ".")
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	respelled := func(part string) string {
		last := strings.IndexByte(alphabet, part[len(part)-1])
		return part[:len(part)-1] + string(alphabet[last^1])
	}
	for name, spelling := range map[string]string{
		"trailing bits of the signature": parts[0] + "." + parts[1] + "." + respelled(parts[2]),
		"trailing bits of the payload":   parts[0] + "." + respelled(parts[1]) + "." + parts[2],
		"padding":                        token + "=",
		"more padding":                   token + "==",
		"a line break":                   token + "\n",
		"a line break in the payload":    parts[0] + "." + parts[1][:4] + "\r\n" + parts[1][4:] + "." + parts[2],
		"padding of the payload":         parts[0] + "." + parts[1] + "=." + parts[2],
	} {
		t.Run(name, func(t *testing.T) { app.expect(t, spelling, "refused") })
	}

	// An ECDSA signature has a second valid form, which anyone can make of the first.
	token = app.team.SignES(app.person(nil))
	first, _ = app.verify(t, accessWith(token))
	second, got := app.verify(t, accessWith(secondSignature(t, token)))
	if got.kind != "let in" || second.Key != first.Key {
		t.Errorf("%+v, with key %q rather than %q", got, second.Key, first.Key)
	}
	app.expectNoSecrets(t)
}

func FuzzVerify(f *testing.F) {
	app := newAccessApp(f, nil)
	good := app.token(nil)
	signed := map[string]bool{}
	for _, token := range []string{good, app.team.SignES(app.person(nil)), app.token(map[string]any{"groups": []string{"admins"}})} {
		f.Add(token)
		f.Add(token + "=")
		f.Add(token[:len(token)-1])
		f.Add(strings.Replace(token, ".", ".e", 1))
		signed[token[:strings.LastIndexByte(token, '.')]] = true
	}
	f.Add("")
	f.Add("..")
	f.Add(accessEncode(`{"alg":"none"}`) + "." + strings.Split(good, ".")[1] + ".")
	f.Add(accessEncode(`{"alg":"RS256","kid":"x","jwk":{"kty":"oct","k":"AA"},"crit":["b64"],"b64":false}`) + ".AAAA.AAAA")
	f.Fuzz(func(t *testing.T, value string) {
		as, err := app.Verify(context.Background(), accessWith(value))
		if err != nil {
			return
		}
		if i := strings.LastIndexByte(value, '.'); i < 0 || !signed[value[:i]] {
			t.Errorf("%q is %+v", value, as.Identity)
		}
	})
}
