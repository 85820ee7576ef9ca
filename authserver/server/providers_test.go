package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

// What is configured is what the provider is asked with, and a rotated secret counts at once.
func TestConfiguredProvidersSignIn(t *testing.T) {
	fake := oauthtest.Start(oauthtest.Options{})
	defer fake.Close()
	mounted := t.TempDir()
	file := filepath.Join(t.TempDir(), "config.yaml")
	at := fake.Endpoints("google")
	if err := os.WriteFile(filepath.Join(mounted, "clientSecret"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(`socialProviders:
- {id: google, clientID: google-client-id, directory: `+mounted+`, scopes: [calendar], prompt: consent, accessType: offline, hostedDomain: example.com,
   disableSignUp: true, endpoints: {authorization: "`+at.Authorization+`", token: "`+at.Token+`", jwks: "`+at.JWKS+`"}}
- {id: keycloak, issuer: "`+fake.Issuer("keycloak")+`", disableImplicitSignUp: true}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{"KEYCLOAK_CLIENT_ID": "keycloak-client-id", "KEYCLOAK_CLIENT_SECRET": oauthtest.ClientSecret("keycloak")}
	getenv := func(name string) string { return environment[name] }
	cfg, err := config.Load(file, getenv)
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := config.LoadSocialSecrets(cfg.SocialProviders, getenv)
	if err != nil {
		t.Fatal(err)
	}
	set, err := providers(cfg.SocialProviders, secrets, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	google, keycloak := find(t, set, "google"), find(t, set, "keycloak")
	if !google.SignUpDisabled() || google.ImplicitSignUpDisabled() || keycloak.SignUpDisabled() || !keycloak.ImplicitSignUpDisabled() {
		t.Error("who may sign up is not as configured")
	}
	location, err := google.AuthorizeURL(t.Context(), oauth.AuthorizeRequest{State: "s", RedirectURI: "http://localhost/callback"})
	if err != nil {
		t.Fatal(err)
	}
	want := at.Authorization + "?response_type=code&client_id=google-client-id&state=s&scope=email+profile+openid+calendar" +
		"&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback&prompt=consent&hd=example.com&access_type=offline&include_granted_scopes=true"
	if diff := cmp.Diff(want, location); diff != "" {
		t.Error(diff)
	}

	anna := oauthtest.Profile{Sub: "1", Email: "anna@example.com", Claims: map[string]any{"hd": "example.com"}}
	if _, err := google.Exchange(t.Context(), anna.Code(), "v", "http://localhost/callback"); err == nil {
		t.Error("the wrong secret counts")
	}
	if err := os.WriteFile(filepath.Join(mounted, "clientSecret"), []byte(oauthtest.ClientSecret("google")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*oauth.Provider{google, keycloak} {
		tokens, err := p.Exchange(t.Context(), anna.Code(), "v", "http://localhost/callback")
		if err != nil {
			t.Fatal(err)
		}
		if profile, err := p.Profile(t.Context(), tokens); err != nil || profile.Email != "anna@example.com" {
			t.Errorf("%s: %+v, %v", p.ID(), profile, err)
		}
	}
}

func TestAProviderWithoutASecretDoesNotStart(t *testing.T) {
	_, err := providers([]config.SocialProvider{{ID: "google", ClientID: "c"}}, nil, nil, time.Now)
	if err == nil || !strings.Contains(err.Error(), `socialProviders: social provider "google"`) {
		t.Error(err)
	}
}

func find(t *testing.T, set *oauth.Set, id string) *oauth.Provider {
	t.Helper()
	p, ok := set.Provider(id)
	if !ok {
		t.Fatalf("no provider %s", id)
	}
	return p
}
