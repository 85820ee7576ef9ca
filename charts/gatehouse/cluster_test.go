package gatehouse_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// cluster is a real API server, without nodes.
type cluster struct{ kubeconfig string }

func TestOnAnAPIServer(t *testing.T) {
	c := startCluster(t)
	for _, name := range []string{namespace, "team-a", "team-b"} {
		c.kubectl(t, "create", "namespace", name)
	}
	c.kubectl(t, "label", "namespace", namespace,
		"pod-security.kubernetes.io/enforce=restricted", "pod-security.kubernetes.io/warn=restricted")
	c.kubectl(t, "apply", "--filename", "../../controllers/testdata/crds/monitoring.yaml")
	c.kubectl(t, "wait", "--for=condition=Established", "crd", "--all")
	t.Run("renderings", c.takesEveryRendering)
	t.Run("lifecycle", c.installsAndUninstalls)
	t.Run("upgrade", c.upgradesAndRollsBack)
	t.Run("one namespace", c.installsInOneNamespace)
}

// takesEveryRendering sends what helm renders to the API server, which validates each object and warns of pods that the
// restricted Pod Security level would refuse.
func (c cluster) takesEveryRendering(t *testing.T) {
	for name, values := range cases(t) {
		t.Run(name, func(t *testing.T) {
			manifest := filepath.Join(t.TempDir(), "manifest.yaml")
			rendering := render(t, "--values", values)
			if err := os.WriteFile(manifest, []byte(rendering), 0o600); err != nil {
				t.Fatal(err)
			}
			c.kubectl(t, "apply", "--server-side", "--dry-run=server", "--warnings-as-errors", "--validate=strict", "--filename", manifest)
		})
	}
}

// installsAndUninstalls: an AuthService outlives the operator's release, and the next release takes over.
func (c cluster) installsAndUninstalls(t *testing.T) {
	const sample = "../../config/samples/minimal.yaml"
	c.helm(t, "install", release, ".")
	c.kubectl(t, "wait", "--for=condition=Established", "crd/authservices.gatehouse.dev")
	c.kubectl(t, "apply", "--namespace", "team-a", "--filename", sample)

	c.helm(t, "upgrade", release, ".", "--set", "replicas=2")
	if budgets := c.kubectl(t, "get", "--namespace", namespace, "poddisruptionbudgets", "--output=name"); !strings.Contains(budgets, "gatehouse-operator") {
		t.Errorf("two replicas have no PodDisruptionBudget: %q", budgets)
	}

	c.helm(t, "uninstall", release)
	if left := c.kubectl(t, "get", "--namespace", namespace, "deployments,services,roles", "--output=name"); left != "" {
		t.Errorf("uninstalling leaves %s", left)
	}
	c.kubectl(t, "get", "--namespace", "team-a", "--filename", sample)

	c.helm(t, "install", release, ".", "--set", "crds.keep=false")
	c.helm(t, "uninstall", release)
	c.kubectl(t, "wait", "--for=delete", "crd/authservices.gatehouse.dev")
}

func (c cluster) kubectl(t *testing.T, arguments ...string) string {
	t.Helper()
	return mustRun(t, "KUBECTL", append([]string{"--kubeconfig", c.kubeconfig}, arguments...)...)
}

func (c cluster) helm(t *testing.T, arguments ...string) {
	t.Helper()
	mustRun(t, "HELM", append([]string{"--kubeconfig", c.kubeconfig, "--namespace", namespace}, arguments...)...)
}

func startCluster(t *testing.T) cluster {
	t.Helper()
	environment := &envtest.Environment{}
	if _, err := environment.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := environment.Stop(); err != nil {
			t.Error(err)
		}
	})
	c := cluster{filepath.Join(t.TempDir(), "kubeconfig")}
	if err := os.WriteFile(c.kubeconfig, environment.KubeConfig, 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}
