package cookiecache_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/cookiecache"
)

func unhex(tb testing.TB, text string) []byte {
	tb.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func FuzzCompact(f *testing.F) { fuzz(f, cookiecache.Compact) }

func FuzzJWT(f *testing.F) { fuzz(f, cookiecache.JWT) }

func FuzzJWE(f *testing.F) { fuzz(f, cookiecache.JWE) }

// fuzz looks for values that are accepted though nobody sealed them; testdata/fuzz has more seeds.
func fuzz(f *testing.F, strategy cookiecache.Strategy) {
	v := vectors(f)[strategy]
	made := time.UnixMilli(v.member(f, "updatedAt"))
	cache := at(f, strategy, made, v.Secret)
	f.Add(v.Value)
	f.Fuzz(func(t *testing.T, value string) {
		if _, ok := cache.Open(value); ok != (value == v.Value) {
			t.Errorf("%q is accepted: %v", value, ok)
		}
	})
}
