package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// golden compares with a file of testdata, in which the namespace is called default.
func golden(t *testing.T, name, namespace, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	// The name of a namespace of the tests is 7 characters long, as default is, so that it breaks no line elsewhere.
	got = strings.ReplaceAll(got, namespace, "default")
	if *update {
		must(t, os.MkdirAll("testdata", 0o750))
		must(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); rewrite it with -update if that is meant:\n%s", path, diff)
	}
}

func TestStatusOfAServiceThatRuns(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t)
	shop := newInstance(t, shop(namespace))
	shop.ready()
	status := execute(t.Context(), namespace, "status", "shop", clock(shop.now())).wants(t, 0)
	golden(t, "status-ready.txt", namespace, status.stdout)
	inReadme(t, "status shop", strings.ReplaceAll(status.stdout, namespace, "default"))
	status = execute(t.Context(), namespace, "status", "shop", clock(shop.now()), width(60)).wants(t, 0)
	golden(t, "status-ready-60.txt", namespace, status.stdout)
}

func TestStatusOfAServiceThatFails(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t)
	shop := newInstance(t, shop(namespace))
	shop.ready()
	const message = "pod shop-7d9f5c6b8-hw8zt: CrashLoopBackOff: back-off 40s restarting failed container; 1 replicas go on in the previous configuration"
	shop.say(func(status *v1alpha1.AuthServiceStatus) {
		status.ReadyReplicas, status.Keys = 1, nil
		for i := range status.Conditions {
			if kind := status.Conditions[i].Type; kind == v1alpha1.ConditionReady || kind == v1alpha1.ConditionAvailable {
				status.Conditions[i] = shop.condition(kind, metav1.ConditionFalse, v1alpha1.ReasonPodNotStarting, message)
			}
		}
		status.Conditions = append(status.Conditions, shop.condition(v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonRollingOut, message))
	})
	broken := shop.pods[1]
	broken.Status.Conditions[0].Status = corev1.ConditionFalse
	broken.Status.ContainerStatuses[0].RestartCount = 5
	broken.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
	shop.status(broken)
	shop.deployment.Status.ReadyReplicas, shop.deployment.Status.AvailableReplicas, shop.deployment.Status.UpdatedReplicas = 1, 1, 1
	shop.status(shop.deployment)
	status := execute(t.Context(), namespace, "status", "shop", clock(shop.now())).wants(t, 1)
	golden(t, "status-failing.txt", namespace, status.stdout)
	status = execute(t.Context(), namespace, "status", clock(shop.now())).wants(t, 1)
	golden(t, "list.txt", namespace, status.stdout)
	execute(t.Context(), "", "status", "--all-namespaces", clock(shop.now())).wants(t, 1, namespace+"/shop")
}

// What belongs to others is not shown, whatever its labels say, and the content of secrets never.
func TestStatusShowsOnlyWhatBelongs(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t)
	shop := newInstance(t, shop(namespace))
	stranger := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "stranger", Labels: resources.Labels(shop.auth)}}
	stranger.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: "x", UID: "x", Controller: ptr.To(true)}}
	shop.create(stranger)
	status := execute(t.Context(), namespace, "status", "shop").wants(t, 1, "not seen by the operator yet", "Secret/shop-secrets")
	for _, text := range []string{"stranger", "a-secret-to-look-for"} {
		if strings.Contains(status.stdout+status.stderr, text) {
			t.Errorf("shows %s:\n%s", text, status.stdout)
		}
	}
}

// grant lets the user with the name of a namespace get AuthServices in it, and what the rules say.
func grant(t *testing.T, namespace string, rules ...rbacv1.PolicyRule) {
	t.Helper()
	get := rbacv1.PolicyRule{APIGroups: []string{"gatehouse.dev"}, Resources: []string{"authservices"}, Verbs: []string{"get"}}
	few := metav1.ObjectMeta{Name: "few", Namespace: namespace}
	must(t, api.admin.Create(t.Context(), &rbacv1.Role{ObjectMeta: few, Rules: append(rules, get)}))
	must(t, api.admin.Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: few,
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: few.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: namespace}},
	}))
}

// Whoever may see less is told what is missing.
func TestStatusForThoseWhoMaySeeLess(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t)
	newInstance(t, shop(namespace)).ready()
	grant(t, namespace, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list"}})
	execute(t.Context(), namespace, "status", "shop", "--as="+namespace).
		wants(t, 0, "Pod/shop-7d9f5c6b8-4xq2m", "Not shown, because you may not list it: Deployment, ReplicaSet, Job, Service,", "ConfigMap, Secret.")
	execute(t.Context(), namespace, "status", "--as="+namespace).wants(t, 2, `cannot list resource "authservices"`)
	execute(t.Context(), namespace, "rotate", "shop", "--as="+namespace).wants(t, 2, `cannot patch resource "authservices"`)
}

func TestStatusAsObject(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t)
	newInstance(t, shop(namespace)).ready()
	for _, format := range []string{"json", "yaml"} {
		var auth v1alpha1.AuthService
		must(t, yaml.UnmarshalStrict([]byte(execute(t.Context(), namespace, "status", "shop", "-o", format).wants(t, 0).stdout), &auth))
		if auth.Kind != "AuthService" || auth.Name != "shop" || len(auth.Status.Keys) != 3 || len(auth.ManagedFields) != 0 {
			t.Errorf("%s: %+v", format, auth)
		}
		var list v1alpha1.AuthServiceList
		must(t, yaml.UnmarshalStrict([]byte(execute(t.Context(), namespace, "status", "-o", format).wants(t, 0).stdout), &list))
		if list.Kind != "AuthServiceList" || len(list.Items) != 1 || list.Items[0].Kind != "AuthService" {
			t.Errorf("%s: %+v", format, list)
		}
	}
	execute(t.Context(), namespace, "status", "shop", "-o", "table").wants(t, 2, "json,kyaml,yaml")
}

func TestStatusWaits(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t)
	shop := newInstance(t, shop(namespace))
	execute(t.Context(), namespace, "status", "shop", "--wait=100ms").wants(t, 1, "waiting: not seen by the operator yet")
	ended := make(chan result, 1)
	terminal, screen := onScreen()
	go func() { ended <- execute(t.Context(), namespace, "status", "shop", "--wait=1m", screen) }()
	terminal.shows(t, "waiting:")
	shop.ready()
	select {
	case status := <-ended:
		status.wants(t, 0)
		terminal.shows(t, "shop is Ready")
	case <-time.After(30 * time.Second):
		t.Fatal("the wait does not end")
	}
}

func TestStatusNeedsOneThingToWaitFor(t *testing.T) {
	t.Parallel()
	execute(t.Context(), "default", "status", "--wait").wants(t, 2, "--wait needs the NAME")
	execute(t.Context(), "default", "status", "shop", "-A").wants(t, 2, "leave out NAME or --all-namespaces")
	execute(t.Context(), newNamespace(t), "status").wants(t, 0, "kubectl gatehouse init")
}
