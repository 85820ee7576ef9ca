package server_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/mailer/smtptest"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// withMail adds a mail server and the need for it to the options.
func withMail(t *testing.T, address, more string) func(*server.Options) {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := fmt.Sprintf(`{listen: {public: "127.0.0.1:0", ops: "127.0.0.1:0"}, baseURL: "https://auth.example.com",
		email: {host: %q, port: %s, tls: None, from: Shop <no-reply@example.com>%s}, emailAndPassword: {requireEmailVerification: true}}`, host, port, more)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return func(o *server.Options) { *o.Config = *cfg }
}

func TestSignUpSendsAMailAtOnce(t *testing.T) {
	smtp := smtptest.Start(t, smtptest.Options{})
	r := start(t, false, withMail(t, smtp.Address, ""))
	r.migrate()
	r.eventually(r.ops+"/readyz", 200)
	begun := time.Now()
	if status, body := r.do(http.MethodPost, r.public+"/api/auth/sign-up/email", signUp); status != 200 {
		t.Fatalf("sign-up: %d %s", status, body)
	}
	got := smtp.Wait("a@b.co", 1)
	if waited := time.Since(begun); waited > 10*time.Second {
		t.Errorf("the mail took %s: the sender was not woken", waited)
	}
	if !strings.HasPrefix(got.Link(), "https://auth.example.com/api/auth/verify-email?token=") {
		t.Errorf("the link is %s", got.Link())
	}
	if received := strings.Join(got.Header["Received"], " "); !strings.Contains(received, "helo=auth.example.com") {
		t.Errorf("the server calls itself something else: %s", received)
	}
	r.eventuallySays(`gatehouse_mails_total{kind="verify-email",outcome="sent"} 1`)
	r.stop()
	if err := <-r.done; err != nil {
		t.Error(err)
	}
	for _, secret := range []string{"a@b.co", "token="} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("the log says %s:\n%s", secret, r.log.String())
		}
	}
}

// eventuallySays waits for a line of the metrics.
func (r *running) eventuallySays(line string) {
	r.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		_, metrics := r.get(r.ops + "/metrics")
		if strings.Contains(metrics, "\n"+line+"\n") {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%s is missing in\n%s", line, metrics)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// A request that ends while the server drains still gets its mail out.
func TestMailOfADrainingServerIsSent(t *testing.T) {
	smtp := smtptest.Start(t, smtptest.Options{})
	change := withMail(t, smtp.Address, "")
	r := start(t, false, func(o *server.Options) { change(o); o.DrainDelay = 3 * time.Second })
	r.migrate()
	r.eventually(r.ops+"/readyz", 200)
	r.stop()
	r.eventually(r.ops+"/readyz", 503)
	if status, body := r.do(http.MethodPost, r.public+"/api/auth/sign-up/email", signUp); status != 200 {
		t.Fatalf("sign-up: %d %s", status, body)
	}
	if err := <-r.done; err != nil {
		t.Error(err)
	}
	smtp.Wait("a@b.co", 1)
}

func TestWrongMailSettingsStopTheStart(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	templates := filepath.Dir(write("templates/verify-email.txt", "Subject: x\n\n{{.URL"))
	credentials := filepath.Dir(write("credentials/username", "user"))
	write("credentials/password", "the password")
	for name, c := range map[string]struct{ more, problem string }{
		"template":          {", templates: " + strconv.Quote(templates), "verify-email.txt:3"},
		"no CA":             {", caFile: " + strconv.Quote(filepath.Join(folder, "none")), "email.caFile"},
		"CA of nothing":     {", caFile: " + strconv.Quote(write("ca", "nothing")), "email.caFile"},
		"password in clear": {", directory: " + strconv.Quote(credentials), "email.tls"},
	} {
		o := server.Options{Config: &config.Config{}, DatabaseURL: "postgres://localhost/x"}
		withMail(t, "127.0.0.1:25", c.more)(&o)
		o.Secrets = config.Secrets{Keys: []config.SigningKey{{Value: config.Redacted(strings.Repeat("s", 32))}}}
		_, err := server.New(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), c.problem) || strings.Contains(err.Error(), "the password") {
			t.Errorf("%s: %v, want %s", name, err, c.problem)
		}
	}
}
