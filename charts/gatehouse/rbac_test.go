package gatehouse_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

var marker = regexp.MustCompile(`(?m)^\s*// \+kubebuilder:rbac:groups=([^,]*),resources=([^,]*),verbs=(\S*)$`)

// TestEveryMarkerIsGranted, because controller-gen silently leaves out a marker that it finds in a doc comment.
func TestEveryMarkerIsGranted(t *testing.T) {
	role := rbacv1.ClusterRole{}
	if err := yaml.UnmarshalStrict([]byte(read(t, "files/role.yaml")), &role); err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("../../controllers/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, source := range sources {
		data, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range marker.FindAllStringSubmatch(string(data), -1) {
			found++
			for resource := range strings.SplitSeq(match[2], ";") {
				for verb := range strings.SplitSeq(match[3], ";") {
					if !granted(role.Rules, strings.Trim(match[1], `"`), resource, verb) {
						t.Errorf("%s asks for %s of %s, which the role lacks: put a blank line between the marker and the doc comment, then `make generate`",
							filepath.Base(source), verb, resource)
					}
				}
			}
		}
	}
	if found == 0 {
		t.Error("no markers were found in controllers")
	}
}

func granted(rules []rbacv1.PolicyRule, group, resource, verb string) bool {
	return slices.ContainsFunc(rules, func(rule rbacv1.PolicyRule) bool {
		return slices.Contains(rule.APIGroups, group) && slices.Contains(rule.Resources, resource) && slices.Contains(rule.Verbs, verb)
	})
}
