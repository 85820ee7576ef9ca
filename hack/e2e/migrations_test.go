package e2e

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// migrationIsKilled three times, which is more than its Job bears: the operator makes another one.
func (d *demo) migrationIsKilled(t *testing.T) {
	hash := d.schemaHash(t)
	d.survives(t, func(t *testing.T) {
		releaseTable := d.hold(t, pgx.ReadCommitted, `LOCK TABLE "user" IN ACCESS SHARE MODE`)
		releaseIndex := d.hold(t, pgx.RepeatableRead, `SELECT 1`) // an index is complete when all snapshots are newer
		d.patch(t, d.withField(t, v1alpha1.CustomField{Name: "killed", Type: "string", Index: true}))
		d.killMigration(t, func(context.Context) error { return nil })
		d.killMigration(t, d.waitsIn("ALTER TABLE"))
		releaseTable()
		d.killMigration(t, d.waitsIn("CREATE INDEX CONCURRENTLY"))
		releaseIndex()
	}, func(ctx context.Context) error { return d.hasOtherSchema(ctx, hash) })
	var invalid int
	if err := d.database(t).QueryRow(t.Context(), `SELECT count(*) FROM pg_index WHERE NOT indisvalid`).Scan(&invalid); err != nil {
		t.Fatal(err)
	}
	if invalid > 0 {
		t.Errorf("%d indexes are not complete", invalid)
	}
}

// backFillIsKilled when some rows are filled and others are not: after the first batch, of 5,000, a trigger waits for the test.
func (d *demo) backFillIsKilled(t *testing.T) {
	const rows = 20_000
	d.rolls(t, d.withField(t, v1alpha1.CustomField{Name: "filled", Type: "string"}))
	database := d.database(t)
	if _, err := database.Exec(t.Context(), `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
		SELECT 'filler' || n, '', 'filler' || n || '@example.com', false, now(), now() FROM generate_series(1, $1::int) n`, rows); err != nil {
		t.Fatal(err)
	}
	execute := func(statements ...string) {
		for _, statement := range statements {
			if _, err := database.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	execute(`CREATE SEQUENCE seen`, `CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN IF nextval(''seen'') > 5500 THEN PERFORM pg_advisory_xact_lock(1); END IF; RETURN NEW; END'`,
		`CREATE TRIGGER stop BEFORE UPDATE ON "user" FOR EACH ROW EXECUTE FUNCTION stop()`)
	d.survives(t, func(t *testing.T) {
		release := d.hold(t, pgx.ReadCommitted, `SELECT pg_advisory_xact_lock(1)`)
		d.patch(t, d.withField(t, v1alpha1.CustomField{Name: "filled", Type: "string", Default: ptr.To("yes"), Required: true}))
		d.killMigration(t, func(ctx context.Context) error {
			filled, err := d.filled(ctx)
			if err == nil && (filled == 0 || filled == rows) {
				err = fmt.Errorf("%d of %d rows are filled", filled, rows)
			}
			return err
		})
		release()
	}, func(ctx context.Context) error {
		filled, err := d.filled(ctx)
		if err == nil && filled < rows {
			err = fmt.Errorf("%d of %d rows are filled", filled, rows)
		}
		return err
	})
	execute(`DROP FUNCTION stop CASCADE`, `DROP SEQUENCE seen`, `DELETE FROM "user" WHERE id LIKE 'filler%'`)
}

func (d *demo) filled(ctx context.Context) (rows int, err error) {
	conn, err := d.connectDatabase(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx)
	return rows, conn.QueryRow(ctx, `SELECT count(*) FROM "user" WHERE filled = 'yes'`).Scan(&rows)
}

// hold keeps a transaction open until it is released.
func (d *demo) hold(t *testing.T, level pgx.TxIsoLevel, statement string) (release func()) {
	t.Helper()
	tx, err := d.database(t).BeginTx(t.Context(), pgx.TxOptions{IsoLevel: level})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// waitsIn is nil while a statement that begins like this waits for others.
func (d *demo) waitsIn(statement string) func(context.Context) error {
	return func(ctx context.Context) error {
		conn, err := d.connectDatabase(ctx)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		const query = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE starts_with(query, $1) AND wait_event_type = 'Lock')`
		var waits bool
		if err := conn.QueryRow(ctx, query, statement).Scan(&waits); err != nil || waits {
			return err
		}
		return fmt.Errorf("no %s waits", statement)
	}
}

// killMigration kills the pod of a migration at a moment.
func (d *demo) killMigration(t *testing.T, moment func(context.Context) error) {
	t.Helper()
	var pod *corev1.Pod
	eventually(t, func(ctx context.Context) (err error) {
		pod, err = d.migration(ctx)
		return errors.Join(err, moment(ctx))
	})
	d.kill(t, pod)
	eventually(t, func(ctx context.Context) error {
		var killed corev1.Pod
		if err := d.client.Get(ctx, client.ObjectKeyFromObject(pod), &killed); err != nil {
			return client.IgnoreNotFound(err)
		}
		if killed.Status.Phase != corev1.PodFailed {
			return fmt.Errorf("pod %s is %s", pod.Name, killed.Status.Phase)
		}
		return nil
	})
}

// migration is the pod that migrates now.
func (d *demo) migration(ctx context.Context) (*corev1.Pod, error) {
	pods, err := d.podsWith(ctx, namespace, client.MatchingLabels{
		"app.kubernetes.io/instance": name, "app.kubernetes.io/component": "migration"})
	for _, pod := range pods {
		if pod.Status.Phase == corev1.PodRunning {
			return &pod, nil
		}
	}
	return nil, errors.Join(err, errors.New("no migration runs"))
}

func (d *demo) hasOtherSchema(ctx context.Context, hash string) error {
	auth, err := d.auth(ctx)
	if err == nil && auth.Status.Schema.Hash == hash {
		err = fmt.Errorf("the schema is still %s", hash)
	}
	return err
}
