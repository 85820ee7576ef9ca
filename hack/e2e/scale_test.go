package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

const (
	manyNamespaces = 20
	inEachOne      = 10
	realOnes       = 5
	quiet          = time.Minute

	// muchPatience is for all of them together.
	muchPatience = 4 * patience
)

// manyAreServed has 200 AuthServices in 20 namespaces, of which five really run.
func (d *demo) manyAreServed(t *testing.T) {
	d.addFakeNode(t)
	began := time.Now()
	all := d.many(t)
	d.eventuallyAllReady(t, all)
	took := time.Since(began)
	requests, memory := d.requestsSince(t, began), d.operatorMemory(t)
	d.figure(t, "%d AuthServices in %d namespaces, %d of them real, are Ready after %.0f s", len(all), manyNamespaces, realOnes, took.Seconds())
	d.figure(t, "the operator has %d MiB and made %d requests: %s", memory>>20, len(requests), byVerb(requests))

	d.areIsolated(t, all, requests)
	d.usersAreIsolated(t, all[:realOnes])

	d.isQuiet(t)
	writes := d.writesSince(t, began)
	d.figure(t, "%d writes, %.1f for each AuthService; none in a quiet minute", len(writes), float64(len(writes))/float64(len(all)))
	d.figure(t, "all gone after %.0f s", d.manyGo(t).Seconds())
}

// many makes the real ones first, each in a namespace of its own.
func (d *demo) many(t *testing.T) []v1alpha1.AuthService {
	t.Helper()
	var all []v1alpha1.AuthService
	for i := range manyNamespaces {
		d.createNamespace(t, manyNamespace(i))
	}
	for j := range inEachOne {
		for i := range manyNamespaces {
			auth := tenant(manyNamespace(i), fmt.Sprintf("auth-%d", j))
			if len(all) >= realOnes {
				auth.Spec.Replicas, auth.Spec.Template = nil, onFakeNode()
			}
			if err := d.client.Create(t.Context(), &auth); err != nil {
				t.Fatal(err)
			}
			all = append(all, auth)
		}
	}
	return all
}

func manyNamespace(i int) string { return fmt.Sprintf("many-%02d", i) }

func (d *demo) eventuallyAllReady(t *testing.T, all []v1alpha1.AuthService) {
	t.Helper()
	within(t, muchPatience, func(ctx context.Context) error {
		var list v1alpha1.AuthServiceList
		if err := d.client.List(ctx, &list); err != nil {
			return err
		}
		var unready []error
		for i := range list.Items {
			if err := ready(&list.Items[i]); err != nil && strings.HasPrefix(list.Items[i].Namespace, "many-") {
				unready = append(unready, fmt.Errorf("%s/%s: %w", list.Items[i].Namespace, list.Items[i].Name, err))
			}
		}
		if len(unready) > 0 {
			return fmt.Errorf("%d of %d are not Ready, such as %w", len(unready), len(all), unready[0])
		}
		return nil
	})
}

// operatorMemory is what the kernel holds for the operator, in bytes.
func (d *demo) operatorMemory(t *testing.T) int {
	t.Helper()
	processes, err := d.cluster.Processes(d.onlyPod(t, system, operatorLabels).Status.ContainerStatuses[0].ContainerID)
	if err != nil || len(processes) != 1 {
		t.Fatalf("the operator's processes are %d: %v", processes, err)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", processes[0]))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(status, []byte("VmRSS:"))
	var kilobytes int
	if _, err := fmt.Sscan(string(rest), &kilobytes); err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// isQuiet waits until the operator has been at rest for a moment, and holds that it then stays so.
func (d *demo) isQuiet(t *testing.T) {
	t.Helper()
	eventually(t, func(context.Context) error {
		if writes := d.writesSince(t, time.Now().Add(-10*time.Second)); len(writes) > 0 {
			return fmt.Errorf("the operator has just made %d writes, such as %s", len(writes), writes[0])
		}
		return nil
	})
	began := time.Now()
	ticker := time.NewTicker(quiet / 10)
	defer ticker.Stop()
	for time.Since(began) < quiet {
		<-ticker.C
		if writes := d.writesSince(t, began); len(writes) > 0 {
			t.Fatalf("in a quiet minute the operator made %d writes, such as %s", len(writes), writes[0])
		}
	}
}

func (d *demo) manyGo(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	for i := range manyNamespaces {
		d.kubectl(t, "delete", "namespace", manyNamespace(i), "--wait=false")
	}
	within(t, muchPatience, func(ctx context.Context) error {
		var left corev1.NamespaceList
		if err := d.client.List(ctx, &left); err != nil {
			return err
		}
		for _, namespace := range left.Items {
			if strings.HasPrefix(namespace.Name, "many-") {
				return fmt.Errorf("namespace %s is still there", namespace.Name)
			}
		}
		return nil
	})
	return time.Since(began)
}

// usersAreIsolated signs a user up at each, whom no other one knows.
func (d *demo) usersAreIsolated(t *testing.T, all []v1alpha1.AuthService) {
	t.Helper()
	crowds := make([]*crowd, len(all))
	for i, auth := range all {
		address, err := d.clusterIP(t.Context(), auth.Namespace, auth.Name)
		if err != nil {
			t.Fatal(err)
		}
		crowds[i] = d.crowdAt(t, net.JoinHostPort(address, "80"))
		if err := crowds[i].signUp(t.Context(), fmt.Sprintf("user-%d@example.com", i)); err != nil {
			t.Fatal(err)
		}
	}
	for i, home := range crowds {
		home.allComeBack(t, home.sessions())
		for j, other := range crowds {
			if i == j {
				continue
			}
			v := home.sessions()[0]
			if email, err := other.user(t.Context(), other.fresh, v); err != nil || email != "" {
				t.Errorf("a session of %d is that of %q at %d: %v", i, email, j, err)
			}
			if err := other.signIn(t.Context(), v.email); err == nil || !strings.Contains(err.Error(), "401") {
				t.Errorf("a user of %d signs in at %d: %v", i, j, err)
			}
		}
	}
}
