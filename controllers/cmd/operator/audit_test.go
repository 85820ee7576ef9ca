package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// marker begins every value of a user's secret. A multiple of 3 bytes, so that its base64 begins that of the value.
const marker = "only-for-the-eyes-of-the-pods!"

// audit is an API server that remembers what it is asked and what it answers: RBAC cannot tell the metadata of a secret from
// its content, so what the operator reads of secrets is seen on the wire alone.
type audit struct {
	*httptest.Server
	mu        sync.Mutex
	exchanges []*exchange
}

type exchange struct {
	method, path, accept string
	mu                   sync.Mutex
	request, response    bytes.Buffer
}

type exchangeKey struct{}

func startAudit(t *testing.T, config *rest.Config) *audit {
	t.Helper()
	// Whoever asks is whoever they say they are; the proxy has no rights of its own.
	transport, err := rest.TransportFor(rest.AnonymousClientConfig(config))
	must(t, err)
	target, _, err := rest.DefaultServerUrlFor(config)
	must(t, err)
	a := &audit{}
	proxy := &httputil.ReverseProxy{
		Transport:     transport,
		FlushInterval: -1,
		Rewrite: func(request *httputil.ProxyRequest) {
			request.SetURL(target)
			request.Out.Header.Del("Accept-Encoding")
		},
		ModifyResponse: func(response *http.Response) error {
			seen := response.Request.Context().Value(exchangeKey{}).(*exchange)
			response.Body = &recorder{response.Body, seen, &seen.response}
			return nil
		},
	}
	a.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &exchange{method: r.Method, path: r.URL.Path, accept: r.Header.Get("Accept")}
		a.mu.Lock()
		a.exchanges = append(a.exchanges, seen)
		a.mu.Unlock()
		r.Body = &recorder{r.Body, seen, &seen.request}
		proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, seen)))
	}))
	t.Cleanup(a.Close)
	return a
}

// recorder keeps what is read.
type recorder struct {
	io.ReadCloser
	exchange *exchange
	into     *bytes.Buffer
}

func (r *recorder) Read(data []byte) (int, error) {
	n, err := r.ReadCloser.Read(data)
	r.exchange.mu.Lock()
	defer r.exchange.mu.Unlock()
	r.into.Write(data[:n])
	return n, err
}

// reveals says whether anything of a user's secret went over the wire: as in JSON, or as in protobuf.
func (e *exchange) reveals() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, form := range []string{marker, base64.StdEncoding.EncodeToString([]byte(marker))} {
		if bytes.Contains(e.request.Bytes(), []byte(form)) || bytes.Contains(e.response.Bytes(), []byte(form)) {
			return true
		}
	}
	return false
}

// wholeSecret is the name of the secret whose content was asked for or sent; * for those of a list.
func (e *exchange) wholeSecret() (string, bool) {
	_, name, found := strings.Cut(e.path+"/", "/secrets/")
	if !found || e.method == http.MethodGet && strings.Contains(e.accept, "as=PartialObjectMetadata") {
		return "", false
	}
	if e.method == http.MethodPost {
		// Its name is in the body; what it holds is in the test for the marker.
		return "", false
	}
	if name = strings.TrimSuffix(name, "/"); name == "" {
		name = "*"
	}
	return name, true
}

// check that the operator read and wrote the content of its own secrets only, and that the check would have seen others.
func (a *audit) check(t *testing.T, admin client.Client, auth *v1alpha1.AuthService, token string) {
	t.Helper()
	own := map[string]bool{}
	secrets := &corev1.SecretList{}
	must(t, admin.List(t.Context(), secrets, client.InNamespace(namespace)))
	for i := range secrets.Items {
		own[secrets.Items[i].Name] = metav1.IsControlledBy(&secrets.Items[i], auth)
	}
	read := 0
	for _, seen := range a.all() {
		if name, whole := seen.wholeSecret(); whole {
			read++
			if !own[name] {
				t.Errorf("%s %s is about the content of secret %s, which is not the operator's", seen.method, seen.path, name)
			}
		}
		if seen.reveals() {
			t.Errorf("%s %s reveals a secret of the user (Accept: %s)", seen.method, seen.path, seen.accept)
		}
	}
	if read == 0 {
		t.Error("the operator never read its own secret, so nothing was seen")
	}
	a.seesWhatRBACAllows(t, token)
}

// seesWhatRBACAllows: the Role cannot forbid it, and the audit notices.
func (a *audit) seesWhatRBACAllows(t *testing.T, token string) {
	t.Helper()
	before := len(a.all())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.URL+"/api/v1/namespaces/"+namespace+"/secrets/db", nil)
	must(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := a.Client().Do(request)
	must(t, err)
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	must(t, err)
	seen := a.all()[before]
	if name, whole := seen.wholeSecret(); response.StatusCode != http.StatusOK || name != "db" || !whole || !seen.reveals() {
		t.Errorf("reading the secret db: %s, noticed as %q, %v, %v", response.Status, name, whole, seen.reveals())
	}
}

func (a *audit) all() []*exchange {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]*exchange(nil), a.exchanges...)
}

// kubeconfig for somebody with a token, through the audit.
func (a *audit) kubeconfig(t *testing.T, token string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	config := clientcmdapi.NewConfig()
	config.Clusters["audit"] = &clientcmdapi.Cluster{
		Server:                   a.URL,
		CertificateAuthorityData: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate().Raw}),
	}
	config.AuthInfos["operator"] = &clientcmdapi.AuthInfo{Token: token}
	config.Contexts["audit"] = &clientcmdapi.Context{Cluster: "audit", AuthInfo: "operator"}
	config.CurrentContext = "audit"
	data, err := clientcmd.Write(*config)
	must(t, err)
	must(t, os.WriteFile(path, data, 0o600))
	return path
}
