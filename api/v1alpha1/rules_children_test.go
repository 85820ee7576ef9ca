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
}
