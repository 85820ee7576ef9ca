package controllers

import (
	"context"
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// replicasOwner keeps the number of replicas until the autoscaler changes it.
const replicasOwner = fieldOwner + "-replicas"

// leaveReplicas is for a Deployment whose number of replicas is the autoscaler's. A new one begins with the least, and so
// does one of none, which an autoscaler leaves alone; the next reconcile gives the number away.
func (r *Reconciler) leaveReplicas(ctx context.Context, auth *v1alpha1.AuthService, wanted resources.Object, live client.Object) error {
	deployment, ok := wanted.(*appsv1.Deployment)
	if !ok || deployment.Spec.Replicas != nil {
		return nil
	}
	running, ok := live.(*appsv1.Deployment)
	if !ok || ptr.Deref(running.Spec.Replicas, 1) == 0 {
		deployment.Spec.Replicas = ptr.To(resources.WithinLimits(auth, 0))
		return nil
	}
	desired, err := applicable(deployment)
	if err != nil || running.Annotations[annotationHash] == desired.GetAnnotations()[annotationHash] {
		return err
	}
	return r.giveReplicasAway(ctx, auth, running)
}

// giveReplicasAway makes another owner of the number of replicas: an owner who no longer applies a field takes it away when
// nobody else owns it, and the API server then sets the number to 1.
func (r *Reconciler) giveReplicasAway(ctx context.Context, auth *v1alpha1.AuthService, running *appsv1.Deployment) error {
	fresh := &appsv1.Deployment{} // the cache has no owners of fields
	if err := r.Live.Get(ctx, client.ObjectKeyFromObject(running), fresh); err != nil {
		return fmt.Errorf("read Deployment %s: %w", running.Name, err)
	}
	if !ownsReplicas(fresh) {
		return nil
	}
	number := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"spec": map[string]any{"replicas": int64(resources.WithinLimits(auth, ptr.Deref(fresh.Spec.Replicas, 1)))},
	}}
	number.SetName(fresh.Name)
	number.SetNamespace(fresh.Namespace)
	number.SetResourceVersion(fresh.ResourceVersion) // what the autoscaler did meanwhile wins
	if err := r.Writer.Apply(ctx, client.ApplyConfigurationFromUnstructured(number),
		client.FieldOwner(replicasOwner), client.ForceOwnership); err != nil {
		return fmt.Errorf("apply the replicas of Deployment %s: %w", fresh.Name, err)
	}
	return nil
}

func ownsReplicas(deployment *appsv1.Deployment) bool {
	for _, entry := range deployment.ManagedFields {
		if entry.Manager != fieldOwner || entry.Operation != metav1.ManagedFieldsOperationApply || entry.FieldsV1 == nil {
			continue
		}
		var fields struct {
			Spec map[string]json.RawMessage `json:"f:spec"`
		}
		if err := json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields); err == nil && fields.Spec["f:replicas"] != nil {
			return true
		}
	}
	return false
}
