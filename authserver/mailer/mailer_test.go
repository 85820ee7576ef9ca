package mailer_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/mailer"
	"github.com/gatehouse-auth/gatehouse/authserver/mailer/smtptest"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
)

// post is a Sender with an outbox of its own and a clock that the test moves.
type post struct {
	*mailer.Sender
	t     *testing.T
	store *postgres.Store
	log   *bytes.Buffer
	mu    sync.Mutex
	now   time.Time
}

func (p *post) advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

func outbox(t *testing.T) *postgres.Store {
	t.Helper()
	return migrated(t, pgtest.Database(t))
}

func migrated(t *testing.T, url string) *postgres.Store {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("email: {host: 127.0.0.1, from: a@example.com}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Migrate(t.Context(), url, cfg); err != nil {
		t.Fatal(err)
	}
	return opened(t, url)
}

func newPost(t *testing.T, store *postgres.Store, transport mailer.Transport) *post {
	t.Helper()
	templates, err := mailer.NewTemplates(mailer.TemplateOptions{From: &mail.Address{Name: "Shop", Address: "no-reply@example.com"}, BaseURL: "https://auth.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	p := &post{t: t, store: store, log: &bytes.Buffer{}, now: time.Now().Truncate(time.Millisecond)}
	p.Sender = mailer.New(mailer.Options{
		Store: store, Transport: transport, Templates: templates, Metrics: mailer.NewMetrics(prometheus.NewRegistry()),
		Log: slog.New(slog.NewTextHandler(p.log, nil)), After: time.After,
		Now: func() time.Time { p.mu.Lock(); defer p.mu.Unlock(); return p.now },
	})
	return p
}

func (p *post) queue(to string) authserver.Mail {
	p.t.Helper()
	m := authserver.Mail{
		ID: "id" + strings.ReplaceAll(to, "@", "-"), Kind: authserver.MailResetPassword, To: to, Name: "Ann", URL: "https://auth.example.com/api/auth/reset-password/the-secret-token?callbackURL=",
		CreatedAt: p.now, ExpiresAt: p.now.Add(time.Hour),
	}
	if err := p.store.QueueMails(p.t.Context(), m); err != nil {
		p.t.Fatal(err)
	}
	return m
}

func (p *post) due(want int) {
	p.t.Helper()
	if claimed, err := p.SendDue(p.t.Context()); err != nil || claimed != want {
		p.t.Fatalf("claimed %d mails (%v), want %d", claimed, err, want)
	}
}

func (p *post) waiting(want int) {
	p.t.Helper()
	if waiting, _, err := p.store.Outbox(p.t.Context()); err != nil || waiting != want {
		p.t.Errorf("%d mails wait (%v), want %d", waiting, err, want)
	}
}

func (p *post) keepsSecrets() {
	p.t.Helper()
	for _, secret := range []string{"the-secret-token", "@example.net", "the password"} {
		if strings.Contains(p.log.String(), secret) {
			p.t.Errorf("the log says %q:\n%s", secret, p.log)
		}
	}
}

func plain(address string) *mailer.SMTP {
	host, port, _ := net.SplitHostPort(address)
	number, _ := net.LookupPort("tcp", port)
	return &mailer.SMTP{Host: host, Port: number, TLS: mailer.NoTLS, Credentials: func() (string, string, error) { return "", "", nil }}
}

func TestAMailArrives(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{})
	p := newPost(t, outbox(t), plain(server.Address))
	m := p.queue("ann@example.net")
	p.due(1)
	got := server.Wait("ann@example.net", 1)
	if got.Subject != "Reset your password" || got.Link() != m.URL || !strings.Contains(got.HTML, m.URL[:40]) || !strings.Contains(got.Text, "1 hour") {
		t.Errorf("got %+v", got)
	}
	for name, want := range map[string]string{"From": `"Shop" <no-reply@example.com>`, "Message-Id": "<" + m.ID + "@example.com>", "Auto-Submitted": "auto-generated", "To": "<ann@example.net>"} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: %s, want %s", name, got.Header.Get(name), want)
		}
	}
	p.waiting(0)
	p.due(0)
	p.keepsSecrets()
}

// A sender that dies between claiming and sending leaves the mail to another, once its lease ends.
func TestACrashLosesNoMailAndSendsNoneTwice(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{})
	store := outbox(t)
	p := newPost(t, store, plain(server.Address))
	p.queue("ann@example.net")
	if claimed, err := store.ClaimMails(t.Context(), p.now, p.now.Add(2*time.Minute), 20); err != nil || len(claimed) != 1 {
		t.Fatalf("%v, %v", claimed, err)
	}
	p.advance(2*time.Minute - time.Millisecond)
	p.due(0)
	p.advance(time.Millisecond)
	p.due(1)
	server.Wait("ann@example.net", 1)
	p.waiting(0)
}

func TestSendersShareTheWork(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{})
	store := outbox(t)
	first := newPost(t, store, plain(server.Address))
	const mails = 60
	for i := range mails {
		first.queue(string(rune('a'+i%26)) + strings.Repeat("x", i) + "@example.net")
	}
	var wait sync.WaitGroup
	for range 4 {
		sender := newPost(t, store, plain(server.Address))
		sender.now = first.now
		wait.Go(func() {
			for {
				if claimed, err := sender.SendDue(context.Background()); err != nil || claimed == 0 {
					return
				}
			}
		})
	}
	wait.Wait()
	first.waiting(0)
	seen := map[string]int{}
	deadline := time.Now().Add(30 * time.Second)
	for len(server.Messages()) < mails && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	for _, message := range server.Messages() {
		seen[message.To]++
	}
	for to, times := range seen {
		if times != 1 {
			t.Errorf("%s got %d mails", to, times)
		}
	}
	if len(seen) != mails {
		t.Errorf("%d of %d mails arrived", len(seen), mails)
	}
}

func TestWhatFailsIsTriedAgainLaterEachTime(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{})
	p := newPost(t, outbox(t), plain(server.Address))
	p.queue("ann@example.net")
	server.Stop()
	for _, wait := range []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second} {
		p.due(1)
		p.advance(wait - time.Millisecond)
		p.due(0)
		p.advance(time.Millisecond)
	}
	again := smtptest.Start(t, smtptest.Options{Address: server.Address})
	p.due(1)
	again.Wait("ann@example.net", 1)
	p.waiting(0)
	p.keepsSecrets()
}

func TestAnswersOfTheServer(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{})
	p := newPost(t, outbox(t), plain(server.Address))
	p.queue("refused@example.net")
	p.queue("later@example.net")
	p.queue("ann@example.net")
	p.due(3)
	server.Wait("ann@example.net", 1)
	p.waiting(1)
	for _, want := range []string{"reason=refused", "code=550", "tried again", "451"} {
		if !strings.Contains(p.log.String(), want) {
			t.Errorf("the log does not say %s:\n%s", want, p.log)
		}
	}
	p.keepsSecrets()
	p.advance(2 * time.Hour)
	p.due(1)
	p.waiting(0)
	if !strings.Contains(p.log.String(), "reason=expired") {
		t.Errorf("the log says\n%s", p.log)
	}
}

func TestNoMailWithoutTheRightTLSAndPassword(t *testing.T) {
	t.Parallel()
	certificate, key, roots := selfSigned(t)
	open := smtptest.Start(t, smtptest.Options{})
	guarded := smtptest.Start(t, smtptest.Options{Certificate: certificate, Key: key, Username: "user", Password: "the password"})
	sign := func(password string) func() (string, string, error) {
		return func() (string, string, error) { return "user", password, nil }
	}
	for name, c := range map[string]struct {
		server      *smtptest.Server
		tls         string
		roots       *x509.CertPool
		credentials func() (string, string, error)
		// problem is what the log says; "" when the mail arrives.
		problem string
	}{
		"all right":               {guarded, mailer.StartTLS, roots, sign("the password"), ""},
		"wrong password":          {guarded, mailer.StartTLS, roots, sign("not the password"), "535"},
		"no password":             {guarded, mailer.StartTLS, roots, sign(""), "tried again"},
		"unknown certificate":     {guarded, mailer.StartTLS, nil, sign("the password"), "certificate"},
		"no STARTTLS":             {open, mailer.StartTLS, roots, sign("the password"), "STARTTLS"},
		"password without TLS":    {guarded, mailer.NoTLS, nil, sign("the password"), "without TLS"},
		"TLS where there is none": {open, mailer.ImplicitTLS, roots, sign("the password"), "tls"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport := plain(c.server.Address)
			transport.TLS, transport.Roots, transport.Credentials = c.tls, c.roots, c.credentials
			p := newPost(t, outbox(t), transport)
			p.queue(strings.ReplaceAll(name, " ", "-") + "@example.net")
			p.due(1)
			p.keepsSecrets()
			if c.problem == "" {
				c.server.Wait("all-right@example.net", 1)
				p.waiting(0)
				return
			}
			p.waiting(1)
			if !strings.Contains(p.log.String(), c.problem) {
				t.Errorf("the log does not say %s:\n%s", c.problem, p.log)
			}
		})
	}
}

// Names and addresses are chosen by strangers.
func TestNobodyAddsHeadersOrRecipients(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{})
	p := newPost(t, outbox(t), plain(server.Address))
	m := authserver.Mail{
		ID: "hostile", Kind: authserver.MailVerification, To: "ann@example.net", Name: "Ann\r\nBcc: eve@example.net\r\n\r\nWin <b>money</b> at https://evil.example.net",
		URL: "https://auth.example.com/x?a=1&b=2", CreatedAt: p.now, ExpiresAt: p.now.Add(time.Hour),
	}
	injected := m
	injected.ID, injected.To = "injected", "bob@example.net>\r\nRCPT TO:<eve@example.net"
	several := m
	several.ID, several.To = "several", "bob@example.net, eve@example.net"
	if err := p.store.QueueMails(t.Context(), m, injected, several); err != nil {
		t.Fatal(err)
	}
	p.due(3)
	got := server.Wait("ann@example.net", 1)
	if all := server.Messages(); len(all) != 1 {
		t.Errorf("%d mails arrived", len(all))
	}
	if got.Header.Get("Bcc") != "" || strings.Contains(got.HTML, "<b>money") || !strings.Contains(got.HTML, "a=1&amp;b=2") {
		t.Errorf("got %+v", got)
	}
	p.waiting(0)
}

func selfSigned(t *testing.T) (certificate, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.com"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "gatehouse-tls-") //nolint:usetesting // Exim, as a user of its own, may not enter t.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	certificate, key = filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key")
	pemOf := func(kind string, content []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})
	}
	// Exim reads them as a user of its own.
	for path, content := range map[string][]byte{certificate: pemOf("CERTIFICATE", der), key: pemOf("PRIVATE KEY", encoded)} {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(pemOf("CERTIFICATE", der))
	return certificate, key, roots
}
