package controllers

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

func TestBrowserTopology(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		url, origins, reason, told string
		cookie                     v1alpha1.CookieSpec
	}{
		{url: "https://auth.example.com"},
		{"https://auth.example.com", "https://app.example.com https://example.com https://a.b.example.com:8443", "SameSite", "https://example.com", v1alpha1.CookieSpec{}},
		{"https://auth.example.com", "https://*.example.com https://app-?.example.com *.example.com", "SameSite", "", v1alpha1.CookieSpec{}},
		{"https://auth.example.com", "https://app.example.com https://app.example.org", "CrossSite", "pages of https://app.example.org, which are on other sites. Serve the service from a host below example.org, such as auth.example.org, or use bearer tokens", v1alpha1.CookieSpec{}},
		{"https://auth.example.com", "http://app.example.com", "CrossSite", "Serve them by https too", v1alpha1.CookieSpec{}},
		{"http://auth.example.com", "https://app.example.com", "CrossSite", "Serve them by http too", v1alpha1.CookieSpec{}},
		{"https://auth.example.com", "https://app.example.org", "CrossSite", "Only browsers that allow third-party cookies", v1alpha1.CookieSpec{SameSite: "None"}},
		{"https://auth.example.com", "http://localhost:3000", "CrossSite", "below one domain of yours", v1alpha1.CookieSpec{}},
		// Suffixes below which anybody may register names.
		{"https://shop.github.io", "https://other.github.io", "CrossSite", "https://other.github.io", v1alpha1.CookieSpec{}},
		{"https://shop.github.io", "https://*.github.io", "CrossSite", "", v1alpha1.CookieSpec{}},
		{"https://auth.example.co.uk", "https://www.example.co.uk", "SameSite", "https://example.co.uk", v1alpha1.CookieSpec{}},
		{"https://auth.example.co.uk", "https://*.co.uk", "CrossSite", "", v1alpha1.CookieSpec{}},
		{"https://auth.example.com", "https://*example.com", "CrossSite", "", v1alpha1.CookieSpec{}}, // evilexample.com too
		{"https://github.io", "https://github.io", "SameSite", "", v1alpha1.CookieSpec{}},
		// Hosts without a registered name.
		{"http://localhost:3001", "http://localhost:3000 http://localhost:*", "SameSite", "http://localhost", v1alpha1.CookieSpec{}},
		{"http://localhost:3001", "http://app.localhost:3000", "CrossSite", "", v1alpha1.CookieSpec{}},
		{"http://localhost:3001", "http://127.0.0.1:3000", "CrossSite", "", v1alpha1.CookieSpec{}},
		{"http://192.168.1.2:3001", "http://192.168.1.2:8080 http://192.168.1.2:*", "SameSite", "", v1alpha1.CookieSpec{}},
		{"http://192.168.1.2:3001", "http://192.168.1.3:8080", "CrossSite", "", v1alpha1.CookieSpec{}},
		{"http://192.168.1.2:3001", "http://192.168.*.*:8080", "CrossSite", "", v1alpha1.CookieSpec{}},
		{"http://[::1]:3001", "http://[::1]:3000", "SameSite", "http://::1", v1alpha1.CookieSpec{}},
		{"http://[::1]:3001", "http://[::2]:3000", "CrossSite", "", v1alpha1.CookieSpec{}},
		// No browser comes into the cluster.
		{"", "https://app.example.com", "CrossSite", "No browser reaches http://login.shop.svc from the pages of https://app.example.com. Set baseURL, ingress or httpRoute", v1alpha1.CookieSpec{}},
		// Cookies that browsers do not keep.
		{"https://auth.example.co.uk", "", "CookiesRefused", "refuse cookies for co.uk", v1alpha1.CookieSpec{Domain: "co.uk"}},
		{"https://shop.github.io", "https://shop.github.io", "CookiesRefused", "refuse cookies for github.io", v1alpha1.CookieSpec{Domain: "github.io"}},
		{"https://auth.example.com", "", "SameSite", "", v1alpha1.CookieSpec{Domain: "example.com"}},
		{"http://auth.example.com", "http://app.example.com", "CookiesRefused", "Serve it by https", v1alpha1.CookieSpec{Secure: ptr.To(true)}},
		{"http://auth.example.com", "http://app.example.com", "CookiesRefused", "", v1alpha1.CookieSpec{SameSite: "None"}},
		{"http://localhost:3001", "http://localhost:3000", "SameSite", "", v1alpha1.CookieSpec{Secure: ptr.To(true)}},
	} {
		auth := &v1alpha1.AuthService{ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: "shop"}}
		auth.Spec.BaseURL, auth.Spec.AllowedOrigins, auth.Spec.Session.Cookie = test.url, strings.Fields(test.origins), test.cookie
		name := test.url + " and " + test.origins
		got := browserTopology(auth)
		if test.reason == "" {
			if len(got) > 0 {
				t.Errorf("%s: %+v", name, got)
			}
			continue
		}
		status := metav1.ConditionFalse
		if test.reason == v1alpha1.ReasonSameSite {
			status = metav1.ConditionTrue
		}
		if len(got) != 1 || got[0].status != status || got[0].reason != test.reason || !strings.Contains(got[0].message, test.told) {
			t.Errorf("%s: got %+v, want %s: %s", name, got, test.reason, test.told)
		}
	}
}

func TestBrowserTopologyOfMany(t *testing.T) {
	t.Parallel()
	auth := &v1alpha1.AuthService{}
	auth.Spec.BaseURL = "https://auth.example.com"
	for _, letter := range "abcdefg" {
		auth.Spec.AllowedOrigins = append(auth.Spec.AllowedOrigins, "https://"+string(letter)+".example.org")
	}
	if got := browserTopology(auth)[0].message; !strings.Contains(got, "https://e.example.org and 2 more, which") || strings.Contains(got, "f.example.org") {
		t.Error(got)
	}
	auth.Spec.Features.Bearer = &v1alpha1.BearerFeature{}
	if got := browserTopology(auth)[0].message; !strings.HasSuffix(got, "These pages work with bearer tokens only") {
		t.Error(got)
	}
}
