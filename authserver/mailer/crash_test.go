package mailer_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/mailer"
	"github.com/gatehouse-auth/gatehouse/authserver/mailer/smtptest"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

const lease = 3 * time.Minute

// The test runs itself as the sender that is killed.
const victimDatabase, victimServer = "GATEHOUSE_TEST_VICTIM_DATABASE", "GATEHOUSE_TEST_VICTIM_SERVER"

// A process that is killed while it talks to the mail server loses no mail, and until its lease ends nobody sends it.
func TestAKilledProcessLosesNoMail(t *testing.T) {
	if url := os.Getenv(victimDatabase); url != "" {
		p := newPost(t, opened(t, url), plain(os.Getenv(victimServer)))
		p.due(1)
		return
	}
	t.Parallel()
	url := pgtest.Database(t)
	p := newPost(t, migrated(t, url), nil)
	p.queue("ann@example.net")
	hanging, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer hanging.Close()
	victim := exec.Command(os.Args[0], "-test.run=^TestAKilledProcessLosesNoMail$")
	victim.Env = append(os.Environ(), victimDatabase+"="+url, victimServer+"="+hanging.Addr().String())
	started := time.Now()
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	claimed, err := hanging.Accept() // it has claimed, and waits for the server to say something
	if err != nil {
		t.Fatal(err)
	}
	defer claimed.Close()
	begun := time.Now()
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()

	server := smtptest.Start(t, smtptest.Options{})
	p.Transport = plain(server.Address)
	// The victim claimed it after started and before begun.
	p.advance(started.Add(lease - time.Millisecond).Sub(p.now))
	p.due(0)
	p.advance(begun.Add(lease).Sub(p.now))
	p.due(1)
	server.Wait("ann@example.net", 1)
	p.waiting(0)
}

// hooked does something before it sends.
type hooked struct {
	mailer.Transport
	before func()
}

func (h hooked) Send(ctx context.Context, messages []mailer.Message) []error {
	h.before()
	return h.Transport.Send(ctx, messages)
}

// What was sent is deleted as soon as the database is back, not sent again.
func TestADatabaseThatIsAwayMakesNoMailTwice(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	server := smtptest.Start(t, smtptest.Options{})
	p := newPost(t, migrated(t, url), nil)
	p.Transport = hooked{plain(server.Address), func() { execute(t, url, `ALTER TABLE gatehouse_outbox RENAME TO away`) }}
	pauses := 0
	p.After = func(time.Duration) <-chan time.Time {
		if pauses++; pauses == 3 {
			execute(t, url, `ALTER TABLE away RENAME TO gatehouse_outbox`)
		}
		return time.After(0)
	}
	p.queue("ann@example.net")
	p.due(1)
	p.waiting(0)
	p.advance(lease)
	p.due(0)
	server.Wait("ann@example.net", 1)
	if pauses != 3 {
		t.Errorf("%d pauses", pauses)
	}
}

// The lease ends the attempts: from then on another sender has the mail.
func TestADatabaseThatStaysAwayIsGivenUpWithTheLease(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	server := smtptest.Start(t, smtptest.Options{})
	p := newPost(t, migrated(t, url), nil)
	p.Transport = hooked{plain(server.Address), func() { execute(t, url, `ALTER TABLE gatehouse_outbox RENAME TO away`) }}
	p.After = func(time.Duration) <-chan time.Time { p.advance(time.Minute); return time.After(0) }
	p.queue("ann@example.net")
	p.due(1)
	if got := p.log.String(); !strings.Contains(got, "will be sent again") {
		t.Errorf("the log says %s", got)
	}
	p.keepsSecrets()
}

// A sender that comes back after its lease does not touch the claim of the next one.
func TestALostClaimIsNotPostponed(t *testing.T) {
	t.Parallel()
	p := newPost(t, outbox(t), nil)
	m := p.queue("ann@example.net")
	for attempt := 1; attempt <= 2; attempt++ {
		claimed, err := p.store.ClaimMails(t.Context(), p.now, p.now.Add(lease), 1)
		if err != nil || len(claimed) != 1 || claimed[0].Attempts != attempt {
			t.Fatalf("%v, %v", claimed, err)
		}
		p.advance(lease)
	}
	p.advance(-lease) // the second claim has just begun
	if err := p.store.PostponeMail(t.Context(), m.ID, 1, p.now); err != nil {
		t.Fatal(err)
	}
	p.due(0)
	if err := p.store.PostponeMail(t.Context(), m.ID, 2, p.now); err != nil {
		t.Fatal(err)
	}
	if claimed, err := p.store.ClaimMails(t.Context(), p.now, p.now.Add(lease), 1); err != nil || len(claimed) != 1 {
		t.Errorf("%v, %v", claimed, err)
	}
}

// A sender that stops finishes the message it has begun; the others are due at once.
func TestStoppingFinishesOneMessageAndGivesTheOthersBack(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{Slow: 2 * time.Second})
	p := newPost(t, outbox(t), nil)
	r := newRelay(t, "127.0.0.1:0", server.Address)
	p.Transport = plain(r.address)
	p.queue("ann@example.net")
	p.queue("bob@example.net")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); p.Run(ctx) }()
	server.Thinking()
	stop()
	<-done
	if got := server.Messages(); len(got) > 1 {
		t.Errorf("%d mails", len(got))
	}
	p.waiting(1)
	p.due(1)
	p.waiting(0)
	server.Wait("ann@example.net", 1)
	server.Wait("bob@example.net", 1)
}

func execute(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// opened is the outbox with some secrets, newest first.
func opened(t *testing.T, url string, secrets ...string) *postgres.Store {
	t.Helper()
	if len(secrets) == 0 {
		secrets = []string{"a secret"}
	}
	keys, err := tokens.NewKeyring(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	store, err := postgres.Open(t.Context(), postgres.Options{URL: url, MailLinks: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}
