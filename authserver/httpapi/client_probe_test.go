package httpapi_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/canary"
	"github.com/gatehouse-auth/gatehouse/authserver/clientip"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

func probes(t *testing.T, secrets ...string) *clientip.Probes {
	t.Helper()
	keys, err := tokens.NewKeyring(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return clientip.NewProbes(keys)
}

func (h *harness) probe(publicURL string, own ...netip.Addr) (result, message string) {
	h.t.Helper()
	return canary.Probe(h.t.Context(), canary.ProbeOptions{
		PublicURL: publicURL, BasePath: "/api/auth", IPHeaders: h.server.Config.IPHeaders, Probes: probes(h.t, secret), Own: own, Now: h.clock.Now,
	})
}

func TestClientAddressesBehindNginx(t *testing.T) {
	t.Parallel()
	const appending, standard, another = "$proxy_add_x_forwarded_for", "X-Forwarded-For", "ipHeaders: [x-real-ip]"
	for name, c := range map[string]struct {
		yaml, header, forwarded string
		result, fix             string
	}{
		"trusted":                  {"", standard, appending, config.ClientIPResolvable, ""},
		"not trusted":              {"trustedProxies: [192.0.2.0/24]", standard, appending, config.ClientIPUnresolvable, "add the addresses of the ingress controller to trustedProxies (spec.rateLimit.trustedProxies)"},
		"sends none":               {"", standard, `""`, config.ClientIPUnresolvable, "let the ingress send X-Forwarded-For"},
		"sends none, not trusted":  {"trustedProxies: [192.0.2.0/24]", standard, `""`, config.ClientIPUnresolvable, "let the ingress send X-Forwarded-For"},
		"sends no address":         {"", standard, "unknown", config.ClientIPUnresolvable, "without a port"},
		"a port, two proxies":      {"", standard, `"198.51.100.7:1234, 10.0.0.7"`, config.ClientIPUnresolvable, "without a port"},
		"another proxy in between": {"", standard, `"198.51.100.7, 203.0.113.1"`, config.ClientIPUnresolvable, "all proxies in front of the ingress"},
		"another header":           {another, "X-Real-IP", "$remote_addr", config.ClientIPResolvable, ""},
		"either header":            {"ipHeaders: [cf-connecting-ip, x-real-ip]", "X-Real-IP", "$remote_addr", config.ClientIPResolvable, ""},
		"not the header sent":      {another, standard, appending, config.ClientIPUnresolvable, "it sends no X-Real-Ip; let the ingress send X-Real-Ip with the client's address, or name the header that it sends in ipHeaders (spec.rateLimit.ipHeaders)"},
		"none of two":              {"ipHeaders: [cf-connecting-ip, x-real-ip]", standard, appending, config.ClientIPUnresolvable, "it sends no Cf-Connecting-Ip or X-Real-Ip; let the ingress send Cf-Connecting-Ip with"},
		"no address there":         {another, "X-Real-IP", "$remote_addr:$remote_port", config.ClientIPUnresolvable, "its X-Real-Ip holds no address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := start(t, c.yaml)
			result, message := h.probe(nginx(t, "testdata/nginx_ingress.conf", map[string]string{"Gatehouse": h.address, "Header": c.header, "Forwarded": c.forwarded}))
			if result != c.result || !strings.Contains(message, c.fix) || (message == "") != (c.fix == "") {
				t.Errorf("%q, %q", result, message)
			}
		})
	}
}

func TestProbesThatFindNothingOut(t *testing.T) {
	t.Parallel()
	h, other := start(t, ""), start(t, "")
	if result, message := h.probe("http://"+h.address, netip.MustParseAddr("127.0.0.1")); result != config.ClientIPResolvable || message != "" {
		t.Errorf("without a proxy: %q, %q", result, message)
	}
	result, message := canary.Probe(t.Context(), canary.ProbeOptions{PublicURL: "http://" + h.address, BasePath: "/api/auth", Probes: probes(t, "another"), Now: h.clock.Now})
	if result != "" || !strings.Contains(message, "not by a server of this configuration") {
		t.Errorf("of another server: %q, %q", result, message)
	}
	other.stop()
	if result, message := h.probe("http://" + other.address); result != "" || !strings.Contains(message, "cannot be reached from here") || !strings.HasSuffix(message, "let pods reach it, by name and through network policies") {
		t.Errorf("of nobody: %q, %q", result, message)
	}
	if result, message := h.probe("auth.example.com"); result != "" || !strings.HasPrefix(message, "public URL: ") {
		t.Errorf("no URL: %q, %q", result, message)
	}
}

// TestAProbeChangesNothing compares the answers to requests with and without one.
func TestAProbeChangesNothing(t *testing.T) {
	t.Parallel()
	h := start(t, "rateLimit: {auth: {max: 2, window: 1h}}")
	question := probes(t, secret).Question("nonce", h.clock.Now())
	for _, path := range []string{"/api/auth/ok", "/api/auth/get-session", "/nowhere", "/health"} {
		with, without := h.get(path, [2]string{clientip.QuestionHeader, question}), h.get(path)
		if with.headers.Get(clientip.AnswerHeader) == "" || strings.Contains(with.headers.Get(clientip.AnswerHeader), "127") {
			t.Errorf("%s: the answer is %q", path, with.headers.Get(clientip.AnswerHeader))
		}
		if without.headers.Get(clientip.AnswerHeader) != "" || with.status != without.status || with.body != without.body {
			t.Errorf("%s: %d %s, without a probe %d %s", path, with.status, with.body, without.status, without.body)
		}
		for _, forged := range []string{"", "x", probes(t, "another").Question("nonce", h.clock.Now())} {
			if answer := h.get(path, [2]string{clientip.QuestionHeader, forged}).headers.Get(clientip.AnswerHeader); answer != "" {
				t.Errorf("%q is answered with %q", forged, answer)
			}
		}
	}
	for i, want := range []int{401, 401, 429} {
		got := h.post("/api/auth/sign-in/email", `{"email":"a@b.co","password":"Password123!"}`, [2]string{clientip.QuestionHeader, question})
		if got.status != want {
			t.Errorf("sign-in %d: %d %s", i, got.status, got.body)
		}
	}
}
