// Package clientip finds the address of the client behind proxies.
//
// The address is the socket's peer. Only when the peer is a trusted proxy is a header read, usually X-Forwarded-For: the
// first that is there of a list. It holds one address, or several that are read from the right, to the first one that is
// no trusted proxy: what stands further left was written by the client and proves nothing. Where a header holds no address,
// the last proxy before it stands for the client, so that there always is one to count for.
// Better-Auth never reads the socket's address and shares one rate limit among all clients without a header; this
// differs on purpose.
//
// Probes tell an operator who has the secrets, and nobody else, whether the addresses of clients are found behind a proxy.
package clientip
