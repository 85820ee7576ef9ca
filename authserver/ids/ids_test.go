package ids

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"testing"
)

func TestNewHasTheFormOfBetterAuth(t *testing.T) {
	form := regexp.MustCompile(`^[a-zA-Z0-9]{32}$`)
	seen := map[string]bool{}
	for range 1000 {
		id := Generator{}.New()
		if !form.MatchString(id) || seen[id] {
			t.Fatalf("id %q is malformed or drawn twice", id)
		}
		seen[id] = true
	}
}

func TestNewThrowsBiasedBytesAway(t *testing.T) {
	source := bytes.Repeat([]byte{255, 248, 247, 0}, 100)
	if got, want := (Generator{Random: bytes.NewReader(source)}).New(), "9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a"; got != want {
		t.Errorf("New() = %s, want %s: 248 and 255 are beyond the last multiple of 62", got, want)
	}
}

func TestDrawTakesAnyAlphabetAndLength(t *testing.T) {
	for _, c := range []struct {
		alphabet string
		length   int
		form     string
	}{{LowerCase, 32, `^[0-9a-z]{32}$`}, {Alphanumeric, 24, `^[a-zA-Z0-9]{24}$`}, {"ab", 128, `^[ab]{128}$`}} {
		if got := (Generator{}).Draw(c.alphabet, c.length); !regexp.MustCompile(c.form).MatchString(got) {
			t.Errorf("Draw(%q, %d) = %q", c.alphabet, c.length, got)
		}
	}
	source := bytes.Repeat([]byte{252, 251, 0, 36}, 100)
	if got, want := (Generator{Random: bytes.NewReader(source)}).Draw(LowerCase, 6), "z00z00"; got != want {
		t.Errorf("Draw = %s, want %s: 252 is the last multiple of 36", got, want)
	}
}

func TestNewDrawsEveryCharacterEquallyOften(t *testing.T) {
	g := Generator{Random: rand.NewChaCha8([32]byte{1})}
	counts := map[rune]int{}
	const ids = 20000
	for range ids {
		for _, c := range g.New() {
			counts[c]++
		}
	}
	mean := float64(ids*length) / float64(len(Alphanumeric))
	for _, c := range Alphanumeric {
		if ratio := float64(counts[c]) / mean; ratio < 0.94 || ratio > 1.06 {
			t.Errorf("%c is drawn %.2f times as often as the average", c, ratio)
		}
	}
}
