package v1alpha1_test

import (
	"os"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

const crdDirectory = "../../config/crd/bases"

// api is a client of the one API server of the suite, which knows the generated CRD.
var api client.Client

func TestAPI(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "AuthService API")
}

var _ = BeforeSuite(func() {
	Expect(os.Getenv("KUBEBUILDER_ASSETS")).NotTo(BeEmpty(),
		"KUBEBUILDER_ASSETS must name the directory of kube-apiserver and etcd; run `make test`, which builds them")
	scheme := runtime.NewScheme()
	Expect(v1alpha1.AddToScheme(scheme)).To(Succeed())

	environment := &envtest.Environment{CRDDirectoryPaths: []string{crdDirectory}, ErrorIfCRDPathMissing: true}
	config, err := environment.Start()
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(environment.Stop)

	api, err = client.New(config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
})

// manifest is an AuthService with the given sections of a spec in YAML. It is untyped, so that a test
// sends what a user writes, not what Go's omitempty leaves of it.
func manifest(name, sections string) *unstructured.Unstructured {
	GinkgoHelper()
	spec := map[string]any{}
	Expect(yaml.Unmarshal([]byte(sections), &spec)).To(Succeed(), sections)
	if _, given := spec["database"]; !given {
		spec["database"] = map[string]any{"secretRef": map[string]any{"name": "db"}}
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": v1alpha1.GroupVersion.String(),
		"kind":       "AuthService",
		"metadata":   map[string]any{"name": name, "namespace": metav1.NamespaceDefault},
		"spec":       spec,
	}}
}
