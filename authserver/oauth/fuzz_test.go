package oauth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// FuzzProfiles gives every provider an answer that somebody made up: a profile is refused or within its bounds.
func FuzzProfiles(f *testing.F) {
	for _, seed := range []string{
		`{"sub":"1","oid":"1","id":1,"aud":"c","iss":"https://accounts.google.com","email":"a@b.c","email_verified":"true","name":"N","picture":"https://i/1"}`,
		`{"sub":"1","aud":["c"],"iss":"https://appleid.apple.com"}`,
		`{"sub":"1","oid":"o","tid":"t","aud":"c","iss":"https://login.microsoftonline.com/t/v2.0","verified_primary_email":["a@b.c"],"email":"a@b.c"}`,
		`{"sub":"1","aud":"c","iss":"https://idp","picture":"data:x","id":{}}`,
		`{"id":"80351110224678912","discriminator":"0","avatar":null,"global_name":"G","verified":true,"email":"a@b.c"}`,
		`{"id":1e400,"login":"l","email":null,"avatar_url":"https://a"}`, `[{"email":"a@b.c","primary":true,"verified":true}]`, `null`, `"x"`, `{"sub":`,
	} {
		f.Add([]byte(seed), `{"name":{"firstName":"F","lastName":"L"}}`)
	}
	read := map[string]func(payload []byte, user string) (Profile, error){
		"github":  func(payload []byte, _ string) (Profile, error) { v, _ := ecma.Parse(payload); return githubUser(v, v) },
		"discord": func(payload []byte, _ string) (Profile, error) { v, _ := ecma.Parse(payload); return discordUser(v) },
		"openid":  func(payload []byte, _ string) (Profile, error) { v, _ := ecma.Parse(payload); return openIDUser(v) },
	}
	for id, profile := range map[string]func(context.Context, *Provider, Tokens) (Profile, error){
		"google": googleProfile, "microsoft": microsoftProfile, "apple": appleProfile,
	} {
		p := newProvider(Config{ID: id, ClientID: "c"}, newClient(nil), time.Now)
		read[id] = func(payload []byte, user string) (Profile, error) {
			return profile(context.Background(), p, Tokens{IDToken: "a." + base64.RawURLEncoding.EncodeToString(payload) + ".c", User: user})
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte, user string) {
		for id, read := range read {
			p, err := read(payload, user)
			if err != nil {
				if !errors.Is(err, ErrRejected) && !errors.Is(err, ErrInvalidIDToken) {
					t.Errorf("%s: %v", id, err)
				}
				continue
			}
			for _, text := range []string{p.ID, p.Name, p.Email, p.Image} {
				if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
					t.Errorf("%s: %q cannot be stored", id, text)
				}
			}
			if p.ID == "" || len(p.ID) > maxSubject || len(p.Name) > maxName || len(p.Email) > maxEmail || len(p.Image) > maxImage ||
				p.EmailVerified && p.Email == "" || !json.Valid(p.Raw) {
				t.Errorf("%s: %+v", id, p)
			}
		}
	})
}

// FuzzKeySets parses what somebody publishes as keys.
func FuzzKeySets(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"EC","crv":"P-256","x":"","y":""},{"kty":"oct","k":"YQ"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		set, err := parseKeys(body)
		if err == nil && len(set.Keys) == 0 {
			t.Error("no keys and no error")
		}
		for _, key := range set.Keys {
			if !key.IsPublic() {
				t.Errorf("%T signs", key.Key)
			}
		}
	})
}
