package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

func TestBuiltInProvidersAreThoseOfPackageOAuth(t *testing.T) {
	for _, id := range append([]string{"okta", "", "Google", "facebook"}, config.BuiltInProviders...) {
		if got, want := slices.Contains(config.BuiltInProviders, id), oauth.BuiltIn(id); got != want {
			t.Errorf("%q: %v, package oauth says %v", id, got, want)
		}
	}
}

func TestSocialProvidersAreSwitchedOnByTheEnvironment(t *testing.T) {
	file := "socialProviders:\n- {id: github, clientID: of-the-file}\n- {id: my-idp.v2, issuer: https://idp.example.com}\n"
	cfg, err := config.Load(write(t, file), environment{
		"GOOGLE_CLIENT_ID": " google-id\n", "GOOGLE_CLIENT_SECRET": "hunter2",
		"GITHUB_CLIENT_ID": "of-the-environment", "GITHUB_CLIENT_SECRET": "hunter2",
		"MICROSOFT_CLIENT_ID": "microsoft-id", "MICROSOFT_CLIENT_SECRET": "hunter2",
		"DISCORD_CLIENT_ID": "no-secret", "APPLE_CLIENT_SECRET": "no-id",
		"MY_IDP_V2_CLIENT_ID": "idp-id", "FACEBOOK_CLIENT_ID": "x", "FACEBOOK_CLIENT_SECRET": "x",
	}.get)
	if err != nil {
		t.Fatal(err)
	}
	want := []config.SocialProvider{
		{ID: "github", ClientID: "of-the-file"},
		{ID: "my-idp.v2", Issuer: "https://idp.example.com", ClientID: "idp-id"},
		{ID: "google", ClientID: "google-id"},
		{ID: "microsoft", ClientID: "microsoft-id", TenantID: "common"},
	}
	if diff := cmp.Diff(want, cfg.SocialProviders); diff != "" {
		t.Error(diff)
	}
}

func TestSocialProvidersMayHaveEverySetting(t *testing.T) {
	_, err := config.Load(write(t, `socialProviders:
- {id: google, clientID: c, directory: /run/google, scopes: ["https://www.googleapis.com/auth/calendar"], prompt: select_account consent, accessType: offline, hostedDomain: "*", audiences: [ios]}
- {id: microsoft, clientID: c, tenantID: contoso.onmicrosoft.com, directory: /run/microsoft, key: secret}
- {id: apple, clientID: com.example.web, audiences: [com.example.app], teamID: TEAM123456, keyID: KEY1234567, directory: /run/apple, key: AuthKey.p8}
- {id: github, clientID: c, disableSignUp: true, endpoints: {authorization: "https://ghe.example.com/login/oauth/authorize?x=1", userInfo: "http://[::1]:8080/user"}}
- {id: Keycloak_1, clientID: c, issuer: "http://localhost:8080/realms/a/", disableImplicitSignUp: true}
`), environment{}.get)
	if err != nil {
		t.Error(err)
	}
}

func TestProblemsOfSocialProviders(t *testing.T) {
	const (
		url  = "must be an https URL without user, password and fragment, such as https://idp.example.com/oauth; http is for localhost only"
		path = "must be 1 to 63 letters, digits, . _ or -, and begin and end with a letter or digit: it becomes a part of URLs"
	)
	for provider, want := range map[string]string{
		`{id: "a/b", clientID: c, issuer: "https://i"}`:      `.id: "a/b" ` + path,
		`{id: "..", clientID: c, issuer: "https://i"}`:       `.id: ".." ` + path,
		`{id: "a b", clientID: c, issuer: "https://i"}`:      `.id: "a b" ` + path,
		`{id: "", clientID: c, issuer: "https://i"}`:         `.id: "" ` + path,
		`{id: credential, clientID: c, issuer: "https://i"}`: `.id: "credential" is the name of accounts with a password; choose another`,
		`{id: google}`:                                                                `.clientID: is not set; set it, or the variable GOOGLE_CLIENT_ID`,
		`{id: google, clientID: "a\u0000"}`:                                           `.clientID: "a\x00" must be at most 256 characters without control characters`,
		`{id: google, clientID: c, issuer: "https://i"}`:                              `.issuer: must not be set: google is built in; choose another id for an OpenID Connect provider of your own`,
		`{id: okta, clientID: c}`:                                                     `.issuer: is not set, but "okta" is not built in (google, github, microsoft, apple, discord); set the URL of the OpenID Connect provider`,
		`{id: okta, clientID: c, issuer: "http://okta.example.com"}`:                  `.issuer: ` + url,
		`{id: okta, clientID: c, issuer: "https://u:hunter2@okta.example.com"}`:       `.issuer: ` + url,
		`{id: okta, clientID: c, issuer: "okta.example.com"}`:                         `.issuer: ` + url,
		`{id: okta, clientID: c, issuer: "https://okta.example.com?a=b"}`:             `.issuer: must be without a query, as the provider writes it in its tokens`,
		`{id: google, clientID: c, endpoints: {token: "http://127.0.0.1.evil.com"}}`:  `.endpoints.token: ` + url,
		`{id: google, clientID: c, endpoints: {jwks: "file:///etc/passwd"}}`:          `.endpoints.jwks: ` + url,
		`{id: google, clientID: c, endpoints: {userInfo: "https://a/#b"}}`:            `.endpoints.userInfo: ` + url,
		`{id: google, clientID: c, endpoints: {authorization: "javascript:alert()"}}`: `.endpoints.authorization: ` + url,
		`{id: google, clientID: c, key: x}`:                                           `.key: needs socialProviders[0].directory, the directory in which the secret is mounted`,
		`{id: google, clientID: c, directory: /a, key: ../b}`:                         `.key: "../b" must be the name of a file in socialProviders[0].directory`,
		`{id: google, clientID: c, scopes: ["a b"]}`:                                  `.scopes: "a b" must be one scope without blanks, quotes and backslashes`,
		`{id: google, clientID: c, prompt: "a&b"}`:                                    `.prompt: "a&b" must be words such as login, consent or select_account`,
		`{id: google, clientID: c, audiences: [""]}`:                                  `.audiences: must be at most 50 client ids, none of them empty`,
		`{id: google, clientID: c, tenantID: common}`:                                 `.tenantID: is a setting of microsoft only; remove it`,
		`{id: microsoft, clientID: c, tenantID: "../x"}`:                              `.tenantID: "../x" must be common, organizations, consumers, or the id or domain of a tenant`,
		`{id: microsoft, clientID: c, hostedDomain: a.b}`:                             `.hostedDomain: is a setting of google only; remove it`,
		`{id: google, clientID: c, hostedDomain: "A B"}`:                              `.hostedDomain: "A B" must be a lower-case domain such as example.com, or *`,
		`{id: google, clientID: c, accessType: always}`:                               `.accessType: "always" must be online or offline`,
		`{id: apple, clientID: c, teamID: TEAM123456}`:                                `: teamID and keyID belong to one private key; set both, or neither for a client secret that you signed`,
		`{id: apple, clientID: c, teamID: team, keyID: KEY1234567}`:                   `.teamID: "team" must be 10 capital letters and digits`,
		`{id: google, clientID: c, keyID: KEY1234567}`:                                `.keyID: is a setting of apple only; remove it`,
	} {
		t.Run(provider, func(t *testing.T) {
			_, err := config.Load(write(t, "socialProviders: ["+provider+"]"), environment{}.get)
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff("socialProviders[0]"+want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSocialProvidersHaveIDsOfTheirOwn(t *testing.T) {
	for second, want := range map[string]string{
		"idp-1": `socialProviders[1].id: "idp-1" is there twice; give each provider an id of its own`,
		"IDP.1": `socialProviders[1].id: "IDP.1" is too like "idp-1": both would read IDP_1_CLIENT_SECRET; choose another`,
	} {
		_, err := config.Load(write(t, "socialProviders: [{id: idp-1, clientID: c, issuer: 'https://a'}, {id: "+second+", clientID: c, issuer: 'https://b'}]"), environment{}.get)
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	many := "socialProviders:\n" + strings.Repeat("- {id: google, clientID: c}\n", 51)
	if _, err := config.Load(write(t, many), environment{}.get); err == nil || !strings.HasPrefix(err.Error(), "socialProviders: has 51 entries, at most 50 are allowed\n") {
		t.Error(err)
	}
}

func TestProblemsOfTheEnvironmentNameTheVariable(t *testing.T) {
	_, err := config.Load("", environment{"GOOGLE_CLIENT_ID": strings.Repeat("x", 257), "GOOGLE_CLIENT_SECRET": "hunter2"}.get)
	if err == nil || !strings.HasPrefix(err.Error(), "GOOGLE_CLIENT_ID: ") {
		t.Error(err)
	}
}

func TestSocialSecretsAreReadEachTime(t *testing.T) {
	mounted := directory(t, map[string]string{"clientSecret": "old\n"})
	secrets, err := config.LoadSocialSecrets([]config.SocialProvider{
		{ID: "google", Directory: mounted, Key: "clientSecret"}, {ID: "my-idp", Issuer: "https://idp"},
	}, environment{"MY_IDP_CLIENT_SECRET": " of-the-idp\n", "GOOGLE_CLIENT_SECRET": "not this one"}.get)
	if err != nil {
		t.Fatal(err)
	}
	expect := func(id, want string) {
		t.Helper()
		if got, err := secrets[id](); err != nil || got.Reveal() != want {
			t.Errorf("%s: %q, %v; want %q", id, got.Reveal(), err, want)
		}
	}
	expect("google", "old")
	expect("my-idp", "of-the-idp")
	// As Kubernetes does it: a new file takes the place of the old one.
	replacement := filepath.Join(mounted, "..new")
	if err := os.WriteFile(replacement, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(replacement, filepath.Join(mounted, "clientSecret")); err != nil {
		t.Fatal(err)
	}
	expect("google", "new")
	if err := os.Remove(filepath.Join(mounted, "clientSecret")); err != nil {
		t.Fatal(err)
	}
	if _, err := secrets["google"](); err == nil {
		t.Error("a secret that is gone is still read")
	}
}

func TestLoadSocialSecretsSaysWhatIsMissingWithoutTheValue(t *testing.T) {
	mounted := directory(t, map[string]string{"other": "hunter2", "empty": "\n", "key.p8": "-----BEGIN PRIVATE KEY-----\nhunter2"})
	_, err := config.LoadSocialSecrets([]config.SocialProvider{
		{ID: "google"}, {ID: "github", Directory: mounted, Key: "clientSecret"}, {ID: "discord", Directory: mounted, Key: "empty"},
		{ID: "microsoft", Directory: mounted, Key: "."}, {ID: "apple", Directory: mounted, Key: "key.p8"},
	}, environment{"GITHUB_CLIENT_SECRET": "hunter2"}.get)
	if err == nil {
		t.Fatal("accepted")
	}
	want := strings.Join([]string{
		"GOOGLE_CLIENT_SECRET: is missing or empty; put the client secret of google there",
		"client secret of github: file " + mounted + "/clientSecret: is missing or empty; put the client secret of github there",
		"client secret of discord: file " + mounted + "/empty: is missing or empty; put the client secret of discord there",
		"client secret of microsoft: file " + mounted + ": cannot be read",
		"client secret of apple: file " + mounted + "/key.p8: is a private key, which needs teamID and keyID",
	}, "\n")
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
}
