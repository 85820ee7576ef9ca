package oauth_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

// with is anna, but for some claims and some members of the user info.
func with(change map[string]any) oauthtest.Profile {
	p := anna
	p.Claims, p.User = change, change
	return p
}

func TestProfilesAreReadAsByBetterAuth(t *testing.T) {
	for name, test := range map[string]struct {
		id     string
		as     oauthtest.Profile
		change func(want *oauth.Profile)
	}{
		"google: the address is not verified":            {"google", with(map[string]any{"email_verified": false}), func(w *oauth.Profile) { w.EmailVerified = false }},
		"google: verified as a text":                     {"google", with(map[string]any{"email_verified": "true"}), nil},
		"google: verified says nothing":                  {"google", with(map[string]any{"email_verified": nil}), func(w *oauth.Profile) { w.EmailVerified = false }},
		"google: verified is a number":                   {"google", with(map[string]any{"email_verified": 1}), func(w *oauth.Profile) { w.EmailVerified = false }},
		"google: no address is not a verified one":       {"google", with(map[string]any{"email": nil}), func(w *oauth.Profile) { w.Email, w.EmailVerified = "", false }},
		"google: no name and no image":                   {"google", with(map[string]any{"name": nil, "picture": nil}), func(w *oauth.Profile) { w.Name, w.Image = "", "" }},
		"google: issuer without a scheme":                {"google", with(map[string]any{"iss": "accounts.google.com"}), nil},
		"google: several audiences":                      {"google", with(map[string]any{"aud": []string{"other", "google-client-id"}}), nil},
		"github: no public address":                      {"github", with(map[string]any{"email": nil}), nil},
		"github: an empty name":                          {"github", with(map[string]any{"name": ""}), func(w *oauth.Profile) { w.Name = "anna" }},
		"github: another public address":                 {"github", with(map[string]any{"email": "b@example.com"}), func(w *oauth.Profile) { w.Email, w.EmailVerified = "b@example.com", false }},
		"github: an id that is a text":                   {"github", with(map[string]any{"id": "abc"}), func(w *oauth.Profile) { w.ID = "abc" }},
		"github: a large id":                             {"github", with(map[string]any{"id": json.Number("123456789012")}), func(w *oauth.Profile) { w.ID = "123456789012" }},
		"microsoft: does not say whether it is verified": {"microsoft", with(map[string]any{"email_verified": nil}), func(w *oauth.Profile) { w.EmailVerified = false }},
		"microsoft: a verified primary address": {"microsoft",
			with(map[string]any{"email_verified": nil, "verified_primary_email": []string{"x@y.z", "Anna@Example.com"}}), nil},
		"microsoft: a verified secondary address": {"microsoft",
			with(map[string]any{"email_verified": nil, "verified_secondary_email": []string{"Anna@Example.com"}}), nil},
		"microsoft: another address is verified": {"microsoft",
			with(map[string]any{"email_verified": nil, "verified_primary_email": []string{"x@y.z"}}), func(w *oauth.Profile) { w.EmailVerified = false }},
		"microsoft: not verified in spite of a list": {"microsoft",
			with(map[string]any{"email_verified": "false", "verified_primary_email": []string{"Anna@Example.com"}}), func(w *oauth.Profile) { w.EmailVerified = false }},
		"discord: no display name": {"discord", with(map[string]any{"global_name": nil}), func(w *oauth.Profile) { w.Name = "anna" }},
		"discord: not verified":    {"discord", with(map[string]any{"verified": false}), func(w *oauth.Profile) { w.EmailVerified = false }},
		"discord: an avatar":       {"discord", with(map[string]any{"avatar": "abc"}), func(w *oauth.Profile) { w.Image = "https://cdn.discordapp.com/avatars/4711/abc.png" }},
		"discord: a moving avatar": {"discord", with(map[string]any{"avatar": "a_b"}), func(w *oauth.Profile) { w.Image = "https://cdn.discordapp.com/avatars/4711/a_b.gif" }},
		"discord: no avatar": {"discord", with(map[string]any{"avatar": nil, "id": "80351110224678912"}), func(w *oauth.Profile) {
			w.ID, w.Image = "80351110224678912", "https://cdn.discordapp.com/embed/avatars/5.png"
		}},
		"discord: no avatar and an old tag":    {"discord", with(map[string]any{"avatar": nil, "discriminator": "1337"}), func(w *oauth.Profile) { w.Image = "https://cdn.discordapp.com/embed/avatars/2.png" }},
		"discord: no avatar and a strange tag": {"discord", with(map[string]any{"avatar": nil, "discriminator": "x"}), func(w *oauth.Profile) { w.Image = "https://cdn.discordapp.com/embed/avatars/0.png" }},
		"openid: verified as a text":           {"keycloak", with(map[string]any{"email_verified": "true"}), nil},
		"openid: not verified as a text":       {"keycloak", with(map[string]any{"email_verified": "false"}), func(w *oauth.Profile) { w.EmailVerified = false }},
		"openid: signed with RS256":            {"keycloak", func() oauthtest.Profile { p := anna; p.Signature = oauthtest.SignedRS256; return p }(), nil},
		"openid: the user info knows the address": {"keycloak", func() oauthtest.Profile {
			p := anna
			p.Claims = map[string]any{"email": nil, "name": nil, "picture": nil}
			return p
		}(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, test.id)
			got, err := f.Profile(t.Context(), f.mustSignIn(test.as))
			if err != nil {
				t.Fatal(err)
			}
			want := profiles[test.id]
			if test.change != nil {
				test.change(&want)
			}
			got.Raw = nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// raw is what account-info answers as data.
func TestRawProfilesAreThoseOfBetterAuth(t *testing.T) {
	for id, test := range map[string]struct {
		answer  string
		members []string
	}{
		"github":   {"/api.github.com/user", []string{`"login":"anna"`, `"email":"Anna@Example.com"`, `"id":4711`}},
		"discord":  {"/discord.com/api/users/@me", []string{`"image_url":"https://cdn.discordapp.com/`, `"id":"4711"`}},
		"google":   {"", []string{`"sub":"4711"`, `"email_verified":true`, `"iss":"https://accounts.google.com"`}},
		"apple":    {"", []string{`"name":"Anna Berg"`, `"email_verified":"true"`}},
		"keycloak": {"", []string{`"id":"4711"`, `"emailVerified":true`, `"image":"https://img.example.com/1"`, `"email_verified":true`}},
	} {
		f := start(t, id)
		got, err := f.Profile(t.Context(), f.mustSignIn(with(map[string]any{"unknown": map[string]any{"a": []int{1}}})))
		if err != nil {
			t.Fatal(err)
		}
		for _, member := range append(test.members, `"unknown":{"a":[1]}`) {
			if !strings.Contains(string(got.Raw), member) {
				t.Errorf("%s: no %s in %s", id, member, got.Raw)
			}
		}
	}
}

func TestGitHubWithoutTheScopeForAddresses(t *testing.T) {
	f := start(t, "github")
	tokens := f.mustSignIn(anna)
	f.fake.Replace("/api.github.com/user/emails", oauthtest.Status(http.StatusNotFound))
	got, err := f.Profile(t.Context(), tokens)
	if err != nil || got.Email != "Anna@Example.com" || got.EmailVerified {
		t.Errorf("%+v, %v", got, err)
	}
	f.fake.Replace("/api.github.com/user/emails", oauthtest.Status(http.StatusServiceUnavailable))
	if _, err := f.Profile(t.Context(), tokens); !errors.Is(err, oauth.ErrUnavailable) {
		t.Errorf("a profile is read without knowing the addresses: %v", err)
	}
}

func TestGitHubTakesThePrimaryAddress(t *testing.T) {
	for want, emails := range map[string]string{
		"p@example.com": `[{"email":"o@example.com","verified":true},{"email":"p@example.com","primary":true,"verified":true}]`,
		"o@example.com": `[{"email":"o@example.com","verified":true},{"email":"p@example.com","verified":true}]`,
		"":              `[]`,
	} {
		f := start(t, "github")
		tokens := f.mustSignIn(with(map[string]any{"email": nil}))
		f.fake.Replace("/api.github.com/user/emails", oauthtest.Body("application/json", emails))
		got, err := f.Profile(t.Context(), tokens)
		if err != nil || got.Email != want || got.EmailVerified != (want != "") {
			t.Errorf("%s: %+v, %v", emails, got, err)
		}
	}
}

func TestAppleTellsTheNameOnce(t *testing.T) {
	f := start(t, "apple")
	first := f.mustSignIn(anna)
	if first.User == "" {
		t.Fatal("the fake does not tell the name")
	}
	second := f.mustSignIn(anna)
	if second.User != "" {
		t.Fatal("the fake tells the name twice")
	}
	for user, want := range map[string]string{
		first.User: "Anna Berg", second.User: "", `{"name":{"firstName":"Anna"}}`: "Anna", `{"name":{"lastName":"Berg"}}`: "Berg",
		`{"name":{"firstName":1,"lastName":null}}`: "", `{"name":"Anna"}`: "", `{"email":"evil@example.com"}`: "", `{`: "", `null`: "",
		`{"name":{"firstName":"` + strings.Repeat("x", 5000) + `"}}`: "",
	} {
		second.User = user
		got, err := f.Profile(t.Context(), second)
		if err != nil || got.Name != want || got.Email != "Anna@Example.com" {
			t.Errorf("%.50s: %+v, %v", user, got, err)
		}
	}
}

func TestHostileProfilesAreRefusedOrCut(t *testing.T) {
	long := strings.Repeat("é", 3000)
	for name, test := range map[string]struct {
		change map[string]any
		check  func(oauth.Profile) bool
	}{
		"an address that is an object":  {map[string]any{"email": map[string]any{"a": "b@c.de"}}, func(p oauth.Profile) bool { return p.Email == "" && !p.EmailVerified }},
		"an address with a line break":  {map[string]any{"email": "a@b.de\nBcc: c@d.ef"}, func(p oauth.Profile) bool { return p.Email == "" }},
		"an address with a NUL":         {map[string]any{"email": "a\x00@b.de"}, func(p oauth.Profile) bool { return p.Email == "" }},
		"two addresses":                 {map[string]any{"email": "a@b.de,c@d.ef"}, func(p oauth.Profile) bool { return p.Email == "" }},
		"a long address":                {map[string]any{"email": long + "@b.de"}, func(p oauth.Profile) bool { return p.Email == "" }},
		"a name with a NUL":             {map[string]any{"name": "An\x00na\r\n"}, func(p oauth.Profile) bool { return p.Name == "Anna" }},
		"a long name":                   {map[string]any{"name": "x" + long}, func(p oauth.Profile) bool { return len(p.Name) == 1023 && strings.HasSuffix(p.Name, "é") }},
		"a name that is a number":       {map[string]any{"name": 1}, func(p oauth.Profile) bool { return p.Name == "" }},
		"an image that is a script":     {map[string]any{"picture": "javascript:alert(1)"}, func(p oauth.Profile) bool { return p.Image == "" }},
		"an image that is a document":   {map[string]any{"picture": "data:text/html,x"}, func(p oauth.Profile) bool { return p.Image == "" }},
		"an image without a host":       {map[string]any{"picture": "/x"}, func(p oauth.Profile) bool { return p.Image == "" }},
		"a long image":                  {map[string]any{"picture": "https://a/" + long}, func(p oauth.Profile) bool { return p.Image == "" }},
		"an image with a control sign":  {map[string]any{"picture": "https://a/\x00"}, func(p oauth.Profile) bool { return p.Image == "" }},
		"__proto__ and its friends":     {map[string]any{"__proto__": map[string]any{"email_verified": true}}, func(p oauth.Profile) bool { return p.ID == "4711" }},
		"a verified flag of an address": {map[string]any{"email_verified": []bool{true}}, func(p oauth.Profile) bool { return !p.EmailVerified }},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, "google")
			got, err := f.Profile(t.Context(), f.mustSignIn(with(test.change)))
			if err != nil || !test.check(got) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestProfilesWithoutAnIDAreRefused(t *testing.T) {
	for _, id := range []any{nil, "", " ", "null", "undefined", true, []string{"1"}, map[string]any{"a": 1}, strings.Repeat("1", 256), "4\x0011"} {
		for provider, member := range map[string]string{
			"google": "sub", "apple": "sub", "keycloak": "sub", "microsoft": "oid", "github": "id", "discord": "id",
		} {
			f := start(t, provider)
			tokens := f.mustSignIn(with(map[string]any{member: id}))
			got, err := f.Profile(t.Context(), tokens)
			if !errors.Is(err, oauth.ErrRejected) && !errors.Is(err, oauth.ErrInvalidIDToken) {
				t.Errorf("%s: the id %v is taken: %+v, %v", provider, id, got, err)
			}
		}
	}
}

func TestTokensOfOthersAreNoProfile(t *testing.T) {
	for name, change := range map[string]map[string]any{
		"another client":  {"aud": "other-client"},
		"no client":       {"aud": nil},
		"an empty client": {"aud": ""},
		"another issuer":  {"iss": "https://evil.example.com"},
		"no issuer":       {"iss": nil},
	} {
		for _, id := range []string{"google", "microsoft", "apple", "keycloak"} {
			f := start(t, id)
			if _, err := f.Profile(t.Context(), f.mustSignIn(with(change))); !errors.Is(err, oauth.ErrInvalidIDToken) {
				t.Errorf("%s: a token of %s: %v", id, name, err)
			}
		}
	}
}

func TestProfileNeedsItsTokens(t *testing.T) {
	for _, id := range []string{"google", "microsoft", "apple", "keycloak"} {
		f := start(t, id)
		for _, idToken := range []string{"", "x", "a.b", "a.b.c", "a.e30.c", "..", "a.bm8.c", strings.Repeat("a", 70000) + ".e30.c"} {
			if _, err := f.Profile(t.Context(), oauth.Tokens{IDToken: idToken}); err == nil {
				t.Errorf("%s: a profile from the ID token %.20q", id, idToken)
			}
		}
	}
	for _, id := range []string{"github", "discord"} {
		f := start(t, id)
		if _, err := f.Profile(t.Context(), oauth.Tokens{AccessToken: "made-up"}); !errors.Is(err, oauth.ErrRejected) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestHostedDomain(t *testing.T) {
	for _, test := range []struct {
		configured string
		claim      any
		in         bool
	}{
		{"example.com", "example.com", true}, {"example.com", "evil.com", false}, {"example.com", nil, false},
		{"*", "any.example", true}, {"*", nil, false}, {"*", "", false}, {"", nil, true}, {"", "any.example", true},
	} {
		f := start(t, "google", func(c *oauth.Config) { c.HostedDomain = test.configured })
		as := with(map[string]any{"hd": test.claim})
		_, err := f.Profile(t.Context(), f.mustSignIn(as))
		verifyErr := f.VerifyIDToken(t.Context(), f.fake.IDToken("google", as, ""), "")
		if (err == nil) != test.in || (verifyErr == nil) != test.in {
			t.Errorf("%q lets %v in: %v, %v; want %v", test.configured, test.claim, err, verifyErr, test.in)
		}
	}
}
