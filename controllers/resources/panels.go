package resources

import (
	"slices"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// panels are about everything that the auth server tells, as far as the spec has it.
func panels(auth *v1alpha1.AuthService) []panel {
	all := slices.Concat(requestPanels, databasePanels)
	if auth.Spec.Redis != nil {
		all = append(all, redisPanels...)
	}
	if auth.Spec.Email != nil {
		all = append(all, mailPanels...)
	}
	return append(all, processPanels...)
}

var requestPanels = []panel{
	{"Requests by route", "reqps", [][2]string{
		{`sum by (route) (rate(gatehouse_http_request_duration_seconds_count{$targets}[$__rate_interval]))`, "{{route}}"},
	}},
	{"Answers by status", "reqps", [][2]string{
		{`sum by (code) (rate(gatehouse_http_request_duration_seconds_count{$targets}[$__rate_interval]))`, "{{code}}"},
	}},
	{"Duration", "s", [][2]string{
		{`histogram_quantile(0.5, sum by (le) (rate(gatehouse_http_request_duration_seconds_bucket{$targets}[$__rate_interval])))`, "half"},
		{`histogram_quantile(0.95, sum by (le) (rate(gatehouse_http_request_duration_seconds_bucket{$targets}[$__rate_interval])))`, "95 %"},
		{`sum(rate(gatehouse_http_request_duration_seconds_sum{$targets}[$__rate_interval])) / sum(rate(gatehouse_http_request_duration_seconds_count{$targets}[$__rate_interval]))`, "average"},
	}},
	{"Requests in flight", "short", [][2]string{{`gatehouse_http_requests_in_flight{$targets}`, "{{pod}}"}}},
	{"Refused by the rate limit", "reqps", [][2]string{
		{`sum by (route) (rate(gatehouse_rate_limit_refusals_total{$targets}[$__rate_interval]))`, "{{route}}"},
	}},
	{"Passwords being hashed", "short", [][2]string{{`gatehouse_password_hashes{$targets}`, "{{pod}}"}}},
	{"Passwords refused because too many wait", "ops", [][2]string{{`sum by (pod) (rate(gatehouse_password_hashes_refused_total{$targets}[$__rate_interval]))`, "{{pod}}"}}},
}

var databasePanels = []panel{
	{"Database connections", "short", [][2]string{
		{`sum by (state) (gatehouse_database_connections{$targets})`, "{{state}}"},
		{`sum(gatehouse_database_connections_limit{$targets})`, "limit"},
	}},
	{"Waits for a database connection", "ops", [][2]string{
		{`sum by (pod) (rate(gatehouse_database_waits_total{$targets}[$__rate_interval]))`, "{{pod}}"},
	}},
}

var redisPanels = []panel{
	{"Redis connections", "short", [][2]string{{`sum by (state) (gatehouse_redis_connections{$targets})`, "{{state}}"}}},
	{"Timeouts of Redis", "ops", [][2]string{{`sum by (pod) (rate(gatehouse_redis_timeouts_total{$targets}[$__rate_interval]))`, "{{pod}}"}}},
}

var mailPanels = []panel{
	{"Mails", "ops", [][2]string{{`sum by (kind, outcome) (rate(gatehouse_mails_total{$targets}[$__rate_interval]))`, "{{kind}}, {{outcome}}"}}},
	{"Mails that wait", "short", [][2]string{{`max(gatehouse_outbox_mails{$targets})`, "mails"}}},
	{"The oldest mail that waits", "s", [][2]string{{`max(gatehouse_outbox_age_seconds{$targets})`, "age"}}},
}

var processPanels = []panel{
	{"Replicas that answer, and Ready", "short", [][2]string{
		{`sum(up{$targets})`, "replicas"},
		{`gatehouse_authservice_ready{name="$name",namespace="$namespace"} or gatehouse_authservice_ready{name="$name",exported_namespace="$namespace"}`, "Ready"},
	}},
	{"CPU", "short", [][2]string{{`sum by (pod) (rate(process_cpu_seconds_total{$targets}[$__rate_interval]))`, "{{pod}}"}}},
	{"Memory", "bytes", [][2]string{
		{`process_resident_memory_bytes{$targets}`, "{{pod}}"},
		{`go_memstats_heap_inuse_bytes{$targets}`, "{{pod}}, heap"},
	}},
	{"Goroutines", "short", [][2]string{{`go_goroutines{$targets}`, "{{pod}}"}}},
}
