package resources

import (
	"maps"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Ingress leads a host to the Service; nil without the section.
func Ingress(auth *v1alpha1.AuthService) *networkingv1.Ingress {
	spec := auth.Spec.Ingress
	if spec == nil {
		return nil
	}
	host := IngressHost(auth)
	meta := objectMeta(auth, Name(auth), componentServer)
	meta.Annotations = maps.Clone(spec.Annotations)
	ingress := &networkingv1.Ingress{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"},
		ObjectMeta: meta,
		Spec: networkingv1.IngressSpec{
			IngressClassName: spec.ClassName,
			Rules: []networkingv1.IngressRule{{
				Host: host,
				IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
					Paths: []networkingv1.HTTPIngressPath{{
						Path:     "/",
						PathType: ptr.To(networkingv1.PathTypePrefix),
						Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
							Name: Name(auth),
							Port: networkingv1.ServiceBackendPort{Name: PortPublic},
						}},
					}},
				}},
			}},
		},
	}
	if spec.TLSSecretName != "" {
		ingress.Spec.TLS = []networkingv1.IngressTLS{{Hosts: []string{host}, SecretName: spec.TLSSecretName}}
	}
	return ingress
}
