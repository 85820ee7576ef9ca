package operator

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"

	"github.com/gatehouse-auth/gatehouse/controllers"
)

const (
	root     = "../../.."
	fakeNode = "kwok"
	// fakeNodes have room for 10,000 pods each.
	fakeNodes = 4
)

// plane is a control plane of its own.
type plane struct {
	dir         string
	environment *envtest.Environment
	admin       client.Client
	adminUser   *envtest.AuthenticatedUser
}

func (p *plane) path(name string) string { return filepath.Join(p.dir, name) }

// newPlane has an API server that writes down what is asked of it by those who are measured. Both have the permissions of the
// operator, and their requests have the same priority.
func newPlane(t *testing.T) *plane {
	t.Helper()
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	if _, err := os.Stat(filepath.Join(assets, "kube-apiserver")); assets == "" || err != nil {
		t.Fatal("KUBEBUILDER_ASSETS does not name a folder with kube-apiserver and etcd: run `make bench-operator`, which builds them")
	}
	p := &plane{dir: t.TempDir(), environment: &envtest.Environment{
		CRDDirectoryPaths: []string{root + "/config/crd/bases"}, ErrorIfCRDPathMissing: true,
	}}
	policy, err := filepath.Abs("testdata/audit.yaml")
	must(t, err)
	p.environment.ControlPlane.GetAPIServer().Configure().
		Set("service-cluster-ip-range", "10.96.0.0/12").
		Set("audit-policy-file", policy).
		Set("audit-log-path", p.path("audit.log"))
	_, err = p.environment.Start()
	must(t, err)
	t.Cleanup(func() {
		if err := p.environment.Stop(); err != nil {
			t.Error(err)
		}
	})
	p.adminUser, err = p.environment.AddUser(envtest.User{Name: "admin", Groups: []string{"system:masters"}}, &rest.Config{QPS: -1})
	must(t, err)
	p.admin = newClient(t, p.adminUser.Config())
	p.allow(t, "operator", "bare")
	return p
}

// addControllers starts the parts of Kubernetes that do something about the objects. Their limits on requests are raised, so
// that these are not what is measured.
func (p *plane) addControllers(t *testing.T) {
	t.Helper()
	kubeconfig := p.kubeconfig(t, "admin.kubeconfig", p.adminUser)
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	start(t, p.path("kube-controller-manager.log"), filepath.Join(assets, "kube-controller-manager"),
		"--kubeconfig="+kubeconfig, "--leader-elect=false", "--bind-address=127.0.0.1", "--secure-port=0",
		"--flex-volume-plugin-dir="+p.path("volume-plugins"), "--kube-api-qps=5000", "--kube-api-burst=10000",
		"--concurrent-job-syncs=20", "--concurrent-deployment-syncs=20", "--concurrent-replicaset-syncs=20")
	scheduler, err := os.ReadFile("testdata/scheduler.yaml")
	must(t, err)
	must(t, os.WriteFile(p.path("scheduler.yaml"), bytes.ReplaceAll(scheduler, []byte("KUBECONFIG"), []byte(kubeconfig)), 0o600))
	start(t, p.path("kube-scheduler.log"), filepath.Join(assets, "kube-scheduler"),
		"--config="+p.path("scheduler.yaml"), "--bind-address=127.0.0.1", "--secure-port=0")
	p.addNodes(t, kubeconfig)
}

func (p *plane) addNodes(t *testing.T, kubeconfig string) {
	t.Helper()
	kwok := os.Getenv("KWOK")
	if kwok == "" {
		t.Fatal("KWOK does not name the program: run `make bench-operator`, which builds it")
	}
	start(t, p.path("kwok.log"), kwok, "--kubeconfig="+kubeconfig, "--config=../../e2e/testdata/kwok.yaml", "--cidr=10.240.0.0/16",
		"--manage-all-nodes=true", "--node-lease-duration-seconds=40")
	for _, number := range []string{"1", "2", "3", "4"}[:fakeNodes] {
		must(t, p.admin.Create(t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fakeNode + "-" + number}}))
	}
}

// allow gives users what config/rbac gives the operator.
func (p *plane) allow(t *testing.T, users ...string) {
	t.Helper()
	data, err := os.ReadFile(root + "/config/rbac/role.yaml")
	must(t, err)
	role := &rbacv1.ClusterRole{}
	must(t, yaml.UnmarshalStrict(data, role))
	must(t, p.admin.Create(t.Context(), role))
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "operator"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
	}
	for _, user := range users {
		binding.Subjects = append(binding.Subjects, rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: "User", Name: user})
	}
	must(t, p.admin.Create(t.Context(), binding))
}

func (p *plane) user(t *testing.T, name string) *envtest.AuthenticatedUser {
	t.Helper()
	user, err := p.environment.AddUser(envtest.User{Name: name}, &rest.Config{QPS: -1})
	must(t, err)
	return user
}

func (p *plane) kubeconfig(t *testing.T, name string, user *envtest.AuthenticatedUser) string {
	t.Helper()
	content, err := user.KubeConfig()
	must(t, err)
	must(t, os.WriteFile(p.path(name), content, 0o600))
	return p.path(name)
}

// clientCA is the file of the CA that signs the certificates of users.
func (p *plane) clientCA() string {
	return filepath.Join(p.environment.ControlPlane.GetAPIServer().CertDir, "client-cert-auth-ca.crt")
}

// asAdmin shows the certificate of the administrator to servers, whichever certificate these have.
func (p *plane) asAdmin(t *testing.T) *http.Client {
	t.Helper()
	config := p.adminUser.Config()
	certificate, err := tls.X509KeyPair(config.CertData, config.KeyData)
	must(t, err)
	transport := &http.Transport{TLSClientConfig: &tls.Config{
		Certificates: []tls.Certificate{certificate}, RootCAs: x509.NewCertPool(), InsecureSkipVerify: true,
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

func newClient(t *testing.T, config *rest.Config) client.Client {
	t.Helper()
	scheme, err := controllers.NewScheme()
	must(t, err)
	made, err := client.New(config, client.Options{Scheme: scheme})
	must(t, err)
	return made
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
