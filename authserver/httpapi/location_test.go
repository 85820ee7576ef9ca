package httpapi

import (
	"testing"
)

func TestLocations(t *testing.T) {
	for _, c := range []struct{ location, appended, replaced string }{
		{"/done", "/done?error=X", "/done?error=X"},
		{"/", "/?error=X", "/?error=X"},
		{"/done?", "/done?error=X", "/done?error=X"},
		{"/done?a=1#f", "/done?a=1&error=X#f", "/done?a=1&error=X#f"},
		{"/done?a=1&", "/done?a=1&error=X", "/done?a=1&error=X"},
		{"/done?a", "/done?a&error=X", "/done?a=&error=X"},
		{"/done?error=1&b=2&error=3", "/done?error=1&b=2&error=3&error=X", "/done?error=X&b=2"},
		{"/done?a=%20~*%2A%zz+", "/done?a=%20~*%2A%zz+&error=X", "/done?a=+%7E**%25zz+&error=X"},
		{"/done#f?a=1", "/done?error=X#f?a=1", "/done?error=X#f?a=1"},
		{"https://a.b", "https://a.b/?error=X", "https://a.b/?error=X"},
		{"https://a.b?c=d", "https://a.b/?c=d&error=X", "https://a.b/?c=d&error=X"},
		{"https://a.b:8443/c/d?e=f#g", "https://a.b:8443/c/d?e=f&error=X#g", "https://a.b:8443/c/d?e=f&error=X#g"},
		{"myapp://done", "myapp://done?error=X", "myapp://done?error=X"},
		{"myapp://done/x?y=z", "myapp://done/x?y=z&error=X", "myapp://done/x?y=z&error=X"},
	} {
		if got := appendQuery(c.location, "error", "X"); got != c.appended {
			t.Errorf("appendQuery(%s) = %s, want %s", c.location, got, c.appended)
		}
		if got := replacingQuery(c.location, "error", "X"); got != c.replaced {
			t.Errorf("replacingQuery(%s) = %s, want %s", c.location, got, c.replaced)
		}
	}
	if got, want := appendQuery("/x", "a&b", "c=ü d"), "/x?a%26b=c%3D%C3%BC+d"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
