package controllers

import (
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

func TestNews(t *testing.T) {
	t.Parallel()
	pod := func(change func(*corev1.Pod)) bool {
		before := &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodPending}}
		after := before.DeepCopy()
		change(after)
		return newSpec(before, after) || newState(&before.Status, &after.Status)
	}
	job := func(change func(*batchv1.Job)) bool {
		before := &batchv1.Job{}
		after := before.DeepCopy()
		change(after)
		return newSpec(before, after) || newEnd(before, after)
	}
	condition := corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable"}
	for name, test := range map[string]struct{ got, want bool }{
		"a pod gets a node":        {pod(func(p *corev1.Pod) { p.Status.PodIP = "10.0.0.1" }), false},
		"no node takes a pod":      {pod(func(p *corev1.Pod) { p.Status.Conditions = []corev1.PodCondition{condition} }), true},
		"a pod runs":               {pod(func(p *corev1.Pod) { p.Status.Phase = corev1.PodRunning }), true},
		"a container waits":        {pod(func(p *corev1.Pod) { p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "authserver"}} }), true},
		"a pod is to go":           {pod(func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{} }), true},
		"a Job counts its pods":    {job(func(j *batchv1.Job) { j.Status.Active = 1 }), false},
		"a Job ends":               {job(func(j *batchv1.Job) { j.Status.Conditions = jobEnded }), true},
		"somebody labels a Job":    {job(func(j *batchv1.Job) { j.Labels = map[string]string{"a": "b"} }), true},
		"somebody suspends a Job":  {job(func(j *batchv1.Job) { j.Generation++ }), true},
		"somebody disowns a Job":   {job(func(j *batchv1.Job) { j.OwnerReferences = []metav1.OwnerReference{{Name: "a"}} }), true},
		"another Job has its name": {job(func(j *batchv1.Job) { j.UID = "2" }), true},
	} {
		if test.got != test.want {
			t.Errorf("%s: news is %v, want %v", name, test.got, test.want)
		}
	}
}

var jobEnded = []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}}

func TestMerelyProgress(t *testing.T) {
	t.Parallel()
	unknown := func() *v1alpha1.AuthServiceStatus {
		return &v1alpha1.AuthServiceStatus{ObservedGeneration: 1, Conditions: []metav1.Condition{
			{Type: v1alpha1.ConditionReady, Status: metav1.ConditionUnknown, Reason: v1alpha1.ReasonPending},
			{Type: v1alpha1.ConditionSchemaMigrated, Status: metav1.ConditionUnknown, Reason: v1alpha1.ReasonMigrating},
		}}
	}
	for name, test := range map[string]struct {
		change func(*v1alpha1.AuthServiceStatus)
		want   bool
	}{
		"replicas": {func(s *v1alpha1.AuthServiceStatus) { s.Replicas, s.ReadyReplicas = 2, 1 }, true},
		"a step":   {func(s *v1alpha1.AuthServiceStatus) { s.Conditions[1].Status = metav1.ConditionTrue }, true},
		"what a migration did": {func(s *v1alpha1.AuthServiceStatus) {
			s.Schema.Plan = &v1alpha1.MigrationPlan{State: v1alpha1.PlanApplied}
		}, true},
		"a plan to be approved": {func(s *v1alpha1.AuthServiceStatus) {
			s.Schema.Plan = &v1alpha1.MigrationPlan{State: v1alpha1.PlanProposed}
		}, false},
		"a problem": {func(s *v1alpha1.AuthServiceStatus) { s.Conditions[1].Status = metav1.ConditionFalse }, false},
		"the end":   {func(s *v1alpha1.AuthServiceStatus) { s.Conditions[0].Status = metav1.ConditionTrue }, false},
		"a stop": {func(s *v1alpha1.AuthServiceStatus) {
			s.Conditions = append(s.Conditions, metav1.Condition{Type: v1alpha1.ConditionStalled})
		}, false},
		"keys":         {func(s *v1alpha1.AuthServiceStatus) { s.Keys = []v1alpha1.KeyStatus{{Name: "a"}} }, false},
		"another spec": {func(s *v1alpha1.AuthServiceStatus) { s.ObservedGeneration = 2 }, false},
	} {
		after := unknown()
		test.change(after)
		if got := merelyProgress(unknown(), after); got != test.want {
			t.Errorf("%s is progress: %v, want %v", name, got, test.want)
		}
	}
}
