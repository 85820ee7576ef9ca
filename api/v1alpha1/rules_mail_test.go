package v1alpha1_test

var mailRules = []rule{
	{
		message: "set email too: without mail nobody could verify an address and sign in",
		field:   `emailAndPassword\.requireEmailVerification`,
		accept: []string{
			`{email: {host: smtp.example.com, from: a@example.com}, emailAndPassword: {requireEmailVerification: true}}`,
			`emailAndPassword: {requireEmailVerification: false, revokeSessionsOnPasswordReset: true}`,
		},
		reject: []string{`emailAndPassword: {requireEmailVerification: true}`},
	},
	{
		message: "set email too, or remove emailVerification: it is about mails",
		field:   `emailVerification`,
		accept: []string{
			`{email: {host: smtp.example.com, from: a@example.com}, emailVerification: {sendOnSignUp: true, autoSignInAfterVerification: true}}`,
		},
		reject: []string{`emailVerification: {sendOnSignUp: true}`},
	},
	{
		message: "set requireEmailVerification too, in emailAndPassword or for a social provider: without it no sign-in is refused, and no mail sent",
		field:   `emailVerification\.sendOnSignIn`,
		accept: []string{
			`{email: {host: smtp.example.com, from: a@example.com}, emailVerification: {sendOnSignIn: true}, emailAndPassword: {requireEmailVerification: true}}`,
			`{email: {host: smtp.example.com, from: a@example.com}, emailVerification: {sendOnSignIn: true}, socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}, requireEmailVerification: true}]}`,
		},
		reject: []string{`{email: {host: smtp.example.com, from: a@example.com}, emailVerification: {sendOnSignIn: true}}`},
	},
	{
		message: "set email too: a new address is proved by a link in a mail, unless updateWithoutVerification takes it at once",
		field:   `user\.changeEmail\.enabled`,
		accept: []string{
			`{email: {host: smtp.example.com, from: a@example.com}, user: {changeEmail: {enabled: true}}}`,
			`user: {changeEmail: {enabled: true, updateWithoutVerification: true}}`,
		},
		reject: []string{`user: {changeEmail: {enabled: true}}`, `user: {changeEmail: {enabled: true, updateWithoutVerification: false}}`},
	},
	{
		message: "set email too: confirmCurrent asks the current address by mail",
		field:   `user\.changeEmail\.confirmCurrent`,
		accept:  []string{`{email: {host: smtp.example.com, from: a@example.com}, user: {changeEmail: {enabled: true, confirmCurrent: true}}}`},
		reject:  []string{`user: {changeEmail: {enabled: true, confirmCurrent: true, updateWithoutVerification: true}}`},
	},
	{
		message: "set email too: sendVerification asks users by mail before they are deleted",
		field:   `user\.deleteUser\.sendVerification`,
		accept: []string{
			`{email: {host: smtp.example.com, from: a@example.com}, user: {deleteUser: {enabled: true, sendVerification: true, tokenTTL: 1h}}}`,
		},
		reject: []string{`user: {deleteUser: {enabled: true, sendVerification: true}}`},
	},
	{
		message: "write host as a name or an IP address, without scheme and port, such as smtp.example.com",
		field:   `email\.host`,
		accept: []string{
			`email: {host: mail, from: a@example.com}`, `email: {host: 10.0.0.1, from: a@example.com}`, `email: {host: "2001:db8::1", from: a@example.com}`,
		},
		reject: []string{
			`email: {host: "smtp.example.com:587", from: a@example.com}`, `email: {host: "smtp://smtp.example.com", from: a@example.com}`,
			`email: {host: "", from: a@example.com}`, `email: {host: smtp..example.com, from: a@example.com}`,
		},
	},
	{
		message: "write it as one address, such as no-reply@example.com or Shop <no-reply@example.com>; quote a name with punctuation",
		field:   `email\.(from|replyTo)`,
		accept: []string{
			`email: {host: mail, from: "Shop <no-reply@example.com>", replyTo: help+shop@example.com}`,
			`email: {host: mail, from: '"Shop, Inc." <no-reply@example.com>'}`, `email: {host: mail, from: "Größe & Söhne <no-reply@example.com>"}`,
			`email: {host: mail, from: "<no-reply@localhost>"}`, `email: {host: mail, from: "J. Doe's shop <o'neill@mail.example.com>"}`,
		},
		reject: []string{
			`email: {host: mail, from: Shop}`, `email: {host: mail, from: "a@example.com, b@example.com"}`, `email: {host: mail, from: "a@example.com\r\nBcc: b@example.com"}`,
			`email: {host: mail, from: "Shop\n <a@example.com>"}`, `email: {host: mail, from: "Shop, Inc. <a@example.com>"}`, `email: {host: mail, from: "a..b@example.com"}`,
			`email: {host: mail, from: a@example.com, replyTo: "a@"}`, `email: {host: mail, from: ""}`, `email: {host: mail, from: "Shop <a@example.com"}`,
		},
	},
	{
		message: "choose tls StartTLS or Implicit, or remove secretRef: a password must not travel in clear",
		field:   `email\.tls`,
		accept: []string{
			`email: {host: mail, from: a@example.com, tls: None}`, `email: {host: mail, from: a@example.com, port: 465, tls: Implicit, secretRef: {name: smtp}}`,
			`email: {host: mail, from: a@example.com, secretRef: {name: smtp}}`,
		},
		reject: []string{`email: {host: mail, from: a@example.com, tls: None, secretRef: {name: smtp}}`},
	},
	{
		message: "keep one of caSecretRef and caConfigMapRef",
		field:   `email\.caConfigMapRef`,
		accept: []string{
			`email: {host: mail, from: a@example.com, caSecretRef: {name: ca}}`, `email: {host: mail, from: a@example.com, caConfigMapRef: {name: ca, key: root.pem}}`,
		},
		reject: []string{`email: {host: mail, from: a@example.com, caSecretRef: {name: ca}, caConfigMapRef: {name: ca}}`},
	},
	{
		message: "name an existing ConfigMap: lower-case letters, digits, dashes and dots",
		field:   `email\.(templatesConfigMapRef|caConfigMapRef)\.name`,
		accept:  []string{`email: {host: mail, from: a@example.com, templatesConfigMapRef: {name: mail.v2}}`},
		reject: []string{
			`email: {host: mail, from: a@example.com, templatesConfigMapRef: {name: Mail}}`, `email: {host: mail, from: a@example.com, caConfigMapRef: {name: team/ca}}`,
		},
	},
	{
		message: "write the life of the link in hours, minutes and seconds, at least 1s and at most 87600h, such as 1h",
		field:   `(emailVerification\.tokenTTL|emailAndPassword\.resetPasswordTokenTTL|user\.deleteUser\.tokenTTL)`,
		accept: []string{
			`{email: {host: mail, from: a@example.com}, emailVerification: {tokenTTL: 30m}}`, `emailAndPassword: {resetPasswordTokenTTL: 10m}`,
			`user: {deleteUser: {enabled: true, tokenTTL: 24h}}`,
		},
		reject: []string{
			`{email: {host: mail, from: a@example.com}, emailVerification: {tokenTTL: 1d}}`, `emailAndPassword: {resetPasswordTokenTTL: 0s}`,
			`user: {deleteUser: {tokenTTL: 87601h}}`,
		},
	},
	{message: "Required value", field: `email\.(host|from)`, reject: []string{`email: {from: a@example.com}`, `email: {host: mail}`}},
	{message: "Unsupported value", field: `email\.tls`, reject: []string{`email: {host: mail, from: a@example.com, tls: starttls}`}},
	{message: "should be less than or equal to 65535", field: `email\.port`, reject: []string{`email: {host: mail, from: a@example.com, port: 65536}`}},
}
