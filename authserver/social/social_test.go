package social

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// vectors are values of the real Better-Auth 1.7.25.
type vectors struct {
	AccountDataJWE struct {
		Secret, CookieValue string
		Claims              struct{ Iat int64 }
	}
	OAuthStateCookie, LinkSessionToken struct{ Secret, CiphertextHex, Plaintext string }
}

func readVectors(t *testing.T) (v vectors) {
	t.Helper()
	data, err := os.ReadFile("../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func service(t *testing.T, secret string, change func(*Options)) *Service {
	t.Helper()
	keys, err := tokens.NewKeyring(secret)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Keys: keys, Now: time.Now}
	if change != nil {
		change(&o)
	}
	return New(o)
}

func TestStatesOfBetterAuthOpen(t *testing.T) {
	v := readVectors(t)
	s := service(t, v.OAuthStateCookie.Secret, nil)
	st, err := s.open("TiVP8ORJu8SO94ZdFTWaoV13l2SDvrqj", v.OAuthStateCookie.CiphertextHex)
	if err != nil || st.callbackURL != "/dash" || st.expiresAt.UnixMilli() != 1795423074990 || len(st.verifier) != verifierLength {
		t.Errorf("%+v, %v", st, err)
	}
	if got := st.encode(ecma.Value{}); got != v.OAuthStateCookie.Plaintext {
		t.Errorf("written anew it is %s", got)
	}
	token, err := service(t, v.LinkSessionToken.Secret, nil).linkKeys.Decrypt(v.LinkSessionToken.CiphertextHex)
	if err != nil || token != v.LinkSessionToken.Plaintext {
		t.Errorf("the session token is %q, %v", token, err)
	}
}

func TestAStateComesBackAsItWas(t *testing.T) {
	yes, err := ecma.Parse([]byte("true"))
	if err != nil {
		t.Fatal(err)
	}
	additional, err := ecma.Parse([]byte(`{"10":1,"z":[{"a":null}],"errorURL":"https://evil.test","oauthState":"x","link":1,"serverContext":{"a":1}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := state{
		token: "t", callbackURL: "/a\"b", verifier: "v", errorURL: "/e", newUserURL: "/n", link: &link{"u", "e@x.co", "sealed"},
		expiresAt: time.UnixMilli(1795423074990), requestSignUp: yes, nonce: "n",
	}
	text := want.encode(additional)
	const written = `{"10":1,"z":[{"a":null}],"callbackURL":"/a\"b","codeVerifier":"v","errorURL":"/e","newUserURL":"/n",` +
		`"link":{"userId":"u","email":"e@x.co","encryptedSessionToken":"sealed"},"expiresAt":1795423074990,"requestSignUp":true,"idTokenNonce":"n","oauthState":"t"}`
	if text != written {
		t.Errorf("%s, want %s", text, written)
	}
	got, err := decodeState(text)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(state{}, link{}, ecma.Value{})); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, broken := range []string{
		``, `null`, `[]`, `{}`, `{"callbackURL":"/","expiresAt":1}`, `{"codeVerifier":"v","expiresAt":1}`, `{"callbackURL":"/","codeVerifier":"v"}`,
		`{"callbackURL":"/","codeVerifier":"v","expiresAt":"1"}`, `{"callbackURL":"/","codeVerifier":"v","expiresAt":1,"link":{"email":"e"}}`,
	} {
		if _, err := decodeState(broken); err == nil {
			t.Errorf("%s is a state", broken)
		}
	}
}

func cookies(t *testing.T, secret string, now func() time.Time) *AccountCookies {
	t.Helper()
	keys, err := tokens.NewKeyring(secret)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewAccountCookies(CookieOptions{Keys: keys, MaxAge: 5 * time.Minute, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAccountCookies(t *testing.T) {
	v := readVectors(t).AccountDataJWE
	now := time.Unix(v.Claims.Iat, 0)
	c := cookies(t, v.Secret, func() time.Time { return now })
	recorded, ok := c.Open(v.CookieValue)
	if !ok || recorded.AccountID != "g-9" || recorded.ProviderID != "google" || recorded.AccessTokenExpiresAt.IsZero() || !recorded.RefreshTokenExpiresAt.IsZero() ||
		!cmp.Equal(recorded.Scopes, []string{"read:user", "user:email"}) || !strings.HasPrefix(recorded.AccessToken, "f5c0a858") {
		t.Errorf("the account of Better-Auth is %+v, %v", recorded, ok)
	}
	bare := authserver.Account{ID: "a", AccountID: "1", ProviderID: "github", UserID: "u", CreatedAt: now.UTC(), UpdatedAt: now.UTC()}
	empty := bare
	empty.Scopes = []string{}
	for _, want := range []authserver.Account{recorded, bare, empty} {
		value, err := c.Seal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := c.Open(value)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Error(diff, ok)
		}
		if _, ok := cookies(t, strings.Repeat("another-secret", 3), c.Now).Open(value); ok {
			t.Error("another key opens it")
		}
	}
	for after, want := range map[time.Duration]bool{5*time.Minute + clockSkew: true, 5*time.Minute + clockSkew + time.Second: false} {
		later := cookies(t, v.Secret, func() time.Time { return now.Add(after) })
		if _, ok := later.Open(v.CookieValue); ok != want {
			t.Errorf("after %v it opens: %v", after, ok)
		}
	}
	for _, value := range []string{"", "x", v.CookieValue[:100], v.CookieValue + "x"} {
		if _, ok := c.Open(value); ok {
			t.Errorf("%.20s opens", value)
		}
	}
}

func TestMergeHasEachScopeOnce(t *testing.T) {
	for _, c := range []struct{ stored, given, want []string }{
		{nil, nil, nil},
		{[]string{"a", "b"}, []string{"b", "c"}, []string{"a", "b", "c"}},
		{nil, []string{"read:user,user:email", " "}, []string{"read:user", "user:email"}},
		{[]string{"read:user", "user:email"}, []string{"read:user,user:email"}, []string{"read:user", "user:email"}},
	} {
		if got := merge(c.stored, c.given); !cmp.Equal(got, c.want) {
			t.Errorf("merge(%q, %q) = %q, want %q", c.stored, c.given, got, c.want)
		}
	}
}

func TestAnIDMustTellUsersApart(t *testing.T) {
	for id, want := range map[string]bool{
		"1": true, "a b": true, "": false, "  ": false, "null": false, "undefined": false, strings.Repeat("x", 255): true, strings.Repeat("x", 256): false, "a\x00": false,
	} {
		if usableID(id) != want {
			t.Errorf("usableID(%.20q) = %v", id, !want)
		}
	}
}
