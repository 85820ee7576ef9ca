package schema_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
)

// relay forwards connections to an address until it is cut, as a machine is that loses its power.
type relay struct {
	listener net.Listener
	mutex    sync.Mutex
	open     []net.Conn
}

func relayTo(t *testing.T, address string) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: listener}
	t.Cleanup(r.cut)
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			r.mutex.Lock()
			r.open = append(r.open, client, server)
			r.mutex.Unlock()
			go func() { _, _ = io.Copy(server, client) }()
			go func() { _, _ = io.Copy(client, server) }()
		}
	}()
	return r
}

func (r *relay) cut() {
	_ = r.listener.Close()
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, conn := range r.open {
		_ = conn.Close()
	}
}

// TestServerGoesOnAfterItsClientDied: PostgreSQL does not notice during a statement that the client is gone. The next
// migration must wait for it rather than meddle, and then finds its work done.
func TestServerGoesOnAfterItsClientDied(t *testing.T) {
	t.Parallel()
	location := pgtest.Database(t)
	s := scenario{dump: "1.7.25", memory: true, change: []string{`ALTER TABLE public."user" ADD handle text`},
		fields: []config.CustomField{{Name: "handle", Type: "string", Unique: true}}}
	s.prepare(t, location, "public")
	cfg := s.config("public")
	parsed, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	line := relayTo(t, parsed.Host)
	parsed.Host = line.listener.Addr().String()
	admin, writer := connect(t, location), connect(t, location)
	transaction, err := writer.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transaction.Exec(t.Context(), `UPDATE "user" SET name = 'Uno' WHERE id = 'u1'`); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := migration(parsed.String(), cfg).Run(t.Context())
		ended <- err
	}()
	await(t, admin, `SELECT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)`)
	line.cut()
	if err := <-ended; err == nil {
		t.Fatal("the migration did not notice that its connection is gone")
	}
	next := migration(location, cfg)
	waited := 0
	next.Clock.Wait = func(ctx context.Context, _ time.Duration) error {
		if waited++; waited == 1 {
			return transaction.Commit(ctx)
		}
		return nil
	}
	result, err := next.Run(t.Context())
	if err != nil || result.Statements != 0 || waited == 0 {
		t.Errorf("%d statements after waiting %d times: %v", result.Statements, waited, err)
	}
	await(t, admin, `SELECT indisvalid FROM pg_index WHERE indexrelid = 'user_handle_key'::regclass`)
}
