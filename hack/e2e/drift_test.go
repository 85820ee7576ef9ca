package e2e

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	// moreObjects are sections of the spec that make objects of kinds that every cluster has. The canary could not come
	// through the Ingress, which nobody serves.
	moreObjects = `{"spec":{
		"rollout":{"canary":false},
		"autoscaling":{"minReplicas":2,"maxReplicas":3},
		"networkPolicy":{},
		"ingress":{"host":"auth.example.com","className":"none"},
		"monitoring":{"grafanaDashboard":{}}}}`
	fewerObjects = `{"spec":{"rollout":null,"autoscaling":null,"networkPolicy":null,"ingress":null,"monitoring":null}}`

	byHand = `{"metadata":{"labels":{"app.kubernetes.io/managed-by":"hand","app.kubernetes.io/instance":"hand"}}}`
)

// changesByHand are what somebody may do to the content of an object of each kind. Labels are changed of all.
var changesByHand = map[string]string{
	"ConfigMap":               `{"metadata":{"ownerReferences":null}}`, // its data cannot change
	"Deployment":              `{"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":1}}}}`,
	"HorizontalPodAutoscaler": `{"spec":{"maxReplicas":99}}`,
	"Ingress":                 `{"spec":{"ingressClassName":"hand"}}`,
	"Job":                     `{"metadata":{"ownerReferences":null}}`,
	"NetworkPolicy":           `{"spec":{"podSelector":{"matchLabels":{"by":"hand"}}}}`,
	"PodDisruptionBudget":     `{"spec":{"selector":{"matchLabels":{"by":"hand"}}}}`,
	"Secret":                  `{"metadata":{"ownerReferences":null}}`,
	"Service":                 `{"spec":{"selector":{"app.kubernetes.io/instance":"hand"}}}`,
	"ServiceAccount":          `{"automountServiceAccountToken":true}`,
}

// driftIsCorrected changes and deletes every object of the AuthService, of whatever kinds there are.
func (d *demo) driftIsCorrected(t *testing.T) {
	few := d.owned(t)
	all := &drift{objects: map[string]bool{}, slowest: d.replicasAreCorrected(t, few), changes: 1}
	d.correctsAll(t, all)
	d.patch(t, moreObjects)
	eventually(t, d.isReady)
	d.correctsAll(t, all)
	d.lostSecretIsRestored(t)
	d.patch(t, fewerObjects)
	eventually(t, func(ctx context.Context) error {
		if now := len(d.owned(t)); now > len(few) {
			return fmt.Errorf("%d objects, want the %d of before", now, len(few))
		}
		return d.runs(ctx, 2)
	})
	d.crowd.address = d.service(t, namespace, name) // a Service that returns has another one
	d.crowd.allComeBack(t, d.crowd.sessions())
	d.figure(t, "%d objects; %d changes and %d deletions corrected, each within %.1f s",
		len(all.objects), all.changes, all.deletions, all.slowest.Seconds())
}

// drift is what was changed by hand so far.
type drift struct {
	objects            map[string]bool
	changes, deletions int
	slowest            time.Duration
}

// correctsAll changes and deletes the objects that were not yet.
func (d *demo) correctsAll(t *testing.T, all *drift) {
	t.Helper()
	for _, object := range d.owned(t) {
		id := object.GetKind() + " " + object.GetName()
		if all.objects[id] {
			continue
		}
		all.objects[id] = true
		content, known := changesByHand[object.GetKind()]
		if !known {
			t.Errorf("what can be changed of a %s? Add it to changesByHand", object.GetKind())
			continue
		}
		for _, patch := range []string{byHand, content} {
			all.slowest = max(all.slowest, d.isCorrected(t, object, patch))
			all.changes++
		}
		if !isGeneratedSecret(object) {
			all.slowest = max(all.slowest, d.returns(t, object))
			all.deletions++
		}
	}
	eventually(t, d.isReady)
}

// replicasAreCorrected where no autoscaler decides about them.
func (d *demo) replicasAreCorrected(t *testing.T, objects []unstructured.Unstructured) time.Duration {
	t.Helper()
	i := slices.IndexFunc(objects, func(object unstructured.Unstructured) bool { return object.GetKind() == "Deployment" })
	return d.isCorrected(t, objects[i], `{"spec":{"replicas":5}}`)
}

func (d *demo) isReady(ctx context.Context) error {
	auth, err := d.auth(ctx)
	if err != nil {
		return err
	}
	return ready(auth)
}

// owned are the objects that the AuthService is the owner of.
func (d *demo) owned(t *testing.T) []unstructured.Unstructured {
	t.Helper()
	auth, err := d.auth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var owned []unstructured.Unstructured
	for _, kind := range d.kinds(t) {
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(kind)
		if err := d.client.List(t.Context(), list, client.InNamespace(namespace)); err != nil {
			t.Fatal(err)
		}
		for _, object := range list.Items {
			if slices.ContainsFunc(object.GetOwnerReferences(), func(owner metav1.OwnerReference) bool { return owner.UID == auth.UID }) {
				owned = append(owned, object)
			}
		}
	}
	return owned
}

// kinds of objects in namespaces that can be listed and deleted.
func (d *demo) kinds(t *testing.T) []schema.GroupVersionKind {
	t.Helper()
	lists, err := discovery.NewDiscoveryClientForConfigOrDie(d.config).ServerPreferredNamespacedResources()
	if err != nil {
		t.Fatal(err)
	}
	var all []schema.GroupVersionKind
	for _, list := range lists {
		group, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			t.Fatal(err)
		}
		for _, resource := range list.APIResources {
			if slices.Contains(resource.Verbs, "list") && slices.Contains(resource.Verbs, "delete") {
				all = append(all, group.WithKind(resource.Kind))
			}
		}
	}
	return all
}

// isCorrected changes an object, and says how long the change stood.
func (d *demo) isCorrected(t *testing.T, object unstructured.Unstructured, patch string) time.Duration {
	t.Helper()
	changed := object.DeepCopy()
	if err := d.client.Patch(t.Context(), changed, client.RawPatch(types.MergePatchType, []byte(patch))); err != nil {
		t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
	}
	if cmp.Equal(essence(object), essence(*changed)) {
		t.Errorf("%s changes nothing of a %s", patch, object.GetKind())
	}
	return d.isAsBefore(t, object, "")
}

// returns deletes an object, and says how long it was away.
func (d *demo) returns(t *testing.T, object unstructured.Unstructured) time.Duration {
	t.Helper()
	var now unstructured.Unstructured
	now.SetGroupVersionKind(object.GroupVersionKind())
	if err := d.client.Get(t.Context(), client.ObjectKeyFromObject(&object), &now); err != nil {
		t.Fatal(err)
	}
	if err := d.client.Delete(t.Context(), &now, client.PropagationPolicy(metav1.DeletePropagationBackground)); err != nil {
		t.Fatal(err)
	}
	return d.isAsBefore(t, object, now.GetUID())
}

func (d *demo) isAsBefore(t *testing.T, object unstructured.Unstructured, deleted types.UID) time.Duration {
	t.Helper()
	began := time.Now()
	eventually(t, func(ctx context.Context) error {
		var now unstructured.Unstructured
		now.SetGroupVersionKind(object.GroupVersionKind())
		if err := d.client.Get(ctx, client.ObjectKeyFromObject(&object), &now); err != nil {
			return err
		}
		if now.GetUID() == deleted {
			return fmt.Errorf("%s %s is about to go", object.GetKind(), object.GetName())
		}
		if difference := cmp.Diff(essence(object), essence(now)); difference != "" {
			return fmt.Errorf("%s %s is another (-before +after):\n%s", object.GetKind(), object.GetName(), difference)
		}
		return nil
	})
	return time.Since(began)
}

// essence is an object without what Kubernetes writes into it.
func essence(object unstructured.Unstructured) map[string]any {
	content := object.DeepCopy().Object
	delete(content, "status")
	for _, path := range [][]string{
		{"metadata", "uid"}, {"metadata", "resourceVersion"}, {"metadata", "generation"}, {"metadata", "creationTimestamp"},
		{"metadata", "managedFields"}, {"metadata", "annotations", "deployment.kubernetes.io/revision"},
		{"spec", "clusterIP"}, {"spec", "clusterIPs"},
	} {
		unstructured.RemoveNestedField(content, path...)
	}
	if object.GetKind() == "Job" {
		unstructured.RemoveNestedField(content, "spec", "selector")
		for _, path := range [][]string{{"metadata", "labels"}, {"spec", "template", "metadata", "labels"}} {
			labels, _, _ := unstructured.NestedStringMap(content, path...)
			maps.DeleteFunc(labels, func(key, _ string) bool {
				return key == "controller-uid" || key == "batch.kubernetes.io/controller-uid"
			})
			_ = unstructured.SetNestedStringMap(content, labels, path...)
		}
	}
	return content
}

func isGeneratedSecret(object unstructured.Unstructured) bool {
	return object.GetKind() == "Secret" && object.GetName() == name+"-secrets"
}

// lostSecretIsRestored shows the one object that does not return by itself: new keys would end all sessions.
func (d *demo) lostSecretIsRestored(t *testing.T) {
	t.Helper()
	var secret corev1.Secret
	if err := d.client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name + "-secrets"}, &secret); err != nil {
		t.Fatal(err)
	}
	if err := d.client.Delete(t.Context(), secret.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	eventually(t, func(ctx context.Context) error { return d.isNotReady(ctx, "GeneratedSecretLost") })
	secret.ResourceVersion, secret.UID = "", ""
	if err := d.client.Create(t.Context(), &secret); err != nil {
		t.Fatal(err)
	}
	eventually(t, func(ctx context.Context) error { return d.runs(ctx, 2) })
}
