package v1alpha1

// MonitoringSpec makes objects for the Prometheus Operator and for Grafana.
type MonitoringSpec struct {
	// serviceMonitor tells Prometheus to scrape the metrics of the replicas.
	// +optional
	ServiceMonitor *ServiceMonitorSpec `json:"serviceMonitor,omitempty"`

	// prometheusRule tells Prometheus to alert of failures.
	// +optional
	PrometheusRule *PrometheusRuleSpec `json:"prometheusRule,omitempty"`

	// grafanaDashboard makes a ConfigMap with a dashboard, for Grafana's sidecar.
	// +optional
	GrafanaDashboard *GrafanaDashboardSpec `json:"grafanaDashboard,omitempty"`
}

// ServiceMonitorSpec is a ServiceMonitor of the Prometheus Operator.
type ServiceMonitorSpec struct {
	// labels by which your Prometheus selects ServiceMonitors.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Labels map[string]string `json:"labels,omitempty"`

	// interval between two scrapes, such as 30s. Default: that of Prometheus.
	// +optional
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[1-9][0-9]{0,8}(ms|s|m|h)$')`,message="write the interval as a number and ms, s, m or h, such as 30s"
	Interval string `json:"interval,omitempty"`
}

// PrometheusRuleSpec is a PrometheusRule of the Prometheus Operator.
type PrometheusRuleSpec struct {
	// labels by which your Prometheus selects PrometheusRules.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Labels map[string]string `json:"labels,omitempty"`
}

// GrafanaDashboardSpec is a ConfigMap with a dashboard.
type GrafanaDashboardSpec struct {
	// labels by which Grafana's sidecar finds ConfigMaps with dashboards. Default: grafana_dashboard: "1".
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Labels map[string]string `json:"labels,omitempty"`

	// annotations of the ConfigMap, such as grafana_folder.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Annotations map[string]string `json:"annotations,omitempty"`
}
