package resources

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Labels of every object.
const (
	LabelName      = "app.kubernetes.io/name"
	LabelInstance  = "app.kubernetes.io/instance"
	LabelComponent = "app.kubernetes.io/component"
	LabelManagedBy = "app.kubernetes.io/managed-by"
	// LabelMigration on Jobs and their pods is the hash of the migration's inputs.
	LabelMigration = "gatehouse.dev/migration"
	// LabelPlan likewise, on those that only plan it.
	LabelPlan = "gatehouse.dev/plan"
	// LabelCanary on the Job that tries a version out before it serves, and on its pod, is the hash of that version.
	LabelCanary = "gatehouse.dev/canary"
	// LabelProbe on the Job that tries it out through the Service is the hash of the version and of the URLs.
	LabelProbe = "gatehouse.dev/probe"

	// LabelRekey on Jobs and their pods is the version of the secret with the keys.
	LabelRekey = "gatehouse.dev/rekey"

	ManagedBy = "gatehouse"

	componentServer    = "authserver"
	componentMigration = "migration"
	componentMetrics   = "metrics"
	componentPlan      = "plan"
	componentCanary    = "canary"
	componentRekey     = "rekey"
)

// Annotations of objects and pods.
const (
	// AnnotationAttempt on a Job counts the Jobs that were made for the same inputs; from the second on, it is a label of its
	// pods too.
	AnnotationAttempt = "gatehouse.dev/attempt"
	// AnnotationApprovedPlan on a migration's Job is the hash of the plan that it carries out, and no other.
	AnnotationApprovedPlan = "gatehouse.dev/approved-plan"
	// AnnotationVersion on the Deployment is the hash of its pod template, as it was applied.
	AnnotationVersion = "gatehouse.dev/version"

	annotationDatabaseSecret = "gatehouse.dev/database-secret-version"
	annotationSecrets        = "gatehouse.dev/secrets-version"
	annotationMounts         = "gatehouse.dev/mounts-version"
	// annotationOwnKeys on a Deployment names the user's secret that its pods have their keys from.
	annotationOwnKeys = "gatehouse.dev/own-keys"
)

// Labels of the objects of an instance, whatever their component.
func Labels(auth *v1alpha1.AuthService) labels.Set {
	return labels.Set{LabelInstance: auth.Name, LabelManagedBy: ManagedBy}
}

// PodSelector selects the pods that serve.
func PodSelector(auth *v1alpha1.AuthService) labels.Set {
	return selectorLabels(auth, componentServer)
}

// MigrationPods selects those that migrate, and those that only plan it.
func MigrationPods(auth *v1alpha1.AuthService) labels.Selector {
	either, err := labels.NewRequirement(LabelComponent, selection.In, []string{componentMigration, componentPlan})
	if err != nil {
		panic(err) // what it is made of is always valid
	}
	return Labels(auth).AsSelector().Add(*either)
}

func selectorLabels(auth *v1alpha1.AuthService, component string) labels.Set {
	return labels.Set{LabelName: "gatehouse-authserver", LabelInstance: auth.Name, LabelComponent: component}
}

func componentLabels(auth *v1alpha1.AuthService, component string) labels.Set {
	return labels.Merge(selectorLabels(auth, component), Labels(auth))
}

// Belongs says whether an object is the instance's: the instance controls it, or nobody does and its labels say so,
// as after a restore from a backup that left the owner out.
func Belongs(object metav1.Object, auth *v1alpha1.AuthService) bool {
	if metav1.GetControllerOfNoCopy(object) != nil {
		return metav1.IsControlledBy(object, auth)
	}
	return Labels(auth).AsSelector().Matches(labels.Set(object.GetLabels()))
}

func objectMeta(auth *v1alpha1.AuthService, name, component string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name:      name,
		Namespace: auth.Namespace,
		Labels:    componentLabels(auth, component),
		OwnerReferences: []metav1.OwnerReference{{
			APIVersion: v1alpha1.GroupVersion.String(),
			Kind:       "AuthService",
			Name:       auth.Name,
			UID:        auth.UID,
			Controller: ptr.To(true),
			// True would need the permission to update the owner's finalizers, for nothing: garbage collection works without.
			BlockOwnerDeletion: ptr.To(false),
		}},
	}
}
