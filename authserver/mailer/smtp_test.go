package mailer_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/mailer"
	"github.com/gatehouse-auth/gatehouse/authserver/mailer/smtptest"
)

// relay stands before a mail server and knows how many clients have not hung up.
type relay struct {
	address string
	open    atomic.Int32
}

func newRelay(t *testing.T, listen, target string) *relay {
	t.Helper()
	socket, err := net.Listen("tcp", listen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	r := &relay{address: socket.Addr().String()}
	go func() {
		for {
			client, err := socket.Accept()
			if err != nil {
				return
			}
			r.open.Add(1)
			go r.pass(client, target)
		}
	}()
	return r
}

func (r *relay) pass(client net.Conn, target string) {
	defer r.open.Add(-1)
	defer client.Close()
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { io.Copy(client, server) }()
	io.Copy(server, client) // until the client hangs up
}

func (r *relay) idle(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for r.open.Load() > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections stay open", r.open.Load())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func message(to string) mailer.Message {
	return mailer.Message{
		ID: "id", To: to, Subject: "Hello", Text: "text\n", HTML: "<p>html</p>", CreatedAt: time.Now(),
		From: &mail.Address{Name: "Schöner Laden", Address: "no-reply@example.com"},
	}
}

func TestConnectionsAreClosedWhateverHappens(t *testing.T) {
	t.Parallel()
	certificate, key, roots := selfSigned(t)
	open := smtptest.Start(t, smtptest.Options{})
	guarded := smtptest.Start(t, smtptest.Options{Certificate: certificate, Key: key, Username: "user", Password: "the password"})
	for name, c := range map[string]struct {
		server   *smtptest.Server
		tls      string
		password string
		fails    bool
	}{
		"sent":                    {guarded, mailer.StartTLS, "the password", false},
		"wrong password":          {guarded, mailer.StartTLS, "other", true},
		"no STARTTLS":             {open, mailer.StartTLS, "the password", true},
		"TLS where there is none": {open, mailer.ImplicitTLS, "the password", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRelay(t, "127.0.0.1:0", c.server.Address)
			transport := plain(r.address)
			transport.TLS, transport.Roots = c.tls, roots
			transport.Credentials = func() (string, string, error) { return "user", c.password, nil }
			if err := transport.Send(t.Context(), []mailer.Message{message("ann@example.net")})[0]; (err != nil) != c.fails {
				t.Errorf("%v", err)
			}
			r.idle(t)
		})
	}
}

// The words of a server are a stranger's, and some repeat what they were told.
func TestNoPasswordComesBackInAnError(t *testing.T) {
	t.Parallel()
	certificate, key, roots := selfSigned(t)
	server := smtptest.Start(t, smtptest.Options{Certificate: certificate, Key: key, Username: "user", Password: "the password", Repeats: true})
	transport := plain(server.Address)
	transport.TLS, transport.Roots = mailer.StartTLS, roots
	transport.Credentials = func() (string, string, error) { return "user", "the password", nil }
	err := transport.Send(t.Context(), []mailer.Message{message("ann@example.net")})[0]
	if err == nil || strings.Contains(err.Error(), base64.StdEncoding.EncodeToString([]byte("\x00user\x00the password"))) || strings.Contains(err.Error(), "you said") {
		t.Errorf("the error is %v", err)
	}
}

func TestMailGoesOverImplicitTLSAndWithLOGIN(t *testing.T) {
	t.Parallel()
	certificate, key, roots := selfSigned(t)
	for name, c := range map[string]struct {
		tls     string
		options smtptest.Options
	}{
		"implicit": {mailer.ImplicitTLS, smtptest.Options{Implicit: true}},
		"login":    {mailer.StartTLS, smtptest.Options{Login: true}},
		"both":     {mailer.ImplicitTLS, smtptest.Options{Implicit: true, Login: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.options.Certificate, c.options.Key, c.options.Username, c.options.Password = certificate, key, "user", "the password"
			server := smtptest.Start(t, c.options)
			transport := plain(server.Address)
			transport.TLS, transport.Roots = c.tls, roots
			transport.Credentials = func() (string, string, error) { return "user", "the password", nil }
			if err := transport.Send(t.Context(), []mailer.Message{message("ann@example.net")})[0]; err != nil {
				t.Fatal(err)
			}
			if got := server.Wait("ann@example.net", 1); got.Header.Get("From") != "=?utf-8?q?Sch=C3=B6ner_Laden?= <no-reply@example.com>" {
				t.Errorf("From: %s", got.Header.Get("From"))
			}
		})
	}
}

// A server that accepts a mail after the sender has lost its patience gets it twice.
func TestASlowServerIsWaitedForUntilTheTimeout(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{Slow: 2 * time.Second})
	transport := plain(server.Address)
	if err := transport.Send(t.Context(), []mailer.Message{message("ann@example.net")})[0]; err != nil {
		t.Error(err)
	}
	transport.Timeout = 500 * time.Millisecond
	begun := time.Now()
	err := transport.Send(t.Context(), []mailer.Message{message("bob@example.net")})[0]
	var refused *mailer.RefusedError
	if err == nil || errors.As(err, &refused) || time.Since(begun) > 1900*time.Millisecond {
		t.Errorf("%v after %s", err, time.Since(begun))
	}
}

func TestAHangingServerIsGivenUp(t *testing.T) {
	t.Parallel()
	socket, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	transport := plain(socket.Addr().String())
	transport.Timeout = 200 * time.Millisecond
	if err := transport.Send(t.Context(), []mailer.Message{message("ann@example.net")})[0]; err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("%v", err)
	}
	// The end of the context ends it too, long before the timeout.
	transport.Timeout = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := transport.Send(ctx, []mailer.Message{message("ann@example.net")})[0]; err == nil {
		t.Error("sent to nobody")
	}
}

func TestTheServerMayHaveAnIPv6Address(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{})
	transport := plain(newRelay(t, "[::1]:0", server.Address).address)
	if err := transport.Send(t.Context(), []mailer.Message{message("ann@example.net")})[0]; err != nil {
		t.Fatal(err)
	}
	server.Wait("ann@example.net", 1)
}

func TestMailsAreFoundInTheOrderOfTheirSending(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{})
	const mails = 40
	var messages []mailer.Message
	for i := range mails {
		m := message("ann@example.net")
		m.Subject = strconv.Itoa(i)
		messages = append(messages, m)
	}
	for _, err := range plain(server.Address).Send(t.Context(), messages) {
		if err != nil {
			t.Fatal(err)
		}
	}
	server.Wait("ann@example.net", mails)
	for i, m := range server.Messages() {
		if m.Subject != strconv.Itoa(i) {
			t.Errorf("mail %d is %s", i, m.Subject)
		}
	}
}
