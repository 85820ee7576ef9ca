package main

import (
	"regexp"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// instance is an AuthService with its objects as the operator, Kubernetes' controllers and the kubelet leave them.
type instance struct {
	t    *testing.T
	auth *v1alpha1.AuthService
	// deployment has two pods.
	deployment *appsv1.Deployment
	migration  *batchv1.Job
	pods       []*corev1.Pod
}

// now is when ages are shown in minutes, and half a minute after one began, so that they do not depend on how long it took
// to make the objects.
func (i *instance) now() time.Time {
	return i.auth.CreationTimestamp.Add(3*time.Hour + 30*time.Minute + 30*time.Second)
}

func (i *instance) ago(d time.Duration) metav1.Time { return metav1.NewTime(i.now().Add(-d)) }

func shop(namespace string) *v1alpha1.AuthService {
	return &v1alpha1.AuthService{
		ObjectMeta: metav1.ObjectMeta{Name: "shop", Namespace: namespace},
		Spec: v1alpha1.AuthServiceSpec{
			BaseURL:  "https://auth.example.com",
			Database: v1alpha1.DatabaseSpec{SecretRef: v1alpha1.DatabaseSecretReference{Name: "shop-db", Key: "uri"}},
		},
	}
}

func newInstance(t *testing.T, auth *v1alpha1.AuthService) *instance {
	t.Helper()
	i := &instance{t: t, auth: auth}
	must(t, api.admin.Create(t.Context(), auth))
	built, err := resources.Build(auth, resources.Inputs{Image: "gatehouse/authserver:1", DatabaseSecret: "1", Secrets: "1"})
	must(t, err)
	i.migration = built.Migration
	for _, object := range append(append(built.Foundation, built.Rollout...), built.Migration) {
		i.create(object.(client.Object))
		if deployment, ok := object.(*appsv1.Deployment); ok {
			i.deployment = deployment
		}
	}
	i.create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{
		Name: resources.SecretName(auth), Labels: resources.Labels(auth), OwnerReferences: i.migration.OwnerReferences,
	}, StringData: map[string]string{resources.KeyJWTSecret: "a-secret-to-look-for"}})
	i.runJob()
	i.runDeployment()
	return i
}

// hashes in names depend on the configuration, which is not what these tests are about.
var hashes = regexp.MustCompile(`-(config|migrate)-[0-9a-f]{8,}`)

func (i *instance) create(object client.Object) {
	i.t.Helper()
	object.SetNamespace(i.auth.Namespace)
	object.SetName(hashes.ReplaceAllString(object.GetName(), "-$1-1f0c9a3e"))
	must(i.t, api.admin.Create(i.t.Context(), object))
}

func (i *instance) status(object client.Object) {
	i.t.Helper()
	must(i.t, api.admin.Status().Update(i.t.Context(), object))
}

func (i *instance) runJob() {
	start, end := i.ago(3*time.Hour+29*time.Minute), i.ago(3*time.Hour+29*time.Minute-12*time.Second)
	i.migration.Status = batchv1.JobStatus{
		StartTime: &start, CompletionTime: &end, Succeeded: 1, UncountedTerminatedPods: &batchv1.UncountedTerminatedPods{},
		Conditions: []batchv1.JobCondition{
			{Type: batchv1.JobSuccessCriteriaMet, Status: corev1.ConditionTrue, LastTransitionTime: end},
			{Type: batchv1.JobComplete, Status: corev1.ConditionTrue, LastTransitionTime: end},
		},
	}
	i.status(i.migration)
	pod := i.pod("shop-migrate-1f0c9a3e-x7k2p", i.migration, "batch/v1", "Job", &i.migration.Spec.Template)
	pod.Status.Phase = corev1.PodSucceeded
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: resources.ContainerName, State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: start, FinishedAt: end}},
	}}
	i.status(pod)
}

func (i *instance) runDeployment() {
	replicas := &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: "shop-7d9f5c6b8", Labels: i.deployment.Spec.Template.Labels,
			OwnerReferences: owner(i.deployment, "apps/v1", "Deployment"),
		},
		Spec: appsv1.ReplicaSetSpec{Replicas: ptr.To[int32](2), Selector: i.deployment.Spec.Selector, Template: i.deployment.Spec.Template},
	}
	i.create(replicas)
	for _, name := range []string{"shop-7d9f5c6b8-4xq2m", "shop-7d9f5c6b8-hw8zt"} {
		pod := i.pod(name, replicas, "apps/v1", "ReplicaSet", &i.deployment.Spec.Template)
		i.pods = append(i.pods, pod)
		i.podRuns(pod)
	}
	i.deployment.Status = appsv1.DeploymentStatus{
		ObservedGeneration: i.deployment.Generation, Replicas: 2, UpdatedReplicas: 2, ReadyReplicas: 2, AvailableReplicas: 2,
	}
	i.status(i.deployment)
	budget := &policyv1.PodDisruptionBudget{}
	must(i.t, api.admin.Get(i.t.Context(), client.ObjectKeyFromObject(i.deployment), budget))
	budget.Status.DisruptionsAllowed = 1
	i.status(budget)
}

func (i *instance) pod(name string, of client.Object, version, kind string, template *corev1.PodTemplateSpec) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: template.Labels, OwnerReferences: owner(of, version, kind)},
		Spec:       *template.Spec.DeepCopy(),
	}
	pod.Spec.NodeName = nodeName
	i.create(pod)
	return pod
}

func (i *instance) podRuns(pod *corev1.Pod) {
	pod.Status = corev1.PodStatus{
		Phase:      corev1.PodRunning,
		Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		ContainerStatuses: []corev1.ContainerStatus{{
			Name: resources.ContainerName, Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}},
		}},
	}
	i.status(pod)
}

func owner(object client.Object, version, kind string) []metav1.OwnerReference {
	return []metav1.OwnerReference{{APIVersion: version, Kind: kind, Name: object.GetName(), UID: object.GetUID(), Controller: ptr.To(true)}}
}

// say writes the status that the operator would, from what changes it.
func (i *instance) say(change func(*v1alpha1.AuthServiceStatus)) {
	i.t.Helper()
	must(i.t, api.admin.Get(i.t.Context(), client.ObjectKeyFromObject(i.auth), i.auth))
	change(&i.auth.Status)
	for n := range i.auth.Status.Conditions {
		i.auth.Status.Conditions[n].ObservedGeneration = i.auth.Generation
	}
	i.status(i.auth)
}

func (i *instance) condition(kind string, status metav1.ConditionStatus, reason, message string) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: message, LastTransitionTime: i.ago(3 * time.Hour)}
}

// ready says what the operator says of a service that runs.
func (i *instance) ready() {
	i.t.Helper()
	i.say(func(status *v1alpha1.AuthServiceStatus) {
		status.URL, status.Replicas, status.ReadyReplicas = "https://auth.example.com", 2, 2
		status.Schema.Hash = "5c6e3a90d1f2"
		status.Binding = &v1alpha1.BindingStatus{Name: "shop-binding"}
		status.Conditions = []metav1.Condition{
			i.condition(v1alpha1.ConditionSecretsReady, metav1.ConditionTrue, v1alpha1.ReasonSecretsReady, "The secrets exist"),
			i.condition(v1alpha1.ConditionDatabaseReachable, metav1.ConditionTrue, v1alpha1.ReasonReachable, "The last migration connected"),
			i.condition(v1alpha1.ConditionSchemaMigrated, metav1.ConditionTrue, v1alpha1.ReasonMigrated, "The database has the schema of the spec"),
			i.condition(v1alpha1.ConditionAvailable, metav1.ConditionTrue, v1alpha1.ReasonAvailable, "2 of 2 replicas take requests"),
			i.condition(v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady, "Clients can use https://auth.example.com"),
		}
		status.Keys = []v1alpha1.KeyStatus{
			{Name: "BETTER_AUTH_SECRET", Version: 2, Fingerprint: "00112233aabbccdd", State: v1alpha1.KeyActive, CreatedAt: i.ago(2 * time.Hour)},
			{
				Name: "BETTER_AUTH_SECRET", Version: 1, Fingerprint: "8899aabbccddeeff", State: v1alpha1.KeyRetiring, CreatedAt: i.ago(40 * 24 * time.Hour),
				RetiresAt: ptr.To(i.ago(-166 * time.Hour)), Dependents: []string{"cookies and links until 2026-12-07T10:00:00Z"},
			},
			{Name: "JWT_SECRET", Fingerprint: "0123456789abcdef", State: v1alpha1.KeyActive, CreatedAt: i.ago(40 * 24 * time.Hour)},
		}
	})
}
