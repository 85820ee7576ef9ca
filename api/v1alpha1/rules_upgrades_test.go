package v1alpha1_test

var upgradeRules = []rule{
	{
		message: `supported values: "Auto", "Approve"`,
		field:   `migration\.policy`,
		accept:  []string{`migration: {policy: Auto}`, `migration: {policy: Approve}`, `migration: {}`},
		reject:  []string{`migration: {policy: Never}`, `migration: {policy: ""}`},
	},
	{
		message: "must be of type boolean",
		field:   `rollout\.canary`,
		accept:  []string{`rollout: {canary: true}`, `rollout: {canary: false}`, `rollout: {}`},
		reject:  []string{`rollout: {canary: "no"}`},
	},
}
