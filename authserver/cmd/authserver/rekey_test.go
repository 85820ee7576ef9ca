package main

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

func TestRekeyReports(t *testing.T) {
	t.Parallel()
	older, newer := strings.Repeat("o", 32), strings.Repeat("n", 32)
	environment := map[string]string{
		"DATABASE_URL": pgtest.Database(t), "JWT_SECRET": strings.Repeat("j", 32), "BETTER_AUTH_SECRET": newer,
		"BETTER_AUTH_SECRETS": "2:" + newer + ",1:" + older,
	}
	if migrated := runMigrate(t, environment); migrated.code != 0 {
		t.Fatalf("%+v", migrated)
	}
	keys, err := tokens.OpenKeyring(tokens.KeyringOptions{Secrets: []tokens.Secret{{Value: older, Version: 1, Versioned: true}}})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := keys.Encrypt("token")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), environment["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, statement := range []string{
		`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt") values ('u', 'A', 'a@b.co', true, now(), now())`,
		`insert into account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "createdAt", "updatedAt")
			values ('1', '1', 'github', 'u', '` + sealed + `', '$ba$7$00ff', now(), now())`,
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}

	var report config.RekeyReport
	code, stdout, stderr := runReporting(t, &report, environment, "rekey")
	if code != 0 || !report.Rekeyed || report.Values != 1 || len(report.Remaining) != 0 || !strings.Contains(report.Message, "account tokens: 1") ||
		!strings.HasPrefix(stdout, "1 values were encrypted anew.\n") || stderr != "" {
		t.Errorf("exit code %d: %+v\n%s%s", code, report, stdout, stderr)
	}

	environment["DATABASE_URL"] = "postgres://ann:hidden-password@127.0.0.1:1/db"
	code, _, stderr = runReporting(t, &report, environment, "rekey")
	if code != 1 || report.Rekeyed || report.Message == "" || strings.Contains(report.Message+stderr, "hidden-password") {
		t.Errorf("without a database: exit code %d: %+v\n%s", code, report, stderr)
	}
	environment["BETTER_AUTH_SECRETS"] = "old"
	code, _, _ = runReporting(t, &report, environment, "rekey")
	if code != 1 || report.Rekeyed || !strings.HasPrefix(report.Message, "configuration: BETTER_AUTH_SECRETS") {
		t.Errorf("without secrets: exit code %d: %+v", code, report)
	}
}
