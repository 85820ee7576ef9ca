package httpapi_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
)

const errorPath = "/api/auth/error"

// TestTheErrorPageShowsTextAndRunsNothing puts into the query what would run, or look like ours, if it could.
func TestTheErrorPageShowsTextAndRunsNothing(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited)
	for query, want := range map[string]string{
		"error=":                                 "CODE: UNKNOWN",
		"error=a%20b":                            "CODE: UNKNOWN",
		"error=a%0Ab":                            "CODE: UNKNOWN",
		"error=a&error=%3Cscript%3E":             "CODE: a<",
		"error=it's_OK-2":                        "CODE: it&#39;s_OK-2",
		"error=TOKEN_EXPIRED":                    "The link is too old.",
		"error=x":                                "The server could not do what was asked for.",
		"error=x&error_description=%FF%00":       "<p>\uFFFD\uFFFD</p>",
		"error=x&error_description=%26lt%3B":     "<p>&amp;lt;</p>",
		"error=x&error_description=%7B%7B.%7D":   "<p>{{.}</p>",
		"error=x&error_description=A+%2B+%C3%A9": "<p>A &#43; é</p>",
		"error=" + strings.Repeat("a", 5000):     "CODE: " + strings.Repeat("a", 300) + "…<",
		"error=x&error_description=" + url.QueryEscape(`<script>alert(1)</script>"><img src=x onerror=alert(1)>`): "<p>&lt;script&gt;alert(1)&lt;/script&gt;&#34;&gt;&lt;img src=x onerror=alert(1)&gt;</p>",
	} {
		got := h.get(errorPath + "?" + query)
		if got.status != 200 || !strings.Contains(got.body, want) || strings.Contains(got.body, "<script") || strings.Contains(got.body, "<img") {
			t.Errorf("%s: %d without %s:\n%s", query, got.status, want, got.body)
		}
	}
	if got := h.send("HEAD", errorPath, [][2]string{{"Host", "localhost"}}, ""); got.status != 404 {
		t.Errorf("HEAD: %d", got.status)
	}
}

func TestTheErrorPageMayUseItsStyleOnly(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited)
	got := h.get(errorPath)
	_, rest, _ := strings.Cut(got.body, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	if policy := got.headers.Get("Content-Security-Policy"); policy != want || style == "" {
		t.Errorf("policy %s, want %s", policy, want)
	}
	for name, want := range map[string]string{"Content-Type": "text/html", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
		if value := got.headers.Get(name); value != want {
			t.Errorf("%s is %q", name, value)
		}
	}
}

func TestAnotherErrorPageGetsTheParameters(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{
		"/oops?a=b#c":                 "/oops?a=b&error=x&error_description=a+b*%7E%26%C3%A9%0D%0A#c",
		"https://app.example.com":     "https://app.example.com/?error=x&error_description=a+b*%7E%26%C3%A9%0D%0A",
		"https://app.example.com/e?#": "https://app.example.com/e?error=x&error_description=a+b*%7E%26%C3%A9%0D%0A#",
	} {
		h := start(t, unlimited+"errorURL: '"+page+"'")
		got := h.get(errorPath + "?error=x&error_description=a%20b*~%26%C3%A9%0D%0A")
		if got.status != 302 || got.headers.Get("Location") != want || got.body != "" {
			t.Errorf("%s: %d %s", page, got.status, got.headers.Get("Location"))
		}
		if got := h.get(errorPath + "?error=%3Cb%3E"); !strings.Contains(got.headers.Get("Location"), "error=UNKNOWN") {
			t.Errorf("%s: %s", page, got.headers.Get("Location"))
		}
	}
}
