package redisstore_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore/redistest"
)

// everything asks for everything that a store does, and wants the same error of all.
func everything(t *testing.T, store *redisstore.Store, want error) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	session := authserver.Session{Token: "tokenXXXX", UserID: "userX", CreatedAt: now, ExpiresAt: now.Add(day)}
	_, _, find := store.SessionByToken(ctx, "tokenXXXX")
	_, list := store.UserSessions(ctx, "userX", now)
	_, peek := store.Verification(ctx, "x", now)
	_, take := store.TakeVerification(ctx, "x", now)
	_, _, hit := store.Hit(ctx, "x|/x", 1, time.Minute, now)
	for action, err := range map[string]error{
		"Ping": store.Ping(ctx), "SessionByToken": find, "UserSessions": list, "Verification": peek, "TakeVerification": take, "Hit": hit,
		"CreateSession":      store.CreateSession(ctx, session, authserver.User{ID: "userX", Fields: make([]any, len(fields))}),
		"ExtendSession":      store.ExtendSession(ctx, "tokenXXXX", now, now),
		"DeleteSession":      store.DeleteSession(ctx, "tokenXXXX"),
		"DeleteUserSession":  store.DeleteUserSession(ctx, "userX", "tokenXXXX"),
		"DeleteUserSessions": store.DeleteUserSessions(ctx, "userX", ""),
		"Bury":               store.Bury(ctx, "userX", time.Minute),
		"Unbury":             store.Unbury(ctx, "userX"),
		"ReplaceUser":        store.ReplaceUser(ctx, authserver.User{ID: "userX", Fields: make([]any, len(fields))}),
		"CreateVerification": store.CreateVerification(ctx, authserver.Verification{Identifier: "x", ExpiresAt: now.Add(day)}),
	} {
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", action, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error holds the password: %v", action, err)
		}
	}
}

func TestAStoreSurvivesItsRedis(t *testing.T) {
	f := open(t)
	f.begin("tokenAAAA", "user1", day)
	f.server.Kill()
	begun := time.Now()
	everything(t, f.Store, authserver.ErrUnavailable)
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("%v to say that Redis is away", took)
	}
	f.server.Restart()
	f.reconnect()
	f.alive("tokenAAAA")
	f.begin("tokenBBBB", "user1", day)
	equal(t, "tokenAAAA tokenBBBB", f.list("user1"))
	// A Redis that lost everything has also forgotten the scripts.
	f.server.Lose()
	f.reconnect()
	f.alive()
	f.begin("tokenCCCC", "user1", day)
	f.alive("tokenCCCC")
}

// reconnect waits for the client, which asks each second after it has failed often.
func (f *fixture) reconnect() {
	f.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for f.Ping(f.t.Context()) != nil {
		if time.Now().After(deadline) {
			f.t.Fatal("Redis is back, and the store does not see it")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestARedisThatDoesNotAnswerIsGivenUpSoon(t *testing.T) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	store, err := redisstore.Open(redisstore.Options{
		URL: func() (string, error) { return "redis://u:hunter2@" + socket.Addr().String(), nil }, Fields: fields, SessionTTL: day, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	begun := time.Now()
	if _, _, err := store.SessionByToken(t.Context(), "tokenXXXX"); !errors.Is(err, authserver.ErrUnavailable) || strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("%v to give up", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := store.SessionByToken(ctx, "tokenXXXX"); !errors.Is(err, context.Canceled) || errors.Is(err, authserver.ErrUnavailable) {
		t.Errorf("of a request that was given up: %v", err)
	}
}

func TestPasswordsMayChange(t *testing.T) {
	f := open(t)
	password := "hunter2"
	store := f.another(func(o *redisstore.Options) {
		o.URL = func() (string, error) {
			if password == "" {
				return "", errors.New("the secret is gone")
			}
			return strings.Replace(f.server.URL, "unix://", "unix://auth:"+password+"@", 1), nil
		}
	})
	acl := func(rules ...any) {
		t.Helper()
		f.check(f.raw.Do(t.Context(), append([]any{"ACL", "SETUSER", "auth"}, rules...)...).Err())
	}
	everything(t, store, authserver.ErrUnavailable)
	acl("on", ">hunter2", "~*", "+@all")
	f.check(store.Ping(t.Context()))
	acl("resetpass", ">next-hunter2")
	// Redis ends no session of its own when a password changes.
	f.check(f.raw.Do(t.Context(), "CLIENT", "KILL", "USER", "auth").Err())
	password = "next-hunter2"
	f.check(store.Ping(t.Context()))
	f.check(f.raw.Do(t.Context(), "CLIENT", "KILL", "USER", "auth").Err())
	password = ""
	f.check(store.Ping(t.Context()))
	acl("-@all")
	everything(t, store, authserver.ErrUnavailable)
}

func TestTLS(t *testing.T) {
	folder := t.TempDir()
	certificate(t, folder)
	file := func(name string) string { return filepath.Join(folder, name) }
	port := redistest.FreePort(t)
	server := redistest.Start(t, "--tls-port", port, "--tls-cert-file", file("cert.pem"), "--tls-key-file", file("key.pem"), "--tls-auth-clients", "no")
	for name, test := range map[string]struct {
		url, roots string
		works      bool
	}{
		"own roots":         {"rediss://localhost:" + port + "/1", file("cert.pem"), true},
		"the system's":      {"rediss://localhost:" + port, "", false},
		"for another name":  {"rediss://127.0.0.1:" + port, file("cert.pem"), false},
		"not asked for TLS": {"redis://localhost:" + port, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			store, err := redisstore.Open(redisstore.Options{
				URL: func() (string, error) { return test.url, nil }, CAFile: test.roots, Fields: fields, SessionTTL: day, Now: time.Now,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			if !test.works {
				everything(t, store, authserver.ErrUnavailable)
			} else if err := store.CreateVerification(t.Context(), authserver.Verification{Identifier: "x", ExpiresAt: time.Now().Add(day)}); err != nil {
				t.Error(err)
			}
		})
	}
	other := server.Client().WithTimeout(time.Minute)
	defer other.Close()
	if err := other.Do(t.Context(), "SELECT", 1).Err(); err != nil {
		t.Fatal(err)
	}
	if n, err := other.Exists(t.Context(), "verification:x").Result(); err != nil || n != 1 {
		t.Errorf("in database 1 there are %d values, %v", n, err)
	}
}

func TestOpenSaysWhatIsWrongWithoutTheURL(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.pem")
	if err := os.WriteFile(bad, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	const form = "redis://user:password@host:6379/0"
	for url, want := range map[string]string{
		"redis://:hunter2%@h":            "the Redis URL cannot be parsed; the form is " + form,
		"http://:hunter2@h":              "the Redis URL must begin with redis://, rediss:// or unix://",
		"redis://:x@h/hunter2":           "the Redis URL must end with the number of a database or with nothing, as in " + form,
		"redis://h/-1":                   "the Redis URL must end with the number of a database or with nothing, as in " + form,
		"redis://h?read_timeout=hunter2": "the Redis URL has options after ?, of which only db is known; the form is " + form,
		"redis://h":                      bad + " holds no PEM certificates; it must hold those that the certificate of Redis is checked against",
	} {
		_, err := redisstore.Open(redisstore.Options{URL: func() (string, error) { return url, nil }, CAFile: bad})
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", url, err, want)
		}
	}
}

// certificate writes one for localhost, signed by itself, and its key.
func certificate(t *testing.T, folder string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
