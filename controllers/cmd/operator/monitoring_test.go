package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// metric is what a query of ours reads: every name is followed by a selector of the operator's targets.
var metric = regexp.MustCompile(`([a-z][a-z_]+)\{(?:namespace|job)=`)

// checkMonitored: the alerts and the dashboard read nothing that the operator does not serve.
func checkMonitored(t *testing.T, served string) {
	t.Helper()
	for _, file := range []string{"prometheus/rules.yaml", "grafana/dashboard.json"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", "config", file))
		must(t, err)
		names := metric.FindAllStringSubmatch(string(data), -1)
		if len(names) < 4 {
			t.Errorf("%s: found only the metrics %q", file, names)
		}
		for _, name := range names {
			// Prometheus makes up itself.
			if name[1] != "up" && !strings.Contains(served, "\n"+name[1]+"{") && !strings.Contains(served, "\n"+name[1]+" ") {
				t.Errorf("%s reads %s, which the operator does not serve", file, name[1])
			}
		}
	}
}
