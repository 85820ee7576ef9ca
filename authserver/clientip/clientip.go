package clientip

import (
	"fmt"
	"net/netip"
	"strings"
)

// Resolver knows the trusted proxies.
type Resolver struct{ trusted []netip.Prefix }

// New reads addresses and CIDRs of trusted proxies.
func New(trusted []string) (*Resolver, error) {
	r := &Resolver{}
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
	// Trusted says that the peer is a trusted proxy, Forwarded that there was an X-Forwarded-For.
	Trusted, Forwarded bool
	// Read says that Client is from X-Forwarded-For, Beyond that something stands left of it there: Client is a proxy that is
	// not trusted, or the client wrote it.
	Read, Beyond bool
}

// Address returns the client's address, given the peer ("host:port") and the values of X-Forwarded-For in order.
// It is the zero Addr when the peer is not an IP address.
func (r *Resolver) Address(peer string, forwardedFor []string) netip.Addr {
	return r.Path(peer, forwardedFor).Client
}

// Path returns how the client's address is found.
func (r *Resolver) Path(peer string, forwardedFor []string) Path {
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
				return p
			}
			p.Client, p.Read = plain(addr), true
		}
		p.Beyond = p.Read && (hops != "" || p.Beyond)
	}
	return p
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
