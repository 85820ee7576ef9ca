package v1alpha1_test

var customFieldRules = []rule{
	{
		message: "begin the name with a letter and go on with letters, digits and underscores, such as companyId",
		field:   `customFields\[0\]\.name`,
		accept:  []string{`customFields: [{name: companyId, type: string}]`, `customFields: [{name: x_1, type: string}]`},
		reject: []string{
			`customFields: [{name: 1st, type: string}]`, `customFields: [{name: company-id, type: string}]`,
			`customFields: [{name: "", type: string}]`, `customFields: [{name: __proto__, type: string}]`, `customFields: [{name: straße, type: string}]`,
		},
	},
	{
		message: "choose another name: this one is a column that every user has",
		field:   `customFields\[0\]\.name`,
		accept:  []string{`customFields: [{name: role, type: string}]`, `customFields: [{name: emailAddress, type: string}]`},
		reject: []string{
			`customFields: [{name: id, type: string}]`, `customFields: [{name: name, type: string}]`, `customFields: [{name: email, type: string}]`,
			`customFields: [{name: emailVerified, type: boolean}]`, `customFields: [{name: image, type: string}]`,
			`customFields: [{name: createdAt, type: date}]`, `customFields: [{name: updatedat, type: date}]`, `customFields: [{name: EMAIL, type: string}]`,
		},
	},
	{
		message: "choose another name: this one already means something in a sign-up request",
		field:   `customFields\[0\]\.name`,
		accept:  []string{`customFields: [{name: passwordHint, type: string}]`},
		reject: []string{
			`customFields: [{name: password, type: string}]`, `customFields: [{name: callbackURL, type: string}]`,
			`customFields: [{name: callbackUrl, type: string}]`, `customFields: [{name: rememberMe, type: boolean}]`,
			`customFields: [{name: query, type: json}]`, `customFields: [{name: fetchOptions, type: json}]`,
		},
	},
	{
		message: "choose another name: PostgreSQL has a system column of this name in every table",
		field:   `customFields\[0\]\.name`,
		accept:  []string{`customFields: [{name: Xmin, type: number}]`},
		reject:  []string{`customFields: [{name: xmin, type: number}]`, `customFields: [{name: ctid, type: string}]`},
	},
	{message: "Unsupported value", field: `customFields\[0\]\.type`, reject: []string{`customFields: [{name: role, type: text}]`}},
	{
		message: "list the values of an enum in values; other types take none",
		field:   `customFields\[0\]\.values`,
		accept:  []string{`customFields: [{name: tier, type: enum, values: [free, pro]}]`},
		reject:  []string{`customFields: [{name: tier, type: enum}]`, `customFields: [{name: tier, type: string, values: [free]}]`},
	},
	{
		message: "give a required field that clients may not set (input: false) a default: nobody could sign up otherwise",
		field:   `customFields\[0\]\.default`,
		accept: []string{
			`customFields: [{name: role, type: string, required: true, input: false, default: user}]`,
			`customFields: [{name: role, type: string, input: false}]`, `customFields: [{name: role, type: string, required: true}]`,
		},
		reject: []string{`customFields: [{name: role, type: string, required: true, input: false}]`},
	},
	{
		message: "remove the default of a unique field: only one user could have it",
		field:   `customFields\[0\]\.default`,
		accept:  []string{`customFields: [{name: handle, type: string, unique: true}]`},
		reject:  []string{`customFields: [{name: handle, type: string, unique: true, default: me}]`},
	},
}

var customFieldDefaultRules = []rule{
	{
		message: "make default one of values",
		field:   `customFields\[0\]\.default`,
		accept:  []string{`customFields: [{name: tier, type: enum, values: [free, pro], default: free}]`},
		reject:  []string{`customFields: [{name: tier, type: enum, values: [free, pro], default: Free}]`},
	},
	{
		message: "write the default of a number as a whole number from -2147483648 to 2147483647, such as 1",
		field:   `customFields\[0\]\.default`,
		accept: []string{
			`customFields: [{name: age, type: number, default: "0"}]`, `customFields: [{name: age, type: number, default: "-2147483648"}]`,
			`customFields: [{name: age, type: number, default: "2147483647"}]`,
		},
		reject: []string{
			`customFields: [{name: age, type: number, default: "1.5"}]`, `customFields: [{name: age, type: number, default: one}]`,
			`customFields: [{name: age, type: number, default: "2147483648"}]`, `customFields: [{name: age, type: number, default: ""}]`,
			`customFields: [{name: age, type: number, default: "007"}]`,
		},
	},
	{
		message: "write the default of a boolean as the text true or false",
		field:   `customFields\[0\]\.default`,
		accept:  []string{`customFields: [{name: beta, type: boolean, default: "false"}]`},
		reject:  []string{`customFields: [{name: beta, type: boolean, default: "yes"}]`, `customFields: [{name: beta, type: boolean, default: "True"}]`},
	},
	{
		message: "write the default of a date as RFC 3339, such as 2026-01-31T00:00:00Z",
		field:   `customFields\[0\]\.default`,
		accept: []string{
			`customFields: [{name: since, type: date, default: "2026-01-31T00:00:00Z"}]`,
			`customFields: [{name: since, type: date, default: "2024-02-29T23:59:59.123+02:00"}]`,
		},
		reject: []string{
			`customFields: [{name: since, type: date, default: "2026-01-31"}]`, `customFields: [{name: since, type: date, default: "2026-02-30T00:00:00Z"}]`,
			`customFields: [{name: since, type: date, default: now}]`, `customFields: [{name: since, type: date, default: "2026-01-31T24:00:00Z"}]`,
		},
	},
	{
		message: `write the default of string[] as a JSON array of strings, such as ["a", "b"]`,
		field:   `customFields\[0\]\.default`,
		accept: []string{
			`customFields: [{name: tags, type: "string[]", default: "[]"}]`,
			`customFields: [{name: tags, type: "string[]", default: '["a", "b\"c", "d\\"]'}]`,
		},
		reject: []string{
			`customFields: [{name: tags, type: "string[]", default: "a,b"}]`, `customFields: [{name: tags, type: "string[]", default: "[1]"}]`,
			`customFields: [{name: tags, type: "string[]", default: '["a",]'}]`,
		},
	},
	{
		message: "write the default of number[] as a JSON array of numbers, such as [1, 2.5]",
		field:   `customFields\[0\]\.default`,
		accept:  []string{`customFields: [{name: marks, type: "number[]", default: "[1, -2.5, 3e2]"}]`, `customFields: [{name: marks, type: "number[]", default: "[ ]"}]`},
		reject:  []string{`customFields: [{name: marks, type: "number[]", default: '["1"]'}]`, `customFields: [{name: marks, type: "number[]", default: "1"}]`},
	},
	{
		message: `write the default of json as JSON text, such as {"theme": "dark"}`,
		field:   `customFields\[0\]\.default`,
		accept: []string{
			`customFields: [{name: prefs, type: json, default: '{"theme": "dark"}'}]`,
			`customFields: [{name: prefs, type: json, default: "[1]"}]`,
		},
		reject: []string{
			`customFields: [{name: prefs, type: json, default: dark}]`, `customFields: [{name: prefs, type: json, default: '{"theme"'}]`,
			`customFields: [{name: prefs, type: json, default: ""}]`, `customFields: [{name: prefs, type: json, default: "null"}]`,
		},
	},
}

var customFieldUpdateRules = []rule{
	{
		message: "give every new required custom field a default: users who signed up earlier need a value; " +
			"without a default a field can be required only from the creation of the AuthService on",
		field:  "customFields",
		before: `customFields: [{name: role, type: string, required: true}, {name: tier, type: string}]`,
		accept: []string{
			`customFields: [{name: role, type: string, required: true}, {name: tier, type: string}, {name: age, type: number}]`,
			`customFields: [{name: role, type: string, required: true}, {name: tier, type: string, required: true, default: free}]`,
			`customFields: [{name: role, type: string, required: true}, {name: age, type: number, required: true, default: "1"}]`,
			`customFields: []`,
		},
		reject: []string{
			`customFields: [{name: role, type: string, required: true}, {name: tier, type: string, required: true}]`,
			`customFields: [{name: role, type: string, required: true}, {name: age, type: number, required: true}]`,
		},
	},
	{
		message: "give every new required custom field a default: users who signed up earlier need a value; " +
			"without a default a field can be required only from the creation of the AuthService on",
		field:  "customFields",
		before: `replicas: 1`,
		accept: []string{`customFields: [{name: role, type: string, required: true, default: user}]`},
		reject: []string{`customFields: [{name: role, type: string, required: true}]`},
	},
	{
		message: "keep the type of an existing field: its column already holds values of that type; add a field with another name instead",
		field:   `customFields\[0\]\.type`,
		before:  `customFields: [{name: age, type: string}]`,
		accept:  []string{`customFields: [{name: ageInYears, type: number}, {name: age, type: string, index: true}]`},
		reject:  []string{`customFields: [{name: age, type: number}]`},
	},
}
