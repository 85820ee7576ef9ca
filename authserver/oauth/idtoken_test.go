package oauth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

var withIDTokens = []string{"google", "microsoft", "apple", "keycloak"}

func TestVerifyIDToken(t *testing.T) {
	for _, id := range withIDTokens {
		t.Run(id, func(t *testing.T) {
			f := start(t, id)
			claim := func(name string, value any) oauthtest.Profile { return with(map[string]any{name: value}) }
			ago := func(d time.Duration) int64 { return f.clock.Now().Add(-d).Unix() }
			signed := func(how oauthtest.Signature) oauthtest.Profile { p := anna; p.Signature = how; return p }
			for name, test := range map[string]struct {
				as           oauthtest.Profile
				nonce, asked string
				valid        bool
			}{
				"right":                         {as: anna, valid: true},
				"with the nonce":                {as: anna, nonce: "n", asked: "n", valid: true},
				"with a nonce nobody asked for": {as: anna, nonce: "n", valid: true},
				"with another nonce":            {as: anna, nonce: "n", asked: "m"},
				"without the nonce":             {as: anna, asked: "n"},
				"with a nonce that is no text":  {as: claim("nonce", 1), asked: "1"},
				"not signed":                    {as: signed(oauthtest.SignedNot)},
				"signed with the public key":    {as: signed(oauthtest.SignedHS256)},
				"signed with another key":       {as: signed(oauthtest.SignedByOther)},
				"signed with an unknown key":    {as: signed(oauthtest.SignedByUnknown)},
				"of another issuer":             {as: claim("iss", "https://evil.example.com")},
				"of an issuer that begins so":   {as: claim("iss", f.fake.Issuer(id)+".evil.example.com")},
				"of no issuer":                  {as: claim("iss", nil)},
				"for another client":            {as: claim("aud", "other-client")},
				"for no client":                 {as: claim("aud", nil)},
				"for an empty client":           {as: claim("aud", []string{""})},
				"for several clients":           {as: claim("aud", []string{"other", id + "-client-id"}), valid: true},
				"expired":                       {as: claim("exp", ago(time.Minute))},
				"expired within the skew":       {as: claim("exp", ago(20*time.Second)), valid: true},
				"without an end":                {as: claim("exp", nil)},
				"with an end that is no number": {as: claim("exp", "tomorrow")},
				"without a beginning":           {as: claim("iat", nil)},
				"of the future":                 {as: claim("iat", ago(-time.Minute))},
				"of the near future":            {as: claim("iat", ago(-20*time.Second)), valid: true},
				"not valid yet":                 {as: claim("nbf", ago(-10*time.Minute))},
				"about nobody":                  {as: claim("sub", nil)},
			} {
				err := f.VerifyIDToken(t.Context(), f.fake.IDToken(id, test.as, test.nonce), test.asked)
				if test.valid && err != nil || !test.valid && !errors.Is(err, oauth.ErrInvalidIDToken) {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

func TestVerifyIDTokenBoundsTheAge(t *testing.T) {
	for _, id := range withIDTokens {
		f := start(t, id)
		for age, valid := range map[time.Duration]bool{59 * time.Minute: true, time.Hour + 20*time.Second: true, time.Hour + time.Minute: id == "keycloak"} {
			as := with(map[string]any{"iat": f.clock.Now().Add(-age).Unix(), "exp": f.clock.Now().Add(time.Hour).Unix()})
			if err := f.VerifyIDToken(t.Context(), f.fake.IDToken(id, as, ""), ""); (err == nil) != valid {
				t.Errorf("%s: %s old: %v", id, age, err)
			}
		}
	}
}

func TestOnlyAppleHashesNonces(t *testing.T) {
	sum := sha256.Sum256([]byte("n"))
	for _, id := range withIDTokens {
		f := start(t, id)
		err := f.VerifyIDToken(t.Context(), f.fake.IDToken(id, anna, hex.EncodeToString(sum[:])), "n")
		if (err == nil) != (id == "apple") {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestTokensOfFurtherAudiences(t *testing.T) {
	f := start(t, "apple", func(c *oauth.Config) { c.Audiences = []string{"com.example.app"} })
	for audience, valid := range map[string]bool{"com.example.app": true, "apple-client-id": true, "com.example.other": false} {
		err := f.VerifyIDToken(t.Context(), f.fake.IDToken("apple", with(map[string]any{"aud": audience}), ""), "")
		if (err == nil) != valid {
			t.Errorf("%s: %v", audience, err)
		}
	}
}

func TestMicrosoftTenants(t *testing.T) {
	const (
		personal = "9188040d-6c67-4c5b-b112-36a304b66dad"
		contoso  = "22222222-2222-3333-4444-555555555555"
		other    = "33333333-2222-3333-4444-555555555555"
	)
	issuer := func(tenant string) string { return "https://login.microsoftonline.com/" + tenant + "/v2.0" }
	for _, test := range []struct {
		configured, tenant, issuer string
		valid                      bool
	}{
		{"", contoso, issuer(contoso), true}, {"common", personal, issuer(personal), true}, {"common", contoso, issuer(other), false},
		{"common", contoso, "https://evil.example.com/" + contoso + "/v2.0", false}, {"common", "", issuer(""), false},
		{"organizations", contoso, issuer(contoso), true}, {"organizations", personal, issuer(personal), false},
		{"consumers", personal, issuer(personal), true}, {"consumers", contoso, issuer(contoso), false},
		{contoso, contoso, issuer(contoso), true}, {contoso, other, issuer(other), false}, {contoso, other, issuer(contoso), false},
	} {
		f := start(t, "microsoft", func(c *oauth.Config) { c.TenantID = test.configured })
		as := with(map[string]any{"tid": test.tenant, "iss": test.issuer})
		err := f.VerifyIDToken(t.Context(), f.fake.IDToken("microsoft", as, ""), "")
		if test.valid && err != nil || !test.valid && !errors.Is(err, oauth.ErrInvalidIDToken) {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// An attacker who has one real token hides other claims beside it, where a careless reader looks.
func TestOneTokenIsNotReadInTwoWays(t *testing.T) {
	for _, id := range withIDTokens {
		f := start(t, id)
		genuine := f.fake.IDToken(id, anna, "")
		parts := strings.Split(genuine, ".")
		forged := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"victim"}`))
		jsonForm, err := json.Marshal(map[string]any{
			"protected": parts[0], "payload": parts[1], "signature": parts[2], "x": "." + forged + ".",
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{
			string(jsonForm), genuine + "." + forged, parts[0] + "." + forged + "." + parts[2], genuine + "\n", " " + genuine, genuine + "=",
			parts[0] + "\n." + parts[1] + "." + parts[2], "", ".", "..", genuine + "." + genuine, strings.Repeat("A", 1<<20),
		} {
			if err := f.VerifyIDToken(t.Context(), token, ""); !errors.Is(err, oauth.ErrInvalidIDToken) {
				t.Errorf("%s: %.60q: %v", id, token, err)
			}
		}
	}
}

func TestProvidersWithoutIDTokensSaySo(t *testing.T) {
	for _, id := range []string{"github", "discord"} {
		f := start(t, id)
		if err := f.VerifyIDToken(t.Context(), f.fake.IDToken("google", anna, ""), ""); !errors.Is(err, oauth.ErrIDTokenNotSupported) || f.SupportsIDToken() {
			t.Errorf("%s: %v", id, err)
		}
	}
	for _, id := range withIDTokens {
		if !start(t, id).SupportsIDToken() {
			t.Errorf("%s does not support ID tokens", id)
		}
	}
}

// A sign-in with a discovered provider believes the ID token only with a signature and the nonce of the sign-in.
func TestASignInVerifiesTheIDTokenOfADiscoveredProvider(t *testing.T) {
	signed := func(how oauthtest.Signature) oauthtest.Profile { p := anna; p.Signature = how; return p }
	for name, as := range map[string]oauthtest.Profile{
		"another nonce": with(map[string]any{"nonce": "other"}), "no nonce": with(map[string]any{"nonce": nil}),
		"no signature": signed(oauthtest.SignedNot), "HS256": signed(oauthtest.SignedHS256),
		"another key": signed(oauthtest.SignedByOther), "an unknown key": signed(oauthtest.SignedByUnknown),
		"expired": with(map[string]any{"exp": 1}), "another subject than the user info": func() oauthtest.Profile {
			p := anna
			p.Claims = map[string]any{"email": nil, "sub": "victim"}
			return p
		}(),
	} {
		f := start(t, "keycloak")
		if got, err := f.Profile(t.Context(), f.mustSignIn(as)); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestADiscoveredProviderIsAskedAgainAboutAUser(t *testing.T) {
	f := start(t, "keycloak")
	tokens := f.mustSignIn(anna)
	f.clock.advance(48 * time.Hour)
	if _, err := f.Profile(t.Context(), tokens); !errors.Is(err, oauth.ErrInvalidIDToken) {
		t.Errorf("a sign-in with an expired ID token: %v", err)
	}
	tokens.Nonce = ""
	got, err := f.Profile(t.Context(), tokens)
	if err != nil || got.ID != "4711" || got.Email != "Anna@Example.com" {
		t.Errorf("%+v, %v", got, err)
	}
}
