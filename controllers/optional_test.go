package controllers_test

import (
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

func installOptional() {
	GinkgoHelper()
	_, err := envtest.InstallCRDs(adminConfig, optionalCRDs())
	Expect(err).NotTo(HaveOccurred())
}

// removeOptional waits until the API server has forgotten them, with all their objects.
func removeOptional() {
	GinkgoHelper()
	Expect(envtest.UninstallCRDs(adminConfig, optionalCRDs())).To(Succeed())
	for _, kind := range resources.OptionalKinds {
		Eventually(func() bool {
			err := admin.List(ctx, listOf(kind), client.InNamespace(metav1.NamespaceDefault))
			return apierrors.IsNotFound(err) || meta.IsNoMatchError(err)
		}).Should(BeTrue(), kind.Kind)
	}
}

func optionalCRDs() envtest.CRDInstallOptions {
	return envtest.CRDInstallOptions{Paths: []string{filepath.Join("testdata", "crds")}, ErrorIfPathMissing: true}
}

func listOf(kind resources.OptionalKind) *unstructured.UnstructuredList {
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(kind.List())
	return list
}

func addRoute(spec *v1alpha1.AuthServiceSpec) {
	spec.HTTPRoute = &v1alpha1.HTTPRouteSpec{
		ParentRefs: []v1alpha1.ParentReference{{Name: "public", Namespace: "infra", Port: 443}}, Annotations: map[string]string{"team": "identity"},
	}
}

func addMonitoring(spec *v1alpha1.AuthServiceSpec) {
	spec.Monitoring = v1alpha1.MonitoringSpec{
		ServiceMonitor:   &v1alpha1.ServiceMonitorSpec{Interval: "30s", Labels: map[string]string{"release": "prometheus"}},
		PrometheusRule:   &v1alpha1.PrometheusRuleSpec{},
		GrafanaDashboard: &v1alpha1.GrafanaDashboardSpec{},
	}
}

func dropMonitoring(spec *v1alpha1.AuthServiceSpec) { spec.Monitoring = v1alpha1.MonitoringSpec{} }

// Serial and Ordered: kinds are of the whole cluster.
var _ = Describe("optional kinds", Serial, Ordered, func() {
	It("are waited for, used when they appear, and let go of when they go", func() {
		namespace := newNamespace()
		op := startOperator(namespace, unlimited())
		auth := newAuth(namespace)
		auth.Spec.BaseURL = "https://auth.example.com"
		addRoute(&auth.Spec)
		addMonitoring(&auth.Spec)
		create(newDatabaseSecret(namespace), auth)
		completeJob(theJob(namespace))
		rollOut(namespace)

		By("a cluster without them, which everything else works in")
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionTrue, v1alpha1.ReasonAvailable)
		Expect(eventually(auth, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonCRDNotFound)).
			To(ContainSubstring("does not know the kind HTTPRoute of gateway.networking.k8s.io/v1. Install the Gateway API"))
		Expect(eventually(auth, v1alpha1.ConditionMonitored, metav1.ConditionFalse, v1alpha1.ReasonCRDNotFound)).
			To(ContainSubstring("Install the Prometheus Operator"))
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonCRDNotFound)
		get(&corev1.Service{}, namespace, "login-metrics")
		get(&corev1.ConfigMap{}, namespace, "login-dashboard")
		settled(op)

		for range 2 { // twice, because they may come back
			By("their appearance")
			installOptional()
			for _, kind := range resources.OptionalKinds {
				get(kind.Empty(), namespace, "login")
			}
			eventually(auth, v1alpha1.ConditionExposed, metav1.ConditionTrue, v1alpha1.ReasonExposed)
			eventually(auth, v1alpha1.ConditionMonitored, metav1.ConditionTrue, v1alpha1.ReasonMonitored)
			eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)

			By("a deletion by hand, which is watched")
			route := get(resources.KindHTTPRoute.Empty(), namespace, "login")
			Expect(admin.Delete(ctx, route)).To(Succeed())
			Eventually(func(g Gomega) {
				back := resources.KindHTTPRoute.Empty()
				g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(route), back)).To(Succeed())
				g.Expect(back.GetUID()).NotTo(Equal(route.GetUID()))
			}).Should(Succeed())
			settled(op)

			By("their removal")
			removeOptional()
			eventually(auth, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonCRDNotFound)
			eventually(auth, v1alpha1.ConditionMonitored, metav1.ConditionFalse, v1alpha1.ReasonCRDNotFound)
			settled(op)
			op.wire.reset()
			_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
			Expect(err).NotTo(HaveOccurred())
			Expect(op.wire.all()).To(BeEmpty())
		}

		By("the sections' removal")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.HTTPRoute = nil; dropMonitoring(&a.Spec) })
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Expect(meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionExposed)).To(BeNil())
		Expect(meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionMonitored)).To(BeNil())
	})

	Context("that are served", Ordered, func() {
		BeforeAll(func() {
			installOptional()
			DeferCleanup(removeOptional)
		})

		DescribeTable("have objects that", goesThroughLife,
			Entry("httpRoute", sectionChild{
				object: named(resources.KindHTTPRoute.Empty(), "login"),
				add:    addRoute, remove: func(s *v1alpha1.AuthServiceSpec) { s.HTTPRoute = nil },
				patch: `{"metadata":{"annotations":{"team":null}},"spec":{"hostnames":["evil.example.com"],"rules":[]}}`,
			}),
			Entry("monitoring, ServiceMonitor", sectionChild{
				object: named(resources.KindServiceMonitor.Empty(), "login"), add: addMonitoring, remove: dropMonitoring,
				patch: `{"metadata":{"labels":{"release":null}},"spec":{"endpoints":[{"port":"http"}]}}`,
			}),
			Entry("monitoring, PrometheusRule", sectionChild{
				object: named(resources.KindPrometheusRule.Empty(), "login"), add: addMonitoring, remove: dropMonitoring,
				patch: `{"spec":{"groups":[]}}`,
			}),
			Entry("monitoring, Service", sectionChild{
				object: named(&corev1.Service{}, "login-metrics"), add: addMonitoring, remove: dropMonitoring,
				patch: `{"spec":{"publishNotReadyAddresses":false}}`,
			}),
			Entry("monitoring, ConfigMap", sectionChild{
				object: named(&corev1.ConfigMap{}, "login-dashboard"), add: addMonitoring, remove: dropMonitoring,
				patch: `{"metadata":{"labels":{"grafana_dashboard":"0"}}}`,
			}),
		)

		It("tell what a Gateway says against a route", func() {
			namespace := newNamespace()
			startOperator(namespace, unlimited())
			auth := newAuth(namespace)
			auth.Spec.BaseURL = "https://auth.example.com"
			addRoute(&auth.Spec)
			bringUp(auth)
			route := get(resources.KindHTTPRoute.Empty(), namespace, "login")
			answer := func(status, reason, message string) {
				updateStatus(route, func(r *unstructured.Unstructured) {
					r.Object["status"] = map[string]any{"parents": []any{map[string]any{
						"controllerName": "example.com/gateway", "parentRef": map[string]any{"name": "public"},
						"conditions": []any{map[string]any{
							"type": "Accepted", "status": status, "reason": reason, "message": message, "observedGeneration": r.GetGeneration(),
							"lastTransitionTime": "2026-01-02T03:04:05Z",
						}},
					}}}
				})
			}
			answer("False", "NotAllowedByListeners", "no listener lets this namespace in")
			Expect(eventually(auth, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonRouteRefused)).
				To(Equal("Gateway public does not take the HTTPRoute login: NotAllowedByListeners: no listener lets this namespace in"))
			eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonRouteRefused)
			answer("True", "Accepted", "")
			eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		})
	})
})
