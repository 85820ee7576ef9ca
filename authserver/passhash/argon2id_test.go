package passhash

import (
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
)

// foreign is a hash of "password" by another implementation, hash-wasm 4.12, with our parameters.
const foreign = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$OZA6NM05OHZDbmcc1pDf6Kuc57E0WafgTsDk8GlN2w0"

// TestVerifyTakesArgon2idOfOthers uses hashes of hash-wasm and of the tests of the reference implementation, whatever
// form is configured.
func TestVerifyTakesArgon2idOfOthers(t *testing.T) {
	for _, h := range []*Hasher{New(Options{}), New(Options{Form: Argon2id})} {
		for hash, password := range map[string]string{
			foreign: "password",
			// Its NFKC form differs.
			"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$pJEMpwxKCkCWZ1b3syEEaAP3FIHXYUEtvybw2cOqh7w": "Passwörd 😀 ﬁ",
			// The largest that is taken, of memory and of the rest.
			"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc":                                                      "password",
			"$argon2id$v=19$m=1024,t=8,p=4$AAECAwQFBgcICQoLDA0ODw$8Bq8PTDgDb/2Cmh2P5K9iVSuFnafUYm+J49Cqm3MVb8VV/agmMnOGRIFcVEbPf2LlNabAcO+NdBoT3y+/G5pIA": "password",
			encoded(t, 64, 2, 3, "4a15b31aec7c2590b87d1f520be7d96f56658172deaa3079"):                                                                      "password",
			encoded(t, 4096, 4, 4, "145db9733a9f4ee43edf33c509be96b934d505a4efb33c5a"):                                                                    "password",
		} {
			if ok, err := h.Verify(t.Context(), hash, password); !ok || err != nil {
				t.Errorf("Verify(%s) = %v, %v", hash, ok, err)
			}
			if ok, err := h.Verify(t.Context(), hash, password+" "); ok || err != nil {
				t.Errorf("Verify(%s) takes another password: %v, %v", hash, ok, err)
			}
		}
	}
}

// encoded is a vector of golang.org/x/crypto/argon2 as it would be stored.
func encoded(t *testing.T, kibibytes, passes uint32, lanes uint8, tag string) string {
	t.Helper()
	data, err := hex.DecodeString(tag)
	if err != nil {
		t.Fatal(err)
	}
	return argon2idScheme{kibibytes: kibibytes, passes: passes, lanes: lanes}.encode([]byte("somesalt"), data)
}

func TestArgon2idHasThePHCFormAndANewSalt(t *testing.T) {
	h := New(Options{Form: Argon2id})
	first, err := h.Hash(t.Context(), "Password123!")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`).MatchString(first) {
		t.Errorf("Hash = %s", first)
	}
	second, err := h.Hash(t.Context(), "Password123!")
	if err != nil || first == second {
		t.Errorf("two hashes of one password are equal (%v)", err)
	}
	if ok, err := h.Verify(t.Context(), second, "Password123!"); !ok || err != nil {
		t.Errorf("Verify(own hash) = %v, %v", ok, err)
	}
}

func TestHostileArgon2idIsNoMatch(t *testing.T) {
	h := New(Options{Form: Argon2id})
	hostile := []string{"$", "$$$$$", "$argon2id$", strings.Repeat("$", 1000), foreign + "\n", foreign + "$", foreign + "=", " " + foreign, foreign[:len(foreign)-1]}
	for _, change := range [][2]string{
		{"m=19456", "m=65537"}, {"m=19456", "m=4294967295"}, {"m=19456", "m=4294967296"}, {"m=19456", "m=-1"}, {"m=19456", "m=7"},
		{"m=19456", "m=0"}, {"m=19456", "m=019456"}, {"m=19456", "m=+19456"}, {"m=19456", "m=\n19456"}, {"m=19456", "m="}, {"m=19456", "m=16"},
		{"t=2", "t=0"}, {"t=2", "t=9"}, {"t=2", "t=-2"}, {"t=2", "t=4294967298"}, {"t=2", "t=2.5"},
		{"p=1", "p=0"}, {"p=1", "p=5"}, {"p=1", "p=257"}, {"p=1", "p=256"}, {"p=1", "p=1,keyid=x"}, {"p=1", "p=1 "},
		{"v=19", "v=16"}, {"v=19", "v=019"}, {"v=19", ""}, {"v=19$", ""}, {"$argon2id", "$argon2i"}, {"$argon2id", "$argon2d"}, {"$argon2id", "x$argon2id"},
		{"AAECAwQFBgcICQoLDA0ODw", ""}, {"AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBg"}, {"AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0ODx"},
		{"AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0OD\nw"}, {"AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0ODw=="}, {"AAECAwQFBgcICQoLDA0ODw", "\x00\xff"},
		{"OZA6NM05OHZDbmcc1pDf6Kuc57E0WafgTsDk8GlN2w0", ""}, {"OZA6NM05OHZDbmcc1pDf6Kuc57E0WafgTsDk8GlN2w0", "OZA6NM05OHY"},
		{"OZA6NM05OHZDbmcc1pDf6Kuc57E0WafgTsDk8GlN2w0", strings.Repeat("A", 90)}, {"OZA6NM05OHZDbmcc1pDf6Kuc57E0WafgTsDk8GlN2w0", strings.Repeat("A", 400)},
	} {
		hostile = append(hostile, strings.Replace(foreign, change[0], change[1], 1))
	}
	for _, hash := range hostile {
		if ok, err := h.Verify(t.Context(), hash, "password"); ok || err != nil {
			t.Errorf("Verify(%q) = %v, %v", hash, ok, err)
		}
	}
}

// TestArgon2idIsBounded needs hashes that are right but for one number: nothing but the bounds refuses them.
func TestArgon2idIsBounded(t *testing.T) {
	within := argon2idScheme{kibibytes: 32, passes: 1, lanes: 4, saltBytes: 8, tagBytes: 16}
	for _, c := range []struct {
		change func(*argon2idScheme)
		want   bool
	}{
		{func(*argon2idScheme) {}, true},
		{func(s *argon2idScheme) { s.kibibytes = 31 }, false}, {func(s *argon2idScheme) { s.kibibytes, s.lanes = 8, 1 }, true},
		{func(s *argon2idScheme) { s.kibibytes = 64 << 10 }, true}, {func(s *argon2idScheme) { s.kibibytes = 64<<10 + 1 }, false},
		{func(s *argon2idScheme) { s.passes = 0 }, false}, {func(s *argon2idScheme) { s.passes = 8 }, true}, {func(s *argon2idScheme) { s.passes = 9 }, false},
		{func(s *argon2idScheme) { s.lanes = 0 }, false}, {func(s *argon2idScheme) { s.kibibytes, s.lanes = 40, 5 }, false},
		{func(s *argon2idScheme) { s.saltBytes = 7 }, false}, {func(s *argon2idScheme) { s.saltBytes = 64 }, true}, {func(s *argon2idScheme) { s.saltBytes = 65 }, false},
		{func(s *argon2idScheme) { s.tagBytes = 15 }, false}, {func(s *argon2idScheme) { s.tagBytes = 64 }, true}, {func(s *argon2idScheme) { s.tagBytes = 65 }, false},
	} {
		s := within
		c.change(&s)
		hash := s.encode(make([]byte, s.saltBytes), make([]byte, s.tagBytes))
		if got, _, ok := parse(hash); ok != c.want || ok && got != s {
			t.Errorf("parse(%s) = %+v, %v, want %v", hash, got, ok, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(foreign)
	f.Add("salt:key")
	f.Add("$argon2id$v=19$m=65536,t=8,p=4$$")
	f.Fuzz(func(t *testing.T, hash string) {
		s, _, ok := parse(hash)
		if a, is := s.(argon2idScheme); ok && is && (a.memory() > 64<<20 || a.passes < 1 || a.passes > 8 || a.lanes < 1 || a.lanes > 4) {
			t.Errorf("parse(%q) = %+v", hash, a)
		}
	})
}

// costing counts what a scheme is asked for.
type costing struct {
	scheme
	hashes *int
}

func (c costing) hash(cores *cores, password, salt []byte) (string, error) {
	*c.hashes++
	return c.scheme.hash(cores, password, salt)
}

func TestAHashOfNeitherFormCostsOneOfTheConfiguredForm(t *testing.T) {
	for _, form := range []Form{Scrypt, Argon2id} {
		h := New(Options{Form: form})
		hashes := 0
		h.current = costing{h.current, &hashes}
		for i, hash := range []string{"", "x", ":key", "$argon2id$v=19$m=4194304,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw"} {
			if ok, err := h.Verify(t.Context(), hash, "x"); ok || err != nil || hashes != i+1 {
				t.Errorf("%s: Verify(%q) = %v, %v after %d hashes", form, hash, ok, err, hashes)
			}
		}
	}
}

func TestOutdated(t *testing.T) {
	hash := func(form Form) string {
		text, err := New(Options{Form: form}).Hash(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	longer := strings.Replace(foreign, "AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0ODxAR", 1)
	for _, c := range []struct {
		form Form
		hash string
		want bool
	}{
		{"", hash(Scrypt), false}, {Scrypt, hash(Scrypt), false}, {Scrypt, "salt:key", false}, {Scrypt, hash(Argon2id), true},
		{Argon2id, hash(Argon2id), false}, {Argon2id, hash(Scrypt), true}, {Argon2id, foreign, false}, {Argon2id, longer, true},
		{Argon2id, strings.Replace(foreign, "m=19456", "m=12288", 1), true}, {Argon2id, strings.Replace(foreign, "t=2", "t=3", 1), true},
		{Argon2id, strings.Replace(foreign, "p=1", "p=2", 1), true}, {Argon2id, foreign[:len(foreign)-3], true},
	} {
		if got := New(Options{Form: c.form}).Outdated(c.hash); got != c.want {
			t.Errorf("%s: Outdated(%s) = %v", c.form, c.hash, got)
		}
	}
}
