package origins

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestPatternsMatchAsInBetterAuth evaluates the 680 cases that Better-Auth 1.7.25 was asked.
func TestPatternsMatchAsInBetterAuth(t *testing.T) {
	data, err := os.ReadFile("testdata/trusted_origins.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct{ Rows [][4]any }
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors.Rows) != 680 {
		t.Fatalf("%d cases, want 680", len(vectors.Rows))
	}
	for _, row := range vectors.Rows {
		list := New(row[0].(string))
		url, relative, want := row[1].(string), row[2].(bool), row[3].(bool)
		trusts := list.Trusts
		if relative {
			trusts = list.TrustsCallback
		}
		if got := trusts(url); got != want {
			t.Errorf("pattern %q, url %q, relative %v: %v, want %v", row[0], url, relative, got, want)
		}
	}
}

func TestURLsThatBrowsersReadDifferentlyAreNotTrusted(t *testing.T) {
	list := New("https://example.com", "https://*.example.com", "http://192.168.*.*:3000", "*.example.org", "myapp://host/cb", "exp://*.exp.direct")
	for _, url := range []string{
		"https:evil.com", "https:/evil.com", `https:\\evil.com`, `https://evil.com\.example.com`, "https://evil.com?.example.com",
		"https://evil.com#.example.com", "https://evil.com/.example.com", "https://.example.com@evil.com", "https://a.example.com@evil.com:443",
		"https://ex\u00e4mple.example.com", "https://a%2eb.example.com", "https://example.com:99999", "https://example.com:x", "https://[::1",
		"http://0xC0A80101:3000", "http://192.168.257:3000", "http://192.168.1:3000", "http://192.168.1.300:3000", "https://", "https://@",
		"https://a b.example.com", "//example.com", "/\t/evil.com", "/a\x00b", "javascript://a.example.org/%0aalert(1)", "myapp://host/cbx", "myapp://host/cb/%2e%2e/x",
		"exp://a@x.exp.direct", "exp://x.exp.direct.evil.com", " ", "null", "blob:https://example.com/x", "https://a.example.com:8443",
	} {
		if list.TrustsCallback(url) {
			t.Errorf("%q is trusted", url)
		}
	}
	for _, url := range []string{
		"https://EXAMPLE.com:443/x?y#z", "https://user:pw@a.example.com", "http://192.168.7.8:3000/a",
		"ws://a.example.org", "myapp://HOST/cb/x?y", "exp://x.exp.direct/--/cb", " https://example.com", "/dash?x=//y&z=%2f",
	} {
		if !list.TrustsCallback(url) {
			t.Errorf("%q is not trusted", url)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true}, {"", "", true}, {"?", "", false}, {"a*b*c", "axxbyybzc", true}, {"a*b*c", "axxbyybz", false}, {"**", "x", true},
		{"/sign-up/*", "/sign-up/email", true}, {"/sign-up/*", "/sign-in/email", false}, {"a.c", "abc", false}, {`a\*`, "a*", true}, {`a\*`, "ab", false},
		{strings.Repeat("*a", 50) + "b", strings.Repeat("a", 5000), false},
	} {
		if got := Glob(c.pattern, c.text); got != c.want {
			t.Errorf("Glob(%.20q, %.20q) = %v", c.pattern, c.text, got)
		}
	}
}

func TestOf(t *testing.T) {
	for url, want := range map[string]string{
		"http://localhost:3001": "http://localhost:3001", "https://A.b:443/x": "https://a.b", "http://[::1]:80": "http://[::1]", "myapp://x": "", "x": "",
	} {
		if got := Of(url); got != want {
			t.Errorf("Of(%s) = %q, want %q", url, got, want)
		}
	}
}

func TestTrustsOriginTakesNoOtherURLs(t *testing.T) {
	list := New("https://example.com", "*")
	for origin, want := range map[string]bool{
		"https://example.com": true, "https://example.com/": false, "https://EXAMPLE.com": false, "https://example.com:443": false, "null": false, "": false,
	} {
		if got := list.TrustsOrigin(origin); got != want {
			t.Errorf("TrustsOrigin(%q) = %v", origin, got)
		}
	}
}
