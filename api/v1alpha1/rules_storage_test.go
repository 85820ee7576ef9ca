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
	{
		message: "remove deferRefresh, or choose another storage: to read a Stateless session writes nothing anyway",
		field:   `session\.deferRefresh`,
		accept:  []string{`session: {storage: Stateless, deferRefresh: false, ttl: 12h, updateAge: 1h}`},
		reject:  []string{`session: {storage: Stateless, deferRefresh: true}`},
	},
	{
		message: "remove the strategy of cookieCache, or choose another storage: a Stateless session is the encrypted cookie, JWE",
		field:   `session\.cookieCache\.strategy`,
		accept:  []string{`session: {storage: Stateless, cookieCache: {strategy: JWE, version: "2"}}`, `session: {storage: Stateless, cookieCache: {enabled: true}}`},
		reject:  []string{`session: {storage: Stateless, cookieCache: {strategy: Compact}}`},
	},
	{
		message: "remove the maxAge of cookieCache, or choose another storage: the cookie of a Stateless session lives for ttl",
		field:   `session\.cookieCache\.maxAge`,
		accept:  []string{`{session: {storage: Redis, cookieCache: {enabled: true, maxAge: 1m}}, redis: {secretRef: {name: redis}}}`},
		reject:  []string{`session: {storage: Stateless, cookieCache: {maxAge: 5m}}`},
	},
	{
		message: "remove bearer, or choose session.storage Database or Redis: with Stateless, a token alone is no session",
		field:   `features\.bearer`,
		accept:  []string{`{session: {storage: Stateless}, features: {jwt: {}, openAPI: {}}}`, `{session: {storage: Database}, features: {bearer: {}}}`},
		reject:  []string{`{session: {storage: Stateless}, features: {bearer: {}}}`},
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
		message: "remove unique from the fields, or choose storage Database: nothing else compares sessions",
		field:   `session\.fields`,
		accept: []string{
			`session: {fields: [{name: device, type: string, unique: true}]}`, `session: {storage: Database, fields: [{name: device, type: string, unique: true}]}`,
			`session: {storage: Stateless, fields: [{name: device, type: string, unique: false}]}`,
		},
		reject: []string{
			`session: {storage: Stateless, fields: [{name: device, type: string, unique: true}]}`,
			`{session: {storage: Redis, fields: [{name: device, type: string, unique: true}]}, redis: {secretRef: {name: redis}}}`,
		},
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
		message: "write rotationInterval in hours, minutes and seconds, at least 1s and at most 87600h, such as 720h",
		field:   `features\.jwt\.rotationInterval`,
		accept:  []string{`features: {jwt: {rotationInterval: 2160h}}`},
		reject:  []string{`features: {jwt: {rotationInterval: 90d}}`, `features: {jwt: {rotationInterval: 87601h}}`},
	},
	{
		message: "write publishAhead in hours, minutes and seconds, at least 1s and at most 87600h, such as 1h",
		field:   `features\.jwt\.publishAhead`,
		accept:  []string{`features: {jwt: {publishAhead: 10m, disableSettingHeader: true}}`},
		reject:  []string{`features: {jwt: {publishAhead: 0s}}`, `features: {jwt: {publishAhead: ""}}`},
	},
	{
		message: "make gracePeriod at least ttl and publishAhead together: until then somebody may hold a token of the key",
		field:   `features\.jwt\.gracePeriod`,
		accept:  []string{`features: {jwt: {gracePeriod: 75m}}`, `features: {jwt: {ttl: 1h, publishAhead: 2h, gracePeriod: 3h}}`},
		reject: []string{
			`features: {jwt: {gracePeriod: 74m}}`, `features: {jwt: {ttl: 720h}}`, `features: {jwt: {ttl: 80000h, publishAhead: 80000h, gracePeriod: 87600h}}`,
		},
	},
	{
		message: "make rotationInterval at least publishAhead: the next key is published while this one signs",
		field:   `features\.jwt\.rotationInterval`,
		accept:  []string{`features: {jwt: {rotationInterval: 1h, gracePeriod: 2h}}`},
		reject:  []string{`features: {jwt: {rotationInterval: 59m, gracePeriod: 2h}}`, `features: {jwt: {rotationInterval: 24h, publishAhead: 25h}}`},
	},
	{
		message: "make rotationInterval at least a hundredth of gracePeriod: verifiers read all keys that are published",
		field:   `features\.jwt\.rotationInterval`,
		accept:  []string{`features: {jwt: {rotationInterval: 7h12m}}`},
		reject:  []string{`features: {jwt: {rotationInterval: 7h}}`},
	},
	{
		message: "rename the custom field, or remove features.jwt: its tokens carry the fields of the user, " +
			"and iat, exp, nbf, iss, aud, sub and jti are claims of their own",
		field:  `customFields`,
		accept: []string{`{features: {jwt: {}}, customFields: [{name: expires, type: date}]}`, `customFields: [{name: exp, type: number}]`},
		reject: []string{`{features: {jwt: {}}, customFields: [{name: exp, type: number}]}`},
	},
	{
		message: "write gracePeriod in hours, minutes and seconds, at least 1s and at most 87600h, such as 720h",
		field:   `features\.jwt\.gracePeriod`,
		accept:  []string{`features: {jwt: {gracePeriod: 168h}}`},
		reject:  []string{`features: {jwt: {gracePeriod: 1w}}`},
	},
	{
		message: "remove the control characters, such as line breaks and tabs",
		field:   `features\.jwt\.(issuer|audience)`,
		accept:  []string{`features: {jwt: {audience: "Größe & co"}}`},
		reject:  []string{`features: {jwt: {issuer: "a\tb"}}`, `features: {jwt: {audience: "a\nb"}}`},
	},
	{message: "Unsupported value", field: `features\.jwt\.algorithm`, reject: []string{`features: {jwt: {algorithm: HS256}}`}},
}
