package httpapi_test

import (
	"net"
	"net/http"
	"strings"
	"testing"
)

// from is a client of an address of the machine.
func from(t *testing.T, address string) *http.Client {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	transport := &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}
	return &http.Client{Transport: transport}
}

// TestTheLimitOfAnotherHeaderBehindNginx signs in from two machines, of which one lies in every header that it can.
func TestTheLimitOfAnotherHeaderBehindNginx(t *testing.T) {
	t.Parallel()
	h := start(t, "rateLimit: {storage: Memory, auth: {max: 1, window: 1m}}\ntrustedProxies: [127.0.0.1]\nipHeaders: [X-Real-IP, x-forwarded-for]")
	public := nginx(t, "testdata/nginx_ingress.conf", map[string]string{"Gatehouse": h.address, "Header": "X-Real-IP", "Forwarded": "$remote_addr"})
	for _, attempt := range []struct {
		from, lie string
		want      int
	}{
		{"127.0.0.2", "", http.StatusBadRequest},
		{"127.0.0.2", "", http.StatusTooManyRequests},
		{"127.0.0.2", "203.0.113.1", http.StatusTooManyRequests},
		{"127.0.0.2", "203.0.113.2", http.StatusTooManyRequests},
		{"127.0.0.3", "127.0.0.2", http.StatusBadRequest},
		{"127.0.0.3", "203.0.113.3", http.StatusTooManyRequests},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, public+signInPath, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		for _, name := range []string{"X-Real-IP", "X-Forwarded-For"} {
			if attempt.lie != "" {
				request.Header.Set(name, attempt.lie)
			}
		}
		response, err := from(t, attempt.from).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil || response.StatusCode != attempt.want {
			t.Errorf("from %s, lying %q: %d, want %d, %v", attempt.from, attempt.lie, response.StatusCode, attempt.want, err)
		}
	}
}

// TestAMissingHeaderDoesNotLiftTheLimit has a proxy that names nobody, or nothing that is an address.
func TestAMissingHeaderDoesNotLiftTheLimit(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][][2]string{
		"missing": nil, "empty": {{"X-Real-IP", ""}}, "no address": {{"X-Real-IP", "unknown"}}, "another": {{"X-Forwarded-For", "203.0.113.1"}},
		"invalid, then another": {{"X-Real-IP", "1.2.3.4:80"}, {"X-Forwarded-For", "203.0.113.1"}},
	} {
		h := start(t, "rateLimit: {storage: Memory, auth: {max: 1, window: 1m}}\ntrustedProxies: [127.0.0.1]\nipHeaders: [x-real-ip]")
		for i, want := range []int{http.StatusBadRequest, http.StatusTooManyRequests, http.StatusTooManyRequests} {
			if got := h.post(signInPath, `{}`, headers...); got.status != want {
				t.Errorf("%s: sign-in %d: %d, want %d", name, i, got.status, want)
			}
		}
	}
}

func TestTheSessionRemembersTheClientOfAnotherHeader(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"trustedProxies: ['127.0.0.1']\nipHeaders: [cf-connecting-ip, x-forwarded-for]")
	cookie, _ := h.signUp("a@b.co", [2]string{"X-Forwarded-For", "203.0.113.9"}, [2]string{"CF-Connecting-IP", "2001:db8::1"})
	if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, `"ipAddress":"2001:db8::1"`) {
		t.Error(got.body)
	}
}
