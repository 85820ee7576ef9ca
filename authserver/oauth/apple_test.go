package oauth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

// The fake checks the signature, the claims and the key id of the client secret.
func TestAppleSecrets(t *testing.T) {
	var key string
	f := start(t, "apple", func(c *oauth.Config) {
		key, _ = c.ClientSecret()
	})
	f.mustSignIn(anna)
	sent := f.fake.Requests(f.fake.Endpoints("apple").Token)[0].Form.Get("client_secret")

	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	larger, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		secret string
		change func(*oauth.Config)
		want   error
	}{
		"a key in one line":      {strings.ReplaceAll(key, "\n", `\n`), nil, nil},
		"a secret signed before": {sent, func(c *oauth.Config) { c.TeamID, c.KeyID = "", "" }, nil},
		"another key":            {encoded(t, other), nil, oauth.ErrRejected},
		"a key of another size":  {encoded(t, larger), nil, oauth.ErrMisconfigured},
		"a broken key":           {"-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----", nil, oauth.ErrMisconfigured},
		"no team":                {key, func(c *oauth.Config) { c.TeamID = "" }, oauth.ErrMisconfigured},
		"another team":           {key, func(c *oauth.Config) { c.TeamID = "OTHER12345" }, oauth.ErrRejected},
		"another key id":         {key, func(c *oauth.Config) { c.KeyID = "OTHER12345" }, oauth.ErrRejected},
		"not a secret":           {"hunter2", nil, oauth.ErrRejected},
	} {
		t.Run(name, func(t *testing.T) {
			config := f.fake.Config("apple")
			config.ClientSecret = func() (string, error) { return test.secret, nil }
			if test.change != nil {
				test.change(&config)
			}
			p := provider(t, f.fake, f.clock, config)
			_, err := p.Exchange(t.Context(), anna.Code(), verifier, redirectURI)
			if !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error holds the secret: %v", err)
			}
		})
	}
}

func encoded(t *testing.T, key *ecdsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
