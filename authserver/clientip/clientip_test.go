package clientip

import (
	"encoding/json"
	"net/netip"
	"os"
	"testing"
)

var (
	private  = []string{"127.0.0.0/8", "::1", "10.0.0.0/8"}
	standard = []string{"x-forwarded-for"}
)

func forwardedFor(values ...string) map[string][]string {
	return map[string][]string{"X-Forwarded-For": values}
}

func TestAddress(t *testing.T) {
	resolver, err := New(private, standard)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"no proxy", "203.0.113.7:1", nil, "203.0.113.7"},
		{"an untrusted peer is the client, whatever it says", "203.0.113.7:1", []string{"1.2.3.4"}, "203.0.113.7"},
		{"a trusted peer without the header", "127.0.0.1:1", nil, "127.0.0.1"},
		{"a trusted peer", "127.0.0.1:1", []string{"1.2.3.4"}, "1.2.3.4"},
		{"what the client forged is left of its address", "127.0.0.1:1", []string{"9.9.9.9, 1.2.3.4"}, "1.2.3.4"},
		{"trusted hops are skipped", "127.0.0.1:1", []string{"1.2.3.4, 10.0.0.1, 10.1.1.1"}, "1.2.3.4"},
		{"several headers are one list", "127.0.0.1:1", []string{"9.9.9.9", "1.2.3.4, 10.0.0.1"}, "1.2.3.4"},
		{"several headers, all of the last trusted", "127.0.0.1:1", []string{"1.2.3.4", "10.0.0.1"}, "1.2.3.4"},
		{"only trusted hops", "127.0.0.1:1", []string{"10.0.0.1"}, "10.0.0.1"},
		{"garbage ends the walk at the last good hop", "127.0.0.1:1", []string{"1.2.3.4, nope, 10.0.0.1"}, "10.0.0.1"},
		{"an address with a port is garbage", "127.0.0.1:1", []string{"1.2.3.4:80"}, "127.0.0.1"},
		{"empty header", "127.0.0.1:1", []string{""}, "127.0.0.1"},
		{"empty hop", "127.0.0.1:1", []string{"1.2.3.4,"}, "127.0.0.1"},
		{"IPv6 peer", "[::1]:1", []string{" 2001:DB8::1 "}, "2001:db8::1"},
		{"IPv4-mapped peer", "[::ffff:127.0.0.1]:1", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{"not an address", "@", []string{"1.2.3.4"}, "invalid IP"},
	} {
		if got := resolver.Address(c.peer, forwardedFor(c.forwarded...)).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTheFirstHeaderThatIsThereCounts(t *testing.T) {
	const proxy, stranger = "10.0.0.1:1", "203.0.113.7:1"
	type header = map[string][]string
	for _, c := range []struct {
		name, peer string
		names      []string
		header     header
		want       string
	}{
		{"one address", proxy, []string{"x-real-ip"}, header{"X-Real-Ip": {"1.2.3.4"}}, "1.2.3.4"},
		{"the name in any case", proxy, []string{"CF-Connecting-IP"}, header{"Cf-Connecting-Ip": {"2001:db8::1"}}, "2001:db8::1"},
		{"an address that is a trusted proxy's", proxy, []string{"x-real-ip"}, header{"X-Real-Ip": {"10.0.0.9"}}, "10.0.0.9"},
		{"a list in another header", proxy, []string{"true-client-ip"}, header{"True-Client-Ip": {"9.9.9.9, 1.2.3.4, 10.0.0.2"}}, "1.2.3.4"},
		{"the preferred one", proxy, []string{"cf-connecting-ip", "x-forwarded-for"}, header{"X-Forwarded-For": {"9.9.9.9"}, "Cf-Connecting-Ip": {"1.2.3.4"}}, "1.2.3.4"},
		{"the order is that of the list", proxy, []string{"x-forwarded-for", "cf-connecting-ip"}, header{"X-Forwarded-For": {"9.9.9.9"}, "Cf-Connecting-Ip": {"1.2.3.4"}}, "9.9.9.9"},
		{"the next one", proxy, []string{"cf-connecting-ip", "x-forwarded-for"}, header{"X-Forwarded-For": {"1.2.3.4"}}, "1.2.3.4"},
		{"an invalid one hides the next", proxy, []string{"cf-connecting-ip", "x-forwarded-for"}, header{"X-Forwarded-For": {"1.2.3.4"}, "Cf-Connecting-Ip": {"nope"}}, "10.0.0.1"},
		{"an empty one hides the next", proxy, []string{"cf-connecting-ip", "x-forwarded-for"}, header{"X-Forwarded-For": {"1.2.3.4"}, "Cf-Connecting-Ip": {""}}, "10.0.0.1"},
		{"a header that is not in the list", proxy, []string{"x-real-ip"}, header{"X-Forwarded-For": {"1.2.3.4"}}, "10.0.0.1"},
		{"no list", proxy, nil, header{"X-Forwarded-For": {"1.2.3.4"}}, "10.0.0.1"},
		{"an untrusted peer", stranger, []string{"cf-connecting-ip", "x-forwarded-for"}, header{"X-Forwarded-For": {"1.2.3.4"}, "Cf-Connecting-Ip": {"1.2.3.4"}}, "203.0.113.7"},
	} {
		resolver, err := New(private, c.names)
		if err != nil {
			t.Fatal(err)
		}
		if got := resolver.Address(c.peer, c.header).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAddressAllocatesNothing(t *testing.T) {
	resolver, err := New(private, []string{"cf-connecting-ip", "x-real-ip", "x-forwarded-for"})
	if err != nil {
		t.Fatal(err)
	}
	header := forwardedFor("9.9.9.9, 1.2.3.4, 10.0.0.2")
	if got := testing.AllocsPerRun(100, func() { resolver.Address("10.0.0.1:1", header) }); got != 0 {
		t.Errorf("%.0f allocations", got)
	}
}

func TestNewRefusesWhatIsNoAddress(t *testing.T) {
	if _, err := New([]string{"proxy.example.com"}, standard); err == nil {
		t.Error("a host name is taken as a trusted proxy")
	}
}

func TestBucketIsThatOfBetterAuth(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", "2001:db8:1:2:3:4:5:6": "2001:0db8:0001:0002:0000:0000:0000:0000", "::1": "0000:0000:0000:0000:0000:0000:0000:0000",
	} {
		if got := Bucket(netip.MustParseAddr(address)); got != want {
			t.Errorf("Bucket(%s) = %s, want %s", address, got, want)
		}
	}
	if got := Bucket(netip.Addr{}); got != "no-trusted-ip" {
		t.Errorf("Bucket(unknown) = %s", got)
	}
}

// Each vector is X-Forwarded-For with the bucket of Better-Auth without and with trusted proxies. Without, it believes
// whoever sends one address, and we nobody; where it finds no address, ours is that of the peer.
func TestBucketsOfTrustedProxiesAreThoseOfBetterAuth(t *testing.T) {
	data, err := os.ReadFile("testdata/rate_limit_ip.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors [][3]*string
	if err := json.Unmarshal(data, &vectors); err != nil || len(vectors) < 13 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	const peer = "192.0.2.1"
	trusting, err := New([]string{peer, "5.6.7.8"}, standard)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := New(nil, standard)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		want := peer
		if v[2] != nil {
			want = *v[2]
		}
		if got := Bucket(trusting.Address(peer+":1", forwardedFor(*v[0]))); got != want {
			t.Errorf("%q: %s, want %s", *v[0], got, want)
		}
		if got := Bucket(alone.Address(peer+":1", forwardedFor(*v[0]))); got != peer {
			t.Errorf("%q from anybody: %s", *v[0], got)
		}
	}
}
