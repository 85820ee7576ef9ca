package resources

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

func TestURL(t *testing.T) {
	t.Parallel()
	route := &v1alpha1.HTTPRouteSpec{Hostnames: []string{"route.example.com", "*.example.com"}}
	for want, spec := range map[string]v1alpha1.AuthServiceSpec{
		"http://login.shop.svc":     {},
		"https://auth.example.com":  {BaseURL: "https://auth.example.com", Ingress: &v1alpha1.IngressSpec{Host: "origin.example.com"}, HTTPRoute: route},
		"http://in.example.com":     {Ingress: &v1alpha1.IngressSpec{Host: "in.example.com"}, HTTPRoute: route},
		"https://in.example.com":    {Ingress: &v1alpha1.IngressSpec{Host: "in.example.com", TLSSecretName: "tls"}},
		"https://route.example.com": {HTTPRoute: route},
	} {
		auth := minimal()
		auth.Spec = spec
		if got := URL(auth); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got := serverConfig(auth).BaseURL; got != want {
			t.Errorf("the auth server is told %s, want %s", got, want)
		}
	}
}
