package controllers

import (
	"context"
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// prune deletes the children that are no longer wanted.
func (r *Reconciler) prune(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, objects *resources.Objects) error {
	for _, child := range seen.children {
		if !metav1.IsControlledBy(child, auth) || !child.GetDeletionTimestamp().IsZero() || seen.needs(child, objects) {
			continue
		}
		if err := r.delete(ctx, child); err != nil {
			return err
		}
	}
	return nil
}

// +kubebuilder:rbac:groups="",resources=configmaps;services,verbs=delete
// +kubebuilder:rbac:groups=batch,resources=jobs,verbs=delete
// +kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=delete
// +kubebuilder:rbac:groups=autoscaling,resources=horizontalpodautoscalers,verbs=delete
// +kubebuilder:rbac:groups=networking.k8s.io,resources=ingresses;networkpolicies,verbs=delete

// delete deletes this very object and what it owns.
func (r *Reconciler) delete(ctx context.Context, object client.Object) error {
	err := r.Writer.Delete(ctx, object, client.PropagationPolicy(metav1.DeletePropagationBackground),
		client.Preconditions{UID: ptr.To(object.GetUID())})
	if client.IgnoreNotFound(err) != nil { // also when an optional kind has gone with all its objects
		return fmt.Errorf("delete %T %s: %w", object, object.GetName(), err)
	}
	return nil
}

// needs says whether a child is wanted, or still in use. Of the kinds that are not named here nothing is ever deleted.
func (s *observed) needs(child client.Object, objects *resources.Objects) bool {
	switch typed := child.(type) {
	case *batchv1.Job:
		return s.needsJob(typed, objects)
	case *corev1.ConfigMap:
		return among(child, objects.Foundation) || s.mounts(typed.Name)
	case *corev1.Service: // that of the metrics is headless, that of the clients is never deleted
		return among(child, objects.Foundation) || typed.Spec.ClusterIP != corev1.ClusterIPNone
	case *policyv1.PodDisruptionBudget, *autoscalingv2.HorizontalPodAutoscaler, *networkingv1.NetworkPolicy, *networkingv1.Ingress,
		*unstructured.Unstructured:
		return among(child, objects.Foundation)
	default:
		return true
	}
}

// needsJob says whether the Job is at work, or still tells something. A migration of other inputs may be killed at any
// statement. Without a database secret nobody knows the present inputs.
func (s *observed) needsJob(job *batchv1.Job, objects *resources.Objects) bool {
	switch {
	case job.Labels[resources.LabelRekey] != "":
		return job == s.newestJob(s.rekeying())
	case s.migration.hash == "":
		return true
	case job.Labels[resources.LabelPlan] != "":
		return !s.complete(s.migration) && s.needsAttempt(s.planning, job)
	case job.Labels[resources.LabelCanary] != "":
		return s.needsCanary(job, objects)
	case job.Labels[resources.LabelProbe] != "":
		return s.needsProbe(job, objects)
	default:
		return s.needsAttempt(s.migration, job)
	}
}

// mounts says whether a pod may need the ConfigMap: that of a Job, of the Deployment, or of a former revision of it.
func (s *observed) mounts(configMap string) bool {
	for _, job := range childrenOf[*batchv1.Job](s) {
		if resources.ConfigMapOf(&job.Spec.Template.Spec) == configMap {
			return true
		}
	}
	deployment := s.deployment()
	return deployment != nil &&
		(resources.ConfigMapOf(&deployment.Spec.Template.Spec) == configMap || !rolledOut(deployment))
}

func among(child client.Object, objects []resources.Object) bool {
	for _, object := range objects {
		if sameObject(object, child) {
			return true
		}
	}
	return false
}
