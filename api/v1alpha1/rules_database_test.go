package v1alpha1_test

var databaseRules = []rule{
	{
		message: "write schema in lower-case letters, digits and underscores, beginning with a letter; " +
			"pg_ and information_schema belong to PostgreSQL",
		field:  `database\.schema`,
		accept: []string{`database: {secretRef: {name: db}, schema: tenant_1}`, `database: {secretRef: {name: db}, schema: _auth}`},
		reject: []string{
			`database: {secretRef: {name: db}, schema: Tenant}`, `database: {secretRef: {name: db}, schema: pg_temp}`,
			`database: {secretRef: {name: db}, schema: information_schema}`, `database: {secretRef: {name: db}, schema: 'a"; drop'}`,
			`database: {secretRef: {name: db}, schema: ""}`,
		},
	},
	{
		message: "name an existing secret: lower-case letters, digits, dashes and dots",
		field:   `database\.secretRef\.name`,
		accept:  []string{`database: {secretRef: {name: db.app-1}}`},
		reject:  []string{`database: {secretRef: {name: ""}}`, `database: {secretRef: {name: DB}}`, `database: {secretRef: {name: team/db}}`},
	},
	{
		message: "name a key of the secret: letters, digits, dashes, underscores and dots; leave key out for a secret with uri or host",
		field:   `database\.secretRef\.key`,
		accept:  []string{`database: {secretRef: {name: db, key: DATABASE_URL}}`, `database: {secretRef: {name: db, key: url.txt-1}}`},
		reject:  []string{`database: {secretRef: {name: db, key: ""}}`, `database: {secretRef: {name: db, key: a/b}}`},
	},
	{message: "Required value", field: `database\.secretRef`, reject: []string{`database: {}`}},
	{message: "should be greater than or equal to 2", field: `database\.maxConnections`, reject: []string{`database: {secretRef: {name: db}, maxConnections: 1}`}},
	{
		message: "set migrationSecretRef too, to a connection that goes past the pooler: " +
			"a migration keeps locks, which a pooler in transaction mode would hand to others",
		field: `database\.migrationSecretRef`,
		accept: []string{
			`database: {secretRef: {name: db}, pooler: Transaction, migrationSecretRef: {name: direct, key: uri}, schema: auth}`,
			`database: {secretRef: {name: db}, pooler: None, migrationSecretRef: {name: owner}}`, `database: {secretRef: {name: db}, pooler: None}`,
		},
		reject: []string{`database: {secretRef: {name: db}, pooler: Transaction}`},
	},
	{message: "Unsupported value", field: `database\.pooler`, reject: []string{`database: {secretRef: {name: db}, pooler: Session}`}},
	{
		message: "keep one of caSecretRef and caConfigMapRef",
		field:   `database\.tls\.caConfigMapRef`,
		accept:  []string{`database: {secretRef: {name: db}, tls: {caSecretRef: {name: db-ca}}}`, `database: {secretRef: {name: db}, tls: {caConfigMapRef: {name: ca, key: root.pem}}}`},
		reject:  []string{`database: {secretRef: {name: db}, tls: {caSecretRef: {name: db-ca}, caConfigMapRef: {name: ca}}}`},
	},
	{
		message: "set mode to VerifyCA or VerifyFull, or remove the certificates: nothing else is checked against them",
		field:   `database\.tls\.mode`,
		accept: []string{
			`database: {secretRef: {name: db}, tls: {mode: VerifyCA, caSecretRef: {name: db-ca}}}`, `database: {secretRef: {name: db}, tls: {mode: Require}}`,
			`database: {secretRef: {name: db}, tls: {}}`, `database: {secretRef: {name: db}, tls: {mode: Disable}}`,
		},
		reject: []string{
			`database: {secretRef: {name: db}, tls: {mode: Require, caSecretRef: {name: db-ca}}}`,
			`database: {secretRef: {name: db}, tls: {mode: Disable, caConfigMapRef: {name: ca}}}`,
		},
	},
	{message: "Unsupported value", field: `database\.tls\.mode`, reject: []string{`database: {secretRef: {name: db}, tls: {mode: Prefer}}`}},
	{
		message: "write lockTimeout in minutes, seconds and milliseconds, at least 100ms and at most 1m, such as 500ms",
		field:   `migration\.lockTimeout`,
		accept:  []string{`migration: {lockTimeout: 100ms}`, `migration: {lockTimeout: 1m}`, `migration: {lockTimeout: 2s500ms}`},
		reject:  []string{`migration: {lockTimeout: 99ms}`, `migration: {lockTimeout: 61s}`, `migration: {lockTimeout: 1h}`, `migration: {lockTimeout: -1s}`},
	},
}
