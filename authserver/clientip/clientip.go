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

// Address returns the client's address, given the peer ("host:port") and the values of X-Forwarded-For in order.
// It is the zero Addr when the peer is not an IP address.
func (r *Resolver) Address(peer string, forwardedFor []string) netip.Addr {
	addrPort, err := netip.ParseAddrPort(peer)
	if err != nil {
		return netip.Addr{}
	}
	client := plain(addrPort.Addr())
	for i := len(forwardedFor) - 1; i >= 0; i-- {
		hops := forwardedFor[i]
		for hops != "" && r.trusts(client) {
			hop := hops[strings.LastIndexByte(hops, ',')+1:]
			hops = strings.TrimSuffix(strings.TrimSuffix(hops, hop), ",")
			addr, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				return client
			}
			client = plain(addr)
		}
	}
	return client
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
