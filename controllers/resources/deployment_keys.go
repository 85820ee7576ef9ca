package resources

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// keysOf is the environment with the keys.
func keysOf(auth *v1alpha1.AuthService) []corev1.EnvFromSource {
	return []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: KeysSecretName(auth)},
	}}}
}

// HasOwnKeys says whether the pods of a Deployment have their keys from a secret of the user's.
func HasOwnKeys(deployment *appsv1.Deployment) bool {
	return deployment.Annotations[annotationOwnKeys] != ""
}

// KeysOf is that secret, empty when it is the generated one, and the version of either.
func KeysOf(deployment *appsv1.Deployment) (secret, version string) {
	return deployment.Annotations[annotationOwnKeys], deployment.Spec.Template.Annotations[annotationSecrets]
}

// Revoke makes a Deployment replace all its pods at once by pods with the keys of this version; everything else stays.
func Revoke(deployment *appsv1.Deployment, version string) {
	deployment.Spec.Strategy = strategy(true)
	metav1.SetMetaDataAnnotation(&deployment.Spec.Template.ObjectMeta, annotationSecrets, version)
}

// KeysVersion is the version of the keys that a pod was made for. It may have newer ones, but no older.
func KeysVersion(pod *corev1.Pod) string { return pod.Annotations[annotationSecrets] }
