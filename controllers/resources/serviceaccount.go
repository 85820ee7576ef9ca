package resources

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// ServiceAccount of the pods. It has no permissions and its token is not mounted; it exists to be named in policies.
func ServiceAccount(auth *v1alpha1.AuthService) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		TypeMeta:                     metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta:                   objectMeta(auth, Name(auth), componentServer),
		AutomountServiceAccountToken: ptr.To(false),
	}
}
