package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/mailer/smtptest"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// TestInterchangeOfAWholeLife lets the real client speak to both servers in turn, request by request, on one database.
func TestInterchangeOfAWholeLife(t *testing.T) {
	t.Parallel()
	for first, name := range []string{"better-auth first", "gatehouse first"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wholeLife(t, pgtest.Database(t), first, nil)
		})
	}
}

// The same on a database of every older version, with a user who signed up there.
func TestInterchangeOnLegacyDatabases(t *testing.T) {
	t.Parallel()
	dumps, err := filepath.Glob("../../authserver/schema/testdata/better-auth-1.*.sql")
	if err != nil || len(dumps) < 7 {
		t.Fatalf("the dumps are %q (%v)", dumps, err)
	}
	for i, dump := range dumps {
		version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(dump), "better-auth-"), ".sql")
		if strings.Contains(version, "-") {
			continue // has plugins or fields of its own
		}
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			statements, err := os.ReadFile(dump)
			if err != nil {
				t.Fatal(err)
			}
			database := pgtest.Database(t)
			wholeLife(t, database, i%2, settle(t, connect(t, database), string(statements)))
		})
	}
}

// TestInterchangeWithRequiredIssuers begins with the shape that 1.7.0 to 1.7.2 made, in which no newer server can add accounts.
func TestInterchangeWithRequiredIssuers(t *testing.T) {
	t.Parallel()
	statements, err := os.ReadFile("../../authserver/schema/testdata/better-auth-1.7.25.sql")
	if err != nil {
		t.Fatal(err)
	}
	database := pgtest.Database(t)
	conn := connect(t, database)
	old := settle(t, conn, string(statements)+`; ALTER TABLE account ADD COLUMN issuer text NOT NULL DEFAULT 'local:credential'`)
	if _, err := conn.Exec(t.Context(), `ALTER TABLE account ALTER COLUMN issuer DROP DEFAULT;
		CREATE UNIQUE INDEX "account_issuer_accountId_uidx" ON account (issuer, "accountId")`); err != nil {
		t.Fatal(err)
	}
	wholeLife(t, database, 0, old)
}

// resident is a user from before, as client/life.mjs wants it.
type resident struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	// Cookie is the value of the session cookie.
	Cookie string `json:"cookie"`
}

// settle makes the tables and a user in them who signed up, and in, long before; without a time zone, times are UTC.
func settle(t *testing.T, conn *pgx.Conn, statements string) *resident {
	t.Helper()
	r := &resident{Email: "old@example.com", Password: "old Password1"}
	hash, err := passhash.New(passhash.Options{}).Hash(context.Background(), r.Password)
	if err != nil {
		t.Fatal(err)
	}
	// Ids of 1.0 have 21 or 22 characters, with - and _.
	const id, token = "V1StGXR8_Z5jdHi6B-myT", "Uakgb_J5m9g-0JDMbcJqLJVcNs0aHtbR"
	r.Cookie = sign(token)
	now := time.Now().UTC()
	if _, err := conn.Exec(t.Context(), statements+`; SET timezone = 'UTC'`); err != nil {
		t.Fatal(err)
	}
	execute(t, conn, `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt") VALUES ($1, 'Old', $2, true, $3, $3)`, id, r.Email, now.Add(-time.Hour))
	execute(t, conn, `INSERT INTO account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt") VALUES ('a-' || $1, $1, 'credential', $1, $2, $3, $3)`, id, hash, now.Add(-time.Hour))
	execute(t, conn, `INSERT INTO session (id, token, "userId", "expiresAt", "createdAt", "updatedAt") VALUES ('s-' || $2, $2, $1, $3, $4, $4)`, id, token, now.Add(week), now.Add(-time.Hour))
	return r
}

// wholeLife runs client/life.mjs. First is the server of its first request.
func wholeLife(t *testing.T, database string, first int, old *resident) {
	t.Helper()
	post := smtptest.Start(t, smtptest.Options{})
	provider := oauthtest.Start(oauthtest.Options{})
	t.Cleanup(provider.Close)
	provider.SignIn("github", oauthtest.Profile{Sub: "4711", Email: "life@example.com", Name: "Life", Refresh: true})
	settings := servers.Settings{
		Database: database, Fields: seed, DeleteUser: true, SMTP: post.Address, ChangeEmail: config.ChangeEmail{Enabled: true},
		Social: []string{"github"}, Fake: provider.URL(), EncryptTokens: true,
	}
	// Ours goes first, because it adapts the database, and the real one checks what it finds.
	ours := servers.Gatehouse(t, settings)
	reference := servers.Reference(t, settings)
	mailbox := httptest.NewServer(mailboxOf(post))
	t.Cleanup(mailbox.Close)
	environment := []string{
		"TARGETS=" + reference.Address + "," + ours.Address, "FIRST=" + strconv.Itoa(first), "ORIGIN=" + ours.Settings.BaseURL,
		"MAILBOX=" + mailbox.URL, "FAKE=" + provider.URL(),
	}
	wanted := 10
	if old != nil {
		encoded, err := json.Marshal(old)
		if err != nil {
			t.Fatal(err)
		}
		environment = append(environment, "OLD="+string(encoded))
		wanted += 4
	}
	command := servers.Node(t, "client/life.mjs", environment...)
	var stderr strings.Builder
	command.Stderr = &stderr
	output, err := command.Output()
	if taken := bytes.Count(output, []byte("\n")); err != nil || taken != wanted {
		t.Errorf("%d of %d steps: %v\n%s%s", taken, wanted, err, output, stderr.String())
	}
}

// mailboxOf answers the link of the newest mail to the address in the parameter to, once; it waits for one that is new.
func mailboxOf(post *smtptest.Server) http.Handler {
	opened := map[string]int{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := r.FormValue("to")
		opened[to]++
		_, _ = io.WriteString(w, post.Wait(to, opened[to]).Link())
	})
}
