package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// tenants are a namespace with AuthServices that share the demo's database, each with a schema of its own.
func (d *demo) tenants(t *testing.T, namespace string, names ...string) []v1alpha1.AuthService {
	t.Helper()
	d.createNamespace(t, namespace)
	var all []v1alpha1.AuthService
	for _, name := range names {
		tenant := tenant(namespace, name)
		if err := d.client.Create(t.Context(), &tenant); err != nil {
			t.Fatal(err)
		}
		all = append(all, tenant)
	}
	return all
}

func tenant(namespace, name string) v1alpha1.AuthService {
	return v1alpha1.AuthService{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: v1alpha1.AuthServiceSpec{
			Replicas: ptr.To[int32](1),
			Database: v1alpha1.DatabaseSpec{
				SecretRef:      v1alpha1.DatabaseSecretReference{Name: "database", Key: "uri"},
				Schema:         strings.ReplaceAll(namespace+"_"+name, "-", "_"),
				MaxConnections: 2,
			},
		},
	}
}

// createNamespace has the demo's database secret in it.
func (d *demo) createNamespace(t *testing.T, namespace string) {
	t.Helper()
	var original corev1.Secret
	if err := d.client.Get(t.Context(), client.ObjectKey{Namespace: "gatehouse-demo", Name: "demo-db"}, &original); err != nil {
		t.Fatal(err)
	}
	for _, object := range []client.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name: namespace, Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}}},
		&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "database"}, Data: map[string][]byte{"uri": original.Data["uri"]}},
	} {
		if err := d.client.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
}

// areReady is nil when all AuthServices are.
func (d *demo) areReady(ctx context.Context, all []v1alpha1.AuthService) error {
	var unready []error
	for _, auth := range all {
		err := d.client.Get(ctx, client.ObjectKeyFromObject(&auth), &auth)
		if err == nil {
			err = ready(&auth)
		}
		if err != nil {
			unready = append(unready, fmt.Errorf("%s/%s: %w", auth.Namespace, auth.Name, err))
		}
	}
	if len(unready) > 3 {
		unready = append(unready[:3], fmt.Errorf("and %d more", len(unready)-3))
	}
	return errors.Join(unready...)
}

// namespacesGo within a minute, whether an operator runs or not.
func (d *demo) namespacesGo(t *testing.T) {
	served := d.tenants(t, "doomed", "one", "two", "three")
	orphaned := d.tenants(t, "orphaned", "one", "two", "three")
	eventually(t, func(ctx context.Context) error {
		return errors.Join(d.areReady(ctx, served), d.areReady(ctx, orphaned))
	})
	with := d.goes(t, "doomed")
	d.scaleOperator(t, 0)
	without := d.goes(t, "orphaned")
	d.scaleOperator(t, 1)
	eventually(t, func(ctx context.Context) error { return d.runs(ctx, 2) })
	d.figure(t, "with %d AuthServices in it after %.0f s, and after %.0f s without an operator", len(served), with.Seconds(), without.Seconds())
}

func (d *demo) goes(t *testing.T, namespace string) time.Duration {
	t.Helper()
	began := time.Now()
	key := client.ObjectKey{Name: namespace}
	if err := d.client.Delete(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func(ctx context.Context) error { return d.gone(ctx, key, &corev1.Namespace{}) })
	took := time.Since(began)
	if took > time.Minute {
		t.Errorf("namespace %s was gone after %s", namespace, took)
	}
	return took
}

func (d *demo) scaleOperator(t *testing.T, replicas int) {
	t.Helper()
	d.kubectl(t, "--namespace="+system, "scale", "deployment/"+operator, fmt.Sprintf("--replicas=%d", replicas))
	eventually(t, func(ctx context.Context) error {
		pods, err := d.podsWith(ctx, system, operatorLabels)
		if err == nil && len(pods) != replicas {
			err = fmt.Errorf("%d pods of the operator, want %d", len(pods), replicas)
		}
		return err
	})
}
