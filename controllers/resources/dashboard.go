package resources

import (
	"encoding/json"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Dashboard is a ConfigMap that Grafana's sidecar makes a dashboard of; nil without the section.
func Dashboard(auth *v1alpha1.AuthService) *corev1.ConfigMap {
	spec := auth.Spec.Monitoring.GrafanaDashboard
	if spec == nil {
		return nil
	}
	labels := spec.Labels
	if len(labels) == 0 {
		labels = map[string]string{"grafana_dashboard": "1"}
	}
	meta := objectMeta(auth, dashboardName(auth), componentMetrics)
	meta.Labels = withLabels(labels, meta.Labels)
	meta.Annotations = spec.Annotations
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: meta,
		// The sidecar keeps the files of all namespaces in one directory.
		Data: map[string]string{"gatehouse-" + auth.Namespace + "-" + auth.Name + ".json": dashboardJSON(auth)},
	}
}

func dashboardJSON(auth *v1alpha1.AuthService) string {
	source := map[string]any{"type": "prometheus", "uid": "${datasource}"}
	var drawn []map[string]any
	for i, p := range panels(auth) {
		drawn = append(drawn, p.draw(i, source, filler(auth)))
	}
	// Maps come out sorted, so that equal specs make equal dashboards.
	data, err := json.MarshalIndent(map[string]any{
		"uid":           "gatehouse-" + digest([]byte(auth.Namespace + "/" + auth.Name))[:16],
		"title":         "Gatehouse " + auth.Namespace + "/" + auth.Name,
		"tags":          []string{"gatehouse"},
		"schemaVersion": 39,
		"timezone":      "browser",
		"refresh":       "1m",
		"time":          map[string]any{"from": "now-6h", "to": "now"},
		"templating": map[string]any{"list": []any{
			map[string]any{"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"},
		}},
		"panels": drawn,
	}, "", "  ")
	if err != nil {
		panic(err) // maps, lists, strings and numbers: there is nothing that JSON lacks
	}
	return string(data)
}

// panel is one chart: a unit of Grafana's, and expressions with their legends.
type panel struct {
	title, unit string
	lines       [][2]string
}

func (p panel) draw(index int, source map[string]any, fill *strings.Replacer) map[string]any {
	var queries []any
	for i, line := range p.lines {
		queries = append(queries, map[string]any{
			"refId": string(rune('A' + i)), "datasource": source, "expr": fill.Replace(line[0]), "legendFormat": line[1],
		})
	}
	const width, height = 8, 8
	return map[string]any{
		"id": index + 1, "type": "timeseries", "title": p.title, "datasource": source, "targets": queries,
		"gridPos":     map[string]any{"x": index % 3 * width, "y": index / 3 * height, "w": width, "h": height},
		"fieldConfig": map[string]any{"defaults": map[string]any{"unit": p.unit, "min": 0}, "overrides": []any{}},
		"options":     map[string]any{"tooltip": map[string]any{"mode": "multi"}},
	}
}
