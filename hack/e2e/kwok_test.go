package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kruntime "k8s.io/apimachinery/pkg/runtime"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

const fakeNode = "kwok"

// onFakeNode is the template of an AuthService whose pods only claim to run.
func onFakeNode() *v1alpha1.PodTemplateOverlay {
	return &v1alpha1.PodTemplateOverlay{Spec: &kruntime.RawExtension{Raw: []byte(
		`{"nodeSelector":{"type":"` + fakeNode + `"},"tolerations":[{"key":"` + fakeNode + `","operator":"Exists"}]}`)}}
}

// addFakeNode runs KWOK until the test ends, beside the real node, for the pods that tolerate it.
func (d *demo) addFakeNode(t *testing.T) {
	t.Helper()
	program := os.Getenv("KWOK")
	if program == "" {
		t.Fatal("this test needs kwok, which make builds: run `make e2e`")
	}
	log, err := os.Create(filepath.Join(d.cluster.Dir, "logs", "kwok.log"))
	if err != nil {
		t.Fatal(err)
	}
	kwok := exec.Command(program, "--kubeconfig="+d.cluster.Kubeconfig(), "--config=testdata/kwok.yaml", "--cidr=10.248.0.0/16",
		"--manage-all-nodes=false", "--manage-nodes-with-label-selector=type="+fakeNode, "--node-lease-duration-seconds=40")
	kwok.Stdout, kwok.Stderr = log, log
	kwok.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	ended := make(chan struct{})
	started := make(chan error)
	go func() {
		defer close(ended)
		runtime.LockOSThread() // the signal comes with the end of the thread that started the process
		err := kwok.Start()
		started <- err
		if err == nil {
			_ = kwok.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: fakeNode, Labels: map[string]string{"type": fakeNode}},
		Spec:       corev1.NodeSpec{Taints: []corev1.Taint{{Key: fakeNode, Effect: corev1.TaintEffectNoSchedule}}},
	}
	t.Cleanup(func() {
		if err := d.client.Delete(context.Background(), node); err != nil {
			t.Error(err)
		}
		_ = kwok.Process.Kill()
		<-ended
		log.Close()
	})
	if err := d.client.Create(t.Context(), node); err != nil {
		t.Fatal(err)
	}
}
