package canary_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/canary"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// mail is needed by what sends links.
const mail = "email: {host: smtp.example.com, from: auth@example.com}\n"

const everyType = `customFields:
- {name: a, type: string, required: true, unique: true}
- {name: b, type: number, required: true, unique: true}
- {name: c, type: boolean, required: true}
- {name: d, type: date, required: true, unique: true}
- {name: e, type: "string[]", required: true}
- {name: f, type: "number[]", required: true}
- {name: g, type: json, required: true}
- {name: h, type: enum, values: [free, pro], required: true}
- {name: i, type: string, required: true, default: user, input: false}
- {name: j, type: string, required: true, default: user}
- {name: k, type: string, input: false, returned: false}
- {name: l, type: number, unique: true}
`

func TestItPassesWithEveryConfiguration(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		yaml string
		// byRules says that sign-up is not over HTTP, untried that nobody can sign in.
		byRules, untried bool
	}{
		"the default":                 {},
		"no passwords":                {yaml: "emailAndPassword: {enabled: false}", untried: true},
		"closed sign-up":              {yaml: "emailAndPassword: {disableSignUp: true}", byRules: true},
		"closed, with fields":         {yaml: "emailAndPassword: {disableSignUp: true}\n" + everyType, byRules: true},
		"no auto sign-in":             {yaml: "emailAndPassword: {autoSignIn: false}"},
		"verification, by mail":       {yaml: mail + "emailAndPassword: {requireEmailVerification: true}\nemailVerification: {sendOnSignIn: true}", byRules: true},
		"verification, without mails": {yaml: mail + "emailAndPassword: {requireEmailVerification: true}\nemailVerification: {sendOnSignUp: false}"},
		"a mail at sign-up":           {yaml: mail + "emailVerification: {sendOnSignUp: true}", byRules: true},
		"deletion by mail":            {yaml: mail + "user: {deleteUser: {enabled: true, sendVerification: true}}"},
		"fields of every type":        {yaml: everyType},
		"few values":                  {yaml: "customFields: [{name: a, type: enum, values: [x, y], required: true, unique: true}, {name: b, type: boolean, required: true, unique: true}]"},
		"fields of sessions":          {yaml: "session: {fields: [{name: theme, type: string, default: dark, required: true}]}"},
		"Redis":                       {yaml: "session: {storage: Redis}"},
		"Redis, closed":               {yaml: "session: {storage: Redis}\nemailAndPassword: {disableSignUp: true}\nredis: {keyPrefix: 'better-auth:'}", byRules: true},
		"counters in Redis":           {yaml: "rateLimit: {storage: Redis}"},
		"counters in memory":          {yaml: "rateLimit: {storage: Memory}"},
		"Stateless":                   {yaml: "baseURL: https://auth.example.com\nsession: {storage: Stateless}"},
		"cookie cache":                {yaml: "session: {cookieCache: {enabled: true}}"},
		"cookie cache, JWE":           {yaml: "session: {cookieCache: {enabled: true, strategy: JWE}, storage: Redis}"},
		"deferred refresh":            {yaml: "session: {deferRefresh: true}"},
		"public https":                {yaml: "baseURL: https://auth.example.com\nsession: {cookie: {prefix: shop, domain: example.com, sameSite: None}}"},
		"Secure over http":            {yaml: "session: {cookie: {secure: true, sameSite: Strict}}"},
		"another path":                {yaml: "basePath: /v1/users"},
		"long passwords":              {yaml: "emailAndPassword: {minPasswordLength: 100}"},
		"short passwords":             {yaml: "emailAndPassword: {minPasswordLength: 8, maxPasswordLength: 9}"},
		"features":                    {yaml: "features: {jwt: {}, bearer: {requireSignature: true}, openAPI: {}}"},
		"one request an hour":         {yaml: "rateLimit: {auth: {max: 1, window: 1h}, default: {max: 2, window: 1h}}"},
		"no rate limit":               {yaml: "rateLimit: {enabled: false}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := start(t, c.yaml)
			for range 2 {
				if message := i.passes(); (message != "") != c.untried {
					t.Errorf("the message is %q", message)
				}
			}
			if asked := slices.Contains(i.paths, "POST /sign-up/email"); asked == (c.byRules || c.untried) {
				t.Errorf("the requests are %q", i.paths)
			}
			if asked := slices.Contains(i.paths, "POST /sign-in/email"); asked == c.untried {
				t.Errorf("the requests are %q", i.paths)
			}
			if len(i.clock.waited) > 0 {
				t.Errorf("it waited %v", i.clock.waited)
			}
		})
	}
}

func TestWhenUniqueValuesAreTaken(t *testing.T) {
	t.Parallel()
	i := start(t, "customFields: [{name: seat, type: enum, values: [x, y], required: true, unique: true}]")
	if message := i.passes(); message != "" {
		t.Error(message)
	}
	for n, seat := range []string{"x", "y"} {
		i.user(fmt.Sprint("person", n, "@example.com"), 0, seat)
		if report := canary.Run(t.Context(), i.options); report.Canary != config.CanaryPassed || strings.Contains(report.Message, "unique") != (seat == "y") {
			t.Errorf("after %s: %+v", seat, report)
		}
	}
	if n := i.query(`select count(*) from "user"`); n != 2 {
		t.Errorf("%d users", n)
	}
}

// user adds a user who was made some time ago.
func (i *instance) user(email string, ago time.Duration, seat string) {
	i.t.Helper()
	i.query(fmt.Sprintf(`with u as (insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", seat)
		values ('%[1]s', 'A', '%[1]s', false, now() - interval '%[2]d seconds', now(), '%[3]s') returning id as "userId"),
		a as (insert into account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
			select 'a' || "userId", "userId", 'credential', "userId", now(), now() from u returning 1)
		select count(*) from a`, email, int(ago.Seconds()), seat))
}

func TestWhatKilledCanariesLeftIsDeletedLater(t *testing.T) {
	t.Parallel()
	i := start(t, "customFields: [{name: seat, type: string}]")
	i.user("gatehouse-canary-old@canary.invalid", 61*time.Minute, "x")
	i.user("gatehouse-canary-young@canary.invalid", 59*time.Minute, "x")
	i.user("gatehouse-canary-old@example.com", 61*time.Minute, "x")
	i.user("ann@canary.invalid", 61*time.Minute, "x")
	if report := canary.Run(t.Context(), i.options); report.Canary != config.CanaryPassed || report.Message != "" {
		t.Errorf("%+v", report)
	}
	if n := i.query(`select count(*) from "user" where email in ('gatehouse-canary-young@canary.invalid', 'gatehouse-canary-old@example.com', 'ann@canary.invalid')`); n != 3 {
		t.Errorf("%d of 3 others are there", n)
	}
	if n := i.query(`select count(*) from "user"`) + i.query(`select count(*) from account`); n != 6 {
		t.Errorf("%d rows, want 6", n)
	}
}

func TestCanariesDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	i := start(t, "customFields: [{name: seat, type: number, required: true, unique: true}]")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if report := canary.Run(context.WithoutCancel(t.Context()), i.options); report.Canary != config.CanaryPassed {
				t.Errorf("%+v", report)
			}
		})
	}
	group.Wait()
	i.leavesNothing()
}
