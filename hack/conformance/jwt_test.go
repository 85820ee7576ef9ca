package conformance

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

func TestInterchangeOfTokens(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{config.AlgorithmEdDSA, config.AlgorithmES256, config.AlgorithmRS256} {
		for name, secrets := range map[string]string{"one secret": "", "versioned secrets": "2:" + strings.Repeat("second", 8) + ",1:" + servers.Secret} {
			t.Run(algorithm+" with "+name, func(t *testing.T) {
				t.Parallel()
				settings := servers.Settings{Secrets: secrets, Fields: full, Features: config.Features{JWT: &config.JWTFeature{Algorithm: algorithm}}}
				bothWays(t, settings, interchangeOfTokens)
			})
		}
	}
}

// interchangeOfTokens lets the maker make a key, with which both sign tokens that either's published keys verify.
func interchangeOfTokens(t *testing.T, d direction) {
	if _, err := d.database.Exec(t.Context(), `DELETE FROM jwks`); err != nil {
		t.Fatal(err)
	}
	here := signedUp(t, d, map[string]any{"tier": "gold", "tags": []string{"a", "ü"}, "birthday": "2001-02-03T04:05:06.789Z"})
	there := here.at(d.taker)
	made := here.get("/jwks").want(t, http.StatusOK)
	if found := there.get("/jwks").want(t, http.StatusOK); !reflect.DeepEqual(found.body, made.body) {
		t.Fatalf("the keys were %s and are %s", made.raw, found.raw)
	}
	var tokens []map[string]any
	for _, b := range []*browser{here, there} {
		token, _ := b.get("/token").want(t, http.StatusOK).at("token").(string)
		beside := b.get("/get-session").want(t, http.StatusOK).header.Get("Set-Auth-Jwt")
		for _, text := range []string{token, beside} {
			claims := verified(t, text, made.raw, b.server.Settings.Features.JWT.Algorithm)
			delete(claims, "iat")
			delete(claims, "exp")
			tokens = append(tokens, claims)
		}
	}
	for _, claims := range tokens {
		if !reflect.DeepEqual(claims, tokens[0]) || claims["email"] != strings.ToLower(address(d)) || claims["iss"] != d.maker.Settings.BaseURL {
			t.Errorf("claims %v and %v", tokens[0], claims)
		}
	}
	var rows int
	if err := d.database.QueryRow(t.Context(), `SELECT count(*) FROM jwks`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d keys, %v", rows, err)
	}
}

// verified verifies a token as a back end does that knows nothing but the published keys.
func verified(t *testing.T, token, published, algorithm string) map[string]any {
	t.Helper()
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(published), &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%d keys in %s: %v", len(set.Keys), published, err)
	}
	parsed, err := jwt.Parse(token, func(token *jwt.Token) (any, error) {
		if len(token.Header) != 2 || token.Header["kid"] != set.Keys[0].KeyID {
			t.Errorf("header %v", token.Header)
		}
		return set.Keys[0].Key, nil
	}, jwt.WithValidMethods([]string{algorithm}), jwt.WithExpirationRequired())
	if err != nil {
		t.Fatalf("%v in %q", err, token)
	}
	return maps.Clone(parsed.Claims.(jwt.MapClaims))
}

func TestInterchangeOfBearerTokens(t *testing.T) {
	t.Parallel()
	settings := servers.Settings{Features: config.Features{Bearer: &config.Bearer{}}}
	bothWays(t, settings, func(t *testing.T, d direction) {
		b := &browser{t: t, server: d.maker}
		signed := b.post("/sign-up/email", account(d, nil)).want(t, http.StatusOK).header.Get("Set-Auth-Token")
		bare, _, _ := strings.Cut(signed, ".")
		for _, token := range []string{signed, strings.ReplaceAll(signed, "=", "%3D"), bare, bare + ".AAAA", "nobody", ""} {
			found := map[string]reply{}
			for _, server := range []servers.Server{d.maker, d.taker} {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.Endpoint("/get-session"), nil)
				if err != nil {
					t.Fatal(err)
				}
				request.Header.Set("Authorization", "Bearer "+token)
				found[server.Name] = exchange(t, request).want(t, http.StatusOK)
			}
			maker, taker := found[d.maker.Name], found[d.taker.Name]
			known := strings.HasPrefix(token, bare) && !strings.HasSuffix(token, "AAAA")
			if !reflect.DeepEqual(maker.body, taker.body) || len(maker.cookies) != len(taker.cookies) || (maker.raw != "null") != known {
				t.Errorf("%q: %s and %s, cookies %v and %v", token, maker.raw, taker.raw, maker.cookies, taker.cookies)
			}
		}
	})
}
