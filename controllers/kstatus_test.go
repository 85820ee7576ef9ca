package controllers_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	lua "github.com/yuin/gopher-lua"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

var _ = Describe("those who deploy AuthServices from Git", func() {
	It("see its state: Flux and kubectl by kstatus, Argo CD by the script of the chart's README", func() {
		namespace := newNamespace()
		auth := newAuth(namespace)
		create(auth)
		expectStatus(auth, status.InProgressStatus, "Progressing")

		By("an operator that waits for the user's secret")
		op := startOperator(namespace, unlimited())
		eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonDatabaseSecretNotFound)
		expectStatus(auth, status.InProgressStatus, "Progressing")

		By("becoming Ready")
		create(newDatabaseSecret(namespace))
		completeJob(theJob(namespace))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		expectStatus(auth, status.CurrentStatus, "Healthy")

		By("a change that nobody has seen yet")
		op.stop()
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Replicas = ptr.To[int32](3) })
		expectStatus(auth, status.InProgressStatus, "Progressing")
		startOperator(namespace, unlimited())
		eventually(auth, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonRollingOut)
		expectStatus(auth, status.InProgressStatus, "Progressing")
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		expectStatus(auth, status.CurrentStatus, "Healthy")

		By("a plan that waits for its approval, which is no failure")
		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.Migration.Policy = v1alpha1.MigrationApprove
			a.Spec.CustomFields = []v1alpha1.CustomField{{Name: "role", Type: "string"}}
		})
		completeJob(theJob(namespace))
		eventually(auth, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonApprovalNeeded)
		expectStatus(auth, status.InProgressStatus, "Progressing")

		By("a canary that fails, which is one")
		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.Migration.Policy, a.Spec.Rollout.Canary, a.Spec.CustomFields = v1alpha1.MigrationAuto, ptr.To(true), nil
		})
		var migration *batchv1.Job
		Eventually(func(g Gomega) {
			migration = theJob(namespace)
			g.Expect(migration.Labels).To(HaveKey(resources.LabelMigration))
		}).Should(Succeed())
		completeJob(migration)
		failJob(theJob(namespace), "", time.Now()) // the version that serves has not passed one
		eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonCanaryFailed)
		expectStatus(auth, status.FailedStatus, "Degraded")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Rollout.Canary = ptr.To(false) })
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)

		By("stalling")
		Expect(admin.Delete(ctx, get(&corev1.Secret{}, namespace, "login-secrets"))).To(Succeed())
		eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonGeneratedSecretLost)
		expectStatus(auth, status.FailedStatus, "Degraded")

		By("being deleted")
		Expect(admin.Delete(ctx, auth, client.PropagationPolicy(metav1.DeletePropagationForeground))).To(Succeed())
		expectStatus(auth, status.TerminatingStatus, "Progressing")
	})

	It("find nothing changed that they wrote", func() {
		namespace := newNamespace()
		startOperator(namespace, unlimited())
		auth := newAuth(namespace)
		auth.Labels, auth.Annotations = map[string]string{"team": "shop"}, map[string]string{"example.com/commit": "5c6e3a"}
		bringUp(auth)
		for _, entry := range auth.ManagedFields {
			if entry.Subresource == "status" {
				Expect(entry.Manager).To(Equal("gatehouse"))
				Expect(entry.FieldsV1.GetRawString()).To(HavePrefix(`{"f:status":`))
				continue
			}
			Expect(entry.Manager).NotTo(Equal("gatehouse"))
		}
		Expect(auth.Generation).To(BeEquivalentTo(1))
		Expect(auth.Labels).To(Equal(map[string]string{"team": "shop"}))
		Expect(auth.Annotations).To(Equal(map[string]string{"example.com/commit": "5c6e3a"}))
		Expect(auth.Finalizers).To(BeEmpty())
	})
})

func expectStatus(auth *v1alpha1.AuthService, kstatus status.Status, argo string) {
	GinkgoHelper()
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("AuthService"))
	Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), object)).To(Succeed())
	result, err := status.Compute(object)
	Expect(err).NotTo(HaveOccurred())
	Expect(result.Status).To(Equal(kstatus), result.Message)
	Expect(health(object.Object)).To(Equal(argo))
}

// health is what Argo CD makes of an object with the script of the chart's README, in the interpreter that it uses too.
func health(object map[string]any) string {
	GinkgoHelper()
	readme, err := os.ReadFile("../charts/gatehouse/README.md")
	Expect(err).NotTo(HaveOccurred())
	_, rest, found := strings.Cut(string(readme), "resource.customizations.health.gatehouse.dev_AuthService: |\n")
	Expect(found).To(BeTrue(), "the README has no script")
	script, _, _ := strings.Cut(rest, "```")

	interpreter := lua.NewState()
	defer interpreter.Close()
	interpreter.SetGlobal("obj", luaValue(interpreter, object))
	Expect(interpreter.DoString(script)).To(Succeed())
	answer, ok := interpreter.Get(-1).(*lua.LTable)
	Expect(ok).To(BeTrue(), "the script returns no table")
	Expect(answer.RawGetString("message")).To(BeAssignableToTypeOf(lua.LString("")))
	return answer.RawGetString("status").String()
}

func luaValue(interpreter *lua.LState, value any) lua.LValue {
	switch value := value.(type) {
	case map[string]any:
		table := interpreter.NewTable()
		for key, each := range value {
			table.RawSetString(key, luaValue(interpreter, each))
		}
		return table
	case []any:
		table := interpreter.NewTable()
		for _, each := range value {
			table.Append(luaValue(interpreter, each))
		}
		return table
	case int64:
		return lua.LNumber(value)
	case bool:
		return lua.LBool(value)
	default:
		return lua.LString(fmt.Sprint(value))
	}
}
