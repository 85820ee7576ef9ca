package v1alpha1_test

import (
	"context"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

var _ = Describe("samples", func() {
	paths, err := filepath.Glob("../../config/samples/*.yaml")
	It("are found", func() {
		Expect(err).NotTo(HaveOccurred())
		Expect(paths).NotTo(BeEmpty())
	})
	for _, path := range paths {
		It(filepath.Base(path)+" is accepted, every field of it", func(ctx context.Context) {
			data, err := os.ReadFile(path)
			Expect(err).NotTo(HaveOccurred())
			auth := &unstructured.Unstructured{}
			Expect(yaml.UnmarshalStrict(data, &auth.Object)).To(Succeed())
			auth.SetNamespace(metav1.NamespaceDefault)
			// As kubectl does: an unknown field is an error, not dropped.
			strict := client.WithFieldValidation(api, metav1.FieldValidationStrict)
			Expect(strict.Create(ctx, auth, client.DryRunAll)).To(Succeed())
		})
	}
})
