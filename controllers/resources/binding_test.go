package resources

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

func TestBinding(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*v1alpha1.AuthServiceSpec)
		want   map[string]string
	}{
		"minimal": {func(*v1alpha1.AuthServiceSpec) {}, map[string]string{
			"type": "better-auth", "provider": "gatehouse", "uri": "http://login.shop.svc/api/auth", "internal-uri": "http://login.shop.svc/api/auth",
			"host": "login.shop.svc", "port": "80", "issuer": "better-auth", "cookie-prefix": "better-auth",
			"jwt-secret-name": "login-secrets", "jwt-secret-key": "JWT_SECRET",
		}},
		"everything": {func(s *v1alpha1.AuthServiceSpec) {
			s.BaseURL, s.BasePath = "https://auth.example.com:8443", "/auth"
			s.JWT.Issuer, s.Session.Cookie.Prefix = "shop", "mine"
			s.Features.JWT = &v1alpha1.JWTFeature{Issuer: "https://issuer.example.com"}
			s.Secrets.SecretRef = &v1alpha1.SecretReference{Name: "keys"}
		}, map[string]string{
			"type": "better-auth", "provider": "gatehouse", "uri": "https://auth.example.com:8443/auth", "internal-uri": "http://login.shop.svc/auth",
			"host": "auth.example.com", "port": "8443", "issuer": "https://issuer.example.com", "jwks-uri": "https://auth.example.com:8443/auth/jwks",
			"cookie-prefix": "mine", "jwt-secret-name": "keys", "jwt-secret-key": "JWT_SECRET",
		}},
		"ingress and tokens": {func(s *v1alpha1.AuthServiceSpec) {
			s.Ingress = &v1alpha1.IngressSpec{Host: "auth.example.com", TLSSecretName: "tls"}
			s.Features.JWT = &v1alpha1.JWTFeature{}
		}, map[string]string{
			"type": "better-auth", "provider": "gatehouse", "uri": "https://auth.example.com/api/auth", "internal-uri": "http://login.shop.svc/api/auth",
			"host": "auth.example.com", "port": "443", "issuer": "https://auth.example.com", "jwks-uri": "https://auth.example.com/api/auth/jwks",
			"cookie-prefix": "better-auth", "jwt-secret-name": "login-secrets", "jwt-secret-key": "JWT_SECRET",
		}},
	} {
		auth := minimal()
		test.change(&auth.Spec)
		binding := Binding(auth)
		if binding.Name != "login-binding" || binding.Type != "servicebinding.io/better-auth" {
			t.Errorf("%s: %s of type %s", name, binding.Name, binding.Type)
		}
		for key, value := range binding.Data {
			if test.want[key] != string(value) {
				t.Errorf("%s: %s is %s, want %q", name, key, value, test.want[key])
			}
		}
		if len(binding.Data) != len(test.want) {
			t.Errorf("%s: %d entries, want %d", name, len(binding.Data), len(test.want))
		}
		agrees(t, name, auth, test.want)
	}
}

// agrees says whether the auth server, with its own defaults, does what the binding tells.
func agrees(t *testing.T, name string, auth *v1alpha1.AuthService, binding map[string]string) {
	t.Helper()
	configMap, err := ConfigMap(auth)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(configMap.Data[configKey]), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := config.Load(path, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	issuer := loaded.JWT.Issuer
	if loaded.Features.JWT != nil {
		issuer = loaded.Features.JWT.Issuer
	}
	for key, got := range map[string]string{
		"uri": loaded.BaseURL + loaded.BasePath, "issuer": issuer, "cookie-prefix": loaded.Session.Cookie.Prefix,
	} {
		if got != binding[key] {
			t.Errorf("%s: the auth server has %s %s, the binding tells %s", name, key, got, binding[key])
		}
	}
}
