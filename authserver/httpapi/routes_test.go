package httpapi

import (
	"net/http/httptest"
	"testing"
)

func TestARouteMayEndInOneParameter(t *testing.T) {
	a := &api{routes: index([]route{{method: "GET", path: "/b/:token"}, {method: "GET", path: "/b/exact"}, {method: "POST", path: "/b"}})}
	for _, c := range []struct{ method, path, route, parameter string }{
		{"GET", "/b/x", "/b/:token", "x"}, {"GET", "/b/exact", "/b/exact", ""}, {"GET", "/b/exactly", "/b/:token", "exactly"},
		{"GET", "/b/x%2Fy%20%00", "/b/:token", "x%2Fy%20%00"}, {"GET", "/b/:token", "/b/:token", ":token"}, {"POST", "/b", "/b", ""},
		{"GET", "/b/", "", ""}, {"GET", "/b", "", ""}, {"GET", "/b/x/", "", ""}, {"GET", "/b/x/y", "", ""}, {"GET", "/b//x", "", ""},
		{"POST", "/b/x", "", ""}, {"HEAD", "/b/x", "", ""}, {"GET", "/B/x", "", ""}, {"GET", "/c/x", "", ""}, {"GET", "/", "", ""},
	} {
		r := httptest.NewRequest(c.method, "http://x"+c.path, nil)
		found, parameter := a.route(r)
		path := ""
		if found != nil {
			path = found.path
		}
		if path != c.route || parameter != c.parameter {
			t.Errorf("%s %s: %q %q, want %q %q", c.method, c.path, path, parameter, c.route, c.parameter)
		}
	}
}
