package resources

import (
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Inputs are what the objects are made from besides the AuthService.
type Inputs struct {
	// Image of the auth server where the spec names none.
	Image string
	// DatabaseSecret is the version of the database secret; empty while there is none.
	DatabaseSecret string
	// Secrets is the version of the secret with the keys.
	Secrets string
	// Mounts is the version of the references that roll pods; empty when there are none.
	Mounts string
	// MigrationMounts is the version of the references that migrations use; empty when there are none.
	MigrationMounts string
	// ApprovedPlan is the hash of the plan that a migration carries out; empty where it needs no approval.
	ApprovedPlan string
	// Urgent says that pods with other keys must end at once.
	Urgent bool
	// Rekey says that what older keys encrypted is to be encrypted anew.
	Rekey bool
}

// Object is any Kubernetes object.
type Object interface {
	metav1.Object
	runtime.Object
}

// Objects are all objects of an AuthService but the generated secret, in the order in which they may be applied.
type Objects struct {
	// Foundation disturbs no running pod.
	Foundation []Object
	// Plan is nil unless a plan has to be approved.
	Plan *batchv1.Job
	// Migration is nil while there is no database secret. Of this Job and the others, each is the first attempt.
	Migration *batchv1.Job
	// Canary tries the pods of the rollout out before others make way for them, Probe through the Service when they serve;
	// nil without spec.rollout.canary.
	Canary, Probe *batchv1.Job
	// Rollout may be applied when the migration is complete.
	Rollout []Object
	// Rekey is nil while nothing is to be encrypted anew; the rollout comes first.
	Rekey *batchv1.Job
}

// Build makes all objects. Its error is a *TemplateError when the spec's template is at fault.
func Build(auth *v1alpha1.AuthService, in Inputs) (*Objects, error) {
	configMap, err := ConfigMap(auth)
	if err != nil {
		return nil, err
	}
	objects := &Objects{Foundation: append([]Object{ServiceAccount(auth), configMap, Service(auth), Binding(auth)}, optional(auth)...)}
	deployment, err := Deployment(auth, in, configMap.Name)
	if err != nil {
		return nil, err
	}
	if in.DatabaseSecret == "" {
		return objects, nil
	}
	objects.Rollout = []Object{deployment}
	if objects.Migration, err = MigrationJob(auth, in, configMap.Name); err != nil {
		return nil, err
	}
	if auth.Spec.Migration.Policy == v1alpha1.MigrationApprove {
		if objects.Plan, err = PlanJob(auth, in, configMap.Name); err != nil {
			return nil, err
		}
	}
	if in.Rekey {
		if objects.Rekey, err = RekeyJob(auth, in, configMap.Name); err != nil {
			return nil, err
		}
	}
	if ptr.Deref(auth.Spec.Rollout.Canary, true) {
		objects.Canary, objects.Probe, err = Canaries(auth, in, configMap.Name, deployment)
	}
	return objects, err
}

// optional are the objects that not every spec has.
func optional(auth *v1alpha1.AuthService) []Object {
	return slices.Concat(
		ifAny(PodDisruptionBudget(auth)),
		ifAny(HorizontalPodAutoscaler(auth)),
		ifAny(NetworkPolicy(auth)),
		ifAny(Ingress(auth)),
		ifAny(HTTPRoute(auth)),
		ifAny(MetricsService(auth)),
		ifAny(ServiceMonitor(auth)),
		ifAny(PrometheusRule(auth)),
		ifAny(Dashboard(auth)),
	)
}

// ifAny is empty without an object.
func ifAny[T any, P interface {
	*T
	Object
}](object P) []Object {
	if object == nil {
		return nil
	}
	return []Object{object}
}
