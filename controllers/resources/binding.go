package resources

import (
	"cmp"
	"net/url"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// The type and the provider of the binding, as applications choose by them.
const (
	bindingType     = "better-auth"
	bindingProvider = "gatehouse"
)

// Defaults of the auth server that applications have to know.
const (
	defaultBasePath     = "/api/auth"
	defaultIssuer       = "better-auth"
	defaultCookiePrefix = "better-auth"
)

// Binding is the secret that applications are bound with, in the form of servicebinding.io. It tells where things are and
// holds nothing secret: of JWT_SECRET it names the secret and the key.
func Binding(auth *v1alpha1.AuthService) *corev1.Secret {
	path := cmp.Or(auth.Spec.BasePath, defaultBasePath)
	uri := URL(auth) + path
	host, port := hostAndPort(URL(auth))
	entries := map[string]string{
		"type":            bindingType,
		"provider":        bindingProvider,
		"uri":             uri,
		"internal-uri":    InternalURL(auth) + path,
		"host":            host,
		"port":            port,
		"issuer":          cmp.Or(auth.Spec.JWT.Issuer, defaultIssuer),
		"cookie-prefix":   cmp.Or(auth.Spec.Session.Cookie.Prefix, defaultCookiePrefix),
		"jwt-secret-name": KeysSecretName(auth),
		"jwt-secret-key":  KeyJWTSecret,
	}
	if jwt := auth.Spec.Features.JWT; jwt != nil {
		entries["issuer"] = cmp.Or(jwt.Issuer, URL(auth))
		entries["jwks-uri"] = uri + "/jwks"
	}
	data := make(map[string][]byte, len(entries))
	for key, value := range entries {
		data[key] = []byte(value)
	}
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: objectMeta(auth, BindingName(auth), componentServer),
		Type:       "servicebinding.io/" + bindingType,
		Data:       data,
	}
}

// BindingSuffix follows the name of the AuthService in that of its binding.
const BindingSuffix = "-binding"

// BindingName is the name of the binding.
func BindingName(auth *v1alpha1.AuthService) string { return auth.Name + BindingSuffix }

// hostAndPort of a URL, which has the port of its scheme when it names none.
func hostAndPort(address string) (host, port string) {
	parsed, err := url.Parse(address)
	if err != nil {
		return "", ""
	}
	port = parsed.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[parsed.Scheme]
	}
	return parsed.Hostname(), port
}
