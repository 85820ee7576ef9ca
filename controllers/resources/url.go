package resources

import (
	"cmp"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// URL under which clients reach the service: the one of the spec, else that of the ingress or of the first host of the
// route, else the Service's inside the cluster.
func URL(auth *v1alpha1.AuthService) string { return cmp.Or(publicURL(auth), InternalURL(auth)) }

// InternalURL is the Service's, inside the cluster.
func InternalURL(auth *v1alpha1.AuthService) string {
	return "http://" + Name(auth) + "." + auth.Namespace + ".svc"
}

// publicURL is empty when nothing leads into the cluster.
func publicURL(auth *v1alpha1.AuthService) string {
	ingress, route := auth.Spec.Ingress, auth.Spec.HTTPRoute
	switch {
	case auth.Spec.BaseURL != "":
		return auth.Spec.BaseURL
	case ingress != nil && ingress.Host != "" && ingress.TLSSecretName != "":
		return "https://" + ingress.Host
	case ingress != nil && ingress.Host != "":
		return "http://" + ingress.Host
	case route != nil && len(route.Hostnames) > 0:
		return "https://" + route.Hostnames[0] // Gateways are rarely without certificates
	default:
		return ""
	}
}

// IngressHost is the host of the Ingress.
func IngressHost(auth *v1alpha1.AuthService) string {
	return cmp.Or(auth.Spec.Ingress.Host, hostOf(auth.Spec.BaseURL))
}

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return parsed.Hostname()
}
