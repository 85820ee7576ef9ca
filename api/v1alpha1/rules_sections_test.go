package v1alpha1_test

var rateLimitRules = []rule{
	{
		message: "write window in hours, minutes and seconds, at least 1s and at most 87600h, such as 15m",
		field:   `rateLimit\.(window|rules\[0\]\.window)`,
		accept:  []string{`rateLimit: {window: 1h30m}`, `rateLimit: {rules: [{path: /ok, max: 1, window: 1s}]}`},
		reject: []string{
			`rateLimit: {window: 0s}`, `rateLimit: {window: -1m}`, `rateLimit: {window: 1d}`, `rateLimit: {window: "15"}`, `rateLimit: {window: ""}`,
			`rateLimit: {rules: [{path: /ok, max: 1, window: 500ms}]}`,
		},
	},
	{
		message: "give the rule both max and window, or disabled: true alone",
		field:   `rateLimit\.rules\[0\]`,
		accept:  []string{`rateLimit: {rules: [{path: /ok, disabled: true}]}`, `rateLimit: {rules: [{path: /ok, disabled: false, max: 3, window: 10s}]}`},
		reject: []string{
			`rateLimit: {rules: [{path: /ok}]}`, `rateLimit: {rules: [{path: /ok, max: 3}]}`, `rateLimit: {rules: [{path: /ok, window: 10s}]}`,
			`rateLimit: {rules: [{path: /ok, disabled: true, max: 3, window: 10s}]}`,
		},
	},
	{
		message: "write path relative to basePath, with a slash at the beginning and none at the end, such as /sign-in/email or /sign-in/*",
		field:   `rateLimit\.rules\[0\]\.path`,
		accept:  []string{`rateLimit: {rules: [{path: /sign-in/*, disabled: true}]}`, `rateLimit: {rules: [{path: /*, disabled: true}]}`},
		reject: []string{
			`rateLimit: {rules: [{path: sign-in/email, disabled: true}]}`, `rateLimit: {rules: [{path: /ok/, disabled: true}]}`,
			`rateLimit: {rules: [{path: "", disabled: true}]}`, `rateLimit: {rules: [{path: "/ok?x=1", disabled: true}]}`,
		},
	},
	{
		message: "write trusted proxies as IP addresses or CIDRs, such as 10.0.0.0/8; names are not resolved",
		field:   `rateLimit\.trustedProxies\[0\]`,
		accept:  []string{`rateLimit: {trustedProxies: [10.0.0.0/8, 192.0.2.1, "2001:db8::/32", "::1"]}`},
		reject: []string{
			`rateLimit: {trustedProxies: [ingress.example.com]}`, `rateLimit: {trustedProxies: [10.0.0.0/33]}`,
			`rateLimit: {trustedProxies: [10.0.0]}`, `rateLimit: {trustedProxies: ["10.0.0.1:80"]}`,
		},
	},
	{
		message: "write ipHeaders as names of headers in lower-case letters, digits and single dashes, such as x-real-ip",
		field:   `rateLimit\.ipHeaders\[0\]`,
		accept:  []string{`rateLimit: {ipHeaders: [cf-connecting-ip, x-forwarded-for]}`, `rateLimit: {ipHeaders: [a, b, c, d, e, f, g, h]}`},
		reject: []string{
			`rateLimit: {ipHeaders: [X-Real-IP]}`, `rateLimit: {ipHeaders: [x_real_ip]}`, `rateLimit: {ipHeaders: ["x-real-ip:"]}`,
			`rateLimit: {ipHeaders: [""]}`, `rateLimit: {ipHeaders: [-]}`, `rateLimit: {ipHeaders: ["x real ip"]}`,
		},
	},
	{message: "must have at most 8 items", field: `rateLimit\.ipHeaders`, reject: []string{`rateLimit: {ipHeaders: [a, b, c, d, e, f, g, h, i]}`}},
	{message: "should have at least 1 items", field: `rateLimit\.ipHeaders`, reject: []string{`rateLimit: {ipHeaders: []}`}},
	{message: "should be greater than or equal to 1", field: `rateLimit\.max`, reject: []string{`rateLimit: {max: 0}`}},
	{message: "Unsupported value", field: `rateLimit\.storage`, reject: []string{`rateLimit: {storage: memory}`}},
}

var sessionRules = []rule{
	{
		message: "write ttl in hours, minutes and seconds, at least 1s and at most 9600h, such as 168h",
		field:   `session\.ttl`,
		accept:  []string{`session: {ttl: 9600h}`, `session: {ttl: 24h0m0s}`},
		reject: []string{
			`session: {ttl: 0s, updateAge: 0s}`, `session: {ttl: 9601h}`, `session: {ttl: 7d}`, `session: {ttl: -1h}`, `session: {ttl: ""}`,
		},
	},
	{
		message: "write updateAge in hours, minutes and seconds, 0s or more and at most 9600h, such as 24h",
		field:   `session\.updateAge`,
		accept:  []string{`session: {updateAge: 0s}`},
		reject:  []string{`session: {updateAge: 1d}`, `session: {updateAge: -1s}`},
	},
	{
		message: "write freshAge in hours, minutes and seconds, 0s or more and at most 9600h, such as 24h",
		field:   `session\.freshAge`,
		accept:  []string{`session: {freshAge: 0s}`, `session: {freshAge: 5m, deferRefresh: true, disableRefresh: true}`, `user: {deleteUser: {enabled: true}}`},
		reject:  []string{`session: {freshAge: 1d}`, `session: {freshAge: -1s}`},
	},
	{
		message: "make updateAge at most ttl: a session that ends earlier is never refreshed",
		field:   `session\.updateAge`,
		accept:  []string{`session: {ttl: 1h, updateAge: 60m}`},
		reject:  []string{`session: {ttl: 1h, updateAge: 61m}`, `session: {ttl: 23h}`, `session: {updateAge: 169h}`},
	},
	{
		message: "remove secure: false, or choose sameSite Lax or Strict: browsers drop a SameSite=None cookie that is not Secure",
		field:   `session\.cookie\.secure`,
		accept:  []string{`session: {cookie: {sameSite: None}}`, `session: {cookie: {sameSite: None, secure: true}}`, `session: {cookie: {sameSite: Lax, secure: false}}`},
		reject:  []string{`session: {cookie: {sameSite: None, secure: false}}`},
	},
	{message: "Unsupported value", field: `session\.cookie\.sameSite`, reject: []string{`session: {cookie: {sameSite: lax}}`}},
	{
		message: "write maxAge in hours, minutes and seconds, at least 1s and at most 24h, such as 5m",
		field:   `session\.cookieCache\.maxAge`,
		accept:  []string{`session: {cookieCache: {enabled: true, strategy: JWE, maxAge: 24h, version: "2026-01"}}`, `session: {cookieCache: {maxAge: 1s}}`},
		reject:  []string{`session: {cookieCache: {maxAge: 0s}}`, `session: {cookieCache: {maxAge: 24h1s}}`, `session: {cookieCache: {maxAge: 1d}}`},
	},
	{message: "Unsupported value", field: `session\.cookieCache\.strategy`, reject: []string{`session: {cookieCache: {strategy: compact}}`}},
	{
		message: "write prefix in letters, digits, dashes, underscores and dots, beginning with a letter or digit",
		field:   `session\.cookie\.prefix`,
		accept:  []string{`session: {cookie: {prefix: my-app_1.x}}`},
		reject:  []string{`session: {cookie: {prefix: "my app"}}`, `session: {cookie: {prefix: __Host-x}}`, `session: {cookie: {prefix: "a;b"}}`},
	},
	{
		message: "write domain as a lower-case name of two parts or more without a dot at the beginning, such as example.com",
		field:   `session\.cookie\.domain`,
		accept:  []string{`{baseURL: "https://auth.example.com", session: {cookie: {domain: example.com}}}`},
		reject: []string{
			`{baseURL: "https://auth.example.com", session: {cookie: {domain: com}}}`,
			`{baseURL: "https://auth.localhost", session: {cookie: {domain: localhost}}}`,
		},
	},
}

var otherRules = []rule{
	{
		message: "write ttl in hours, minutes and seconds, at least 1s and at most 87600h, such as 168h",
		field:   `jwt\.ttl`,
		accept:  []string{`jwt: {ttl: 15m}`},
		reject:  []string{`jwt: {ttl: 0h}`, `jwt: {ttl: forever}`, `jwt: {ttl: 87601h}`},
	},
	{
		message: "remove the control characters, such as line breaks and tabs",
		field:   `(jwt\.(issuer|audience)|session\.cookieCache\.version)`,
		accept:  []string{`jwt: {issuer: "https://auth.example.com/", audience: "Größe & co"}`},
		reject:  []string{`jwt: {issuer: "a\tb"}`, `jwt: {audience: "a\nb"}`, `session: {cookieCache: {version: "a\tb"}}`},
	},
	{message: "should be at least 1 chars long", field: `jwt\.issuer`, reject: []string{`jwt: {issuer: ""}`}},
	{
		message: "make minPasswordLength at most maxPasswordLength: no password could have both",
		field:   `emailAndPassword\.minPasswordLength`,
		accept:  []string{`emailAndPassword: {minPasswordLength: 12, maxPasswordLength: 12}`},
		reject:  []string{`emailAndPassword: {minPasswordLength: 129}`, `emailAndPassword: {maxPasswordLength: 7}`},
	},
	{
		message: "Unsupported value", field: `emailAndPassword\.hash`,
		accept: []string{`emailAndPassword: {hash: Scrypt}`, `emailAndPassword: {hash: Argon2id}`},
		reject: []string{`emailAndPassword: {hash: argon2id}`, `emailAndPassword: {hash: Bcrypt}`, `emailAndPassword: {hash: ""}`},
	},
	{message: "should be less than or equal to 1000", field: "replicas", accept: []string{`replicas: 0`}, reject: []string{`replicas: 1001`}},
}
