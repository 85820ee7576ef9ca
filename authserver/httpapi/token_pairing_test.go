package httpapi_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

// jwt compares two tokens of the plugin jwt: header, claims and their order, life. The key that verifies ours must be
// the one that stands for the key of the recorded one.
func (p *pairing) jwt(recorded, ours string) error {
	want, got := strings.Split(recorded, "."), strings.Split(ours, ".")
	var lives [2]int64
	for part := range 2 {
		wantText, gotText := decoded(want[part]), decoded(got[part])
		if part == 1 {
			for i, text := range []*string{&wantText, &gotText} {
				var life struct{ Iat, Exp int64 }
				if err := json.Unmarshal([]byte(*text), &life); err != nil {
					return err
				}
				lives[i] = life.Exp - life.Iat
				*text = strings.NewReplacer(fmt.Sprint(life.Iat), "1", fmt.Sprint(life.Exp), "2").Replace(*text)
			}
		}
		if err := p.body(wantText, gotText); err != nil {
			return fmt.Errorf("token: %w", err)
		}
	}
	if lives[0] != lives[1] {
		return fmt.Errorf("a token lives %d s, recorded is %d", lives[1], lives[0])
	}
	_, err := jwt.Parse(ours, func(*jwt.Token) (any, error) {
		key, err := base64.RawURLEncoding.DecodeString(p.ours[recordedKey])
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, errors.New("no key was published before")
		}
		return ed25519.PublicKey(key), nil
	}, jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithoutClaimsValidation())
	return err
}

// recordedKey is the only key of the recordings.
const recordedKey = "FVZUzxq_GfaLC6rfvQXcl1ht2aDvRrLixJfixc6ReQ0"

func decoded(part string) string {
	text, _ := base64.RawURLEncoding.DecodeString(part)
	return string(text)
}

// compareJWK compares a row of the table jwks; the private key is compared decrypted.
func (r *replayer) compareJWK(want, got row) {
	r.t.Helper()
	for _, row := range []row{want, got} {
		var sealed string
		if err := json.Unmarshal([]byte(row["privateKey"].(string)), &sealed); err != nil {
			r.t.Fatalf("the private key is no JSON string: %v", err)
		}
		text, err := r.pairs.keys.Decrypt(sealed)
		if err != nil {
			r.t.Fatal(err)
		}
		public, private := members(r, row["publicKey"].(string)), members(r, text)
		if d := private["d"]; len(d) != len(public["x"]) {
			r.t.Errorf("private key %v", private)
		}
		delete(private, "d")
		if diff := cmp.Diff(public, private); diff != "" {
			r.t.Error(diff)
		}
		delete(public, "x")
		if diff := cmp.Diff(map[string]string{"crv": "Ed25519", "kty": "OKP"}, public); diff != "" {
			r.t.Error(diff)
		}
		row["privateKey"], row["publicKey"] = "", ""
	}
	r.compareRow("jwks", want, got)
}

func members(r *replayer, text string) (m map[string]string) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		r.t.Fatal(err)
	}
	return m
}
