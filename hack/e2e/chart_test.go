package e2e

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// chartIsReplaced uninstalls the release, installs the previous chart and upgrades it: auth servers need no operator, and
// one that comes back finds nothing to do.
func (d *demo) chartIsReplaced(t *testing.T) {
	values := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(values, []byte(d.helm(t, "get", "values", "gatehouse", "--output=yaml")), 0o600); err != nil {
		t.Fatal(err)
	}
	before := d.pods(t)
	d.underLoad(t, func(t *testing.T) {
		d.helm(t, "uninstall", "gatehouse", "--wait", "--timeout="+patience.String())
		d.releaseIsGone(t)
		// Not waited for: the images are of this version, and the previous chart does not give them all rights they need.
		d.helm(t, "install", "gatehouse", "charts/gatehouse/testdata/previous-chart.tgz", "--values="+values)
		d.helm(t, "upgrade", "gatehouse", "charts/gatehouse", "--reset-then-reuse-values", "--wait", "--timeout="+patience.String())
		d.patch(t, `{"spec":{"podDisruptionBudget":{"enabled":false}}}`)
		eventually(t, func(ctx context.Context) error { return d.runs(ctx, 2) })
		d.patch(t, `{"spec":{"podDisruptionBudget":null}}`)
		eventually(t, func(ctx context.Context) error { return d.runs(ctx, 2) })
	})
	if after := d.pods(t); !slices.Equal(uids(before), uids(after)) {
		t.Errorf("pods were replaced: %q before, %q after", names(before), names(after))
	}
}

func (d *demo) helm(t *testing.T, arguments ...string) string {
	t.Helper()
	output, err := d.kube(t.Context(), "helm", append(arguments, "--namespace="+system)...)
	if err != nil {
		t.Fatal(err)
	}
	return output
}

// releaseIsGone holds that an uninstalled release leaves what the chart's README says, and no more.
func (d *demo) releaseIsGone(t *testing.T) {
	t.Helper()
	d.kubectl(t, "get", "customresourcedefinition", "authservices.gatehouse.dev")
	eventually(t, func(ctx context.Context) error {
		var left []error
		for _, kind := range d.kinds(t) {
			list := &unstructured.UnstructuredList{}
			list.SetGroupVersionKind(kind)
			if err := d.client.List(ctx, list, client.InNamespace(system)); err != nil {
				return err
			}
			for _, object := range list.Items {
				if name := kind.Kind + " " + object.GetName(); kind.Kind != "Event" && !slices.Contains([]string{
					"ServiceAccount default", "ConfigMap kube-root-ca.crt", "Lease operator.gatehouse.dev", "Pod gatehouse-operator-test"}, name) {
					left = append(left, errors.New(name+" is left"))
				}
			}
		}
		return errors.Join(left...)
	})
	left := d.kubectl(t, "get", "clusterroles,clusterrolebindings,rolebindings,roles", "--all-namespaces",
		"--selector=app.kubernetes.io/instance=gatehouse", "--output=name")
	if strings.TrimSpace(left) != "" {
		t.Errorf("left: %s", left)
	}
}

func uids(pods []corev1.Pod) []types.UID {
	var all []types.UID
	for _, pod := range pods {
		all = append(all, pod.UID)
	}
	slices.Sort(all)
	return all
}

func names(pods []corev1.Pod) []string {
	var all []string
	for _, pod := range pods {
		all = append(all, pod.Name)
	}
	return all
}
