package v1alpha1_test

var secretsRules = []rule{
	{
		message: "remove rotation, or secretRef: keys of a secret of your own are rotated by editing it",
		field:   `secrets\.rotation`,
		accept:  []string{`secrets: {secretRef: {name: keys}}`, `secrets: {rotation: {trigger: "2026-11-30"}}`},
		reject: []string{
			`secrets: {secretRef: {name: keys}, rotation: {interval: 2160h}}`, `secrets: {secretRef: {name: keys}, rotation: {revoke: now}}`,
		},
	},
	{
		message: "write interval in hours, minutes and seconds, at least 1h and at most 87600h, such as 2160h",
		field:   `secrets\.rotation\.interval`,
		accept:  []string{`secrets: {rotation: {interval: 1h}}`, `secrets: {rotation: {interval: 87600h0m0s, trigger: a, revoke: b}}`},
		reject: []string{
			`secrets: {rotation: {interval: 59m}}`, `secrets: {rotation: {interval: 90d}}`, `secrets: {rotation: {interval: ""}}`,
			`secrets: {rotation: {interval: 87601h}}`, `secrets: {rotation: {interval: -1h}}`,
		},
	},
	{message: "may not be more than 64", field: `secrets\.rotation\.(trigger|revoke)`, reject: []string{
		`secrets: {rotation: {trigger: "a123456789-123456789-123456789-123456789-123456789-123456789-1234"}}`,
		`secrets: {rotation: {revoke: "a123456789-123456789-123456789-123456789-123456789-123456789-1234"}}`,
	}},
	{message: "name an existing secret: lower-case letters, digits, dashes and dots", field: `secrets\.secretRef\.name`,
		reject: []string{`secrets: {secretRef: {name: "My Keys"}}`}},
}
