package mailer_test

import (
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/mailer"
)

func templates(t *testing.T, files map[string]string) (*mailer.Templates, error) {
	t.Helper()
	options := mailer.TemplateOptions{From: &mail.Address{Address: "a@example.com"}, BaseURL: "https://auth.example.com:8443"}
	if files != nil {
		options.Directory = t.TempDir()
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(options.Directory, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return mailer.NewTemplates(options)
}

func letter(kind authserver.MailKind, life time.Duration) (authserver.Mail, time.Time) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return authserver.Mail{ID: "id", Kind: kind, To: "ann@example.net", Name: "Ann", URL: "https://auth.example.com/x?a=1&b=2", CreatedAt: now, ExpiresAt: now.Add(life)}, now
}

func TestEveryKindHasASubjectATextAndAPage(t *testing.T) {
	t.Parallel()
	built, err := templates(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	subjects := map[string]bool{}
	for _, kind := range mailer.Kinds {
		got, err := built.Render(letter(kind, time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		subjects[got.Subject] = true
		if strings.ContainsAny(got.Subject, "\r\n") || !strings.Contains(got.Text, "https://auth.example.com/x?a=1&b=2") || !strings.Contains(got.Text, "1 hour") ||
			!strings.HasPrefix(got.HTML, "<!doctype html>") || !strings.Contains(got.HTML, `href="https://auth.example.com/x?a=1&amp;b=2"`) || !strings.Contains(got.HTML, "Ann") {
			t.Errorf("%s: %+v", kind, got)
		}
	}
	if len(subjects) != len(mailer.Kinds) {
		t.Errorf("the subjects are %v", subjects)
	}
}

func TestLivesOfLinksInWords(t *testing.T) {
	t.Parallel()
	built, err := templates(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	for life, words := range map[time.Duration]string{
		20 * time.Second: "1 minute", 10 * time.Minute: "10 minutes", time.Hour - 2*time.Second: "1 hour", 24 * time.Hour: "24 hours", 7 * 24 * time.Hour: "7 days",
	} {
		if got, err := built.Render(letter(authserver.MailVerification, life)); err != nil || !strings.Contains(got.Text, "works for "+words+":") {
			t.Errorf("%s: %v in\n%s", life, err, got.Text)
		}
	}
}

func TestFilesReplaceTheBuiltInTemplates(t *testing.T) {
	t.Parallel()
	own, err := templates(t, map[string]string{
		"verify-email.txt":  "Subject: Bestätige {{.Email}}\n\n{{.URL}}\n",
		"verify-email.html": "<p>{{.Name}} {{.URL}} {{.Host}}</p>",
		"..data":            "what Kubernetes keeps beside",
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := own.Render(letter(authserver.MailVerification, time.Hour))
	if err != nil || got.Subject != "Bestätige ann@example.net" || got.Text != "https://auth.example.com/x?a=1&b=2\n" ||
		got.HTML != "<p>Ann https://auth.example.com/x?a=1&amp;b=2 auth.example.com</p>" {
		t.Errorf("%v: %+v", err, got)
	}
	if other, err := own.Render(letter(authserver.MailResetPassword, time.Hour)); err != nil || other.Subject != "Reset your password" {
		t.Errorf("%v: %+v", err, other)
	}
}

func TestBrokenTemplatesAreNamedAtTheStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, text, problem string
	}{
		"syntax":           {"verify-email.txt", "Subject: x\n\n{{.URL", "verify-email.txt:3"},
		"unknown field":    {"verify-email.html", "<p>{{.Nme}}</p>", "Nme"},
		"without a name":   {"verify-email.html", "<p>{{if .Name}}x{{else}}{{.Nme}}{{end}}</p>", "verify-email.html:1"},
		"no subject":       {"reset-password.txt", "Hello", "Subject: "},
		"empty subject":    {"reset-password.txt", "Subject: \n\nHello", "Subject: "},
		"unknown file":     {"verify_email.txt", "x", "verify_email.txt is none of confirm-email-change.html"},
		"unsafe place":     {"delete-user.html", "<script>{{.Name}}</script><a href={{.URL}}", "delete-user"},
		"larger than that": {"delete-user.html", strings.Repeat("x", 300<<10), "256 KiB"},
	} {
		if _, err := templates(t, map[string]string{c.file: c.text}); err == nil || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%s: %v, want %s", name, err, c.problem)
		}
	}
}
