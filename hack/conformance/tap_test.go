package conformance

import (
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// tap stands between a server and its database and counts what the server asks.
type tap struct {
	// url is the database's, by way of the tap.
	url string
	// asked counts the writes that begin with a message of a statement.
	asked atomic.Int64
}

// tapped is a tap before a database.
func tapped(t *testing.T, location string) *tap {
	t.Helper()
	database, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	if database.Hostname() == "" {
		t.Fatalf("the database must have a TCP address, such as postgres://user@127.0.0.1:5432/name; set DATABASE_URL accordingly")
	}
	address := database.Host
	if database.Port() == "" {
		address = net.JoinHostPort(database.Hostname(), "5432")
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	database.Host = listener.Addr().String()
	query := database.Query()
	// The tap reads what it counts.
	query.Set("sslmode", "disable")
	database.RawQuery = query.Encode()
	counter := &tap{url: database.String()}
	go counter.accept(listener, address)
	return counter
}

func (c *tap) accept(listener net.Listener, address string) {
	for {
		server, err := listener.Accept()
		if err != nil {
			return
		}
		database, err := net.Dial("tcp", address)
		if err != nil {
			_ = server.Close()
			continue
		}
		end := sync.OnceFunc(func() { _, _ = server.Close(), database.Close() })
		go func() { defer end(); _, _ = io.Copy(server, database) }()
		go func() { defer end(); _, _ = io.Copy(counted{database, &c.asked}, server) }()
	}
}

// counted passes writes on. Servers write whole messages; those of statements begin with Query, Parse or Bind, and
// what keeps or ends a connection does not.
type counted struct {
	io.Writer
	count *atomic.Int64
}

func (s counted) Write(message []byte) (int, error) {
	if len(message) > 0 && (message[0] == 'Q' || message[0] == 'P' || message[0] == 'B') {
		s.count.Add(1)
	}
	return s.Writer.Write(message)
}
