package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
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
	var secret corev1.Secret
	if err := d.client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: "demo-db"}, &secret); err != nil {
		t.Fatal(err)
	}
	config, err := pgx.ParseConfig(string(secret.Data["uri"]))
	if err != nil {
		t.Fatal(err)
	}
	config.LookupFunc = func(ctx context.Context, _ string) ([]string, error) {
		address, err := d.clusterIP(ctx, "demo-db")
		return []string{address}, err
	}
	config.DialFunc = d.cluster.Dial
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func (d *demo) clusterIP(ctx context.Context, service string) (string, error) {
	var s corev1.Service
	err := d.client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: service}, &s)
	return s.Spec.ClusterIP, err
}

// httpClient makes a connection for each request, from the node.
func (d *demo) httpClient() *http.Client {
	return &http.Client{Timeout: patience, Transport: &http.Transport{DialContext: d.cluster.Dial, DisableKeepAlives: true}}
}

// sessionUser asks the server at the address, for a visitor, whose session the client's cookies are.
func (d *demo) sessionUser(ctx context.Context, from *http.Client, address, visitor string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/api/auth/get-session", nil)
	if err != nil {
		return "", err
	}
	var cookies []string
	for name, value := range d.result.Cookies {
		cookies = append(cookies, name+"="+value)
	}
	request.Header.Set("Cookie", strings.Join(cookies, "; "))
	request.Header.Set("X-Forwarded-For", visitor)
	response, err := from.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answers %s", address, response.Status)
	}
	var session struct{ User struct{ Email string } }
	return session.User.Email, json.NewDecoder(response.Body).Decode(&session)
}

func (d *demo) sessionIsSharedByReplicas(t *testing.T) {
	for _, pod := range d.pods(t) {
		email, err := d.sessionUser(t.Context(), d.httpClient(), net.JoinHostPort(pod.Status.PodIP, "3001"), "203.0.113.1")
		if err != nil || email != d.result.Email {
			t.Errorf("%s: session of %q, %v", pod.Name, email, err)
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
