package gatehouse_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	// previous is the chart of the last release, as helm packages it.
	previous = "testdata/previous-chart.tgz"
	// newField is one that the previous CRD does not have.
	newField = ".spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.suspend.type"
)

// upgradesAndRollsBack: an AuthService made under the previous chart lives through the upgrade, its rollback and the end of
// the release, and the CRD gets the new fields.
func (c cluster) upgradesAndRollsBack(t *testing.T) {
	const crd, sample = "crd/authservices.gatehouse.dev", "../../config/samples/minimal.yaml"
	c.helm(t, "install", release, previous)
	c.kubectl(t, "wait", "--for=condition=Established", crd)
	c.kubectl(t, "apply", "--namespace", "team-a", "--filename", sample)
	identity := func() string {
		return c.kubectl(t, "get", "--namespace", "team-a", "--filename", sample, "--output=jsonpath={.metadata.uid} {.spec.database.secretRef}")
	}
	deployment := func() string {
		return c.kubectl(t, "get", "--namespace", namespace, "deployment/gatehouse-operator", "--output=jsonpath={.metadata.uid} {.spec.selector.matchLabels}")
	}
	field := func() string { return c.kubectl(t, "get", crd, "--output=jsonpath={"+newField+"}") }
	auth, before := identity(), deployment()
	if field() != "" {
		t.Fatalf("the previous CRD has %s too: choose a newer field", newField)
	}

	c.helm(t, "upgrade", release, ".")
	if field() != "boolean" {
		t.Error("the upgrade leaves the previous CRD")
	}
	c.kubectl(t, "patch", "--namespace", "team-a", "--filename", sample, "--type=merge", `--patch={"spec":{"suspend":true}}`)
	c.kubectl(t, "patch", "--namespace", "team-a", "--filename", sample, "--type=merge", `--patch={"spec":{"suspend":null}}`)
	if diff := cmp.Diff(before, deployment()); diff != "" {
		t.Errorf("the upgrade makes another Deployment (-before +after): %s", diff)
	}

	c.helm(t, "rollback", release, "1")
	if diff := cmp.Diff(before, deployment()); diff != "" {
		t.Errorf("the rollback makes another Deployment (-before +after): %s", diff)
	}
	if left := c.kubectl(t, "get", "--namespace", namespace, "networkpolicies", "--output=name"); left != "" {
		t.Errorf("the rollback leaves what the previous chart does not have: %s", left)
	}
	c.helm(t, "upgrade", release, ".")
	c.helm(t, "uninstall", release)
	c.leavesNothingBut(t, crd)
	if diff := cmp.Diff(auth, identity()); diff != "" {
		t.Errorf("the AuthService is another one (-before +after): %s", diff)
	}
	c.kubectl(t, "delete", "--namespace", "team-a", "--filename", sample)
	c.kubectl(t, "delete", crd)
}

// leavesNothingBut what the README says: everything that carries the label of the release is gone.
func (c cluster) leavesNothingBut(t *testing.T, kept string) {
	t.Helper()
	const kinds = "deployments,services,servicemonitors,serviceaccounts,configmaps,secrets,networkpolicies,poddisruptionbudgets,roles,rolebindings," +
		"clusterroles,clusterrolebindings,customresourcedefinitions"
	left := c.kubectl(t, "get", kinds, "--all-namespaces", "--selector=app.kubernetes.io/instance="+release, "--output=name")
	if want := strings.Replace(kept, "crd/", "customresourcedefinition.apiextensions.k8s.io/", 1); strings.TrimSpace(left) != want {
		t.Errorf("uninstalling leaves %q, want %q", left, want)
	}
}

// installsInOneNamespace for a user who may do what they like there, and nothing elsewhere.
func (c cluster) installsInOneNamespace(t *testing.T) {
	c.kubectl(t, "create", "rolebinding", "owner", "--namespace", namespace, "--clusterrole=cluster-admin", "--user=owner")
	arguments := []string{release, ".", "--kube-as-user=owner", "--values", "testdata/single-namespace.values.yaml"}
	c.helm(t, append([]string{"install"}, arguments...)...)
	c.helm(t, append([]string{"upgrade"}, append(arguments, "--set", "replicas=2")...)...)
	c.helm(t, "uninstall", release, "--kube-as-user=owner")
	c.leavesNothingBut(t, "")

	_, err := run(t, "HELM", "--kubeconfig", c.kubeconfig, "--namespace", namespace, "install", release, ".", "--kube-as-user=owner")
	if err == nil || !strings.Contains(err.Error(), "forbidden") {
		t.Errorf("the owner of a namespace installs the defaults, so the test shows nothing: %v", err)
	}
}
