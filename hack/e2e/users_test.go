package e2e

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// userIsStored looks at the database itself: custom fields are columns, defaults are filled in.
func (d *demo) userIsStored(t *testing.T) {
	if d.result.User["tier"] != "pro" || d.result.User["role"] != "user" {
		t.Errorf("the session's user is %v", d.result.User)
	}
	if d.result.JWT["sub"] != d.result.User["id"] || d.result.JWT["iss"] != "better-auth" {
		t.Errorf("the token's claims are %v", d.result.JWT)
	}
	var id, role, tier string
	err := d.database(t).QueryRow(t.Context(), `SELECT id, role, tier FROM "user" WHERE email = $1`, d.result.Email).Scan(&id, &role, &tier)
	if err != nil {
		t.Fatal(err)
	}
	if id != d.result.User["id"] || role != "user" || tier != "pro" {
		t.Errorf("the row is %q, %q, %q", id, role, tier)
	}
}

func (d *demo) database(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := d.connectDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func (d *demo) connectDatabase(ctx context.Context) (*pgx.Conn, error) {
	var secret corev1.Secret
	if err := d.client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "demo-db"}, &secret); err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(string(secret.Data["uri"]))
	if err != nil {
		return nil, err
	}
	config.LookupFunc = func(ctx context.Context, _ string) ([]string, error) {
		address, err := d.clusterIP(ctx, namespace, "demo-db")
		return []string{address}, err
	}
	config.DialFunc = d.cluster.Dial
	return pgx.ConnectConfig(ctx, config)
}

func (d *demo) clusterIP(ctx context.Context, namespace, service string) (string, error) {
	var s corev1.Service
	err := d.client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: service}, &s)
	return s.Spec.ClusterIP, err
}

// sessionIsSharedByReplicas asks each whose session the client's cookies are.
func (d *demo) sessionIsSharedByReplicas(t *testing.T) {
	client := visit{email: d.result.Email}
	for name, value := range d.result.Cookies {
		client.cookies += name + "=" + value + "; "
	}
	for _, pod := range d.pods(t) {
		server := d.crowdAt(t, net.JoinHostPort(pod.Status.PodIP, "3001"))
		if err := server.comesBack(t.Context(), server.fresh, client); err != nil {
			t.Errorf("%s: %v", pod.Name, err)
		}
	}
}

func (d *demo) helmTestPasses(t *testing.T) {
	output, err := d.kube(t.Context(), "helm", "test", "gatehouse", "--namespace="+system, "--logs", "--timeout=2m")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(output, "sign") {
		t.Errorf("helm test signed nobody up:\n%s", output)
	}
}

func (d *demo) runsOnCurrentContext(t *testing.T) {
	images := map[string]string{}
	for _, image := range []string{"operator", "authserver", "postgres"} {
		images[image] = d.reference(t, image)
	}
	file := filepath.Join(t.TempDir(), "result.json")
	d.port = freePort(t)
	if _, err := d.script(t.Context(), "up.sh", "RESULT="+file, "CLUSTER=current", "KUBECONFIG="+d.cluster.Kubeconfig(),
		"IMG="+images["operator"], "AUTHSERVER_IMG="+images["authserver"], "POSTGRES_IMG="+images["postgres"]); err != nil {
		t.Fatal(err)
	}
	first := d.result.Email
	d.readResult(t, file)
	if d.result.Email == first {
		t.Error("the second run signed nobody up")
	}
	d.statusIsReady(t)
}
