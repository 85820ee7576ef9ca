package v1alpha1_test

var topLevelRules = []rule{
	{
		message: "write baseURL as an origin: http:// or https://, a lower-case host and at most a port, " +
			"such as https://auth.example.com; the path goes to basePath",
		field: "baseURL",
		accept: []string{
			`baseURL: https://auth.example.com`, `baseURL: http://localhost:3001`, `baseURL: "http://[::1]:3001"`,
			`baseURL: http://auth.team-a.svc`, `baseURL: https://10.0.0.1:65535`,
		},
		reject: []string{
			`baseURL: auth.example.com`, `baseURL: https://auth.example.com/`, `baseURL: https://auth.example.com/api/auth`,
			`baseURL: https://Auth.example.com`, `baseURL: ftp://auth.example.com`, `baseURL: https://auth.example.com:65536`,
			`baseURL: https://user@auth.example.com`, `baseURL: https://auth..example.com`, `baseURL: ""`,
		},
	},
	{
		message: "write basePath with a slash at the beginning and none at the end, such as /api/auth",
		field:   "basePath",
		accept:  []string{`basePath: /api/auth`, `basePath: /auth`, `basePath: /v1.0/auth_x`},
		reject:  []string{`basePath: api/auth`, `basePath: /api/auth/`, `basePath: /`, `basePath: /api//auth`, `basePath: /../auth`, `basePath: "/a b"`},
	},
	{
		message: "write errorURL as a URL such as https://app.example.com/error, or as a path such as /error",
		field:   "errorURL",
		accept:  []string{`errorURL: https://app.example.com/error?from=auth`, `errorURL: /error`, `errorURL: /`, `errorURL: "http://localhost:30000"`, `errorURL: /login/caf%C3%A9`},
		reject: []string{
			`errorURL: //evil.example.com`, `errorURL: app.example.com`, `errorURL: "javascript:alert(1)"`, `errorURL: 'https://app.example.com\error'`,
			`errorURL: "/a\nb"`, `errorURL: https://user:password@app.example.com/`, `errorURL: '/\evil.example.com'`, `errorURL: ""`, `errorURL: "https://app.example.com:65536"`,
		},
	},
	{
		message: "write image as a reference, such as registry.example.com/gatehouse/authserver:v1.2.3",
		field:   "image",
		accept: []string{
			`image: registry.example.com:5000/gatehouse/authserver:v1.2.3-RC.1`, `image: authserver`,
			`image: docker.io/gatehouse/authserver@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef`,
		},
		reject: []string{`image: "gatehouse/auth server"`, `image: https://registry.example.com/Authserver`, `image: "gatehouse/authserver:"`},
	},
	{
		message: "give the custom fields names that differ in more than upper and lower case",
		field:   "customFields",
		accept:  []string{`customFields: [{name: companyId, type: string}, {name: companyName, type: string}]`},
		reject:  []string{`customFields: [{name: companyId, type: string}, {name: companyID, type: string}]`},
	},
	{
		message: "set baseURL too: the cookie domain must be its host or a parent of it",
		field:   "session.cookie.domain",
		accept:  []string{`{baseURL: "https://auth.example.com", session: {cookie: {domain: example.com}}}`},
		reject:  []string{`session: {cookie: {domain: example.com}}`},
	},
	{
		message: "set the cookie domain to the host of baseURL or to a parent of it: browsers refuse cookies for any other domain",
		field:   "session.cookie.domain",
		accept: []string{
			`{baseURL: "https://auth.example.com:8443", session: {cookie: {domain: example.com}}}`,
			`{baseURL: "https://auth.example.com", session: {cookie: {domain: auth.example.com}}}`,
		},
		reject: []string{
			`{baseURL: "https://auth.example.com", session: {cookie: {domain: example.org}}}`,
			`{baseURL: "https://authexample.com", session: {cookie: {domain: example.com}}}`,
			`{baseURL: "https://example.com", session: {cookie: {domain: auth.example.com}}}`,
		},
	},
}

var originRules = []rule{
	{
		message: "write the origin exactly as browsers send it: http:// or https://, a lower-case host and at most a port, " +
			"without path and trailing slash, such as https://app.example.com",
		field: `allowedOrigins\[0\]`,
		accept: []string{
			`allowedOrigins: [https://app.example.com, "http://localhost:3000", "http://[::1]:3000", "http://192.168.1.2:8080"]`,
		},
		reject: []string{
			`allowedOrigins: [https://app.example.com/]`, `allowedOrigins: [https://app.example.com/home]`,
			`allowedOrigins: [HTTPS://app.example.com]`, `allowedOrigins: [https://App.example.com]`,
			`allowedOrigins: [app.example.com]`, `allowedOrigins: ["localhost:3000"]`, `allowedOrigins: [""]`,
			`allowedOrigins: ["null"]`, `allowedOrigins: ["myapp://"]`, `allowedOrigins: ["https://app.example.com:0"]`,
			`allowedOrigins: [https://user@app.example.com]`, `allowedOrigins: ["https://a.example.com,https://b.example.com"]`,
		},
	},
	{
		message: "write the pattern as an origin or a host with * and ?, in lower case, without path and trailing slash, " +
			"such as https://*.example.com",
		field: `allowedOrigins\[0\]`,
		accept: []string{
			`allowedOrigins: ["https://*.example.com", "https://app-?.example.com", "*.example.com", "*.example.com:8443", "http://localhost:*"]`,
		},
		reject: []string{
			`allowedOrigins: ["ftp://*.example.com"]`, `allowedOrigins: ["https://*.Example.com"]`, `allowedOrigins: ["*.example.com:123456"]`,
			`allowedOrigins: ["https://*@app.example.com"]`,
		},
	},
	{
		message: "end the host of the pattern in a name without wildcards, such as *.example.com: " +
			"credentials must not be open to any origin",
		field:  `allowedOrigins\[0\]`,
		accept: []string{`allowedOrigins: ["http://192.168.*.*:3000", "10.0.*.*", "*.localhost"]`},
		reject: []string{
			`allowedOrigins: ["*"]`, `allowedOrigins: ["**"]`, `allowedOrigins: ["https://*"]`, `allowedOrigins: ["https://*:*"]`,
			`allowedOrigins: ["*:3000"]`, `allowedOrigins: ["https://app.example.com*"]`, `allowedOrigins: ["https://app.example.*"]`,
			`allowedOrigins: ["*.*"]`, `allowedOrigins: ["?*"]`,
		},
	},
	{
		message: "leave out the default port (80 of http, 443 of https): browsers do not send it",
		field:   `allowedOrigins\[0\]`,
		accept:  []string{`allowedOrigins: ["http://app.example.com:443", "https://app.example.com:80", "http://app.example.com:8080"]`},
		reject:  []string{`allowedOrigins: ["http://app.example.com:80"]`, `allowedOrigins: ["https://*.example.com:443"]`},
	},
	{message: "Duplicate value", field: `allowedOrigins\[1\]`, reject: []string{`allowedOrigins: [https://a.example.com, https://a.example.com]`}},
}
