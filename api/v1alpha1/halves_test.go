package v1alpha1_test

import (
	"context"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// What the API server accepts, the auth server must load: its pods would fail otherwise.
var _ = Describe("the auth server", func() {
	for _, rule := range rules {
		for _, spec := range rule.accept {
			It("loads "+spec, func(ctx context.Context) {
				auth := manifest("auth", spec)
				Expect(api.Create(ctx, auth, client.DryRunAll)).To(Succeed())
				Expect(load(auth)).To(Succeed())
			})
		}
	}
})

func load(accepted *unstructured.Unstructured) error {
	GinkgoHelper()
	auth := &v1alpha1.AuthService{}
	Expect(runtime.DefaultUnstructuredConverter.FromUnstructured(accepted.Object, auth)).To(Succeed())
	rendered, err := resources.ConfigMap(auth)
	Expect(err).NotTo(HaveOccurred())
	path := filepath.Join(GinkgoT().TempDir(), "config.yaml")
	Expect(os.WriteFile(path, []byte(rendered.Data["config.yaml"]), 0o600)).To(Succeed())
	_, err = config.Load(path, func(string) string { return "" })
	return err
}
