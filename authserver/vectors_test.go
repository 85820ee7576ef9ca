package authserver_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// claim says which file holds a group of vectors, for the tests beside it.
type claim struct {
	file string
	// members are those that the file must hold somewhere, where its form is another one; nil is the whole group as it is.
	members []string
}

// claims are where the values that the real Better-Auth made are used.
var claims = map[string]claim{
	"signedCookie":       {file: "tokens/testdata/signed_cookie.json"},
	"password":           {file: "passhash/testdata/password.json"},
	"verificationJWT":    {file: "tokens/testdata/verification.json", members: []string{"secret", "token", "claims"}},
	"cookieCacheCompact": {file: "cookiecache/testdata/vectors.json", members: []string{"secret", "cookieValue"}},
	"cookieCacheJWT":     {file: "cookiecache/testdata/vectors.json", members: []string{"secret", "cookieValue"}},
	"cookieCacheJWE":     {file: "cookiecache/testdata/vectors.json", members: []string{"secret", "cookieValue"}},
	"accountDataJWE":     {file: "tokens/testdata/account_data.json"},
	"encryptedTokens":    {file: "tokens/testdata/encryption.json"},
	"oauthStateCookie":   {file: "tokens/testdata/encryption.json"},
	"linkSessionToken":   {file: "tokens/testdata/encryption.json"},
	"xchachaFixedNonce":  {file: "tokens/testdata/encryption.json"},
	"jwksPrivateKey":     {file: "jwks/testdata/better-auth.json"},
	"jwtPluginToken":     {file: "jwks/testdata/better-auth.json"},
	"pkce":               {file: "oauth/testdata/pkce.json"},
	"trustedOrigins":     {file: "origins/testdata/trusted_origins.json"},
	"emailRegex":         {file: "testdata/vectors.json"},
	"email":              {file: "testdata/email.json"},
	"rateLimitIP":        {file: "clientip/testdata/rate_limit_ip.json"},
}

func TestEveryVectorOfBetterAuthIsUsed(t *testing.T) {
	groups := readJSON(t, "testdata/vectors.json").(map[string]any)
	for name, group := range groups {
		claim, claimed := claims[name]
		if !claimed {
			t.Errorf("no test claims the vectors %s; copy them to the testdata of a package, use them there, and list them", name)
			continue
		}
		content := readJSON(t, claim.file)
		if claim.members == nil {
			if whole, ok := content.(map[string]any); ok && whole[name] != nil {
				content = whole[name]
			}
			if diff := cmp.Diff(group, content); diff != "" {
				t.Errorf("%s in %s: %s", name, claim.file, diff)
			}
		}
		for _, value := range pick(group, claim.members) {
			if !holds(content, value) {
				t.Errorf("%s: %s does not hold %v", name, claim.file, value)
			}
		}
		if !read(t, claim.file) {
			t.Errorf("%s: no test reads %s", name, claim.file)
		}
	}
	for name := range claims {
		if groups[name] == nil {
			t.Errorf("claims has %s, which is no group of vectors", name)
		}
	}
}

func readJSON(t *testing.T, file string) (content any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &content); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return content
}

// pick returns the named members of an object, or of every object of a list.
func pick(group any, names []string) (values []any) {
	switch group := group.(type) {
	case []any:
		for _, item := range group {
			values = append(values, pick(item, names)...)
		}
	case map[string]any:
		for _, name := range names {
			values = append(values, group[name])
		}
	}
	return values
}

// holds looks for a value at any depth.
func holds(content, value any) bool {
	if cmp.Equal(content, value) {
		return true
	}
	switch content := content.(type) {
	case []any:
		for _, item := range content {
			if holds(item, value) {
				return true
			}
		}
	case map[string]any:
		for _, member := range content {
			if holds(member, value) {
				return true
			}
		}
	}
	return false
}

// read says whether a test of the package names the file.
func read(t *testing.T, file string) bool {
	t.Helper()
	tests, err := filepath.Glob(filepath.Join(filepath.Dir(filepath.Dir(file)), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		source, err := os.ReadFile(test)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(test) != "vectors_test.go" && strings.Contains(string(source), `testdata/`+filepath.Base(file)+`"`) {
			return true
		}
	}
	return false
}
