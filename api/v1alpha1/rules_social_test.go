package v1alpha1_test

var socialRules = []rule{
	{
		message: "set issuer to the URL of the OpenID Connect provider: only google, github, microsoft, apple and discord are known without it",
		field:   `socialProviders\[0\]\.issuer`,
		accept: []string{
			`socialProviders: [{id: keycloak, clientID: shop, clientSecretRef: {name: idp}, issuer: "https://id.example.com/realms/shop"}]`,
			`socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}}, {id: github, clientID: b, clientSecretRef: {name: github}}, {id: discord, clientID: c, clientSecretRef: {name: discord}}]`,
		},
		reject: []string{
			`socialProviders: [{id: keycloak, clientID: shop, clientSecretRef: {name: idp}}]`, `socialProviders: [{id: Google, clientID: shop, clientSecretRef: {name: idp}}]`,
		},
	},
	{
		message: "remove issuer, or choose another id: google, github, microsoft, apple and discord are known without it",
		field:   `socialProviders\[0\]\.issuer`,
		accept:  []string{`socialProviders: [{id: google-workspace, clientID: shop, clientSecretRef: {name: idp}, issuer: "https://accounts.google.com"}]`},
		reject:  []string{`socialProviders: [{id: google, clientID: shop, clientSecretRef: {name: idp}, issuer: "https://accounts.google.com"}]`},
	},
	{
		message: "write it as a URL that begins with https:// and has neither query nor fragment, such as https://id.example.com/realms/shop",
		field:   `socialProviders\[0\]\.(issuer|endpoints\.(authorization|token|userInfo|jwks))`,
		accept: []string{
			`socialProviders: [{id: auth0, clientID: shop, clientSecretRef: {name: idp}, issuer: "https://shop.eu.auth0.com/"}]`,
			`socialProviders: [{id: github, clientID: shop, clientSecretRef: {name: idp}, endpoints: {authorization: "https://git.example.com/login/oauth/authorize", token: "https://git.example.com:8443/login/oauth/access_token", userInfo: "https://git.example.com/api/v3/user"}}]`,
			`socialProviders: [{id: idp, clientID: shop, clientSecretRef: {name: idp}, issuer: "https://idp", endpoints: {jwks: "https://idp/keys"}}]`,
		},
		reject: []string{
			`socialProviders: [{id: idp, clientID: shop, clientSecretRef: {name: idp}, issuer: "http://id.example.com"}]`, `socialProviders: [{id: idp, clientID: shop, clientSecretRef: {name: idp}, issuer: id.example.com}]`,
			`socialProviders: [{id: idp, clientID: shop, clientSecretRef: {name: idp}, issuer: "https://id.example.com?a=b"}]`, `socialProviders: [{id: idp, clientID: shop, clientSecretRef: {name: idp}, issuer: "https://id.example.com/%zz"}]`, `socialProviders: [{id: idp, clientID: shop, clientSecretRef: {name: idp}, issuer: "https://user:password@id.example.com"}]`,
			`socialProviders: [{id: google, clientID: shop, clientSecretRef: {name: idp}, endpoints: {authorization: /authorize}}]`, `socialProviders: [{id: google, clientID: shop, clientSecretRef: {name: idp}, endpoints: {token: "http://proxy/token"}}]`,
			`socialProviders: [{id: google, clientID: shop, clientSecretRef: {name: idp}, endpoints: {userInfo: "https://proxy/user#me"}}]`, `socialProviders: [{id: google, clientID: shop, clientSecretRef: {name: idp}, endpoints: {jwks: "https:///keys"}}]`,
		},
	},
	{
		message: "give apple both teamID and keyID, which belong to its private key, or neither for a client secret that you signed; other providers take none",
		field:   `socialProviders\[0\]\.teamID`,
		accept: []string{
			`socialProviders: [{id: apple, clientID: com.example.shop, clientSecretRef: {name: apple, key: AuthKey.p8}, teamID: ABCDE12345, keyID: FGHIJ67890}]`,
			`socialProviders: [{id: apple, clientID: com.example.shop, clientSecretRef: {name: apple}, audiences: [com.example.app]}]`,
		},
		reject: []string{
			`socialProviders: [{id: apple, clientID: shop, clientSecretRef: {name: apple}, teamID: ABCDE12345}]`,
			`socialProviders: [{id: google, clientID: shop, clientSecretRef: {name: google}, keyID: ABCDE12345}]`,
		},
	},
	{
		message: "write teamID and keyID as Apple shows them: ten upper-case letters and digits, such as ABCDE12345",
		field:   `socialProviders\[0\]\.(teamID|keyID)`,
		accept:  []string{`socialProviders: [{id: apple, clientID: com.example.shop, clientSecretRef: {name: apple}, teamID: ABCDE12345, keyID: FGHIJ67890}]`},
		reject: []string{
			`socialProviders: [{id: apple, clientID: shop, clientSecretRef: {name: apple}, teamID: abcde12345, keyID: FGHIJ67890}]`,
			`socialProviders: [{id: apple, clientID: shop, clientSecretRef: {name: apple}, teamID: ABCDE12345, keyID: AuthKey.p8}]`,
		},
	},
	{
		message: "remove tenantID: only microsoft has tenants",
		field:   `socialProviders\[0\]\.tenantID`,
		accept:  []string{`socialProviders: [{id: microsoft, clientID: shop, clientSecretRef: {name: entra}, tenantID: organizations}]`},
		reject:  []string{`socialProviders: [{id: google, clientID: shop, clientSecretRef: {name: google}, tenantID: common}]`},
	},
	{
		message: "write tenantID as an id or a domain, such as common or contoso.onmicrosoft.com",
		field:   `socialProviders\[0\]\.tenantID`,
		accept:  []string{`socialProviders: [{id: microsoft, clientID: shop, clientSecretRef: {name: entra}, tenantID: 72f988bf-86f1-41af-91ab-2d7cd011db47}]`},
		reject:  []string{`socialProviders: [{id: microsoft, clientID: shop, clientSecretRef: {name: entra}, tenantID: "common/v2.0"}]`, `socialProviders: [{id: microsoft, clientID: shop, clientSecretRef: {name: entra}, tenantID: ""}]`},
	},
	{
		message: "write id in letters, digits, dashes, underscores and dots, with a letter or digit at both ends, such as keycloak",
		field:   `socialProviders\[0\]\.id`,
		accept:  []string{`socialProviders: [{id: Okta_Prod.2, clientID: shop, clientSecretRef: {name: idp}, issuer: "https://id.example.com"}]`},
		reject: []string{
			`socialProviders: [{id: "my idp", clientID: shop, clientSecretRef: {name: idp}, issuer: "https://id.example.com"}]`, `socialProviders: [{id: "../x", clientID: shop, clientSecretRef: {name: idp}, issuer: "https://id.example.com"}]`,
		},
	},
	{
		message: "give the providers ids that differ in more than upper and lower case, dashes, dots and underscores",
		field:   `socialProviders`,
		accept:  []string{`socialProviders: [{id: idp-1, clientID: a, clientSecretRef: {name: idp}, issuer: "https://a.example.com"}, {id: idp1, clientID: a, clientSecretRef: {name: idp}, issuer: "https://b.example.com"}]`},
		reject:  []string{`socialProviders: [{id: idp-1, clientID: a, clientSecretRef: {name: idp}, issuer: "https://a.example.com"}, {id: IDP.1, clientID: a, clientSecretRef: {name: idp}, issuer: "https://b.example.com"}]`},
	},
	{
		message: "remove accessType and hostedDomain: only google has them",
		field:   `socialProviders\[0\]\.hostedDomain`,
		accept:  []string{`socialProviders: [{id: google, clientID: shop, clientSecretRef: {name: google}, accessType: offline, hostedDomain: "*"}]`},
		reject:  []string{`socialProviders: [{id: github, clientID: shop, clientSecretRef: {name: github}, accessType: offline}]`, `socialProviders: [{id: github, clientID: shop, clientSecretRef: {name: github}, hostedDomain: example.com}]`},
	},
	{
		message: "write hostedDomain as a lower-case domain, such as example.com, or as *",
		field:   `socialProviders\[0\]\.hostedDomain`,
		accept:  []string{`socialProviders: [{id: google, clientID: shop, clientSecretRef: {name: google}, accessType: online, hostedDomain: example.com}]`},
		reject:  []string{`socialProviders: [{id: google, clientID: shop, clientSecretRef: {name: google}, hostedDomain: "*.example.com"}]`, `socialProviders: [{id: google, clientID: shop, clientSecretRef: {name: google}, hostedDomain: Example.com}]`},
	},
	{message: "Unsupported value", field: `socialProviders\[0\]\.accessType`, reject: []string{`socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}, accessType: Offline}]`}},
	{
		message: "choose another id: credential is what accounts with a password are called",
		field:   `socialProviders\[0\]\.id`,
		accept:  []string{`socialProviders: [{id: credentials, clientID: shop, clientSecretRef: {name: idp}, issuer: "https://id.example.com"}]`},
		reject:  []string{`socialProviders: [{id: credential, clientID: shop, clientSecretRef: {name: idp}, issuer: "https://id.example.com"}]`},
	},
	{
		message: "write client ids as the provider shows them: printable characters without spaces",
		field:   `socialProviders\[0\]\.(clientID|audiences\[0\])`,
		accept:  []string{`socialProviders: [{id: google, clientID: 123-abc.apps.googleusercontent.com, clientSecretRef: {name: google}}]`},
		reject:  []string{`socialProviders: [{id: google, clientID: "", clientSecretRef: {name: google}}]`, `socialProviders: [{id: google, clientID: "a b", clientSecretRef: {name: google}}]`, `socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}, audiences: [""]}]`},
	},
	{
		message: "write one scope an item, without spaces, quotes and backslashes",
		field:   `socialProviders\[0\]\.scopes\[0\]`,
		accept:  []string{`socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}, scopes: ["https://www.googleapis.com/auth/calendar.readonly", offline_access]}]`},
		reject:  []string{`socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}, scopes: ["openid email"]}]`, `socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}, scopes: [""]}]`},
	},
	{
		message: "write prompt as words of lower-case letters and underscores, such as select_account",
		field:   `socialProviders\[0\]\.prompt`,
		accept:  []string{`socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}, prompt: select_account consent, disableSignUp: true, disableImplicitSignUp: true}]`},
		reject:  []string{`socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}, prompt: "select_account&x=y"}]`},
	},
	{
		message: "name a key of the secret or ConfigMap: letters, digits, dashes, underscores and dots",
		field:   `(socialProviders\[0\]\.clientSecretRef|redis\.secretRef|email\.(caSecretRef|caConfigMapRef))\.key`,
		accept:  []string{`socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google, key: client-secret.txt}}]`},
		reject: []string{
			`socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google, key: a/b}}]`, `socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google, key: ".."}}]`,
			`redis: {secretRef: {name: redis, key: "."}}`, `email: {host: mail, from: a@example.com, caSecretRef: {name: ca, key: "..data"}}`, `email: {host: mail, from: a@example.com, caConfigMapRef: {name: ca, key: ""}}`,
		},
	},
	{
		message: "name ids of socialProviders as trustedProviders, such as google",
		field:   `account\.linking\.trustedProviders`,
		accept: []string{
			`account: {linking: {trustedProviders: []}}`,
			`{socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}}, {id: Okta_Prod.2, clientID: b, clientSecretRef: {name: okta}, issuer: "https://shop.okta.com"}], account: {encryptOAuthTokens: true, storeStateStrategy: Cookie, storeAccountCookie: true, updateOnSignIn: false, linking: {enabled: true, trustedProviders: [google, Okta_Prod.2], allowDifferentEmails: true, allowUnlinkingAll: true, updateUserInfoOnLink: true}}}`,
		},
		reject: []string{
			`account: {linking: {trustedProviders: [google]}}`,
			`{socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}}], account: {linking: {trustedProviders: [google, github]}}}`,
		},
	},
	{message: "Required value", field: `socialProviders\[0\]\.clientSecretRef`, reject: []string{`socialProviders: [{id: google, clientID: a}]`}},
	{
		message: "Duplicate value", field: `socialProviders\[1\]`,
		reject: []string{`socialProviders: [{id: google, clientID: a, clientSecretRef: {name: google}}, {id: google, clientID: b, clientSecretRef: {name: google}}]`},
	},
	{message: "Unsupported value", field: `account\.storeStateStrategy`, reject: []string{`account: {storeStateStrategy: cookie}`}},
}
