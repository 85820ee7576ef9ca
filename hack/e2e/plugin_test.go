package e2e

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// pluginWorks walks through kubectl gatehouse on a real cluster: what is only true there is that logs and ports are reached.
func (d *demo) pluginWorks(t *testing.T) {
	users := d.users(t)
	for arguments, want := range map[string]string{
		"status " + name:               "Deployment",
		"logs " + name + " --since=1h": `"level":"INFO"`,
		"check " + name:                "sign",
	} {
		if output := d.plugin(t, strings.Fields(arguments)...); !strings.Contains(output, want) {
			t.Errorf("kubectl gatehouse %s does not show %q:\n%s", arguments, want, output)
		}
	}
	if more := d.users(t) - users; more != 1 {
		t.Errorf("the check has left %d users, where spec.user.deleteUser does not let it delete one", more)
	}
}

// planIsApproved holds a migration back until the plugin approves its plan.
func (d *demo) planIsApproved(t *testing.T) {
	hash := d.schemaHash(t)
	d.underLoad(t, func(t *testing.T) {
		d.patch(t, `{"spec":{"migration":{"policy":"Approve"}}}`)
		d.patch(t, d.withField(t, v1alpha1.CustomField{Name: "approved", Type: "string"}))
		eventually(t, func(ctx context.Context) error { return d.isNotReady(ctx, v1alpha1.ReasonApprovalNeeded) })
		if plan := d.plugin(t, "plan", name); !strings.Contains(plan, `ADD COLUMN "approved"`) {
			t.Errorf("kubectl gatehouse plan does not show the column:\n%s", plan)
		}
		if now := d.schemaHash(t); now != hash {
			t.Errorf("without an approval the schema has become %s", now)
		}
		d.plugin(t, "approve", name, "--yes", "--wait="+patience.String())
		eventually(t, func(ctx context.Context) error { return d.runs(ctx, 2) })
	})
	if now := d.schemaHash(t); now == hash {
		t.Errorf("with an approval the schema is still %s", now)
	}
	d.patch(t, `{"spec":{"migration":null}}`)
	eventually(t, func(ctx context.Context) error { return d.runs(ctx, 2) })
}

func (d *demo) plugin(t *testing.T, arguments ...string) string {
	t.Helper()
	output, err := d.run(t.Context(), filepath.Join(d.root, "bin", "kubectl-gatehouse"),
		append(arguments, "--namespace="+namespace), "KUBECONFIG="+d.cluster.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	return output
}
