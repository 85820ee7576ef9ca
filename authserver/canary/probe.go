package canary

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/check"
	"github.com/gatehouse-auth/gatehouse/authserver/clientip"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
)

// probeTime bounds a probe.
const probeTime = 10 * time.Second

// ProbeOptions configure a probe.
type ProbeOptions struct {
	// PublicURL is where clients reach the server, BasePath the prefix of its endpoints.
	PublicURL, BasePath string
	// IPHeaders are those in which the server finds the addresses of clients; at least one.
	IPHeaders []string
	Probes    *clientip.Probes
	// Own are the addresses of this machine that others see; not loopback, which a proxy on the same machine has too.
	Own []netip.Addr
	// Transport sends the request; nil is http.DefaultTransport.
	Transport http.RoundTripper
	// Random is the source of nonces; nil is crypto/rand.
	Random io.Reader
	// Now is the clock.
	Now func() time.Time
}

// Probe asks through the public URL whether the server sees the addresses of clients or only that of a proxy. It returns
// config.ClientIPResolvable or config.ClientIPUnresolvable, or "" when it could not be found out; the message names cause and
// fix of the last two.
func Probe(ctx context.Context, o ProbeOptions) (result, message string) {
	public, err := check.ParseOrigin("public URL", o.PublicURL)
	if err != nil {
		return "", config.OneLine(err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	nonce := ids.Generator{Random: o.Random}.New()
	client := check.NewClient(check.ClientOptions{
		Base: public, Origin: public, UserAgent: "gatehouse-canary", Timeout: probeTime, Transport: o.Transport,
	})
	answer, err := client.Get(ctx, o.BasePath+"/ok", func(r *http.Request) {
		r.Header.Set(clientip.QuestionHeader, o.Probes.Question(nonce, o.Now()))
		r.Header.Set("Cache-Control", "no-cache")
	})
	if err != nil {
		err = unanswered(err, "let pods reach it, by name and through network policies")
		return "", config.OneLine("whether client addresses can be seen is not known, because the public URL cannot be reached from here: " + err.Error())
	}
	path, ok := o.Probes.Read(answer.Header.Get(clientip.AnswerHeader), nonce, o.Own)
	if !ok {
		return "", config.OneLine(fmt.Sprintf("whether client addresses can be seen is not known: %s at %s answers %d, but is not by a server of this configuration and its secrets",
			answer.Request, public, answer.Status))
	}
	result, message = judge(path, o.IPHeaders)
	return result, config.OneLine(message)
}

const (
	shared     = "the server sees the address of a proxy in place of the client's, so all clients share one rate limit: "
	trustFirst = "add the addresses of the ingress controller to trustedProxies (spec.rateLimit.trustedProxies)"
)

// judge knows that the client sent none of the headers of its own: what is there is from proxies.
func judge(path clientip.Path, headers []string) (result, message string) {
	names := make([]string, len(headers))
	for i, name := range headers {
		names[i] = http.CanonicalHeaderKey(name)
	}
	header, preferred := strings.Join(names, " or "), names[0]
	switch {
	case path.Client.IsValid():
		return config.ClientIPResolvable, ""
	case path.Beyond:
		return config.ClientIPUnresolvable, shared + header + " ends with one that is not trusted; add the addresses of all proxies in front of the ingress " +
			"to trustedProxies (spec.rateLimit.trustedProxies)"
	case path.Read:
		return config.ClientIPResolvable, ""
	case !path.Forwarded:
		return config.ClientIPUnresolvable, shared + "it sends no " + header + "; let the ingress send " + preferred + " with the client's address, " +
			"or name the header that it sends in ipHeaders (spec.rateLimit.ipHeaders)"
	case !path.Trusted:
		return config.ClientIPUnresolvable, shared + "its " + header + " is not believed; " + trustFirst
	}
	return config.ClientIPUnresolvable, shared + "its " + header + " holds no address; let the ingress send " + preferred +
		" with the client's address alone, without a port"
}
