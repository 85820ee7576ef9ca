package redisstore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// target is what a connection URL says.
type target struct {
	network, address   string
	username, password string
	database           int
	// secure asks for TLS; name is what the certificate must be for.
	secure bool
	name   string
}

// parse reads redis://, rediss:// and unix:// URLs. Its errors hold nothing of the URL, which has a password.
func parse(text string) (target, error) {
	location, err := url.Parse(text)
	if err != nil {
		return target{}, errors.New("the Redis URL cannot be parsed; the form is redis://user:password@host:6379/0")
	}
	t := target{network: "tcp", address: location.Host, name: location.Hostname(), secure: location.Scheme == "rediss"}
	database := strings.Trim(location.Path, "/")
	switch location.Scheme {
	case "redis", "rediss":
		if location.Port() == "" {
			t.address = net.JoinHostPort(location.Hostname(), "6379")
		}
	case "unix":
		t.network, t.address, database = "unix", location.Path, ""
	default:
		return target{}, errors.New("the Redis URL must begin with redis://, rediss:// or unix://")
	}
	if location.User != nil {
		t.username = location.User.Username()
		t.password, _ = location.User.Password()
	}
	query := location.Query()
	if db := query.Get("db"); db != "" {
		database = db
	}
	if query.Del("db"); len(query) > 0 {
		return target{}, errors.New("the Redis URL has options after ?, of which only db is known; the form is redis://user:password@host:6379/0")
	}
	if database != "" {
		if t.database, err = strconv.Atoi(database); err != nil || t.database < 0 {
			return target{}, errors.New("the Redis URL must end with the number of a database or with nothing, as in redis://user:password@host:6379/0")
		}
	}
	return t, nil
}

// connector knows where Redis is. It asks anew for each connection, so that a secret may be changed while the server runs.
type connector struct {
	url   func() (string, error)
	roots *x509.CertPool
	// last is the target that was read last; it serves while the secret cannot be read.
	last atomic.Pointer[target]
}

func newConnector(o Options) (*connector, error) {
	c := &connector{url: o.URL}
	text, err := o.URL()
	if err != nil {
		return nil, err
	}
	first, err := parse(text)
	if err != nil {
		return nil, err
	}
	c.last.Store(&first)
	if o.CAFile == "" {
		return c, nil
	}
	certificates, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("reading the CA certificates of Redis: %w", err)
	}
	c.roots = x509.NewCertPool()
	if !c.roots.AppendCertsFromPEM(certificates) {
		return nil, fmt.Errorf("%s holds no PEM certificates; it must hold those that the certificate of Redis is checked against", o.CAFile)
	}
	return c, nil
}

func (c *connector) target() target {
	if text, err := c.url(); err == nil {
		if read, err := parse(text); err == nil {
			c.last.Store(&read)
		}
	}
	return *c.last.Load()
}

// dial ignores the address that the client remembers.
func (c *connector) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	t := c.target()
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: time.Minute}
	if !t.secure {
		return dialer.DialContext(ctx, t.network, t.address)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.name, RootCAs: c.roots}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	return (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, t.network, t.address)
}

func (c *connector) credentials(context.Context) (username, password string, err error) {
	t := *c.last.Load()
	return t.username, t.password, nil
}
