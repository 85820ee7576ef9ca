package controllers

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

var updateGoldens = flag.Bool("update", false, "rewrite the goldens of the status")

// The steps of an upgrade, as users see them.
func TestStatusOfUpgrades(t *testing.T) {
	t.Parallel()
	plan := &v1alpha1.MigrationPlan{Hash: "0123456789abcdef", Count: 1, Statements: []v1alpha1.PlannedStatement{{
		Reason: "add the column role", Lock: "ACCESS EXCLUSIVE on user", SQL: `ALTER TABLE "user" ADD COLUMN "role" text`,
	}}}
	migrated := work{resources.LabelMigration, "aaaaaaaa"}
	planning := work{resources.LabelPlan, "aaaaaaaa"}
	canary := work{resources.LabelCanary, "bbbbbbbb"}
	probe := work{resources.LabelProbe, "cccccccc"}
	failed := config.CanaryReport{Canary: config.CanaryFailed, Message: "sign-in: 500; see the log of the server"}
	for name, seen := range map[string]*observed{
		"planning":        upgrade(0, planning, jobAtWork(planning)),
		"approval-needed": {plan: plan, planning: planning, migration: migrated},
		"approved":        {plan: plan, approved: plan.Hash, planning: planning, migration: migrated, children: []client.Object{jobAtWork(migrated)}},
		"canary-running":  upgrade(2, migrated, jobDone(migrated, batchv1.JobComplete), jobAtWork(canary)).expecting(canary, probe),
		"canary-failed": upgrade(2, migrated, jobDone(migrated, batchv1.JobComplete), jobDone(canary, batchv1.JobFailed)).
			expecting(canary, probe).saying(t, canary, corev1.PodFailed, failed),
		"canary-crashing": upgrade(2, migrated, jobDone(migrated, batchv1.JobComplete), jobAtWork(canary)).
			expecting(canary, probe).ending(canary, 2, `{"startFailure":"email.caFile: no such file"}`),
		"canary-crashed-once": upgrade(2, migrated, jobDone(migrated, batchv1.JobComplete), jobAtWork(canary)).
			expecting(canary, probe).ending(canary, 1, ""),
		"probe-failed": upgrade(2, migrated, jobDone(migrated, batchv1.JobComplete), jobDone(probe, batchv1.JobFailed)).
			expecting(work{}, probe).saying(t, probe, corev1.PodFailed, failed),
		"unresolvable": upgrade(2, migrated, jobDone(migrated, batchv1.JobComplete), jobDone(probe, batchv1.JobComplete)).
			expecting(work{}, probe).saying(t, probe, corev1.PodSucceeded, config.CanaryReport{
			Canary: config.CanaryPassed, ClientIP: config.ClientIPUnresolvable, ClientIPMessage: "set rateLimit.trustedProxies to 10.0.0.0/8",
		}),
	} {
		auth := &v1alpha1.AuthService{ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: "shop", Generation: 3}}
		if name == "unresolvable" {
			auth.Spec.BaseURL, auth.Spec.HTTPRoute = "https://auth.example.com", &v1alpha1.HTTPRouteSpec{}
		}
		seen.now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		seen.database, seen.generated = &metav1.PartialObjectMetadata{}, &corev1.Secret{}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := yaml.Marshal(statusOf(auth, seen, outcome{}))
			if err != nil {
				t.Fatal(err)
			}
			compareStatus(t, filepath.Join("testdata", "status", name+".yaml"), got)
		})
	}
}

// upgrade is in the middle of it: with so many replicas that take requests, in the present version, and these Jobs.
func upgrade(ready int32, begun work, jobs ...client.Object) *observed {
	seen := &observed{migration: work{resources.LabelMigration, begun.hash}, children: jobs}
	if begun.label == resources.LabelPlan {
		seen.planning = begun
	}
	if ready > 0 {
		seen.children = append(seen.children, &appsv1.Deployment{
			Spec: appsv1.DeploymentSpec{Replicas: ptr.To(ready)},
			Status: appsv1.DeploymentStatus{
				Replicas: ready, UpdatedReplicas: ready, ReadyReplicas: ready, AvailableReplicas: ready,
			},
		})
	}
	return seen
}

func (s *observed) expecting(canary, probe work) *observed {
	s.canary, s.probe = canary, probe
	return s
}

func (s *observed) saying(t *testing.T, w work, phase corev1.PodPhase, report config.CanaryReport) *observed {
	t.Helper()
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	s.pods = append(s.pods, corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{w.label: w.hash}},
		Status: corev1.PodStatus{Phase: phase, ContainerStatuses: []corev1.ContainerStatus{{
			Name: resources.CanaryContainer, State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Message: string(text)}},
		}}},
	})
	return s
}

// ending is a server beside the canary that was restarted so often.
func (s *observed) ending(w work, restarts int32, lastWords string) *observed {
	s.pods = append(s.pods, corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "login-canary-x", Labels: map[string]string{w.label: w.hash}},
		Status: corev1.PodStatus{Phase: corev1.PodPending, InitContainerStatuses: []corev1.ContainerStatus{{
			Name: resources.ContainerName, RestartCount: restarts, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
			LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1, Message: lastWords}},
		}}},
	})
	return s
}

func jobAtWork(w work) *batchv1.Job {
	return &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "login-job-" + w.hash, Namespace: "shop", Labels: map[string]string{w.label: w.hash}}}
}

func jobDone(w work, how batchv1.JobConditionType) *batchv1.Job {
	job := jobAtWork(w)
	job.Status.Conditions = []batchv1.JobCondition{{Type: how, Status: corev1.ConditionTrue}}
	return job
}

func compareStatus(t *testing.T, path string, got []byte) {
	t.Helper()
	if *updateGoldens {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./controllers -run Status -update", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); rewrite it with -update if that is meant:\n%s", path, diff)
	}
}
