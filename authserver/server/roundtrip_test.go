package server_test

import (
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// countSyncs copies a PostgreSQL connection and counts how often the client waits for the server: a Sync ends each
// exchange of the extended protocol, a Query is one of the simple.
func countSyncs(client, upstream net.Conn, syncs *atomic.Int64) {
	header := make([]byte, 5)
	for startup := true; ; {
		// Packets before and with the start-up have no type.
		from := 0
		if startup {
			from = 1
		}
		if _, err := io.ReadFull(client, header[from:]); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(header[1:])-4)
		if _, err := io.ReadFull(client, body); err != nil {
			return
		}
		if !startup && strings.IndexByte("SQ", header[0]) >= 0 {
			syncs.Add(1)
		}
		startup = startup && len(body) == 4
		if _, err := upstream.Write(append(append([]byte{}, header[from:]...), body...)); err != nil {
			return
		}
	}
}

func TestGetSessionIsOneRoundTrip(t *testing.T) {
	var syncs atomic.Int64
	r := start(t, true, func(o *server.Options) {
		location, err := url.Parse(o.DatabaseURL.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		target := location.Host
		socket, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { socket.Close() })
		go func() {
			for {
				client, err := socket.Accept()
				if err != nil {
					return
				}
				upstream, err := net.Dial("tcp", target)
				if err != nil {
					client.Close()
					continue
				}
				go func() { io.Copy(client, upstream); client.Close() }()
				go func() { countSyncs(client, upstream, &syncs); upstream.Close() }()
			}
		}()
		location.Host = socket.Addr().String()
		query := location.Query()
		query.Set("sslmode", "disable")
		location.RawQuery = query.Encode()
		o.DatabaseURL = config.Redacted(location.String())
		o.Config.Database.MaxConnections = 1
		*o.Config.RateLimit.Enabled = false
	})
	r.eventually(r.ops+"/readyz", 200)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.public+"/api/auth/sign-up/email", strings.NewReader(signUp))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	cookies := response.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("sign-up: %d, cookies %v", response.StatusCode, cookies)
	}
	getSession := func() {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.public+"/api/auth/get-session", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.AddCookie(cookies[0])
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if body, err := io.ReadAll(response.Body); err != nil || !strings.Contains(string(body), "a@b.co") {
			t.Fatalf("get-session: %s, %v", body, err)
		}
	}
	getSession()
	before := syncs.Load()
	const requests = 5
	for range requests {
		getSession()
	}
	if got := syncs.Load() - before; got != requests {
		t.Errorf("%d round trips for %d get-sessions", got, requests)
	}
}
