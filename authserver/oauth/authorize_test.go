package oauth_test

import (
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

// recordedVerifier has the challenge below.
const (
	recordedVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge        = "&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	callback         = "&redirect_uri=http%3A%2F%2Flocalhost%3A41001%2Fapi%2Fauth%2Fcallback%2F"
)

// The URLs of google and github are those of the recordings; the others are those that Better-Auth 1.7.25 makes.
func TestAuthorizeURLHasTheParametersOfBetterAuthInTheirOrder(t *testing.T) {
	all := oauth.AuthorizeRequest{
		Scopes: []string{"x", "y z"}, LoginHint: "a@b.c",
		Extra: []oauth.Param{{Name: "prompt", Value: "consent"}, {Name: "access_type", Value: "offline"}},
	}
	for name, test := range map[string]struct {
		id      string
		change  func(*oauth.Config)
		request oauth.AuthorizeRequest
		want    string
	}{
		"google": {"google", nil, oauth.AuthorizeRequest{},
			"https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=google-client-id&state=st" +
				"&scope=email+profile+openid" + callback + "google" + challenge + "&include_granted_scopes=true"},
		"google with options": {"google", nil, all,
			"https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=google-client-id&state=st" +
				"&scope=email+profile+openid+x+y+z" + callback + "google&login_hint=a%40b.c" + challenge +
				"&include_granted_scopes=true&prompt=consent&access_type=offline"},
		"google configured": {"google", func(c *oauth.Config) {
			c.Prompt, c.HostedDomain, c.AccessType, c.Scopes = "select_account", "example.com", "offline", []string{"calendar"}
		}, oauth.AuthorizeRequest{Extra: []oauth.Param{{Name: "prompt", Value: "consent"}}},
			"https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=google-client-id&state=st" +
				"&scope=email+profile+openid+calendar" + callback + "google&prompt=consent&hd=example.com&access_type=offline" +
				challenge + "&include_granted_scopes=true"},
		"github": {"github", nil, oauth.AuthorizeRequest{},
			"https://github.com/login/oauth/authorize?response_type=code&client_id=github-client-id&state=st" +
				"&scope=read%3Auser+user%3Aemail" + callback + "github" + challenge},
		"microsoft": {"microsoft", nil, oauth.AuthorizeRequest{LoginHint: "a@b.c"},
			"https://login.microsoftonline.com/common/oauth2/v2.0/authorize?response_type=code&client_id=microsoft-client-id&state=st" +
				"&scope=openid+profile+email+User.Read+offline_access" + callback + "microsoft&login_hint=a%40b.c" + challenge},
		"microsoft of a tenant": {"microsoft", func(c *oauth.Config) { c.TenantID = "contoso.com" }, oauth.AuthorizeRequest{},
			"https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize?response_type=code&client_id=microsoft-client-id&state=st" +
				"&scope=openid+profile+email+User.Read+offline_access" + callback + "microsoft" + challenge},
		"apple": {"apple", func(c *oauth.Config) { c.Prompt = "login" }, oauth.AuthorizeRequest{LoginHint: "a@b.c"},
			"https://appleid.apple.com/auth/authorize?response_type=code+id_token&client_id=apple-client-id&state=st" +
				"&scope=email+name" + callback + "apple&response_mode=form_post" + challenge},
		"discord": {"discord", func(c *oauth.Config) { c.Scopes = []string{"guilds"} },
			oauth.AuthorizeRequest{LoginHint: "a@b.c", Scopes: []string{"connections"}},
			"https://discord.com/api/oauth2/authorize?response_type=code&client_id=discord-client-id&state=st" +
				"&scope=identify+email+connections+guilds" + callback + "discord&prompt=none"},
		"reserved parameters": {"github", nil, oauth.AuthorizeRequest{Nonce: "n", Extra: []oauth.Param{
			{Name: "state", Value: "evil"}, {Name: "redirect_uri", Value: "https://evil.com"}, {Name: "code_challenge", Value: "evil"},
			{Name: "scope", Value: "evil"}, {Name: "nonce", Value: "evil"}, {Name: "a b", Value: "~*é'"},
		}},
			"https://github.com/login/oauth/authorize?response_type=code&client_id=github-client-id&state=st" +
				"&scope=read%3Auser+user%3Aemail" + callback + "github" + challenge + "&a+b=%7E*%C3%A9%27"},
		"an endpoint with a query": {"github", func(c *oauth.Config) {
			c.Endpoints.Authorization = "https://github.example.com/authorize?a=%20b&state=old&&scope=old&%73tate=x&c"
		}, oauth.AuthorizeRequest{},
			"https://github.example.com/authorize?a=%20b&c&response_type=code&client_id=github-client-id&state=st" +
				"&scope=read%3Auser+user%3Aemail" + callback + "github" + challenge},
	} {
		t.Run(name, func(t *testing.T) {
			var changes []func(*oauth.Config)
			if test.change != nil {
				changes = append(changes, test.change)
			}
			f := start(t, test.id, changes...)
			test.request.State, test.request.Verifier = "st", recordedVerifier
			test.request.RedirectURI = "http://localhost:41001/api/auth/callback/" + test.id
			got, err := f.AuthorizeURL(t.Context(), test.request)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAuthorizeURLOfADiscoveredProvider(t *testing.T) {
	f := start(t, "keycloak", func(c *oauth.Config) { c.Scopes, c.Prompt = []string{"groups"}, "login" })
	got, err := f.AuthorizeURL(t.Context(), oauth.AuthorizeRequest{
		State: "st", Verifier: recordedVerifier, RedirectURI: "http://localhost:41001/api/auth/callback/keycloak", Nonce: "n", LoginHint: "a@b.c",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := f.fake.URL() + "/oidc/keycloak/authorize?response_type=code&client_id=keycloak-client-id&state=st" +
		"&scope=openid+profile+email+groups" + callback + "keycloak&login_hint=a%40b.c&nonce=n&prompt=login" + challenge
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	secret := func() (string, error) { return "hunter2", nil }
	for want, configs := range map[string][]oauth.Config{
		"twice":     {{ID: "google", ClientID: "c", ClientSecret: secret}, {ID: "google", ClientID: "c", ClientSecret: secret}},
		"client id": {{ID: "google", ClientSecret: secret}},
		"built in":  {{ID: "okta", ClientID: "c", ClientSecret: secret}},
		"exactly":   {{ID: "google", ClientID: "c", ClientSecret: secret, Issuer: "https://accounts.google.com"}},
		"https":     {{ID: "okta", ClientID: "c", ClientSecret: secret, Issuer: "http://okta.example.com"}},
		"endpoints": {{ID: "github", ClientID: "c", ClientSecret: secret, Endpoints: oauth.Endpoints{Token: "http://10.0.0.1/token"}}},
	} {
		if _, err := oauth.New(oauth.Options{Providers: configs}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestTheChallengeIsThatOfBetterAuth(t *testing.T) {
	data, err := os.ReadFile("testdata/pkce.json")
	if err != nil {
		t.Fatal(err)
	}
	var vector struct{ CodeVerifier, CodeChallenge string }
	if err := json.Unmarshal(data, &vector); err != nil {
		t.Fatal(err)
	}
	got, err := start(t, "github").AuthorizeURL(t.Context(), oauth.AuthorizeRequest{State: "st", Verifier: vector.CodeVerifier, RedirectURI: redirectURI})
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := url.Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	if challenge := parsed.Query().Get("code_challenge"); challenge != vector.CodeChallenge || challenge == "" {
		t.Errorf("the challenge is %s, want %s", challenge, vector.CodeChallenge)
	}
}
