package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// belongings are what no crash may take.
type belongings struct {
	Users    int
	Secret   map[string][]byte
	SecretID types.UID
}

func (d *demo) belongings(t *testing.T) belongings {
	t.Helper()
	var secret corev1.Secret
	if err := d.client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name + "-secrets"}, &secret); err != nil {
		t.Fatal(err)
	}
	return belongings{Users: d.users(t), Secret: secret.Data, SecretID: secret.UID}
}

// survives crashes something, and holds that the AuthService is Ready again by itself and has lost nothing.
func (d *demo) survives(t *testing.T, crash func(t *testing.T), recovered func(context.Context) error) {
	t.Helper()
	before, visits := d.belongings(t), d.crowd.sessions()
	d.jobs.forget()
	crash(t)
	began := time.Now()
	eventually(t, func(ctx context.Context) error {
		return errors.Join(recovered(ctx), d.runs(ctx, 2), d.crowd.comesBack(ctx, d.crowd.fresh, visits[0]))
	})
	took := time.Since(began)
	if !cmp.Equal(before, d.belongings(t)) { // not the difference: it would show keys
		t.Fatal("users or keys are others than before")
	}
	lost := d.crowd.allComeBack(t, visits)
	d.figure(t, "Ready again after %.1f s; %d users, none lost; %d sessions, %d lost; the secret is the same; %d Jobs, none twice",
		took.Seconds(), before.Users, len(visits), lost, d.jobs.areSingle(t))
}

// kill ends all processes of a container at once, which nothing in it can notice.
func (d *demo) kill(t *testing.T, pod *corev1.Pod) {
	t.Helper()
	d.signal(t, pod, syscall.SIGKILL)
}

func (d *demo) signal(t *testing.T, pod *corev1.Pod, signal syscall.Signal) {
	t.Helper()
	processes, err := d.cluster.Processes(pod.Status.ContainerStatuses[0].ContainerID)
	if err != nil {
		t.Fatal(err)
	}
	if len(processes) == 0 {
		t.Fatalf("pod %s has no process", pod.Name)
	}
	for _, pid := range processes {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatal(err)
		}
	}
}

// startedAgain is nil when the container of the pod has been replaced since, and is ready.
func (d *demo) startedAgain(ctx context.Context, before *corev1.Pod) error {
	var pod corev1.Pod
	if err := d.client.Get(ctx, client.ObjectKeyFromObject(before), &pod); err != nil {
		return err
	}
	now, then := pod.Status.ContainerStatuses[0], before.Status.ContainerStatuses[0]
	if now.RestartCount == then.RestartCount || !now.Ready {
		return fmt.Errorf("pod %s is not back: %+v", pod.Name, now.State)
	}
	return nil
}

func (d *demo) serverIsKilled(t *testing.T) {
	pod := d.pods(t)[0]
	d.survives(t, func(t *testing.T) { d.kill(t, &pod) }, func(ctx context.Context) error { return d.startedAgain(ctx, &pod) })
}

var operatorLabels = client.MatchingLabels{"app.kubernetes.io/name": "gatehouse", "app.kubernetes.io/component": "operator"}

// operatorIsKilled as soon as it has something to do, and again in the middle of it.
func (d *demo) operatorIsKilled(t *testing.T) {
	hash := d.schemaHash(t)
	d.survives(t, func(t *testing.T) {
		pod := d.onlyPod(t, system, operatorLabels)
		d.patch(t, d.withField(t, v1alpha1.CustomField{Name: "operator", Type: "string"}))
		d.kill(t, pod)
		eventually(t, func(ctx context.Context) error { return d.startedAgain(ctx, pod) })
		d.kill(t, d.onlyPod(t, system, operatorLabels))
	}, func(ctx context.Context) error { return d.hasOtherSchema(ctx, hash) })
}

// apiServerIsKilled shows that users depend on no part of Kubernetes, and that the operator goes on when it is back.
func (d *demo) apiServerIsKilled(t *testing.T) {
	pid, err := d.cluster.Program("kube-apiserver")
	if err != nil {
		t.Fatal(err)
	}
	patched := false
	d.underLoad(t, func(t *testing.T) {
		d.survives(t, func(t *testing.T) {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}, func(ctx context.Context) error {
			if patched {
				return nil
			}
			// The status is of this generation only when the operator is at work again.
			err := d.tryPatch(ctx, `{"spec":{"session":{"freshAge":"12h"}}}`)
			patched = err == nil
			return err
		})
	})
}

// onlyPod of a Deployment that has one.
func (d *demo) onlyPod(t *testing.T, namespace string, labels client.MatchingLabels) *corev1.Pod {
	t.Helper()
	var running []corev1.Pod
	eventually(t, func(ctx context.Context) error {
		pods, err := d.podsWith(ctx, namespace, labels)
		if err != nil {
			return err
		}
		running = slices.DeleteFunc(pods, func(pod corev1.Pod) bool {
			return pod.DeletionTimestamp != nil || len(pod.Status.ContainerStatuses) == 0 || pod.Status.ContainerStatuses[0].State.Running == nil
		})
		if len(running) != 1 {
			return fmt.Errorf("%d pods of %v run in %s, want one", len(running), labels, namespace)
		}
		return nil
	})
	return &running[0]
}
