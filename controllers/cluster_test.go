package controllers_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// This file is the rest of Kubernetes: what its controllers and the kubelet would do, done by the tests.

// newNamespace enforces Pod Security "restricted", so that every pod which a test makes from a template proves that it is.
func newNamespace() string {
	GinkgoHelper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		GenerateName: "t-",
		Labels:       map[string]string{"pod-security.kubernetes.io/enforce": "restricted"},
	}}
	Expect(admin.Create(ctx, namespace)).To(Succeed())
	return namespace.Name
}

// newAuth has no canaries, which are not what most tests are about.
func newAuth(namespace string) *v1alpha1.AuthService {
	auth := newCanaryAuth(namespace)
	auth.Spec.Rollout.Canary = ptr.To(false)
	return auth
}

func newCanaryAuth(namespace string) *v1alpha1.AuthService {
	return &v1alpha1.AuthService{
		ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: namespace},
		Spec: v1alpha1.AuthServiceSpec{
			Database: v1alpha1.DatabaseSpec{SecretRef: v1alpha1.DatabaseSecretReference{Name: "db"}},
		},
	}
}

func newDatabaseSecret(namespace string) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "db", Namespace: namespace},
		StringData: map[string]string{"uri": "postgres://user:first-password@db/x"},
	}
}

func create(objects ...client.Object) {
	GinkgoHelper()
	for _, object := range objects {
		Expect(admin.Create(ctx, object)).To(Succeed())
	}
}

// update changes an object until there is no conflict.
func update[T client.Object](object T, change func(T)) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(object), object)).To(Succeed())
		change(object)
		g.Expect(admin.Update(ctx, object)).To(Succeed())
	}).Should(Succeed())
}

func updateStatus[T client.Object](object T, change func(T)) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(object), object)).To(Succeed())
		change(object)
		g.Expect(admin.Status().Update(ctx, object)).To(Succeed())
	}).Should(Succeed())
}

// get returns the object when it is there.
func get[T client.Object](object T, namespace, name string) T {
	GinkgoHelper()
	Eventually(func() error { return admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, object) }).Should(Succeed())
	return object
}

func gone(object client.Object) func() bool {
	return func() bool {
		return apierrors.IsNotFound(admin.Get(ctx, client.ObjectKeyFromObject(object), object.DeepCopyObject().(client.Object)))
	}
}

func jobs(namespace string) []batchv1.Job {
	list := &batchv1.JobList{}
	Expect(admin.List(ctx, list, client.InNamespace(namespace))).To(Succeed())
	return list.Items
}

// theJob waits until there is exactly one Job that has not finished.
func theJob(namespace string) *batchv1.Job {
	GinkgoHelper()
	var open []batchv1.Job
	Eventually(func() []batchv1.Job {
		open = nil
		for _, job := range jobs(namespace) {
			if len(job.Status.Conditions) == 0 && job.DeletionTimestamp == nil {
				open = append(open, job)
			}
		}
		return open
	}).Should(HaveLen(1))
	return &open[0]
}

func report(reason config.MigrationReason, message string) string {
	text, err := json.Marshal(config.MigrationReport{Reason: reason, Message: message, SchemaHash: "5c6e3a"})
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

// runPod makes a pod of the Job and ends it as the kubelet would.
func runPod(job *batchv1.Job, phase corev1.PodPhase, message string) {
	GinkgoHelper()
	pod := podOf(job)
	create(pod)
	updateStatus(pod, func(pod *corev1.Pod) {
		pod.Status.Phase = phase
		pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
			Name:  pod.Spec.Containers[0].Name,
			State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Message: message}},
		}}
	})
}

func podOf(job *batchv1.Job) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			GenerateName: job.Name + "-", Namespace: job.Namespace,
			Labels: job.Spec.Template.Labels, Annotations: job.Spec.Template.Annotations,
		},
		Spec: job.Spec.Template.Spec,
	}
}

// completeJob ends the Job, of whatever kind, as it should.
func completeJob(job *batchv1.Job) {
	GinkgoHelper()
	switch {
	case job.Labels[resources.LabelMigration] != "":
		completeJobWith(job, report(config.Migrated, ""))
	case job.Labels[resources.LabelPlan] != "":
		completeJobWith(job, planReport(config.Planned, firstPlan, 1))
	default:
		completeJobWith(job, canaryReport(config.CanaryReport{Canary: config.CanaryPassed}))
	}
}

func canaryReport(report config.CanaryReport) string {
	GinkgoHelper()
	text, err := json.Marshal(report)
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

func completeJobWith(job *batchv1.Job, message string) {
	GinkgoHelper()
	runPod(job, corev1.PodSucceeded, message)
	updateStatus(job, func(job *batchv1.Job) {
		now := metav1.Now()
		job.Status.StartTime, job.Status.CompletionTime, job.Status.Succeeded = &now, &now, 1
		job.Status.Conditions = jobConditions(batchv1.JobSuccessCriteriaMet, batchv1.JobComplete)
	})
}

// failJob ends the Job for good, at a time of the operator's clock.
func failJob(job *batchv1.Job, message string, when time.Time) {
	GinkgoHelper()
	runPod(job, corev1.PodFailed, message)
	updateStatus(job, func(job *batchv1.Job) {
		job.Status.StartTime, job.Status.Failed = ptr.To(metav1.NewTime(when)), 1
		job.Status.Conditions = jobConditions(batchv1.JobFailureTarget, batchv1.JobFailed)
		for i := range job.Status.Conditions {
			job.Status.Conditions[i].LastTransitionTime = metav1.NewTime(when)
		}
	})
}

func jobConditions(kinds ...batchv1.JobConditionType) []batchv1.JobCondition {
	conditions := make([]batchv1.JobCondition, 0, len(kinds))
	for _, kind := range kinds {
		conditions = append(conditions, batchv1.JobCondition{
			Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Now(), Reason: "Test",
		})
	}
	return conditions
}

// rollOut makes all replicas of the Deployment available.
func rollOut(namespace string) *appsv1.Deployment {
	GinkgoHelper()
	deployment := get(&appsv1.Deployment{}, namespace, "login")
	updateStatus(deployment, func(d *appsv1.Deployment) {
		n := *d.Spec.Replicas
		d.Status = appsv1.DeploymentStatus{
			ObservedGeneration: d.Generation,
			Replicas:           n, UpdatedReplicas: n, ReadyReplicas: n, AvailableReplicas: n,
			Conditions: []appsv1.DeploymentCondition{{
				Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: "NewReplicaSetAvailable",
				LastUpdateTime: metav1.Now(), LastTransitionTime: metav1.Now(),
			}},
		}
	})
	return deployment
}

// bringUp makes an AuthService with its database secret, and lets it become Ready.
func bringUp(auth *v1alpha1.AuthService) {
	GinkgoHelper()
	create(newDatabaseSecret(auth.Namespace), auth)
	completeJob(theJob(auth.Namespace))
	rollOut(auth.Namespace)
	if ptr.Deref(auth.Spec.Rollout.Canary, true) {
		completeJob(theJob(auth.Namespace))
	}
	eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
}

// eventually waits for a condition at the present generation, and returns its message.
func eventually(auth *v1alpha1.AuthService, kind string, status metav1.ConditionStatus, reason string) string {
	GinkgoHelper()
	var message string
	Eventually(func(g Gomega) {
		g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), auth)).To(Succeed())
		condition := meta.FindStatusCondition(auth.Status.Conditions, kind)
		g.Expect(condition).NotTo(BeNil(), "no condition %s", kind)
		g.Expect(fmt.Sprint(condition.Status, " ", condition.Reason)).To(Equal(fmt.Sprint(status, " ", reason)), "%s: %s", kind, condition.Message)
		g.Expect(condition.ObservedGeneration).To(Equal(auth.Generation))
		message = condition.Message
	}).Should(Succeed())
	return message
}

// settled waits until the operator has nothing more to write about an instance.
func settled(op *operator) {
	GinkgoHelper()
	before := -1
	Eventually(func() bool {
		now := len(op.wire.all())
		same := now == before
		before = now
		return same
	}).WithPolling(200 * time.Millisecond).Should(BeTrue())
}

func metaItems(list client.ObjectList) ([]client.Object, error) {
	var items []client.Object
	err := meta.EachListItem(list, func(item runtime.Object) error {
		items = append(items, item.(client.Object))
		return nil
	})
	return items, err
}

// corrections are the writes of an operator but those that only tell of something.
func corrections(op *operator) []string {
	return slices.DeleteFunc(op.wire.all(), func(write string) bool {
		return strings.HasSuffix(write, "/status") || strings.Contains(write, "/events")
	})
}
