package controllers_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/yaml"

	"github.com/go-logr/logr/funcr"

	"github.com/gatehouse-auth/gatehouse/controllers"
)

var (
	ctx = context.Background()
	// admin is what users and the parts of Kubernetes do; it reads from the API server.
	admin client.Client
	// adminConfig installs and removes kinds.
	adminConfig *rest.Config
	// operatorConfig connects with no more permissions than config/rbac/role.yaml gives.
	operatorConfig *rest.Config
	operatorRole   *rbacv1.ClusterRole
)

func TestControllers(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "controllers")
}

var _ = BeforeSuite(func() {
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	if _, err := os.Stat(filepath.Join(assets, "kube-apiserver")); assets == "" || err != nil {
		Fail("KUBEBUILDER_ASSETS does not name a folder with kube-apiserver and etcd: run `make test`, which builds them")
	}
	SetDefaultEventuallyTimeout(20 * time.Second)
	SetDefaultEventuallyPollingInterval(20 * time.Millisecond)
	log.SetLogger(funcr.New(func(prefix, args string) { GinkgoWriter.Println(prefix, args) }, funcr.Options{}))

	env := &envtest.Environment{
		CRDDirectoryPaths:     []string{filepath.Join("..", "config", "crd", "bases")},
		ErrorIfCRDPathMissing: true,
	}
	config, err := env.Start()
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(env.Stop)
	config.QPS = -1
	adminConfig = config
	scheme, err := controllers.NewScheme()
	Expect(err).NotTo(HaveOccurred())
	admin, err = client.New(config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
	operatorConfig = withRole(env, filepath.Join("..", "config", "rbac", "role.yaml"))
})

// withRole connects as a user who may do what the role allows.
func withRole(env *envtest.Environment, path string) *rest.Config {
	data, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	operatorRole = &rbacv1.ClusterRole{}
	Expect(yaml.UnmarshalStrict(data, operatorRole)).To(Succeed())
	Expect(admin.Create(ctx, operatorRole)).To(Succeed())
	Expect(admin.Create(ctx, &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "operator"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: operatorRole.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: "operator"}},
	})).To(Succeed())
	user, err := env.AddUser(envtest.User{Name: "operator"}, &rest.Config{QPS: -1})
	Expect(err).NotTo(HaveOccurred())
	config := user.Config()
	config.Wrap(asked.record)
	return config
}

func requestFor(object client.Object) ctrl.Request {
	return ctrl.Request{NamespacedName: client.ObjectKeyFromObject(object)}
}
