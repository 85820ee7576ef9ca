package e2e

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// usersArrive makes the crowd that the scenarios must not disturb.
func (d *demo) usersArrive(t *testing.T) {
	d.crowd = d.newCrowd(t, d.service(t, namespace, name), "crowd")
}

// configurationChanges rolls all pods.
func (d *demo) configurationChanges(t *testing.T) {
	d.underLoad(t, func(t *testing.T) {
		d.rolls(t, `{"spec":{"session":{"ttl":"48h"}}}`)
	})
}

// customFieldIsAdded migrates the database before it rolls the pods.
func (d *demo) customFieldIsAdded(t *testing.T) {
	before := d.schemaHash(t)
	d.underLoad(t, func(t *testing.T) {
		d.rolls(t, d.withField(t, v1alpha1.CustomField{Name: "plan", Type: "string", Default: ptr.To("trial"), Index: true, Required: true}))
	})
	if after := d.schemaHash(t); after == before {
		t.Errorf("the schema is still %s", after)
	}
	var without int
	if err := d.database(t).QueryRow(t.Context(), `SELECT count(*) FROM "user" WHERE plan IS DISTINCT FROM 'trial'`).Scan(&without); err != nil {
		t.Fatal(err)
	}
	if without > 0 {
		t.Errorf("%d users have not got the default of the new field", without)
	}
}

// imageChanges upgrades to the next version, and goes back to the operator's own.
func (d *demo) imageChanges(t *testing.T) {
	next := d.load(t, "authserver-next")
	for _, image := range []string{`"` + next + `"`, "null"} {
		d.underLoad(t, func(t *testing.T) { d.rolls(t, `{"spec":{"image":`+image+`}}`) })
		if got, want := d.pods(t)[0].Spec.Containers[0].Image, next; (got == want) != (image != "null") {
			t.Errorf("with spec.image %s the pods run %s", image, got)
		}
	}
}

// databasePasswordRotates does what CloudNativePG does: the role has the new password at once, connections stay, and the
// secret follows. New connections of the old pods must not need the old one.
func (d *demo) databasePasswordRotates(t *testing.T) {
	password := strings.ToLower(rand.Text())
	d.underLoad(t, func(t *testing.T) {
		before := d.pods(t)
		if _, err := d.database(t).Exec(t.Context(), `ALTER ROLE gatehouse PASSWORD '`+password+`'`); err != nil {
			t.Fatal(err)
		}
		var secret corev1.Secret
		if err := d.client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: "demo-db"}, &secret); err != nil {
			t.Fatal(err)
		}
		old := string(secret.Data["password"])
		secret.StringData = map[string]string{
			"password": password, "uri": strings.Replace(string(secret.Data["uri"]), old, password, 1),
		}
		if err := d.client.Update(t.Context(), &secret); err != nil {
			t.Fatal(err)
		}
		eventually(t, func(ctx context.Context) error { return d.settled(ctx, before) })
	})
}

// replicasChange adds and takes away pods that are in use.
func (d *demo) replicasChange(t *testing.T) {
	d.underLoad(t, func(t *testing.T) {
		for _, replicas := range []int{3, 1, 2} {
			d.patch(t, fmt.Sprintf(`{"spec":{"replicas":%d}}`, replicas))
			eventually(t, func(ctx context.Context) error { return d.runs(ctx, replicas) })
		}
	})
}

// operatorRestarts shows that nothing depends on a running operator, and that a new one finds nothing to do.
func (d *demo) operatorRestarts(t *testing.T) {
	before := d.pods(t)
	d.underLoad(t, func(t *testing.T) {
		d.kubectl(t, "--namespace="+system, "rollout", "restart", "deployment/"+operator)
		d.kubectl(t, "--namespace="+system, "rollout", "status", "deployment/"+operator, "--timeout="+patience.String())
		// Only an operator that works sees this; no pod needs to be replaced for it.
		d.patch(t, `{"spec":{"replicas":3}}`)
		eventually(t, func(ctx context.Context) error { return d.runs(ctx, 3) })
		d.patch(t, `{"spec":{"replicas":2}}`)
		eventually(t, func(ctx context.Context) error { return d.runs(ctx, 2) })
	})
	if after := d.pods(t); !slices.ContainsFunc(after, func(pod corev1.Pod) bool { return pod.UID == before[0].UID || pod.UID == before[1].UID }) {
		t.Error("the new operator has replaced all pods")
	}
}

// withField is the patch that adds a custom field, or replaces the one of its name.
func (d *demo) withField(t *testing.T, field v1alpha1.CustomField) string {
	t.Helper()
	auth, err := d.auth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	others := slices.DeleteFunc(auth.Spec.CustomFields, func(other v1alpha1.CustomField) bool { return other.Name == field.Name })
	fields, err := json.Marshal(append(others, field))
	if err != nil {
		t.Fatal(err)
	}
	return `{"spec":{"customFields":` + string(fields) + `}}`
}

func (d *demo) patch(t *testing.T, patch string) {
	t.Helper()
	if err := d.tryPatch(t.Context(), patch); err != nil {
		t.Fatal(err)
	}
}

func (d *demo) tryPatch(ctx context.Context, patch string) error {
	auth, err := d.auth(ctx)
	if err != nil {
		return err
	}
	return d.client.Patch(ctx, auth, client.RawPatch(types.MergePatchType, []byte(patch)))
}

// rolls changes the spec in a way that replaces all pods, and waits until the old ones are gone.
func (d *demo) rolls(t *testing.T, patch string) {
	t.Helper()
	before := d.pods(t)
	d.patch(t, patch)
	eventually(t, func(ctx context.Context) error { return d.settled(ctx, before) })
}

// settled is when the AuthService is Ready, and the old pods have drained and are gone.
func (d *demo) settled(ctx context.Context, before []corev1.Pod) error {
	auth, err := d.auth(ctx)
	if err != nil {
		return err
	}
	return errors.Join(ready(auth), d.replaced(ctx, before))
}

// runs is nil when that many replicas are ready, and no other pod is left.
func (d *demo) runs(ctx context.Context, replicas int) error {
	auth, err := d.auth(ctx)
	if err != nil {
		return err
	}
	pods, err := d.podsOf(ctx)
	if err == nil && (len(pods) != replicas || int(auth.Status.ReadyReplicas) != replicas) {
		err = fmt.Errorf("%d pods, %d ready replicas, want %d", len(pods), auth.Status.ReadyReplicas, replicas)
	}
	return errors.Join(ready(auth), err)
}

func (d *demo) schemaHash(t *testing.T) string {
	t.Helper()
	auth, err := d.auth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return auth.Status.Schema.Hash
}

func (d *demo) replaced(ctx context.Context, before []corev1.Pod) error {
	for _, pod := range before {
		if err := d.gone(ctx, client.ObjectKeyFromObject(&pod), &corev1.Pod{}); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) gone(ctx context.Context, key client.ObjectKey, object client.Object) error {
	if err := d.client.Get(ctx, key, object); err != nil {
		return client.IgnoreNotFound(err)
	}
	return fmt.Errorf("%T %s is still there", object, key.Name)
}

func (d *demo) users(t *testing.T) int {
	t.Helper()
	var users int
	if err := d.database(t).QueryRow(t.Context(), `SELECT count(*) FROM "user"`).Scan(&users); err != nil {
		t.Fatal(err)
	}
	return users
}

func (d *demo) deletionKeepsData(t *testing.T) {
	before := d.users(t)
	if _, err := d.kube(t.Context(), "kubectl", "--namespace="+namespace, "delete", "authservices.gatehouse.dev/"+name,
		"--timeout=2m"); err != nil {
		t.Fatal(err)
	}
	for _, child := range []client.Object{&corev1.Service{}, &corev1.ServiceAccount{}, &appsv1.Deployment{}} {
		eventually(t, func(ctx context.Context) error {
			return d.gone(ctx, client.ObjectKey{Namespace: namespace, Name: name}, child)
		})
	}
	if after := d.users(t); after != before || after == 0 {
		t.Errorf("%d users were stored, %d are", before, after)
	}
}

func (d *demo) uninstallKeepsCRD(t *testing.T) {
	d.helm(t, "uninstall", "gatehouse", "--wait", "--timeout="+patience.String())
	d.releaseIsGone(t)
}
