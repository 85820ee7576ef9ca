package e2e

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// outage is how long PostgreSQL is away.
const outage = 30 * time.Second

var databaseLabels = client.MatchingLabels{"app.kubernetes.io/name": "demo-db"}

// databaseIsKilled keeps PostgreSQL from coming back during the outage.
func (d *demo) databaseIsKilled(t *testing.T) {
	d.survives(t, func(t *testing.T) { d.isMissed(t, d.killDatabase) }, d.databaseAnswers)
}

// databaseHangs is worse: connections stay, and nothing answers on them.
func (d *demo) databaseHangs(t *testing.T) {
	d.survives(t, func(t *testing.T) {
		pod := d.onlyPod(t, namespace, databaseLabels)
		d.signal(t, pod, syscall.SIGSTOP)
		defer d.signal(t, pod, syscall.SIGCONT)
		d.isMissed(t, func(context.Context) error { return nil })
	}, d.databaseAnswers)
}

// isMissed keeps the database away for the time of an outage. Clients must hear that something is wrong meanwhile, and not
// that they are signed out.
func (d *demo) isMissed(t *testing.T, away func(context.Context) error) {
	t.Helper()
	visits := d.crowd.sessions()
	asked, refused := 0, 0
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for began := time.Now(); time.Since(began) < outage; asked++ {
		<-ticker.C
		if err := away(t.Context()); err != nil {
			t.Fatal(err)
		}
		v := visits[asked%len(visits)]
		email, err := d.crowd.user(t.Context(), d.crowd.fresh, v)
		switch {
		case err != nil:
			refused++
		case email != v.email:
			t.Errorf("without a database the session of %s is that of %q", v.email, email)
		}
	}
	d.figure(t, "away for %s; of %d requests %d were answered with an error, none with a wrong session", outage, asked, refused)
	if refused == 0 {
		t.Error("nobody missed the database")
	}
}

// killDatabase ends what runs of it now, but for the process that holds the network of the pod.
func (d *demo) killDatabase(ctx context.Context) error {
	pods, err := d.podsWith(ctx, namespace, databaseLabels)
	if err != nil {
		return err
	}
	for _, pod := range pods {
		processes, err := d.cluster.Processes(string(pod.UID))
		if err != nil {
			return err
		}
		for _, pid := range processes {
			if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); err == nil && string(name) != "pause\n" {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	}
	return nil
}

func (d *demo) databaseAnswers(ctx context.Context) error {
	conn, err := d.connectDatabase(ctx)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return conn.Ping(ctx)
}
