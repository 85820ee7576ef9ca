package v1alpha1_test

var storageRules = []rule{
	{
		message: "set redis too: sessions are to be stored there",
		field:   `session\.storage`,
		accept: []string{
			`{session: {storage: Redis}, redis: {secretRef: {name: redis}}}`, `session: {storage: Stateless}`, `session: {storage: Database}`,
			`{session: {storage: Redis}, redis: {secretRef: {name: redis, key: url}, caSecretRef: {name: redis-ca}, keyPrefix: "shop:"}, rateLimit: {storage: Redis}}`,
		},
		reject: []string{`session: {storage: Redis}`},
	},
	{
		message: "set redis too: requests are to be counted there",
		field:   `rateLimit\.storage`,
		accept:  []string{`{rateLimit: {storage: Redis}, redis: {secretRef: {name: redis}}}`, `rateLimit: {storage: Memory}`},
		reject:  []string{`rateLimit: {storage: Redis}`},
	},
	{
		message: "write keyPrefix in letters, digits, dots, underscores, dashes, colons, slashes and braces, such as shop:",
		field:   `redis\.keyPrefix`,
		accept:  []string{`redis: {secretRef: {name: redis}, keyPrefix: "{shop}:auth/"}`},
		reject:  []string{`redis: {secretRef: {name: redis}, keyPrefix: "shop *"}`, `redis: {secretRef: {name: redis}, keyPrefix: ""}`},
	},
	{message: "Required value", field: `redis\.secretRef`, reject: []string{`redis: {}`}},
	{message: "Unsupported value", field: `session\.storage`, reject: []string{`session: {storage: Memory}`}},
	{
		message: "give the session fields names that differ in more than upper and lower case",
		field:   `session\.fields`,
		accept:  []string{`session: {fields: [{name: theme, type: string}, {name: lastSeen, type: date, input: false, returned: false}]}`},
		reject:  []string{`session: {fields: [{name: theme, type: string}, {name: Theme, type: string}]}`},
	},
	{
		message: "choose another name: this one is a column that every session has",
		field:   `session\.fields\[0\]\.name`,
		accept:  []string{`session: {fields: [{name: role, type: string}, {name: activeOrganizationId, type: string, index: true}]}`},
		reject:  []string{`session: {fields: [{name: token, type: string}]}`, `session: {fields: [{name: userID, type: string}]}`},
	},
	{
		message: "give a required session field a default: sessions begin without input",
		field:   `session\.fields\[0\]\.default`,
		accept:  []string{`session: {fields: [{name: theme, type: enum, values: [light, dark], required: true, default: light}]}`},
		reject:  []string{`session: {fields: [{name: theme, type: string, required: true}]}`, `session: {fields: [{name: theme, type: string, required: true, input: false}]}`},
	},
	{
		message: "keep the type of an existing field: its column already holds values of that type; add a field with another name instead",
		field:   `session\.fields\[0\]\.type`,
		before:  `session: {fields: [{name: theme, type: string}]}`,
		accept:  []string{`session: {fields: [{name: theme, type: string, index: true}]}`, `session: {fields: [{name: level, type: number}]}`},
		reject:  []string{`session: {fields: [{name: theme, type: number}]}`},
	},
}

var featureRules = []rule{
	{
		message: "write ttl in hours, minutes and seconds, at least 1s and at most 87600h, such as 15m",
		field:   `features\.jwt\.ttl`,
		accept: []string{
			`features: {jwt: {ttl: 5m, algorithm: ES256, issuer: "https://auth.example.com", audience: shop}}`, `features: {bearer: {}, jwt: {}, openAPI: {}}`,
			`features: {bearer: {requireSignature: true}, openAPI: {disableReferencePage: true}}`,
		},
		reject: []string{`features: {jwt: {ttl: 0s}}`, `features: {jwt: {ttl: 1d}}`},
	},
	{
		message: "write rotationInterval in hours, minutes and seconds, at least 1h and at most 87600h, such as 720h",
		field:   `features\.jwt\.rotationInterval`,
		accept:  []string{`features: {jwt: {rotationInterval: 2160h}}`},
		reject:  []string{`features: {jwt: {rotationInterval: 59m}}`, `features: {jwt: {rotationInterval: 90d}}`},
	},
	{
		message: "write gracePeriod in hours, minutes and seconds, at least 1s and at most 87600h, such as 720h",
		field:   `features\.jwt\.gracePeriod`,
		accept:  []string{`features: {jwt: {gracePeriod: 168h}}`},
		reject:  []string{`features: {jwt: {gracePeriod: 0s}}`},
	},
	{
		message: "remove the control characters, such as line breaks and tabs",
		field:   `features\.jwt\.(issuer|audience)`,
		accept:  []string{`features: {jwt: {audience: "Größe & co"}}`},
		reject:  []string{`features: {jwt: {issuer: "a\tb"}}`, `features: {jwt: {audience: "a\nb"}}`},
	},
	{message: "Unsupported value", field: `features\.jwt\.algorithm`, reject: []string{`features: {jwt: {algorithm: HS256}}`}},
}
