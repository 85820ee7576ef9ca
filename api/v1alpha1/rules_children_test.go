package v1alpha1_test

// childRules are of the sections that have objects of their own.
var childRules = []rule{
	{
		message: "set maxReplicas to minReplicas or more",
		field:   `autoscaling\.maxReplicas`,
		accept:  []string{`autoscaling: {maxReplicas: 2}`, `autoscaling: {minReplicas: 1, maxReplicas: 1}`, `autoscaling: {minReplicas: 3, maxReplicas: 30, targetCPUUtilization: 60, targetMemoryUtilization: 70}`},
		reject:  []string{`autoscaling: {maxReplicas: 1}`, `autoscaling: {minReplicas: 4, maxReplicas: 3}`},
	},
	{
		message: "set minAvailable or maxUnavailable, not both",
		field:   `podDisruptionBudget`,
		accept:  []string{`podDisruptionBudget: {}`, `podDisruptionBudget: {enabled: false}`},
		reject:  []string{`podDisruptionBudget: {minAvailable: 1, maxUnavailable: 1}`},
	},
	{
		message: "write minAvailable as a number from 1 on, or from 1% to 99%: with 100% drains would wait for ever",
		field:   `podDisruptionBudget\.minAvailable`,
		accept:  []string{`podDisruptionBudget: {minAvailable: 1}`, `podDisruptionBudget: {minAvailable: "50%"}`},
		reject:  []string{`podDisruptionBudget: {minAvailable: 0}`, `podDisruptionBudget: {minAvailable: "100%"}`, `podDisruptionBudget: {minAvailable: all}`},
	},
	{
		message: "write maxUnavailable as a number from 1 on, or from 1% to 100%: with 0 drains would wait for ever",
		field:   `podDisruptionBudget\.maxUnavailable`,
		accept:  []string{`podDisruptionBudget: {maxUnavailable: 2}`, `podDisruptionBudget: {maxUnavailable: "100%"}`},
		reject:  []string{`podDisruptionBudget: {maxUnavailable: 0}`, `podDisruptionBudget: {maxUnavailable: "0%"}`, `podDisruptionBudget: {maxUnavailable: -1}`, `podDisruptionBudget: {maxUnavailable: "2"}`},
	},
	{
		message: "write host as a lower-case name, such as auth.example.com, without scheme, port and path; an IP address is none",
		field:   `ingress\.host`,
		accept:  []string{`ingress: {host: auth.example.com}`, `ingress: {host: localhost}`},
		reject: []string{
			`ingress: {host: "https://auth.example.com"}`, `ingress: {host: "auth.example.com:443"}`, `ingress: {host: Auth.example.com}`,
			`ingress: {host: 10.0.0.1}`, `ingress: {host: "*.example.com"}`, `ingress: {host: ""}`, `ingress: {host: auth.example.com/}`,
		},
	},
	{
		message: "set host, or a baseURL with a host name: an Ingress has to know which host it leads to the service; an IP address is none",
		field:   `ingress\.host`,
		accept: []string{
			`{baseURL: "https://auth.example.com:8443", ingress: {className: nginx, tlsSecretName: auth-tls, annotations: {a.example.com/b: c}}}`,
			`{baseURL: "https://10.0.0.1", ingress: {host: auth.example.com}}`,
		},
		reject: []string{`ingress: {}`, `{baseURL: "http://10.0.0.1", ingress: {}}`, `{baseURL: "http://[::1]:3001", ingress: {}}`},
	},
	{
		message: "name an IngressClass: lower-case letters, digits, dashes and dots",
		field:   `ingress\.className`,
		accept:  []string{`ingress: {host: a.example.com, className: nginx.internal-1}`},
		reject:  []string{`ingress: {host: a.example.com, className: ""}`, `ingress: {host: a.example.com, className: Nginx}`},
	},
	{
		message: "name a secret with tls.crt and tls.key: lower-case letters, digits, dashes and dots",
		field:   `ingress\.tlsSecretName`,
		accept:  []string{`ingress: {host: a.example.com, tlsSecretName: a.example.com}`},
		reject:  []string{`ingress: {host: a.example.com, tlsSecretName: ""}`, `ingress: {host: a.example.com, tlsSecretName: other/tls}`},
	},
	{
		message: "write hostnames as lower-case names, such as auth.example.com or *.example.com, without scheme, port and path; an IP address is none",
		field:   `httpRoute\.hostnames\[1\]`,
		accept:  []string{`httpRoute: {parentRefs: [{name: public}], hostnames: [auth.example.com, "*.example.com"]}`},
		reject: []string{
			`httpRoute: {parentRefs: [{name: public}], hostnames: [a.example.com, "https://auth.example.com"]}`,
			`httpRoute: {parentRefs: [{name: public}], hostnames: [a.example.com, 10.0.0.1]}`,
			`httpRoute: {parentRefs: [{name: public}], hostnames: [a.example.com, "*"]}`,
			`httpRoute: {parentRefs: [{name: public}], hostnames: [a.example.com, "auth.*.example.com"]}`,
		},
	},
	{
		message: "set hostnames, or a baseURL with a host name: a route has to know which host it leads to the service; an IP address is none",
		field:   `httpRoute\.hostnames`,
		accept:  []string{`{baseURL: "https://auth.example.com", httpRoute: {parentRefs: [{name: public}]}}`},
		reject:  []string{`httpRoute: {parentRefs: [{name: public}]}`, `{baseURL: "https://10.0.0.1", httpRoute: {parentRefs: [{name: public}]}}`},
	},
	{
		message: "set baseURL, or begin hostnames with a name without *: clients need one address of the service",
		field:   `httpRoute\.hostnames`,
		accept: []string{
			`{baseURL: "https://auth.example.com", httpRoute: {parentRefs: [{name: public}], hostnames: ["*.example.com"]}}`,
			`{ingress: {host: auth.example.com}, httpRoute: {parentRefs: [{name: public}], hostnames: ["*.example.com"]}}`,
		},
		reject: []string{`httpRoute: {parentRefs: [{name: public}], hostnames: ["*.example.com"]}`},
	},
	{
		message: "name a Gateway: lower-case letters, digits, dashes and dots",
		field:   `httpRoute\.parentRefs\[0\]\.name`,
		accept:  []string{`httpRoute: {parentRefs: [{name: public.v1}], hostnames: [a.example.com]}`},
		reject:  []string{`httpRoute: {parentRefs: [{name: ""}], hostnames: [a.example.com]}`, `httpRoute: {parentRefs: [{name: infra/public}], hostnames: [a.example.com]}`},
	},
	{
		message: "name a namespace: lower-case letters, digits and dashes",
		field:   `httpRoute\.parentRefs\[0\]\.namespace`,
		accept:  []string{`httpRoute: {parentRefs: [{name: public, namespace: infra, sectionName: https, port: 443}], hostnames: [a.example.com]}`},
		reject:  []string{`httpRoute: {parentRefs: [{name: public, namespace: infra.x}], hostnames: [a.example.com]}`, `httpRoute: {parentRefs: [{name: public, namespace: ""}], hostnames: [a.example.com]}`},
	},
	{
		message: "name a listener of the Gateway: lower-case letters, digits, dashes and dots",
		field:   `httpRoute\.parentRefs\[0\]\.sectionName`,
		accept:  []string{`httpRoute: {parentRefs: [{name: public, sectionName: https}], hostnames: [a.example.com]}`},
		reject:  []string{`httpRoute: {parentRefs: [{name: public, sectionName: HTTPS}], hostnames: [a.example.com]}`},
	},
	{message: "Required value", field: `httpRoute\.parentRefs`, reject: []string{`httpRoute: {hostnames: [a.example.com]}`}},
	{
		message: "should have at least 1 items", field: `networkPolicy\.(from|monitoringFrom|egress)`,
		accept: []string{`networkPolicy: {}`, `networkPolicy: {from: [{namespaceSelector: {}}], monitoringFrom: [{podSelector: {}}], egress: [{}]}`},
		reject: []string{`networkPolicy: {from: []}`, `networkPolicy: {monitoringFrom: []}`, `networkPolicy: {egress: []}`},
	},
	{
		message: "write the interval as a number and ms, s, m or h, such as 30s",
		field:   `monitoring\.serviceMonitor\.interval`,
		accept:  []string{`monitoring: {serviceMonitor: {interval: 30s}}`},
		reject:  []string{`monitoring: {serviceMonitor: {interval: "30"}}`, `monitoring: {serviceMonitor: {interval: 0s}}`, `monitoring: {serviceMonitor: {interval: ""}}`},
	},
}
