package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

func TestEveryProblemNamesItselfAndTheFix(t *testing.T) {
	for file, want := range map[string]string{
		`baseUrl: x`: "baseUrl: unknown key (line 1); the keys here are account, allowedOrigins, basePath, baseURL, customFields, database, email, " +
			"emailAndPassword, emailVerification, errorURL, features, ipHeaders, jwt, listen, rateLimit, redis, session, socialProviders, trustedOrigins, trustedProxies, user",
		`session: {cookie: {path: /}}`:                             "session.cookie.path: unknown key (line 1); the keys here are domain, prefix, sameSite, secure",
		`rateLimit: {rules: [{paht: /, path: /, disabled: true}]}`: "rateLimit.rules[0].paht: unknown key (line 1); the keys here are disabled, max, path, window",
		`session: {ttl: 15}`:                                       `session.ttl: 15 is not a duration; write it as text, such as "15m" or "168h"`,
		`session: {ttl: a week}`:                                   `session.ttl: "a week" is not a duration; write it as text, such as "15m" or "168h"`,
		`session: {ttl: 1ms}`:                                      "session.ttl: 1ms must be from 1s to 87600h",
		`session: {ttl: 1h, updateAge: 2h}`:                        "session.updateAge: 2h0m0s must be from 0s to session.ttl (1h0m0s)",
		`session: {freshAge: 10ms}`:                                "session.freshAge: 10ms must be from 1s to 87600h",
		`session: {freshAge: -1s}`:                                 "session.freshAge: -1s must be from 1s to 87600h",
		`session: {disableRefresh: 1}`:                             "session.disableRefresh: must be true or false, is \"1\"",
		`session: []`:                                              "session: must be a mapping of keys to values, is a list",
		`session: {cookie: {prefix: "a b"}}`:                       `session.cookie.prefix: "a b" must be 1 to 64 letters, digits, _ . or -`,
		`session: {cookie: {sameSite: lax}}`:                       `session.cookie.sameSite: "lax" must be Lax, Strict or None`,
		`session: {cookieCache: {strategy: compact}}`:              `session.cookieCache.strategy: "compact" must be Compact, JWT or JWE`,
		`session: {cookieCache: {maxAge: 25h}}`:                    "session.cookieCache.maxAge: 25h0m0s must be from 1s to 24h: so long a revoked session is still accepted",
		`session: {cookieCache: {version: "a\tb"}}`:                `session.cookieCache.version: "a\tb" must be at most 256 characters without control characters`,
		`session: {cookie: {sameSite: None, secure: false}}`:       "session.cookie.secure: must not be false when session.cookie.sameSite is None: browsers drop such cookies",
		`{baseURL: "https://auth.example.com", session: {cookie: {domain: example.org}}}`: `session.cookie.domain: browsers refuse a cookie for "example.org" from https://auth.example.com; use the host of baseURL or a parent of it`,
		`session: {cookie: {domain: .example.com}}`:                                       `session.cookie.domain: ".example.com" must be a lower-case domain without scheme, port or leading dot, such as example.com`,
		`baseURL: auth.example.com`:                                                       `baseURL: "auth.example.com" must be an origin with http:// or https://, such as https://app.example.com`,
		`baseURL: https://auth.example.com/auth`:                                          `baseURL: "https://auth.example.com/auth" must be the origin alone: https://auth.example.com`,
		`baseURL: 5`:                                                                      `baseURL: must be text; put quotes around it: "5"`,
		`basePath: api/`:                                                                  `basePath: "api/" must begin with / and not end with it, such as /api/auth`,
		`basePath: /a/../b`:                                                               `basePath: "/a/../b" must begin with / and not end with it, such as /api/auth`,
		`errorURL: //evil.example.com`:                                                    `errorURL: "//evil.example.com" must be an absolute URL such as https://app.example.com/error, or a path such as /error`,
		`errorURL: 'https://app.example.com\error'`:                                       `errorURL: "https://app.example.com\\error" must be an absolute URL such as https://app.example.com/error, or a path such as /error`,
		`errorURL: javascript:alert(1)`:                                                   `errorURL: "javascript:alert(1)" must be an absolute URL such as https://app.example.com/error, or a path such as /error`,
		`listen: {public: "3001"}`:                                                        `listen.public: "3001" must be host:port or :port with a port from 0 to 65535, such as :3001`,
		`listen: {ops: ":99999"}`:                                                         `listen.ops: ":99999" must be host:port or :port with a port from 0 to 65535, such as :3001`,
		`database: {key: uri}`:                                                            "database.key: needs database.directory, the directory in which the secret is mounted",
		`database: {directory: /d, key: ../x}`:                                            `database.key: "../x" must be the name of a file in database.directory`,
		`database: {schema: pg_auth}`:                                                     `database.schema: "pg_auth" must be lower-case letters, digits and _, and not a schema of PostgreSQL's own`,
		`database: {migrationKey: uri}`:                                                   "database.migrationKey: needs database.migrationDirectory, the directory in which the secret is mounted",
		`database: {migrationDirectory: /d, migrationKey: a/b}`:                           `database.migrationKey: "a/b" must be the name of a file in database.migrationDirectory`,
		`database: {pooler: Session}`:                                                     `database.pooler: "Session" must be None or Transaction`,
		`database: {lockTimeout: 99ms}`:                                                   "database.lockTimeout: 99ms must be from 100ms to 1m0s: so long requests may wait for a migration",
		`database: {lockTimeout: 61s}`:                                                    "database.lockTimeout: 1m1s must be from 100ms to 1m0s: so long requests may wait for a migration",
		`database: {tls: {mode: verify-full}}`:                                            `database.tls.mode: "verify-full" must be Disable, Require, VerifyCA or VerifyFull`,
		`database: {tls: {mode: Require, caFile: /ca}}`:                                   "database.tls.caFile: needs database.tls.mode VerifyCA or VerifyFull; nothing else is checked against certificates",
		`database: {maxConnections: -1}`:                                                  "database.maxConnections: -1 must be from 1 to 1000",
		`database: {maxConnections: 3000000000}`:                                          `database.maxConnections: must be a whole number below 2147483648, is "3000000000"`,
		`rateLimit: {enabled: "yes"}`:                                                     `rateLimit.enabled: must be true or false, is "yes"`,
		`rateLimit: {auth: {max: -5}}`:                                                    "rateLimit.auth.max: -5 must be from 1 to 1000000",
		`rateLimit: {rules: [{path: sign-in, max: 1, window: 1s}]}`:                       `rateLimit.rules[0].path: "sign-in" must begin with /; it is relative to basePath, such as /sign-in/email`,
		`rateLimit: {rules: [{path: /a, max: 1, disabled: true}]}`:                        "rateLimit.rules[0]: has disabled as well as a limit; keep one of them",
		`rateLimit: {rules: [{path: /a, max: 1}]}`:                                        "rateLimit.rules[0].window: 0s must be from 1s to 87600h",
		`trustedProxies: [10.0.0.0/8, proxy]`:                                             `trustedProxies[1]: "proxy" must be an address or a CIDR, such as 10.0.0.0/8`,
		`ipHeaders: []`:                                                                   "ipHeaders: must have 1 to 8 headers; to believe none of them, set trustedProxies to []",
		`ipHeaders: [a, b, c, d, e, f, g, h, i]`:                                          "ipHeaders: must have 1 to 8 headers; to believe none of them, set trustedProxies to []",
		`ipHeaders: [x-real-ip, "x-real-ip:"]`:                                            `ipHeaders[1]: "x-real-ip:" must be the name of a header, such as x-real-ip`,
		`ipHeaders: ["x real ip"]`:                                                        `ipHeaders[0]: "x real ip" must be the name of a header, such as x-real-ip`,
		`ipHeaders: [""]`:                                                                 `ipHeaders[0]: "" must be the name of a header, such as x-real-ip`,
		`allowedOrigins: https://a.example.com`:                                           `allowedOrigins: must be a list, is "https://a.example.com"`,
		`allowedOrigins: ["https://a.example.com/"]`:                                      `allowedOrigins[0]: "https://a.example.com/" never matches, browsers send "https://a.example.com"; write that`,
		`allowedOrigins: ["HTTPS://A.example.com:443"]`:                                   `allowedOrigins[0]: "HTTPS://A.example.com:443" never matches, browsers send "https://a.example.com"; write that`,
		`allowedOrigins: ["*"]`:                                                           `allowedOrigins[0]: "*" must be a wildcard below a domain of yours, such as https://*.example.com`,
		`allowedOrigins: ["https://*"]`:                                                   `allowedOrigins[0]: "https://*" must be a wildcard below a domain of yours, such as https://*.example.com`,
		`allowedOrigins: ["myapp://"]`:                                                    `allowedOrigins[0]: "myapp://" must be an origin with http:// or https://, such as https://app.example.com`,
		`trustedOrigins: ["localhost:3000"]`:                                              `trustedOrigins[0]: "localhost:3000" must be an origin with http:// or https://, such as https://app.example.com`,
		`trustedOrigins: ["*"]`:                                                           `trustedOrigins[0]: "*" must be a wildcard below a domain of yours, such as https://*.example.com`,
		`customFields: [{name: 1st, type: string}]`:                                       `customFields[0].name: "1st" must be a letter, then letters, digits and _, at most 63 in all`,
		`customFields: [{name: email, type: string}]`:                                     `customFields[0].name: "email" is taken by Better-Auth or PostgreSQL; choose another name`,
		`customFields: [{name: password, type: string}]`:                                  `customFields[0].name: "password" is taken by Better-Auth or PostgreSQL; choose another name`,
		`customFields: [{name: a, type: string}, {name: a, type: number}]`:                `customFields[1].name: "a" is there twice; keep one`,
		`customFields: [{name: a, type: int}]`:                                            `customFields[0].type: "int" must be one of string, number, boolean, date, string[], number[], json, enum`,
		`customFields: [{name: a, type: enum}]`:                                           "customFields[0].values: a field of type enum needs values, such as [free, pro]",
		`customFields: [{name: a, type: string, values: [x]}]`:                            "customFields[0].values: are for type enum only; this field has type string",
		`customFields: [{name: a, type: enum, values: [x, x]}]`:                           `customFields[0].values[1]: "x" must be text that is there once`,
		`customFields: [{name: a, type: enum, values: [x], default: y}]`:                  `customFields[0].default: "y" must be one of the field's values: x`,
		`customFields: [{name: a, type: number, default: 5}]`:                             `customFields[0].default: must be text; put quotes around it: "5"`,
		`customFields: [{name: a, type: number, default: "1.5"}]`:                         `customFields[0].default: "1.5" must be a whole number from -2147483648 to 2147483647`,
		`customFields: [{name: a, type: boolean, default: "yes"}]`:                        `customFields[0].default: "yes" must be true or false`,
		`customFields: [{name: a, type: date, default: "2026-01-31"}]`:                    `customFields[0].default: "2026-01-31" must be a moment such as 2026-01-31T00:00:00Z`,
		`customFields: [{name: a, type: "string[]", default: "[1]"}]`:                     `customFields[0].default: "[1]" must be a JSON list of texts, such as ["a","b"]`,
		`customFields: [{name: a, type: json, default: "{"}]`:                             `customFields[0].default: "{" must be JSON, such as {"a":1}`,
		`customFields: [{name: a, type: string, unique: true, default: x}]`:               "customFields[0].default: a unique field must not have a default: the second row with it would be refused",
		`customFields: [{name: a, type: string, required: true, input: false}]`:           "customFields[0].required: nobody could sign up, because input is false; add a default or let input be true",
		`session: {fields: [{name: token, type: string}]}`:                                `session.fields[0].name: "token" is taken by Better-Auth or PostgreSQL; choose another name`,
		`session: {fields: [{name: xmin, type: string}]}`:                                 `session.fields[0].name: "xmin" is taken by Better-Auth or PostgreSQL; choose another name`,
		`session: {fields: [{name: a, type: int}]}`:                                       `session.fields[0].type: "int" must be one of string, number, boolean, date, string[], number[], json, enum`,
		`session: {fields: [{name: a, type: string, required: true}]}`:                    "session.fields[0].required: nobody could sign in, because a session begins without a value; add a default",
		`jwt: {ttl: -1h}`:                                                                 "jwt.ttl: -1h0m0s must be from 1s to 87600h",
		`jwt: {issuer: "a\tb"}`:                                                           `jwt.issuer: "a\tb" must be at most 256 characters without control characters`,
		`emailAndPassword: {minPasswordLength: 200}`:                                      "emailAndPassword.minPasswordLength: 200 must not exceed maxPasswordLength (128)",
		`emailAndPassword: {maxPasswordLength: 5000}`:                                     "emailAndPassword.maxPasswordLength: 5000 must be from 1 to 1024",
		`emailAndPassword: {hash: argon2id}`:                                              `emailAndPassword.hash: "argon2id" must be Scrypt or Argon2id`,
	} {
		t.Run(file, func(t *testing.T) {
			_, err := config.Load(write(t, file), environment{}.get)
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAllProblemsAreReportedAtOnceAndNameTheirVariable(t *testing.T) {
	_, err := config.Load(write(t, "basepath: /x\nsession: {ttl: soon}\n"), environment{
		"ALLOWED_ORIGINS": "https://ok.example.com,example.com", "PORT": "http", "CUSTOM_FIELDS": "role tier:text level",
		"BETTER_AUTH_URL": "https://user:hunter2@auth.example.com",
	}.get)
	if err == nil {
		t.Fatal("accepted")
	}
	lines := strings.Split(err.Error(), "\n")
	for i, want := range []string{
		"basepath: unknown key",
		`session.ttl: "soon" is not a duration`,
		`CUSTOM_FIELDS[0]: "role" is not of the form name:type`,
		`CUSTOM_FIELDS[2]: "level" is not of the form name:type`,
		"BETTER_AUTH_URL: must be an origin without user and password",
		`PORT: ":http" must be host:port`,
		`CUSTOM_FIELDS[1].type: "text" must be one of`,
		`ALLOWED_ORIGINS[1]: "example.com" must be an origin`,
	} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Fatalf("problem %d is not %q in:\n%v", i, want, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error holds a password: %v", err)
	}
}

func TestDefaultsOfCustomFieldsAreTyped(t *testing.T) {
	cfg, err := config.Load(write(t, `customFields:
- {name: a, type: string, default: ""}
- {name: b, type: number, default: "-7"}
- {name: c, type: boolean, default: "true"}
- {name: d, type: date, default: "2026-01-31T01:00:00.123456+01:00"}
- {name: e, type: "string[]", default: '["x"]'}
- {name: f, type: "number[]", default: "[1]"}
- {name: g, type: json, default: "{}"}
- {name: h, type: enum, values: [x], default: x}
- {name: i, type: string}
`), environment{}.get)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, field := range cfg.Fields() {
		got = append(got, goSyntax(field.Default))
	}
	want := []string{`""`, "-7", "true", "2026-01-31T00:00:00.123Z", `["x"]`, "[1]", "{}", `"x"`, "nil"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
