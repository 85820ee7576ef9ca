package clientip

import (
	"fmt"
	"net/netip"
	"net/textproto"
	"strings"
)

// Resolver knows the trusted proxies, and the headers in which they name the client.
type Resolver struct {
	trusted []netip.Prefix
	// headers have the form of the keys of http.Header.
	headers []string
}

// New reads addresses and CIDRs of trusted proxies. The headers, in order of preference, are in any case.
func New(trusted, headers []string) (*Resolver, error) {
	r := &Resolver{}
	for _, name := range headers {
		r.headers = append(r.headers, textproto.CanonicalMIMEHeaderKey(name))
	}
	for _, text := range trusted {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			addr, addrErr := netip.ParseAddr(text)
			if addrErr != nil {
				return nil, fmt.Errorf("trusted proxy %q is neither an address nor a CIDR; write 10.0.0.1 or 10.0.0.0/8", text)
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		r.trusted = append(r.trusted, prefix.Masked())
	}
	return r, nil
}

// Path is how a request came here, as far as it can be believed.
type Path struct {
	// Client is the client's address; the zero Addr when the peer is not an IP address.
	Client netip.Addr
	// Trusted says that the peer is a trusted proxy, Forwarded that there was one of the headers.
	Trusted, Forwarded bool
	// Read says that Client is from that header, and not only a proxy left of which no address stands. Beyond says that
	// something stands left of it there: Client is a proxy that is not trusted, or the client wrote it.
	Read, Beyond bool
}

// Address returns the client's address, given the peer ("host:port") and the http.Header of the request.
// It is the zero Addr when the peer is not an IP address.
func (r *Resolver) Address(peer string, header map[string][]string) netip.Addr {
	return r.Path(peer, header).Client
}

// Path returns how the client's address is found.
func (r *Resolver) Path(peer string, header map[string][]string) Path {
	forwardedFor := r.preferred(header)
	p := Path{Forwarded: len(forwardedFor) > 0}
	addrPort, err := netip.ParseAddrPort(peer)
	if err != nil {
		return p
	}
	p.Client = plain(addrPort.Addr())
	p.Trusted = r.trusts(p.Client)
	for i := len(forwardedFor) - 1; i >= 0; i-- {
		hops := forwardedFor[i]
		for hops != "" && r.trusts(p.Client) {
			hop := hops[strings.LastIndexByte(hops, ',')+1:]
			hops = strings.TrimSuffix(strings.TrimSuffix(hops, hop), ",")
			addr, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				p.Read = false
				return p
			}
			p.Client, p.Read = plain(addr), true
		}
		p.Beyond = p.Read && (hops != "" || p.Beyond)
	}
	return p
}

// preferred are the values of the first of the headers that is there. What it holds does not matter: a later one, which may
// be the client's own, never takes the place of one that holds no address.
func (r *Resolver) preferred(header map[string][]string) []string {
	for _, name := range r.headers {
		if values := header[name]; len(values) > 0 {
			return values
		}
	}
	return nil
}

func (r *Resolver) trusts(addr netip.Addr) bool {
	for _, prefix := range r.trusted {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// plain drops the zone and turns ::ffff:a.b.c.d into a.b.c.d.
func plain(addr netip.Addr) netip.Addr { return addr.WithZone("").Unmap() }

// Bucket is the text under which a client is rate limited: an IPv4 address, or the /64 of an IPv6 address, since one
// client usually has a whole /64. The zero Addr has the bucket of Better-Auth for unknown clients.
func Bucket(addr netip.Addr) string {
	switch {
	case !addr.IsValid():
		return "no-trusted-ip"
	case addr.Is4():
		return addr.String()
	}
	prefix, _ := addr.Prefix(64)
	return prefix.Addr().StringExpanded()
}
