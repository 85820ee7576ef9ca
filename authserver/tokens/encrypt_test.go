package tokens

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

// recorded are values that Better-Auth encrypted.
type recorded struct {
	EncryptedTokens                    []sealed
	OAuthStateCookie, LinkSessionToken sealed
	XChaChaFixedNonce                  struct{ Secret, NonceHex, Plaintext, Stored, EnvelopeWhenSecretsVersion2 string }
}

type sealed struct{ Secret, CiphertextHex, Plaintext, PurposeKeyHex string }

func loadRecorded(t *testing.T) recorded {
	t.Helper()
	data, err := os.ReadFile("testdata/encryption.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors recorded
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}

func TestDecryptReadsWhatBetterAuthEncrypted(t *testing.T) {
	vectors := loadRecorded(t)
	if len(vectors.EncryptedTokens) != 2 {
		t.Fatal("the vectors are not there")
	}
	for _, v := range vectors.EncryptedTokens {
		if got, err := keyring(t, "another", v.Secret).Decrypt(v.CiphertextHex); err != nil || got != v.Plaintext {
			t.Errorf("Decrypt = %q, %v, want %q", got, err, v.Plaintext)
		}
	}
}

func TestPurposesHaveTheKeysOfBetterAuth(t *testing.T) {
	vectors := loadRecorded(t)
	for purpose, v := range map[string]sealed{"oauth-state-cookie": vectors.OAuthStateCookie, "oauth-link-session-token": vectors.LinkSessionToken} {
		keys := keyring(t, "another", v.Secret)
		own := keys.ForPurpose(purpose)
		if own.secrets[1].Value != v.PurposeKeyHex {
			t.Errorf("%s: key %s, want %s", purpose, own.secrets[1].Value, v.PurposeKeyHex)
		}
		if got, err := own.Decrypt(v.CiphertextHex); err != nil || got != v.Plaintext {
			t.Errorf("%s: Decrypt = %q, %v, want %q", purpose, got, err, v.Plaintext)
		}
		for _, other := range []*Keyring{keys, keys.ForPurpose("another")} {
			if _, err := other.Decrypt(v.CiphertextHex); !errors.Is(err, ErrUndecryptable) {
				t.Errorf("%s: decrypts with the key of something else: %v", purpose, err)
			}
		}
	}
}

func TestEncryptWritesTheFormsOfBetterAuth(t *testing.T) {
	v := loadRecorded(t).XChaChaFixedNonce
	nonce, err := hex.DecodeString(v.NonceHex)
	if err != nil {
		t.Fatal(err)
	}
	for want, secrets := range map[string][]Secret{
		v.Stored:                      {{Value: v.Secret}, {Value: "old", Version: 1, Versioned: true}},
		v.EnvelopeWhenSecretsVersion2: {{Value: v.Secret, Version: 2, Versioned: true}, {Value: "old"}},
		"$ba$0$" + v.Stored:           {{Value: v.Secret, Versioned: true}},
	} {
		keys := openKeyring(t, KeyringOptions{Secrets: secrets, Random: bytes.NewReader(nonce)})
		if got, err := keys.Encrypt(v.Plaintext); err != nil || got != want {
			t.Errorf("Encrypt = %s, %v, want %s", got, err, want)
		}
		if got, err := keys.Decrypt(want); err != nil || got != v.Plaintext {
			t.Errorf("Decrypt(%s) = %q, %v", want, got, err)
		}
		if got, err := keys.Encrypt(v.Plaintext); err == nil {
			t.Errorf("without randomness Encrypt = %s", got)
		}
	}
}

func TestRotationsKeepWhatIsEncryptedReadable(t *testing.T) {
	one, two, none := Secret{Value: "one", Version: 1, Versioned: true}, Secret{Value: "two", Version: 2, Versioned: true}, Secret{Value: "none"}
	renumbered := Secret{Value: "one", Version: 7, Versioned: true}
	for name, test := range map[string]struct {
		before, after []Secret
		readable      bool
	}{
		"rotated":                         {[]Secret{one}, []Secret{two, one}, true},
		"versions begin":                  {[]Secret{none}, []Secret{one, none}, true},
		"the first version is the secret": {[]Secret{{Value: "one"}}, []Secret{two, one}, true},
		"versions end":                    {[]Secret{one}, []Secret{{Value: "one"}}, true},
		"renumbered":                      {[]Secret{one}, []Secret{two, renumbered}, true},
		"the number means another secret": {[]Secret{two}, []Secret{{Value: "new", Version: 2, Versioned: true}, renumbered, {Value: "two"}}, true},
		"retired":                         {[]Secret{one}, []Secret{two}, false},
	} {
		for _, purpose := range []string{"", "purpose"} {
			before, after := openKeyring(t, KeyringOptions{Secrets: test.before}), openKeyring(t, KeyringOptions{Secrets: test.after})
			if purpose != "" {
				before, after = before.ForPurpose(purpose), after.ForPurpose(purpose)
			}
			text, err := before.Encrypt("Ångström")
			if err != nil {
				t.Fatal(err)
			}
			if plain, err := after.Decrypt(text); (plain == "Ångström") != test.readable || errors.Is(err, ErrUndecryptable) == test.readable {
				t.Errorf("%s, purpose %q: Decrypt = %q, %v", name, purpose, plain, err)
			}
		}
	}
}

func TestDecryptRefusesWhatNobodyEncrypted(t *testing.T) {
	keys := openKeyring(t, KeyringOptions{Secrets: []Secret{{Value: "one", Version: 1, Versioned: true}}})
	text, err := keys.Encrypt("plain")
	if err != nil {
		t.Fatal(err)
	}
	digits := strings.TrimPrefix(text, "$ba$1$")
	flipped := strings.NewReplacer("0", "1", "1", "0").Replace(digits)
	for _, forged := range []string{
		"", "$ba$", "$ba$1$", "$ba$1", "$ba$x$" + digits[:48], "plain", digits[:len(digits)-1], digits[:len(digits)-2], digits[2:], "00" + digits, digits[:48], flipped,
		"$ba$1$" + flipped, "$BA$1$" + digits, "$ba$1" + digits, text + "00", " " + text,
	} {
		plain, err := keys.Decrypt(forged)
		if !errors.Is(err, ErrUndecryptable) || plain != "" {
			t.Errorf("Decrypt(%q) = %q, %v", forged, plain, err)
		}
		if err != nil && strings.Contains(err.Error(), digits[:16]) {
			t.Errorf("the error holds the value: %v", err)
		}
	}
}

func TestOnlyDecryptOrPlainTakesPlainText(t *testing.T) {
	keys := keyring(t, "secret")
	text, err := keys.Encrypt("ya29.token")
	if err != nil {
		t.Fatal(err)
	}
	for stored, want := range map[string]string{text: "ya29.token", "ya29.token": "ya29.token", "": "", "abc": "abc", "gho_16": "gho_16", "bad$ba$": "bad$ba$"} {
		if got, err := keys.DecryptOrPlain(stored); err != nil || got != want {
			t.Errorf("DecryptOrPlain(%q) = %q, %v", stored, got, err)
		}
	}
	for _, stored := range []string{"$ba$1$ya29", "abcd", "ABCD", strings.Repeat("00", 64)} {
		if got, err := keys.DecryptOrPlain(stored); !errors.Is(err, ErrUndecryptable) {
			t.Errorf("DecryptOrPlain(%q) = %q, %v", stored, got, err)
		}
	}
	if got, err := keys.Decrypt("ya29.token"); err == nil {
		t.Errorf("Decrypt takes plain text: %q", got)
	}
}

func TestEveryNonceIsDrawnAnew(t *testing.T) {
	keys := keyring(t, "secret")
	first, err := keys.Encrypt("plain")
	if err != nil {
		t.Fatal(err)
	}
	if second, err := keys.Encrypt("plain"); err != nil || second[:48] == first[:48] {
		t.Errorf("nonces %s and %s, %v", first[:48], second[:48], err)
	}
	failing := openKeyring(t, KeyringOptions{Secrets: []Secret{{Value: "secret"}}, Random: iotest.ErrReader(errors.New("no randomness"))})
	if text, err := failing.Encrypt("plain"); err == nil || text != "" {
		t.Errorf("without randomness: %s", text)
	}
}

func openKeyring(t *testing.T, o KeyringOptions) *Keyring {
	t.Helper()
	keys, err := OpenKeyring(o)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestRenewNamesTheKeyThatDecrypts(t *testing.T) {
	one, two, none := Secret{Value: "one", Version: 1, Versioned: true}, Secret{Value: "two", Version: 2, Versioned: true}, Secret{Value: "none"}
	seal := func(secrets ...Secret) string {
		text, err := openKeyring(t, KeyringOptions{Secrets: secrets}).Encrypt("plain")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	bareTwo := strings.TrimPrefix(seal(two), "$ba$2$")
	for name, c := range map[string]struct {
		text, version string
		current       bool
	}{
		"newest": {seal(two), "2", true}, "older": {seal(one), "1", false}, "without a version": {seal(none), Unversioned, false},
		"the newest's, from before it had a version": {bareTwo, "2", false}, "under another name": {"$ba$1$" + bareTwo, "2", false},
	} {
		keys := openKeyring(t, KeyringOptions{Secrets: []Secret{two, one, none}})
		renewed, version, err := keys.Renew(c.text)
		if err != nil || version != c.version || (renewed == "") != c.current {
			t.Errorf("%s: %q, %q, %v", name, renewed, version, err)
		}
		if plain, err := openKeyring(t, KeyringOptions{Secrets: []Secret{two}}).Decrypt(renewed); !c.current && (err != nil || plain != "plain") {
			t.Errorf("%s: it decrypts as %q, %v", name, plain, err)
		}
	}
	unversioned := openKeyring(t, KeyringOptions{Secrets: []Secret{none, one}})
	if renewed, version, err := unversioned.Renew(seal(none)); err != nil || renewed != "" || version != Unversioned {
		t.Errorf("the newest has no version: %q, %q, %v", renewed, version, err)
	}
	if renewed, version, err := unversioned.Renew("$ba$1$" + seal(none)); err != nil || renewed == "" || version != Unversioned {
		t.Errorf("a name that the newest has not: %q, %q, %v", renewed, version, err)
	}
	if _, _, err := unversioned.Renew(seal(two)); !errors.Is(err, ErrUndecryptable) {
		t.Errorf("another key's: %v", err)
	}
}
