package main

import (
	"context"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

func TestLogsAreMerged(t *testing.T) {
	t.Parallel()
	k := theKubelet(t)
	namespace := newNamespace(t)
	shop := newInstance(t, shop(namespace))
	plan := shop.migration.Spec.Template.DeepCopy()
	plan.Labels[resources.LabelComponent] = "plan"
	shop.pod("shop-plan-1f0c9a3e-b6d4q", shop.migration, "batch/v1", "Job", plan)
	k.set(func() {
		k.logs[namespace+"/shop-plan-1f0c9a3e-b6d4q"] = "2026-11-30T10:00:00Z -- Hash of this plan: 3f9c21d07be4\n"
		k.logs[namespace+"/shop-7d9f5c6b8-4xq2m"] = "2026-11-30T12:00:00.1Z {\"msg\":\"one\"}\n2026-11-30T12:00:00.3Z {\"msg\":\"three\"}\n"
		k.logs[namespace+"/shop-7d9f5c6b8-hw8zt"] = "2026-11-30T13:00:00.2+01:00 {\"msg\":\"two\"}\n2026-11-30T13:00:00.4+01:00 \x1b[2Jfour " + strings.Repeat("x", 70<<10) + "\n"
		k.logs[namespace+"/shop-migrate-1f0c9a3e-x7k2p"] = "2026-11-30T11:00:00Z nothing to do\n"
	})
	serving := execute(t.Context(), namespace, "logs", "shop", "--since=10m", "--tail=7").wants(t, 0)
	const want = `[shop-7d9f5c6b8-4xq2m] {"msg":"one"}
[shop-7d9f5c6b8-hw8zt] {"msg":"two"}
[shop-7d9f5c6b8-4xq2m] {"msg":"three"}
[shop-7d9f5c6b8-hw8zt] �[2Jfour xxx`
	if count := strings.Count(serving.stdout, "x"); !strings.HasPrefix(serving.stdout, want) || count < 70<<10 {
		t.Errorf("logs are, with %d x,\n%.400s", count, serving.stdout)
	}
	k.set(func() {
		for _, query := range k.asked[namespace] {
			if !strings.Contains(query, "sinceSeconds=600") || !strings.Contains(query, "tailLines=7") {
				t.Errorf("asked for %s", query)
			}
		}
	})
	migration := execute(t.Context(), namespace, "logs", "shop", "--migration").wants(t, 0)
	if migration.stdout != "[shop-plan-1f0c9a3e-b6d4q] -- Hash of this plan: 3f9c21d07be4\n[shop-migrate-1f0c9a3e-x7k2p] nothing to do\n" {
		t.Errorf("logs of the migration are %q", migration.stdout)
	}
}

func TestLogsOfPodsWithoutAny(t *testing.T) {
	t.Parallel()
	k := theKubelet(t)
	namespace := newNamespace(t)
	auth := shop(namespace)
	newInstance(t, auth)
	k.set(func() { k.logs[namespace+"/shop-7d9f5c6b8-4xq2m"] = "2026-11-30T12:00:00Z one\n" })
	execute(t.Context(), namespace, "logs", "shop").wants(t, 0, "[shop-7d9f5c6b8-4xq2m] one", "[shop-7d9f5c6b8-hw8zt] no log:")
	execute(t.Context(), namespace, "logs", "shop", "--migration").wants(t, 2, "[shop-migrate-1f0c9a3e-x7k2p] no log:", "none of the pods has a log")
	other := shop(namespace)
	other.Name = "other"
	must(t, api.admin.Create(t.Context(), other))
	execute(t.Context(), namespace, "logs", "other").wants(t, 2, "there are no such pods; see kubectl gatehouse status other")
}

func TestFollowGoesOnWithNewPods(t *testing.T) {
	t.Parallel()
	k := theKubelet(t)
	namespace := newNamespace(t)
	shop := newInstance(t, shop(namespace))
	more := make(chan string)
	k.set(func() {
		k.logs[namespace+"/shop-7d9f5c6b8-4xq2m"], k.more[namespace+"/shop-7d9f5c6b8-4xq2m"] = "old\n", more
		k.logs[namespace+"/shop-7d9f5c6b8-hw8zt"] = "ends\n"
		k.logs[namespace+"/shop-7d9f5c6b8-later"] = "first words\n"
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	terminal, screen := onScreen()
	ended := make(chan result, 1)
	go func() {
		ended <- execute(ctx, namespace, "logs", "shop", "--follow", screen)
	}()
	terminal.shows(t, "[shop-7d9f5c6b8-4xq2m] old", "[shop-7d9f5c6b8-hw8zt] ends")
	more <- "new\n"
	terminal.shows(t, "[shop-7d9f5c6b8-4xq2m] new")

	later := shop.pods[0].DeepCopy()
	later.ResourceVersion, later.UID, later.Name = "", "", "shop-7d9f5c6b8-later"
	must(t, api.admin.Create(t.Context(), later))
	must(t, api.admin.Get(t.Context(), client.ObjectKeyFromObject(later), later))
	shop.podRuns(later)
	terminal.shows(t, "[shop-7d9f5c6b8-later] first words")
	cancel()
	select {
	case followed := <-ended:
		followed.wants(t, 0)
	case <-time.After(30 * time.Second):
		t.Fatal("an interrupt does not end it")
	}
	if count := strings.Count(terminal.String(), "ends"); count != 1 {
		t.Errorf("a log that has ended is shown %d times:\n%s", count, terminal)
	}
}

// What cannot go on with new pods says so at once, and not when the logs of now have ended.
func TestFollowOfThoseWhoMayNotWatch(t *testing.T) {
	t.Parallel()
	k := theKubelet(t)
	namespace := newNamespace(t)
	newInstance(t, shop(namespace))
	k.set(func() { k.logs[namespace+"/shop-7d9f5c6b8-4xq2m"] = "one\n" })
	grant(t, namespace, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods", "pods/log"}, Verbs: []string{"list", "get"}})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	execute(ctx, namespace, "logs", "shop", "--follow", "--as="+namespace).wants(t, 2, `cannot watch resource "pods"`, "ask for a Role")
	must(t, ctx.Err())
}
