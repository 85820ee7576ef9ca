package clientip_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/clientip"
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

func TestAnAnswerSaysHowTheAddressIsFound(t *testing.T) {
	t.Parallel()
	asker, server, now := probes(t, "old"), probes(t, "new", "old"), time.Unix(1_800_000_000, 0)
	resolver, err := clientip.New([]string{"10.0.0.0/8"}, []string{"cf-connecting-ip", "x-forwarded-for"})
	if err != nil {
		t.Fatal(err)
	}
	own := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.9")}
	for name, c := range map[string]struct {
		peer      string
		forwarded []string
		want      clientip.Path
		// connecting is the header that is preferred.
		connecting []string
	}{
		"direct":               {"192.0.2.9:1", nil, clientip.Path{Client: own[1]}, nil},
		"another proxy":        {"203.0.113.1:1", []string{"192.0.2.9"}, clientip.Path{Forwarded: true}, nil},
		"silent proxy":         {"10.0.0.1:1", nil, clientip.Path{Trusted: true}, nil},
		"proxy":                {"10.0.0.1:1", []string{"192.0.2.9"}, clientip.Path{Trusted: true, Forwarded: true, Read: true, Client: own[1]}, nil},
		"masquerading":         {"10.0.0.1:1", []string{"10.0.0.1"}, clientip.Path{Trusted: true, Forwarded: true, Read: true}, nil},
		"garbage":              {"10.0.0.1:1", []string{"unknown"}, clientip.Path{Trusted: true, Forwarded: true}, nil},
		"one of two untrusted": {"10.0.0.1:1", []string{"192.0.2.9, 203.0.113.1"}, clientip.Path{Trusted: true, Forwarded: true, Read: true, Beyond: true}, nil},
		"in another header":    {"10.0.0.1:1", []string{"192.0.2.9", "203.0.113.1"}, clientip.Path{Trusted: true, Forwarded: true, Read: true, Beyond: true}, nil},
		"two trusted":          {"10.0.0.1:1", []string{"192.0.2.9, 10.0.0.7"}, clientip.Path{Trusted: true, Forwarded: true, Read: true, Client: own[1]}, nil},
		"a port, two proxies":  {"10.0.0.1:1", []string{"192.0.2.9:1, 10.0.0.7"}, clientip.Path{Trusted: true, Forwarded: true}, nil},
		"preferred":            {"10.0.0.1:1", []string{"203.0.113.1"}, clientip.Path{Trusted: true, Forwarded: true, Read: true, Client: own[1]}, []string{"192.0.2.9"}},
		"preferred garbage":    {"10.0.0.1:1", []string{"192.0.2.9"}, clientip.Path{Trusted: true, Forwarded: true}, []string{"unknown"}},
	} {
		answer, ok := server.Answer(asker.Question("nonce", now), now.Add(30*time.Second), resolver.Path(c.peer, map[string][]string{
			"X-Forwarded-For": c.forwarded, "Cf-Connecting-Ip": c.connecting,
		}))
		if !ok || strings.Contains(answer, "192") {
			t.Fatalf("%s: %q, %v", name, answer, ok)
		}
		// The server answers with its newest key, which those who ask may not know yet; both know all of them in a rotation.
		got, ok := server.Read(answer, "nonce", own)
		if !ok || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, ok, c.want)
		}
		if got, _ := server.Read(answer, "another", own); got.Client.IsValid() {
			t.Errorf("%s: the answer of another question names an address", name)
		}
	}
}

func TestOnlyFreshQuestionsOfOursAreAnswered(t *testing.T) {
	t.Parallel()
	p, now := probes(t, "secret"), time.Unix(1_800_000_000, 0)
	question := p.Question("nonce", now)
	for at, want := range map[time.Duration]bool{0: true, time.Minute: true, -time.Minute: true, time.Minute + 1: false, -time.Minute - 1: false} {
		if _, ok := p.Answer(question, now.Add(at), clientip.Path{}); ok != want {
			t.Errorf("after %s: %v", at, ok)
		}
	}
	keys, err := tokens.NewKeyring("secret")
	if err != nil {
		t.Fatal(err)
	}
	signed := keys.Sign("1800000000.nonce")
	for _, forged := range []string{
		"", ".", "..", "1800000000.nonce.", question[1:], question + "A", question + "=", strings.Replace(question, "nonce", "Nonce", 1),
		probes(t, "another").Question("nonce", now), signed, "x" + question, strings.Repeat("1", 1000) + question, strings.ToUpper(question),
	} {
		if answer, ok := p.Answer(forged, now, clientip.Path{}); ok {
			t.Errorf("%q is answered with %q", forged, answer)
		}
	}
	for _, answer := range []string{"", "1111", "1111.", "11111." + strings.Repeat("A", 43), "1121." + strings.Repeat("A", 43), "1111." + strings.Repeat("A", 42)} {
		if got, ok := p.Read(answer, "nonce", nil); ok {
			t.Errorf("%q is read as %+v", answer, got)
		}
	}
}
