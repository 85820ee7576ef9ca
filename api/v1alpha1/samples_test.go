package v1alpha1_test

import (
	"context"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

var _ = Describe("samples", func() {
	paths, err := filepath.Glob("../../config/samples/*.yaml")
	It("are found", func() {
		Expect(err).NotTo(HaveOccurred())
		Expect(paths).NotTo(BeEmpty())
	})
	for _, path := range paths {
		It(filepath.Base(path)+" is accepted, every field of it, and loaded by the auth server", func(ctx context.Context) {
			data, err := os.ReadFile(path)
			Expect(err).NotTo(HaveOccurred())
			auth := &unstructured.Unstructured{}
			Expect(yaml.UnmarshalStrict(data, &auth.Object)).To(Succeed())
			auth.SetNamespace(metav1.NamespaceDefault)
			// As kubectl does: an unknown field is an error, not dropped.
			strict := client.WithFieldValidation(api, metav1.FieldValidationStrict)
			Expect(strict.Create(ctx, auth, client.DryRunAll)).To(Succeed())
			Expect(load(auth)).To(Succeed())

			typed := &v1alpha1.AuthService{}
			Expect(runtime.DefaultUnstructuredConverter.FromUnstructured(auth.Object, typed)).To(Succeed())
			for _, reference := range resources.References(typed) {
				command := map[string]string{resources.KindSecret: "secret generic ", resources.KindConfigMap: "configmap "}[reference.Kind]
				Expect(string(data)).To(ContainSubstring("kubectl create "+command+reference.Name+" "), "how to make what %s refers to", reference.Field)
			}
		})
	}
})
