package e2e

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// reference of an image that make has built.
func (d *demo) reference(t *testing.T, image string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(d.root, "bin", "images", image+".ref"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(content))
}

// changeRollsWithoutFailures asks the Service, by the same path as pods do, all the while both pods are replaced.
func (d *demo) changeRollsWithoutFailures(t *testing.T) {
	address, err := d.clusterIP(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	before := d.pods(t)
	ctx, stop := context.WithCancel(t.Context())
	var requests atomic.Int64
	var failures sync.Map
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			d.ask(ctx, net.JoinHostPort(address, "80"), &requests, &failures)
		})
	}
	auth, err := d.auth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	patch := []byte(`{"spec":{"session":{"ttl":"48h"}}}`)
	if err := d.client.Patch(t.Context(), auth, client.RawPatch("application/merge-patch+json", patch)); err != nil {
		t.Fatal(err)
	}
	eventually(t, func(ctx context.Context) error {
		auth, err := d.auth(ctx)
		if err != nil {
			return err
		}
		return errors.Join(ready(auth), d.replaced(ctx, before))
	})
	stop()
	workers.Wait()
	failures.Range(func(failure, count any) bool {
		t.Errorf("%d times: %v", count.(*atomic.Int64).Load(), failure)
		return true
	})
	if requests.Load() < 100 {
		t.Errorf("%d requests are too few to show anything", requests.Load())
	}
}

// ask sends requests, ten a second, until ctx is done: as an ingress does, for clients of which none reaches its limit.
func (d *demo) ask(ctx context.Context, address string, requests *atomic.Int64, failures *sync.Map) {
	from := d.httpClient()
	from.Timeout = 10 * time.Second
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		visitor := fmt.Sprintf("203.0.113.%d", requests.Add(1)%250)
		email, err := d.sessionUser(context.WithoutCancel(ctx), from, address, visitor)
		if err == nil && email != d.result.Email {
			err = fmt.Errorf("session of %q", email)
		}
		if err != nil {
			count, _ := failures.LoadOrStore(err.Error(), new(atomic.Int64))
			count.(*atomic.Int64).Add(1)
		}
	}
}

// replaced is when the old pods have drained and are gone.
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
	if _, err := d.kube(t.Context(), "helm", "uninstall", "gatehouse", "--namespace="+system, "--wait", "--timeout=2m"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.kube(t.Context(), "kubectl", "get", "customresourcedefinition", "authservices.gatehouse.dev"); err != nil {
		t.Error(err)
	}
	left, err := d.kube(t.Context(), "kubectl", "--namespace="+system, "get", "deployments,services,serviceaccounts,roles,clusterroles",
		"--selector=app.kubernetes.io/instance=gatehouse", "--output=name")
	if err != nil || strings.TrimSpace(left) != "" {
		t.Errorf("left: %s%v", left, err)
	}
}
