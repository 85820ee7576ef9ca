package mailer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/mailer"
	"github.com/gatehouse-auth/gatehouse/authserver/mailer/smtptest"
)

func TestNamesGreetAndDoNothingElse(t *testing.T) {
	t.Parallel()
	built, err := templates(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, greeting := range map[string]string{
		"Ann":                            "Hello Ann,",
		" Jörg  Müller-Lüdenscheidt ":    "Hello Jörg Müller-Lüdenscheidt,",
		"J. K. Jerome":                   "Hello J. K. Jerome,",
		"می\u200cخواهم":                  "Hello می\u200cخواهم,",
		"":                               "Hello,",
		"\r\n\t":                         "Hello,",
		"Ann\r\nSubject: x\u2028\u0085y": "Hello Ann Subject: x y,",
		"Ann\u202egnp":                   "Hello Ann gnp,",
		"you won, see https://x/":        "Hello,",
		"you won, see WWW.x":             "Hello,",
		"you won, see evil.example":      "Hello,",
		"{{.URL}}<b>&amp;":               "Hello {{.URL}}<b>&amp;,",
		strings.Repeat("ä", 90):          "Hello " + strings.Repeat("ä", 80) + "…,",
	} {
		mail, now := letter(authserver.MailVerification, time.Hour)
		mail.Name = name
		got, err := built.Render(mail, now)
		if first, _, _ := strings.Cut(got.Text, "\n"); err != nil || first != greeting {
			t.Errorf("%q: %v, %q, want %q", name, err, first, greeting)
		}
		if strings.Contains(got.HTML, "<b>") || strings.Contains(got.HTML, "https://x/") || strings.Contains(got.HTML, "evil") {
			t.Errorf("%q:\n%s", name, got.HTML)
		}
	}
}

// Databases that were taken over may hold addresses that sign-up refuses.
func TestAddressesMayBeUnicode(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{})
	if err := plain(server.Address).Send(t.Context(), []mailer.Message{message("jörg@exämple.com")})[0]; err != nil {
		t.Fatal(err)
	}
	server.Wait("jörg@exämple.com", 1)
}

// A server that defers strangers once gets the mail again later.
func TestGreylistingOnlyDelays(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{})
	p := newPost(t, outbox(t), plain(server.Address))
	p.queue("greylisted@example.net")
	p.due(1)
	p.waiting(1)
	p.advance(5 * time.Second)
	p.due(1)
	p.waiting(0)
	server.Wait("greylisted@example.net", 1)
}
