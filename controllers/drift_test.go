package controllers_test

import (
	"fmt"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// children are all objects of the instance, by kind; there is one of each.
func children(namespace string) map[string]client.Object {
	GinkgoHelper()
	found := map[string]client.Object{
		"Secret": get(&corev1.Secret{}, namespace, "login-secrets"),
	}
	for kind, list := range map[string]client.ObjectList{
		"ServiceAccount": &corev1.ServiceAccountList{}, "Service": &corev1.ServiceList{}, "ConfigMap": &corev1.ConfigMapList{},
		"Deployment": &appsv1.DeploymentList{}, "Job": &batchv1.JobList{}, "PodDisruptionBudget": &policyv1.PodDisruptionBudgetList{},
	} {
		Expect(admin.List(ctx, list, client.InNamespace(namespace), client.MatchingLabels{resources.LabelManagedBy: "gatehouse"})).To(Succeed())
		items, err := metaItems(list)
		Expect(err).NotTo(HaveOccurred())
		items = slices.DeleteFunc(items, func(item client.Object) bool { return item.GetLabels()[resources.LabelComponent] == "canary" })
		Expect(items).To(HaveLen(1), kind)
		found[kind] = items[0]
	}
	return found
}

var _ = Describe("the objects of an AuthService", func() {
	var (
		namespace string
		op        *operator
		auth      *v1alpha1.AuthService
	)
	BeforeEach(func() {
		namespace = newNamespace()
		op = startOperator(namespace, unlimited())
		auth = newAuth(namespace)
	})

	// The overlay has what the API server defaults within values that are atomic for server-side apply, quantities that
	// are not canonical, and zero values.
	It("cost no write in steady state", func() {
		auth.Spec.Template = &v1alpha1.PodTemplateOverlay{
			Metadata: v1alpha1.TemplateMetadata{Annotations: map[string]string{"team": "identity"}},
			Spec: &runtime.RawExtension{Raw: []byte(`{
				"nodeSelector": {"disk": "ssd"},
				"tolerations": [{"key": "dedicated", "operator": "Exists"}],
				"volumes": [{"name": "token", "projected": {"sources": [
					{"serviceAccountToken": {"path": "token"}},
					{"downwardAPI": {"items": [{"path": "name", "fieldRef": {"fieldPath": "metadata.name"}}]}}]}}],
				"containers": [
					{"name": "authserver",
					 "resources": {"requests": {"cpu": "0.1", "memory": "131072Ki"}, "limits": {"memory": "0.5Gi"}},
					 "env": [{"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
					         {"name": "LIMIT", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}},
					         {"name": "EMPTY", "value": ""}],
					 "lifecycle": {"preStop": {"sleep": {"seconds": 3}}},
					 "volumeMounts": [{"name": "token", "mountPath": "/token"}]},
					{"name": "sidecar", "image": "sidecar:1", "ports": [{"containerPort": 80}],
					 "readinessProbe": {"httpGet": {"path": "/", "port": 80}},
					 "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}]}`)},
		}
		bringUp(auth)
		settled(op)
		op.wire.reset()

		By("reconciling again and again")
		for range 50 {
			_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
			Expect(err).NotTo(HaveOccurred())
		}
		By("events that change nothing")
		for i := range 5 {
			patch := fmt.Appendf(nil, `{"metadata":{"annotations":{"i":"%d"}}}`, i)
			Expect(admin.Patch(ctx, auth, client.RawPatch(types.MergePatchType, patch))).To(Succeed())
		}
		settled(op)
		Expect(op.wire.all()).To(BeEmpty())

		By("a new operator")
		op.stop()
		op = startOperator(namespace, unlimited())
		Eventually(func(g Gomega) {
			_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
			g.Expect(err).NotTo(HaveOccurred())
		}).Should(Succeed())
		settled(op)
		Expect(op.wire.all()).To(BeEmpty())
	})

	It("leave alone what others add", func() {
		bringUp(auth)
		settled(op)
		op.wire.reset()
		update(get(&appsv1.Deployment{}, namespace, "login"), func(d *appsv1.Deployment) {
			d.Annotations["kubectl.kubernetes.io/restartedAt"] = "now"
			d.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"] = "now"
			d.Spec.Template.Spec.Containers[0].Env = append(d.Spec.Template.Spec.Containers[0].Env, corev1.EnvVar{Name: "INJECTED", Value: "1"})
		})
		update(get(&corev1.Service{}, namespace, "login"), func(s *corev1.Service) { s.Annotations["cloud"] = "lb" })
		rollOut(namespace)
		settled(op)
		Expect(corrections(op)).To(BeEmpty())
		Expect(get(&appsv1.Deployment{}, namespace, "login").Spec.Template.Annotations).To(HaveKey("kubectl.kubernetes.io/restartedAt"))
	})

	DescribeTable("are corrected when they drift",
		func(kind string, patch string, holds func(client.Object) any, want any) {
			bringUp(auth)
			settled(op)
			child := children(namespace)[kind]
			op.wire.reset()
			Expect(admin.Patch(ctx, child, client.RawPatch(types.StrategicMergePatchType, []byte(patch)))).To(Succeed())
			Eventually(func(g Gomega) {
				g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(child), child)).To(Succeed())
				g.Expect(holds(child)).To(Equal(want))
			}).Should(Succeed())
			settled(op)
			Expect(corrections(op)).To(HaveLen(1), "one write corrects it")
		},
		Entry("Service selector", "Service", `{"spec":{"selector":{"extra":"label"}}}`,
			func(o client.Object) any { return len(o.(*corev1.Service).Spec.Selector) }, 3),
		Entry("Service port", "Service", `{"spec":{"ports":[{"port":80,"targetPort":9090}]}}`,
			func(o client.Object) any { return o.(*corev1.Service).Spec.Ports[0].TargetPort.String() }, "http"),
		Entry("ServiceAccount token", "ServiceAccount", `{"automountServiceAccountToken":true}`,
			func(o client.Object) any { return *o.(*corev1.ServiceAccount).AutomountServiceAccountToken }, false),
		Entry("Deployment replicas", "Deployment", `{"spec":{"replicas":7}}`,
			func(o client.Object) any { return *o.(*appsv1.Deployment).Spec.Replicas }, int32(2)),
		Entry("Deployment image", "Deployment", `{"spec":{"template":{"spec":{"containers":[{"name":"authserver","image":"evil"}]}}}}`,
			func(o client.Object) any { return o.(*appsv1.Deployment).Spec.Template.Spec.Containers[0].Image },
			"docker.io/gatehouse/authserver:test"),
		Entry("PodDisruptionBudget", "PodDisruptionBudget", `{"spec":{"maxUnavailable":2}}`,
			func(o client.Object) any { return o.(*policyv1.PodDisruptionBudget).Spec.MaxUnavailable.IntValue() }, 1),
		Entry("owner of a ConfigMap", "ConfigMap", `{"metadata":{"ownerReferences":[{"$patch":"replace"}]}}`,
			func(o client.Object) any { return len(o.GetOwnerReferences()) }, 1),
		Entry("label that the cache selects by", "Service", `{"metadata":{"labels":{"app.kubernetes.io/managed-by":"me"}}}`,
			func(o client.Object) any { return o.GetLabels()["app.kubernetes.io/managed-by"] }, "gatehouse"),
		Entry("label of an instance", "Deployment", `{"metadata":{"labels":{"app.kubernetes.io/instance":"another"}}}`,
			func(o client.Object) any { return o.GetLabels()["app.kubernetes.io/instance"] }, "login"),
		Entry("labels of the generated secret", "Secret", `{"metadata":{"labels":null}}`,
			func(o client.Object) any { return len(o.GetLabels()) }, 4),
	)

	// To apply adds port 80 to the list, and two ports of one name are refused.
	It("are corrected where they cannot be merged", func() {
		bringUp(auth)
		update(get(&corev1.Service{}, namespace, "login"), func(s *corev1.Service) { s.Spec.Ports[0].Port = 81 })
		Eventually(func(g Gomega) {
			ports := get(&corev1.Service{}, namespace, "login").Spec.Ports
			g.Expect(ports).To(HaveLen(1))
			g.Expect(ports[0].Port).To(BeEquivalentTo(80))
		}).Should(Succeed())
	})

	It("return when they are deleted", func() {
		bringUp(auth)
		before := children(namespace)
		for _, kind := range []string{"ServiceAccount", "Service", "ConfigMap", "Deployment", "PodDisruptionBudget", "Job"} {
			settled(op)
			Expect(admin.Delete(ctx, before[kind], client.PropagationPolicy(metav1.DeletePropagationBackground))).To(Succeed())
			Eventually(func(g Gomega) {
				back := before[kind].DeepCopyObject().(client.Object)
				g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(before[kind]), back)).To(Succeed())
				g.Expect(back.GetUID()).NotTo(Equal(before[kind].GetUID()), kind)
			}).Should(Succeed())
		}
	})

	It("replace a Job that was suspended or unlabelled by hand", func() {
		create(newDatabaseSecret(namespace), auth)
		for _, patch := range []string{
			`{"spec":{"suspend":true}}`,
			`{"metadata":{"labels":{"app.kubernetes.io/managed-by":"me"}}}`,
			`{"metadata":{"labels":{"gatehouse.dev/migration":"00000000"}}}`,
		} {
			By(patch)
			job := theJob(namespace)
			Expect(admin.Patch(ctx, job, client.RawPatch(types.MergePatchType, []byte(patch)))).To(Succeed())
			Eventually(func(g Gomega) {
				fresh := jobs(namespace)
				g.Expect(fresh).To(HaveLen(1))
				g.Expect(fresh[0].Name).To(Equal(job.Name))
				g.Expect(fresh[0].UID).NotTo(Equal(job.UID), "%v", fresh[0].ObjectMeta)
			}).Should(Succeed())
		}
		completeJob(theJob(namespace))
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionTrue, v1alpha1.ReasonMigrated)
	})

	It("keep old configuration as long as a pod may need it, and then prune it", func() {
		bringUp(auth)
		first := children(namespace)["ConfigMap"]
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.AllowedOrigins = []string{"https://app.example.com"} })
		Eventually(func() string {
			return resources.ConfigMapOf(&get(&appsv1.Deployment{}, namespace, "login").Spec.Template.Spec)
		}).ShouldNot(Equal(first.GetName()))
		settled(op)
		Expect(gone(first)()).To(BeFalse(), "pods of the old revision and the Job mount it")
		Expect(jobs(namespace)).To(HaveLen(1), "origins are nothing to migrate for")

		By("a migration for another reason, after which neither pod nor Job mounts it")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Database.Schema = "auth" })
		Eventually(func() int { return len(jobs(namespace)) }).Should(Equal(1))
		completeJob(theJob(namespace))
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonRollingOut)
		settled(op)
		Expect(gone(first)()).To(BeFalse(), "pods of the old revision may be made anew on another node")
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Eventually(gone(first)).Should(BeTrue())
		children(namespace)
	})

	It("are never adopted from somebody else", func() {
		foreign := &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: namespace, Labels: map[string]string{"app": "other"}},
			Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}},
		}
		create(foreign, newDatabaseSecret(namespace), auth)
		Expect(eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict)).
			To(ContainSubstring("Service login exists and does not belong to this AuthService"))
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonNameConflict)
		after := get(&corev1.Service{}, namespace, "login")
		Expect(after.ResourceVersion).To(Equal(foreign.ResourceVersion))

		By("going on when it is gone")
		Expect(admin.Delete(ctx, foreign)).To(Succeed())
		result, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		Expect(result.RequeueAfter).To(BeZero())
		completeJob(theJob(namespace))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	})

	It("are not deleted when they are somebody else's with our labels", func() {
		bringUp(auth)
		foreign := &policyv1.PodDisruptionBudget{
			ObjectMeta: metav1.ObjectMeta{
				Name: "mine", Namespace: namespace, Labels: resources.Labels(auth),
			},
			Spec: policyv1.PodDisruptionBudgetSpec{Selector: &metav1.LabelSelector{}},
		}
		create(foreign)
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Replicas = ptr.To[int32](1) })
		Eventually(func() int32 { return *get(&appsv1.Deployment{}, namespace, "login").Spec.Replicas }).Should(Equal(int32(1)))
		settled(op)
		Expect(gone(foreign)()).To(BeFalse())
	})

	It("wait for a template that can be used", func() {
		bringUp(auth)
		before := get(&appsv1.Deployment{}, namespace, "login")
		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.Template = &v1alpha1.PodTemplateOverlay{Spec: &runtime.RawExtension{Raw: []byte(`{"hostNetwork":true}`)}}
		})
		Expect(eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonTemplateInvalid)).To(ContainSubstring("hostNetwork"))
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonTemplateInvalid)
		Expect(get(&appsv1.Deployment{}, namespace, "login").Generation).To(Equal(before.Generation))

		By("what only the API server knows to be wrong")
		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.Template.Spec.Raw = []byte(`{"containers":[{"name":"authserver","resources":{"requests":{"memory":"2Gi"}}}]}`)
		})
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonRetrying)).To(ContainSubstring("must be less than or equal to memory limit"))

		By("being corrected")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Template = nil })
		completeJob(theJob(namespace))
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	})
})
