package mailer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/mailer/smtptest"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
)

func TestWhoReadsTheDatabaseLearnsNoLink(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	p := newPost(t, migrated(t, url), nil)
	p.queue("ann@example.net")
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var row string
	if err := conn.QueryRow(t.Context(), `SELECT o::text FROM gatehouse_outbox o`).Scan(&row); err != nil || !strings.Contains(row, "ann@example.net") {
		t.Fatalf("%s, %v", row, err)
	}
	if strings.Contains(row, "the-secret-token") || strings.Contains(row, "auth.example.com") {
		t.Errorf("the row is %s", row)
	}
}

// While secrets rotate, a mail of a new replica waits for one that has the new secret.
func TestAMailWaitsForWhoCanReadIt(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.Options{})
	url := pgtest.Database(t)
	migrated(t, url)
	newer := newPost(t, opened(t, url, "new secret", "old secret"), plain(server.Address))
	older := newPost(t, opened(t, url, "old secret"), plain(server.Address))
	older.now = newer.now
	m := newer.queue("ann@example.net")
	older.due(1)
	older.waiting(1)
	if got := older.log.String(); !strings.Contains(got, "BETTER_AUTH_SECRETS") {
		t.Errorf("the log says %s", got)
	}
	older.keepsSecrets()
	newer.advance(5 * time.Second)
	newer.due(1)
	if got := server.Wait("ann@example.net", 1); got.Link() != m.URL {
		t.Errorf("the link is %s", got.Link())
	}
	older.advance(time.Minute)
	older.queue("bob@example.net")
	newer.advance(time.Minute)
	newer.due(1)
	server.Wait("bob@example.net", 1)
}

// TestAMailWhoseSecretWasTakenAwayIsDropped waits as long as a rotation may take, and not until the link expires.
func TestAMailWhoseSecretWasTakenAwayIsDropped(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	migrated(t, url)
	revoked := newPost(t, opened(t, url, "old secret"), nil)
	left := newPost(t, opened(t, url, "new secret"), plain("127.0.0.1:1"))
	left.now = revoked.now
	revoked.queue("ann@example.net")
	const sealedTries = 9
	begin := left.Now()
	for attempt := range sealedTries {
		left.waiting(1)
		left.due(1)
		if attempt < sealedTries-1 {
			left.advance(min(5*time.Second<<attempt, 10*time.Minute))
		}
	}
	left.waiting(0)
	if waited := left.Now().Sub(begin); waited < 20*time.Minute || waited > 21*time.Minute {
		t.Errorf("it was dropped after %v", waited)
	}
	if log := left.log.String(); !strings.Contains(log, "undecryptable") || strings.Count(log, "a mail was dropped") != 1 || strings.Contains(log, "ann@example.net") {
		t.Errorf("the log says %s", log)
	}
	left.keepsSecrets()
}
