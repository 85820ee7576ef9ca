package resources

import (
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// alert is one alerting rule of Prometheus.
type alert struct {
	name, expr, wait, severity, summary, advice string
}

// The severities of alerts.
const (
	critical = "critical" // users notice it
	warning  = "warning"  // they soon will
)

// targets selects, in an expression, what the ServiceMonitor of the instance scrapes.
func targets(auth *v1alpha1.AuthService) string {
	return fmt.Sprintf("namespace=%q,job=%q", auth.Namespace, metricsName(auth))
}

// filler puts the instance into expressions and texts.
func filler(auth *v1alpha1.AuthService) *strings.Replacer {
	return strings.NewReplacer("$targets", targets(auth), "$namespace", auth.Namespace, "$name", auth.Name)
}

// alerts are about what the spec has: mail, Redis and replicas.
func alerts(auth *v1alpha1.AuthService) []alert {
	all := append(replicaAlerts(auth), requestAlerts()...)
	if auth.Spec.Email != nil {
		all = append(all, mailAlerts()...)
	}
	if auth.Spec.Redis != nil {
		all = append(all, alert{
			"GatehouseRedisTimeouts", `sum(rate(gatehouse_redis_timeouts_total{$targets}[5m])) > 0`, "5m", warning,
			"Requests wait for Redis in vain", "Is Redis reachable and fast enough? See its latency, and the errors in the log of the pods.",
		})
	}
	fill := filler(auth)
	for i := range all {
		all[i].expr, all[i].advice = fill.Replace(all[i].expr), fill.Replace(all[i].advice)
		all[i].summary += fill.Replace(" (AuthService $name in $namespace)")
	}
	return all
}

// replicaAlerts leave out that nobody answers where nobody should.
func replicaAlerts(auth *v1alpha1.AuthService) []alert {
	all := []alert{{
		// Prometheus renames the label namespace unless it is told to honor those of the operator.
		"GatehouseNotReady", `gatehouse_authservice_ready{name="$name",namespace="$namespace"} == 0 or gatehouse_authservice_ready{name="$name",exported_namespace="$namespace"} == 0`,
		"15m", warning,
		"The service is not as its spec says", "The conditions say why: kubectl -n $namespace describe authservices.gatehouse.dev $name",
	}}
	if Replicas(auth) == 0 {
		return all
	}
	return append(all, alert{
		"GatehouseDown", `absent(up{$targets} == 1)`, "5m", critical,
		"No replica answers Prometheus", "See the pods: kubectl -n $namespace describe pods -l app.kubernetes.io/instance=$name. With a NetworkPolicy, monitoringFrom must let Prometheus in.",
	}, alert{
		"GatehouseReplicaDown", `up{$targets} == 0`, "10m", warning,
		"A replica does not answer Prometheus", "See the pod {{ $labels.pod }}: kubectl -n $namespace describe pod {{ $labels.pod }}",
	})
}

func requestAlerts() []alert {
	return []alert{
		{
			"GatehouseErrors", `sum(rate(gatehouse_http_request_duration_seconds_count{$targets,code=~"5.."}[5m])) / sum(rate(gatehouse_http_request_duration_seconds_count{$targets}[5m])) > 0.05`,
			"5m", critical,
			"More than 5 % of the requests fail", "The log of the pods has the cause of each; most often it is the database.",
		},
		{
			"GatehouseSlow", `histogram_quantile(0.95, sum by (le) (rate(gatehouse_http_request_duration_seconds_bucket{$targets}[5m]))) > 2.5`,
			"10m", warning,
			"5 % of the requests take more than 2.5 s", "Either sign-ins wait for CPU (gatehouse_password_hashes) or requests for the database (gatehouse_database_waits_total).",
		},
		{
			"GatehousePasswordsWait", `max(avg_over_time(gatehouse_password_hashes{$targets}[5m])) > 16`,
			"5m", warning,
			"Sign-ins wait for the hashing of passwords", "Give the replicas more CPU (spec.template) or make more of them (spec.autoscaling). If sign-ins fail en masse, somebody is guessing passwords.",
		},
		{
			"GatehouseDatabaseConnectionsUsed", `max(sum without (state) (gatehouse_database_connections{$targets,state="in_use"}) / gatehouse_database_connections_limit{$targets}) > 0.9`,
			"10m", warning,
			"A replica uses nearly all of its database connections", "Raise spec.database.maxConnections if the database allows that for every replica, or find out why it is slow.",
		},
	}
}

func mailAlerts() []alert {
	return []alert{
		{
			"GatehouseMailWaits", `max(gatehouse_outbox_age_seconds{$targets}) > 900`, "5m", warning,
			"A mail waits for more than 15 minutes", "The log of the pods says what the mail server of spec.email answers.",
		},
		{
			"GatehouseMailLost", `sum by (kind, outcome) (increase(gatehouse_mails_total{$targets,outcome=~"refused|expired|template"}[1h])) > 0`, "1m", warning,
			"Mails were given up", "Of kind {{ $labels.kind }}: {{ $labels.outcome }}. The log of the pods says why.",
		},
	}
}
