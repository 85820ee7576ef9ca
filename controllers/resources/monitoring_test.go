package resources

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// monitored has everything that can be monitored.
func monitored() *v1alpha1.AuthService {
	auth := withEmail()
	auth.Spec.Redis = withRedis().Spec.Redis
	auth.Spec.Monitoring = v1alpha1.MonitoringSpec{
		ServiceMonitor:   &v1alpha1.ServiceMonitorSpec{Labels: map[string]string{"release": "prometheus"}, Interval: "30s"},
		PrometheusRule:   &v1alpha1.PrometheusRuleSpec{Labels: map[string]string{"release": "prometheus", LabelManagedBy: "me"}},
		GrafanaDashboard: &v1alpha1.GrafanaDashboardSpec{Annotations: map[string]string{"grafana_folder": "Auth"}},
	}
	return auth
}

var (
	registered = regexp.MustCompile(`(?:Name:\s+|NewDesc\()"(gatehouse_[a-z_]+)"`)
	used       = regexp.MustCompile(`\b([a-z_]+)\{`)
	labelUsed  = regexp.MustCompile(`[{,]([a-z_]+)(?:=|!=|=~|!~)"`)
)

// exported are the metrics of the auth server, read from where it registers them, and those of the libraries that it
// registers too. A histogram stands for its series.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	if err := filepath.WalkDir("../../authserver", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() == "schema" {
			return fs.SkipDir // whose names are of tables
		}
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, match := range registered.FindAllSubmatch(source, -1) {
			names[string(match[1])] = true
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(names) < 10 {
		t.Fatalf("only %d metrics found: they are registered in another way than this test knows", len(names))
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		names[family.GetName()] = true
	}
	return names
}

func metricsIn(expression string) []string {
	var names []string
	for _, match := range used.FindAllStringSubmatch(expression, -1) {
		name := match[1]
		for _, series := range []string{"_bucket", "_sum", "_count"} {
			if base := strings.TrimSuffix(name, series); strings.HasSuffix(base, "_seconds") {
				name = base
			}
		}
		names = append(names, name)
	}
	return names
}

func TestAlertsAndPanelsAreAboutMetricsThatExist(t *testing.T) {
	t.Parallel()
	known := exported(t)
	known["up"], known["gatehouse_authservice_ready"] = true, true // of Prometheus, and of the operator
	var expressions []string
	for _, a := range alerts(monitored()) {
		expressions = append(expressions, a.expr)
	}
	shown := map[string]bool{}
	for _, p := range panels(monitored()) {
		for _, line := range p.lines {
			expressions = append(expressions, line[0])
			for _, name := range metricsIn(line[0]) {
				shown[name] = true
			}
		}
	}
	labels := []string{"namespace", "exported_namespace", "job", "name", "code", "route", "state", "outcome", "kind"}
	for _, expression := range expressions {
		names := metricsIn(expression)
		if len(names) == 0 {
			t.Errorf("no metric in %s", expression)
		}
		for _, name := range names {
			if !known[name] {
				t.Errorf("nobody exports %s, of %s", name, expression)
			}
		}
		for _, match := range labelUsed.FindAllStringSubmatch(expression, -1) {
			if !slices.Contains(labels, match[1]) {
				t.Errorf("no metric has the label %s, of %s", match[1], expression)
			}
		}
		if strings.Count(expression, "(") != strings.Count(expression, ")") || strings.Count(expression, "{") != strings.Count(expression, "}") {
			t.Errorf("brackets do not match in %s", expression)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if strings.HasPrefix(name, "gatehouse_") && !shown[name] {
			t.Errorf("no panel shows %s", name)
		}
	}
}

func TestAlertsAreAboutWhatTheSpecHas(t *testing.T) {
	t.Parallel()
	stopped := minimal()
	stopped.Spec.Replicas = new(int32)
	for name, test := range map[string]struct {
		auth          *v1alpha1.AuthService
		with, without string
	}{
		"everything": {monitored(), "GatehouseDown GatehouseMailWaits GatehouseRedisTimeouts", ""},
		"minimal":    {minimal(), "GatehouseDown GatehouseErrors GatehouseSlow GatehouseNotReady", "GatehouseMailWaits GatehouseMailLost GatehouseRedisTimeouts"},
		"stopped":    {stopped, "GatehouseNotReady", "GatehouseDown GatehouseReplicaDown"},
	} {
		there := map[string]bool{}
		for _, a := range alerts(test.auth) {
			if there[a.name] {
				t.Errorf("%s: %s is there twice", name, a.name)
			}
			there[a.name] = true
			if text := a.expr + a.summary + a.advice; strings.Contains(strings.ReplaceAll(text, "{{ $labels", ""), "$") || strings.Contains(text, "loginspace") {
				t.Errorf("%s: %s has something that was not filled in: %s", name, a.name, text)
			}
		}
		for want := range strings.FieldsSeq(test.with) {
			if !there[want] {
				t.Errorf("%s: no %s", name, want)
			}
		}
		for not := range strings.FieldsSeq(test.without) {
			if there[not] {
				t.Errorf("%s: %s", name, not)
			}
		}
	}
}

func TestDashboardIsJSONWithPanelsOfTheirOwn(t *testing.T) {
	t.Parallel()
	var dashboard struct {
		UID    string `json:"uid"`
		Panels []struct {
			ID      int `json:"id"`
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ RefID, Expr string }
		}
	}
	text := Dashboard(monitored()).Data["gatehouse-shop-login.json"]
	if err := json.Unmarshal([]byte(text), &dashboard); err != nil {
		t.Fatal(err)
	}
	if len(dashboard.UID) > 40 || len(dashboard.Panels) != len(panels(monitored())) {
		t.Errorf("uid %s, %d panels", dashboard.UID, len(dashboard.Panels))
	}
	ids, places := map[int]bool{}, map[[2]int]bool{}
	for _, p := range dashboard.Panels {
		place := [2]int{p.GridPos.X, p.GridPos.Y}
		if ids[p.ID] || places[place] || p.GridPos.X+p.GridPos.W > 24 || len(p.Targets) == 0 {
			t.Errorf("panel %d at %v: not of its own, or empty", p.ID, place)
		}
		ids[p.ID], places[place] = true, true
		for _, target := range p.Targets {
			if strings.Contains(target.Expr, "$targets") || strings.Contains(target.Expr, "$name") || strings.Contains(target.Expr, "loginspace") {
				t.Errorf("not filled in: %s", target.Expr)
			}
		}
	}
	other := monitored()
	other.Namespace = "another"
	if strings.Contains(dashboardJSON(other), dashboard.UID) {
		t.Error("another instance has the same uid")
	}
}
