package controllers

import (
	"errors"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

func TestRollout(t *testing.T) {
	t.Parallel()
	condition := func(kind appsv1.DeploymentConditionType, status corev1.ConditionStatus, reason string) []appsv1.DeploymentCondition {
		return []appsv1.DeploymentCondition{{Type: kind, Status: status, Reason: reason, Message: "exceeded quota"}}
	}
	for name, test := range map[string]struct {
		wanted int32
		status appsv1.DeploymentStatus
		want   verdict
	}{
		"not seen by its controller": {2, appsv1.DeploymentStatus{ObservedGeneration: 6, Replicas: 2, UpdatedReplicas: 2, AvailableReplicas: 2},
			verdict{status: "Unknown", reason: "RollingOut", message: "The rollout is about to begin"}},
		"done": {2, appsv1.DeploymentStatus{ObservedGeneration: 7, Replicas: 2, UpdatedReplicas: 2, AvailableReplicas: 2},
			verdict{status: "True", reason: "Available", message: "2 of 2 replicas take requests"}},
		"old replicas are still there": {2, appsv1.DeploymentStatus{ObservedGeneration: 7, Replicas: 3, UpdatedReplicas: 2, AvailableReplicas: 3},
			verdict{status: "Unknown", reason: "RollingOut", message: "2 of 2 replicas take requests"}},
		"only old replicas are ready": {2, appsv1.DeploymentStatus{ObservedGeneration: 7, Replicas: 3, UpdatedReplicas: 1, AvailableReplicas: 2},
			verdict{status: "Unknown", reason: "RollingOut", message: "0 of 2 replicas take requests"}},
		"zero": {0, appsv1.DeploymentStatus{ObservedGeneration: 7},
			verdict{status: "True", reason: "ScaledToZero", message: "No replicas are wanted"}},
		"to zero, not there yet": {0, appsv1.DeploymentStatus{ObservedGeneration: 7, Replicas: 1, AvailableReplicas: 1},
			verdict{status: "Unknown", reason: "RollingOut", message: "0 of 0 replicas take requests"}},
		"a node went away": {2, appsv1.DeploymentStatus{ObservedGeneration: 7, Replicas: 2, UpdatedReplicas: 2, AvailableReplicas: 1,
			Conditions: condition(appsv1.DeploymentProgressing, "True", "NewReplicaSetAvailable")},
			verdict{status: "False", reason: "Unavailable", message: "1 of 2 replicas take requests"}},
		"deadline": {2, appsv1.DeploymentStatus{ObservedGeneration: 7, Replicas: 3, UpdatedReplicas: 1, AvailableReplicas: 2,
			Conditions: condition(appsv1.DeploymentProgressing, "False", "ProgressDeadlineExceeded")},
			verdict{status: "False", reason: "RolloutFailed", message: "0 of 2 replicas take requests; the events of the pods say why: kubectl -n shop describe pods -l a=b"}},
		"quota": {2, appsv1.DeploymentStatus{ObservedGeneration: 7,
			Conditions: condition(appsv1.DeploymentReplicaFailure, "True", "FailedCreate")},
			verdict{status: "False", reason: "RolloutFailed", message: "0 of 2 replicas take requests; pods cannot be made: exceeded quota"}},
	} {
		deployment := &appsv1.Deployment{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Generation: 7},
			Spec:       appsv1.DeploymentSpec{Replicas: &test.wanted, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"a": "b"}}},
			Status:     test.status,
		}
		var got verdict
		got.status, got.reason, got.message = rollout(deployment, nil)
		if got != test.want {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

func TestNotStarting(t *testing.T) {
	t.Parallel()
	waiting := func(reason, message string) []corev1.ContainerStatus {
		return []corev1.ContainerStatus{{State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}}}
	}
	terminated := func(message string) corev1.ContainerState {
		return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Message: message}}
	}
	for name, test := range map[string]struct {
		status corev1.PodStatus
		want   string
	}{
		"running":      {corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{}}}, ""},
		"beginning":    {corev1.PodStatus{ContainerStatuses: waiting("ContainerCreating", "")}, ""},
		"in two lines": {corev1.PodStatus{ContainerStatuses: waiting("ErrImagePull", "no such\nimage")}, "pod p: ErrImagePull: no such image"},
		"failed to start": {corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "authserver",
			State: waiting("CrashLoopBackOff", "back-off")[0].State, LastTerminationState: terminated(`{"startFailure":"client secret of google: is missing"}`)}}},
			"pod p: client secret of google: is missing"},
		"just failed to start": {corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "authserver", State: terminated(`{"startFailure":"x"}`)}}}, "pod p: x"},
		"died with other words": {corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "authserver",
			State: waiting("CrashLoopBackOff", "back-off")[0].State, LastTerminationState: terminated("panic: postgres://u:p@h/db")}}}, "pod p: CrashLoopBackOff: container authserver ends again and again; its log says why"},
		"started at last": {corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "authserver",
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}, LastTerminationState: terminated(`{"startFailure":"x"}`)}}}, ""},
		"words of another container": {corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "sidecar", State: terminated(`{"startFailure":"x"}`)}}}, ""},
		"init":                       {corev1.PodStatus{InitContainerStatuses: waiting("ErrImagePull", "x")}, "pod p: ErrImagePull: x"},
		"no node": {corev1.PodStatus{Conditions: []corev1.PodCondition{{
			Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "0/3 nodes are available"}}},
			"pod p: Unschedulable: 0/3 nodes are available"},
	} {
		if got := notStarting([]corev1.Pod{{}, {ObjectMeta: metav1.ObjectMeta{Name: "p"}, Status: test.status}}); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestSumUp(t *testing.T) {
	t.Parallel()
	auth := &v1alpha1.AuthService{Spec: v1alpha1.AuthServiceSpec{BaseURL: "https://a.example"}}
	verdicts := func(statuses ...metav1.ConditionStatus) []verdict {
		var all []verdict
		for i, status := range statuses {
			all = append(all, verdict{status: status, reason: string(rune('A' + i))})
		}
		return all
	}
	for want, all := range map[verdict][]verdict{
		{"Ready", "True", "Ready", "Clients can use https://a.example"}: verdicts("True", "True", "True"),
		{"Ready", "False", "C", ""}:                                     verdicts("True", "Unknown", "False"),
		{"Ready", "Unknown", "B", ""}:                                   verdicts("True", "Unknown", "Unknown"),
		{"Ready", "False", "A", ""}:                                     verdicts("False", "False", "True"),
	} {
		if got := sumUp(auth, all); got != want {
			t.Errorf("%v: got %+v, want %+v", all, got, want)
		}
	}
}

func TestFirstStatusHasAllConditions(t *testing.T) {
	t.Parallel()
	auth := &v1alpha1.AuthService{ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: "shop", Generation: 3}}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	status := statusOf(auth, &observed{now: now, database: &metav1.PartialObjectMetadata{}}, outcome{})
	if len(status.Conditions) != 6 {
		t.Errorf("want the five conditions and Reconciling, got %+v", status.Conditions)
	}
	for _, c := range status.Conditions {
		want := metav1.ConditionUnknown
		if c.Type == v1alpha1.ConditionReconciling {
			want = metav1.ConditionTrue
		}
		if c.Status != want || c.ObservedGeneration != 3 || !c.LastTransitionTime.Time.Equal(now) {
			t.Errorf("got %+v", c)
		}
	}
}

func TestConclude(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	resource := schema.GroupResource{Resource: "services"}
	for name, test := range map[string]struct {
		err     error
		after   time.Duration
		stalled string
		failure error
	}{
		"nothing":  {},
		"stalled":  {err: &stalledError{reason: "GeneratedSecretLost"}, stalled: "GeneratedSecretLost"},
		"conflict": {err: nameConflict("Service", "x", ""), stalled: "NameConflict", after: time.Minute},
		"template": {err: &resources.TemplateError{Message: "x"}, stalled: "TemplateInvalid"},
		"waiting":  {err: &waitingError{after: time.Hour}, after: time.Hour},
		"raced":    {err: apierrors.NewConflict(resource, "x", refused), after: time.Second},
		"refused":  {err: refused, failure: refused},
	} {
		out := conclude(test.err)
		stalled := ""
		if out.stalled != nil {
			stalled = out.stalled.reason
		}
		if out.result.RequeueAfter != test.after || stalled != test.stalled || !errors.Is(out.failure, test.failure) || out.failure != nil && test.failure == nil {
			t.Errorf("%s: got %+v", name, out)
		}
	}
}

func TestRetryDelay(t *testing.T) {
	t.Parallel()
	for attempt, want := range map[int]time.Duration{
		1: time.Minute, 2: 2 * time.Minute, 3: 4 * time.Minute, 4: 8 * time.Minute, 5: 10 * time.Minute, 1000: 10 * time.Minute,
	} {
		if got := retryDelay(attempt); got != want {
			t.Errorf("attempt %d: got %s, want %s", attempt, got, want)
		}
	}
}

func TestUnexplainedNamesTheDeadline(t *testing.T) {
	t.Parallel()
	job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "j", Namespace: "n"}, Status: batchv1.JobStatus{Conditions: []batchv1.JobCondition{
		{Type: batchv1.JobFailed, Status: corev1.ConditionTrue, Reason: batchv1.JobReasonDeadlineExceeded},
	}}}
	if got := unexplained("migration", job); got != "The migration did not end in time. See kubectl -n n logs job/j" {
		t.Error(got)
	}
}

func TestNeedsNothingOfKindsThatAreNeverDeleted(t *testing.T) {
	t.Parallel()
	seen := &observed{}
	objects := &resources.Objects{}
	if !seen.needs(&corev1.Secret{}, objects) || !seen.needs(&appsv1.Deployment{}, objects) || !seen.needs(&corev1.Service{}, objects) {
		t.Error("a secret, Deployment or Service would be deleted")
	}
	if !seen.needs(&batchv1.Job{}, objects) {
		t.Error("a Job would be deleted though nobody knows which one is needed")
	}
	if tampered(&batchv1.Job{Spec: batchv1.JobSpec{Suspend: ptr.To(true)}}, &batchv1.Job{}) != true {
		t.Error("a suspended Job would be waited for")
	}
}
