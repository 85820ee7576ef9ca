package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// asOperator makes the test's binary the operator: a process can hold one only, and this one ends by a signal.
const asOperator = "GATEHOUSE_TEST_AS_OPERATOR"

func TestMain(m *testing.M) {
	if os.Getenv(asOperator) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// namespace of the operator, and the only one that it serves.
const namespace = "gatehouse-system"

// The operator as the chart installs it in one namespace: it leads an AuthService through its life with the Roles of that
// rendering and no other right, and reads nothing of the users' secrets but their metadata.
func TestInOneNamespace(t *testing.T) {
	environment := startAPIServer(t)
	_, err := envtest.InstallCRDs(environment.Config, envtest.CRDInstallOptions{Paths: []string{"../../../config/crd/bases"}})
	must(t, err)
	admin := newAdmin(t, environment.Config)
	must(t, admin.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}))
	args, account := install(t, admin, "../../../charts/gatehouse/testdata/single-namespace.golden.yaml")
	token := &authenticationv1.TokenRequest{}
	must(t, admin.SubResource("token").Create(t.Context(), account, token))
	audited := startAudit(t, environment.Config)
	log := startOperator(t, audited.kubeconfig(t, token.Status.Token), args)

	auth := liveThrough(t, admin)
	log.stop(t)
	if strings.Contains(log.String(), "forbidden") {
		t.Errorf("the Roles of the chart do not suffice:\n%s", log.String())
	}
	audited.check(t, admin, auth, token.Status.Token)
}

// install makes the Roles, the bindings and the account of a rendering, and returns the arguments of its operator.
func install(t *testing.T, admin client.Client, path string) ([]string, *corev1.ServiceAccount) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	deployment, account := &appsv1.Deployment{}, &corev1.ServiceAccount{}
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 1<<16)
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		switch object.GetKind() {
		case "Deployment":
			must(t, runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, deployment))
		case "ServiceAccount":
			must(t, runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, account))
			must(t, admin.Create(t.Context(), account))
		case "Role", "RoleBinding":
			must(t, admin.Create(t.Context(), object))
		case "ClusterRole", "ClusterRoleBinding":
			t.Errorf("the rendering for one namespace has a %s", object.GetKind())
		}
	}
	return deployment.Spec.Template.Spec.Containers[0].Args, account
}

// process is a running operator and its log.
type process struct {
	syncBuffer
	command *exec.Cmd
}

// startOperator runs one with the arguments of the chart, but for ports and files, which are the pod's.
func startOperator(t *testing.T, kubeconfig string, args []string) *process {
	t.Helper()
	authority := filepath.Join(t.TempDir(), "ca.crt")
	must(t, os.WriteFile(authority, newAuthority(t).pem, 0o600))
	p := &process{}
	p.command = exec.CommandContext(t.Context(), os.Args[0], append(args[:len(args):len(args)], "--leader-election-namespace="+namespace,
		"--metrics-bind-address="+freeAddress(t), "--health-probe-bind-address="+freeAddress(t), "--metrics-client-ca="+authority)...)
	p.command.Env = append(os.Environ(), asOperator+"=1", "KUBECONFIG="+kubeconfig)
	p.command.Stdout, p.command.Stderr = p, p
	must(t, p.command.Start())
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the operator's log:\n%s", p.String())
		}
	})
	return p
}

func (p *process) stop(t *testing.T) {
	t.Helper()
	must(t, p.command.Process.Signal(syscall.SIGTERM))
	if err := p.command.Wait(); err != nil {
		t.Errorf("the operator ends with %v", err)
	}
}

// liveThrough makes an AuthService that refers to a secret wherever it can, changes one, damages what was made, and deletes it.
func liveThrough(t *testing.T, admin client.Client) *v1alpha1.AuthService {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	secrets := userSecrets()
	for _, secret := range secrets {
		must(t, admin.Create(ctx, secret))
	}
	auth := newAuthService()
	must(t, admin.Create(ctx, auth))
	go runPods(ctx, admin)
	eventually(t, func() error { return ready(ctx, admin, auth) })

	before := get(t, admin, &appsv1.Deployment{}, auth.Name).Spec.Template.Annotations
	secrets[0].StringData = map[string]string{"uri": marker + "-rotated"}
	must(t, admin.Update(ctx, secrets[0]))
	eventually(t, func() error {
		after := get(t, admin, &appsv1.Deployment{}, auth.Name).Spec.Template.Annotations
		if fmt.Sprint(before) == fmt.Sprint(after) {
			return errors.New("the pods do not get the changed secret")
		}
		return ready(ctx, admin, auth)
	})
	service := get(t, admin, &corev1.Service{}, auth.Name)
	must(t, admin.Delete(ctx, service))
	eventually(t, func() error {
		return admin.Get(ctx, client.ObjectKeyFromObject(service), &corev1.Service{})
	})
	eventually(t, func() error { return ready(ctx, admin, auth) })
	must(t, admin.Delete(ctx, auth))
	return auth
}

func ready(ctx context.Context, admin client.Client, auth *v1alpha1.AuthService) error {
	if err := admin.Get(ctx, client.ObjectKeyFromObject(auth), auth); err != nil {
		return err
	}
	if !meta.IsStatusConditionTrue(auth.Status.Conditions, v1alpha1.ConditionReady) {
		return fmt.Errorf("not ready: %+v", auth.Status.Conditions)
	}
	return nil
}

func get[T client.Object](t *testing.T, admin client.Client, object T, name string) T {
	t.Helper()
	must(t, admin.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, object))
	return object
}

func newAuthService() *v1alpha1.AuthService {
	secret := func(name string) v1alpha1.SecretReference { return v1alpha1.SecretReference{Name: name} }
	return &v1alpha1.AuthService{
		ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: namespace},
		Spec: v1alpha1.AuthServiceSpec{
			BaseURL:  "https://auth.example.com",
			Database: v1alpha1.DatabaseSpec{SecretRef: v1alpha1.DatabaseSecretReference{Name: "db"}},
			Redis:    &v1alpha1.RedisSpec{SecretRef: v1alpha1.SecretKeyReference{SecretReference: secret("redis")}},
			Email:    &v1alpha1.EmailSpec{Host: "smtp.example.com", From: "auth@example.com", SecretRef: ptr.To(secret("smtp"))},
			SocialProviders: []v1alpha1.SocialProvider{{
				ID: "github", ClientID: "shop", ClientSecretRef: v1alpha1.SecretKeyReference{SecretReference: secret("github")},
			}},
		},
	}
}

// userSecrets are those that newAuthService refers to, and one that it does not.
func userSecrets() []*corev1.Secret {
	var secrets []*corev1.Secret
	for _, name := range []string{"db", "redis", "smtp", "github", "unrelated"} {
		secrets = append(secrets, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
			StringData: map[string]string{"uri": marker, "username": marker, "password": marker, "clientSecret": marker},
		})
	}
	return secrets
}
