package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
)

// mounted is a secret as pods mount it.
func mounted(t *testing.T, keys map[string]string) string {
	t.Helper()
	directory := t.TempDir()
	for key, value := range keys {
		if err := os.WriteFile(filepath.Join(directory, key), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return directory
}

// As in a pod: the secret of the migration is CloudNativePG's, that of the servers Service Binding's.
func TestMigrateForServersWithOtherCredentials(t *testing.T) {
	t.Parallel()
	location := pgtest.Database(t)
	owner, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	database := strings.TrimPrefix(owner.Path, "/")
	name := "cmd_" + strings.TrimPrefix(database, "gatehouse_test_")
	run := func(statement string) {
		ctx := context.WithoutCancel(t.Context())
		conn, err := pgx.Connect(ctx, location)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Error(err)
		}
	}
	run("CREATE ROLE " + name + " LOGIN PASSWORD 'hunter2'")
	t.Cleanup(func() { run("DROP OWNED BY " + name + "; DROP ROLE " + name) })
	password, _ := owner.User.Password()
	theirs := map[string]string{
		"type": "postgresql", "provider": "test", "host": owner.Hostname(), "port": owner.Port(), "database": database,
		"username": name, "password": "hunter2", "sslmode": "verify-full",
	}
	own := mounted(t, map[string]string{
		"uri": location, "username": owner.User.Username(), "password": password, "dbname": database, "host": owner.Hostname(), "port": owner.Port(),
	})
	file := func(directory string) string {
		path := filepath.Join(t.TempDir(), "config.yaml")
		text := fmt.Sprintf("database: {directory: %s, migrationDirectory: %s, schema: tenant, tls: {mode: Disable}}\n", directory, own)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	working := file(mounted(t, theirs))
	planned := runMigrate(t, nil, "--config", working, "--plan")
	if planned.code != 0 || !strings.Contains(planned.stdout, `GRANT SELECT, INSERT, UPDATE, DELETE ON "tenant"."user" TO "`+name+`"`) {
		t.Errorf("%+v", planned)
	}
	applied := runMigrate(t, nil, "--config", working, "--approved", unpacked(t, planned).Hash)
	if applied.code != 0 || applied.report.Plan != planned.report.Plan {
		t.Errorf("%+v", applied)
	}
	theirs["password"] = "wrong-hunter2"
	refused := runMigrate(t, nil, "--config", file(mounted(t, theirs)))
	if refused.report.Reason != config.DatabaseAuthenticationFailed ||
		!strings.HasSuffix(refused.report.Message, "; correct the user and password in the database secret") || strings.Contains(refused.stderr+refused.stdout, "hunter2") {
		t.Errorf("%+v", refused)
	}
}
