package pgtest_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
)

// holder makes TestHoldsADatabase the body of a process that another test kills.
const holder = "GATEHOUSE_PGTEST_HOLDER"

func TestDatabasesAreEmptyAndSeparate(t *testing.T) {
	t.Parallel()
	first, second := connect(t, pgtest.Database(t)), connect(t, pgtest.Database(t))
	if _, err := first.Exec(t.Context(), `CREATE TABLE "user" (id text)`); err != nil {
		t.Fatal(err)
	}
	var tables int
	const count = `SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public'`
	if err := second.QueryRow(t.Context(), count).Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if tables != 0 {
		t.Errorf("a new database has %d relations", tables)
	}
}

func TestDatabaseIsDroppedWithItsTest(t *testing.T) {
	t.Parallel()
	var location string
	t.Run("owner", func(t *testing.T) { location = pgtest.Database(t) })
	if _, err := pgx.Connect(t.Context(), location); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("connecting after the test ended: %v", err)
	}
}

func TestHoldsADatabase(t *testing.T) {
	if os.Getenv(holder) == "" {
		return
	}
	conn := connect(t, pgtest.Database(t))
	var directory string
	if err := conn.QueryRow(t.Context(), "SHOW data_directory").Scan(&directory); err != nil {
		t.Fatal(err)
	}
	fmt.Println("holding", conn.Config().ConnString(), directory)
	select {}
}

func TestKilledProcessLeavesNothing(t *testing.T) {
	t.Parallel()
	command := exec.Command(os.Args[0], "-test.run=^TestHoldsADatabase$")
	command.Env = append(os.Environ(), holder+"=1", "DATABASE_URL=")
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	location, directory := awaitHolder(t, bufio.NewScanner(output))
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	deadline := time.Now().Add(30 * time.Second)
	for {
		conn, connectError := pgx.Connect(t.Context(), location)
		_, statError := os.Stat(directory)
		if connectError != nil && os.IsNotExist(statError) {
			return
		}
		if connectError == nil {
			_ = conn.Close(t.Context())
		}
		if time.Now().After(deadline) {
			t.Fatalf("30 s after its test was killed: connect: %v, data directory: %v", connectError, statError)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func awaitHolder(t *testing.T, lines *bufio.Scanner) (location, directory string) {
	t.Helper()
	for lines.Scan() {
		if words := strings.Fields(lines.Text()); len(words) == 3 && words[0] == "holding" {
			return words[1], words[2]
		}
	}
	t.Fatal("the holder ended before it had a database")
	return "", ""
}

func connect(t *testing.T, location string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
