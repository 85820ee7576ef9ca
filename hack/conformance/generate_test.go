package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
)

// request is what is sent to both servers, byte for byte.
type request struct {
	method, target string
	header         [][2]string
	body           string
	// session is the session that the cookie is about; both databases get it first.
	session session
	// value is a row that both databases get too.
	value *verification
}

// draft is a request in the making: it begins valid and is then changed.
type draft struct {
	number      int
	method      string
	path        string // below the base path, without a slash
	target      string // a pattern for path
	query       string
	contentType string
	members     []member
	raw         *string
	origin      string
	extra       [][2]string
	session     session
	value       *verification
}

// member is a member of the body; its value is JSON text.
type member struct{ name, value string }

// generator draws requests; the same seed draws the same requests.
type generator struct {
	*rand.Rand
	// alice is the id of the user whom requests are about.
	alice string
}

func newGenerator(s side) generator {
	var user struct{ ID string }
	if err := json.Unmarshal([]byte(s.alice[`"user"`]), &user); err != nil {
		panic(err) // it is a row that the database made
	}
	return generator{rand.New(rand.NewPCG(*drawSeed, 0)), user.ID} // #nosec G404 -- requests that can be drawn again
}

func (g generator) pick(pool []string) string { return pool[g.IntN(len(pool))] }

// request draws one: a valid request, with up to three changes.
func (g generator) request(number int) request {
	d := g.valid(number)
	for range []int{0, 1, 1, 1, 1, 2, 2, 3}[g.IntN(8)] {
		changes := d.changes()
		changes[g.IntN(len(changes))](g, d)
	}
	return d.render(g)
}

func (g generator) valid(number int) *draft {
	d := &draft{number: number, target: "/%s", origin: "http://auth.example.com", contentType: "application/json"}
	switch g.IntN(8) {
	case 0, 1, 2:
		d.signedIn(g)
		return d
	case 3, 4:
		d.flow(g)
		return d
	}
	switch endpoint := g.IntN(10); {
	case endpoint < 4:
		d.method, d.path = "POST", "sign-up/email"
		d.members = []member{
			{"name", `"Ann"`}, {"email", fmt.Sprintf(`"new.%d@example.com"`, number)}, {"password", `"Password123!"`}, {"tier", `"gold"`},
		}
	case endpoint < 7:
		d.method, d.path = "POST", "sign-in/email"
		d.members = []member{{"email", `"alice@example.com"`}, {"password", `"Password123!"`}}
	case endpoint < 8:
		d.method, d.path, d.session = "POST", "sign-out", live
		d.members = []member{}
	case endpoint < 9:
		d.method, d.path, d.session = "GET", "get-session", live
	default:
		d.method, d.path = "GET", "ok"
	}
	return d
}

// signedIn makes it a request of a signed-in user.
func (d *draft) signedIn(g generator) {
	d.method, d.session, d.members = "POST", live, []member{}
	switch endpoint := g.IntN(14); {
	case endpoint < 5:
		d.path = "update-user"
		d.members = []member{{"name", `"Alice"`}}
	case endpoint < 7:
		d.path = "change-password"
		d.members = []member{{"newPassword", `"Password123!"`}, {"currentPassword", `"Password123!"`}}
	case endpoint < 8:
		d.path = "verify-password"
		d.members = []member{{"password", `"Password123!"`}}
	case endpoint < 9:
		d.path = "revoke-session"
		d.members = []member{{"token", g.pick(sessionTokens)}}
	case endpoint < 10:
		d.path = "revoke-sessions"
	case endpoint < 11:
		d.path = "revoke-other-sessions"
	case endpoint < 12:
		d.path = "delete-user"
		d.members = []member{{"password", `"Password123!"`}}
	case endpoint < 13:
		d.method, d.path, d.members = "GET", "list-sessions", nil
	default:
		d.method, d.path, d.members = "GET", "list-accounts", nil
	}
}

type change func(generator, *draft)

// changes are those that make sense for the endpoint; what it does not have, such as a body, is changed less often.
func (d *draft) changes() []change {
	changes := []change{changeOrigin, changeOrigin, changeSession, changeSession, changeFetchMetadata, changeQuery, changeTarget, changeMethod}
	if d.method == "POST" {
		changes = append(changes, changeContentType, changeRaw, changeCallback)
	}
	changes = append(changes, d.flowChanges()...)
	switch d.path {
	case "sign-up/email":
		changes = append(changes, changeCore, changeCore, changeCore, changeCustom, changeCustom, changeCustom, changeCustom, changeForm, changeOrder)
	case "sign-in/email":
		changes = append(changes, changeCore, changeCore, changeCore, changeForm, changeOrder)
	case "get-session":
		changes = append(changes, changeSession, changeSession, changeSession, changeQuery, changeQuery)
	case "sign-out":
		changes = append(changes, changeSession, changeSession, changeSignOut)
	case "update-user":
		changes = append(changes, changeCore, changeCore, changeCustom, changeCustom, changeCustom, changeCustom, changeOrder)
	case "change-password", "verify-password", "revoke-session", "delete-user":
		changes = append(changes, changeMember, changeMember, changeMember, changeOrder)
	}
	return changes
}

func (d *draft) set(name, value string) {
	at := slices.IndexFunc(d.members, func(m member) bool { return m.name == name })
	switch {
	case at >= 0 && value == "":
		d.members = slices.Delete(d.members, at, at+1)
	case at >= 0:
		d.members[at].value = value
	case value != "":
		d.members = append(d.members, member{name, value})
	}
}

func changeCore(g generator, d *draft) {
	pools := map[string][]string{
		"name": names, "email": emails, "password": passwords, "rememberMe": booleans, "image": images, "callbackURL": callbacks,
	}
	fields := slices.Sorted(maps.Keys(pools))
	name := fields[g.IntN(len(fields))]
	d.set(name, g.pick(pools[name]))
}

func changeCustom(g generator, d *draft) {
	fields := slices.Sorted(maps.Keys(custom))
	name := fields[g.IntN(len(fields))]
	d.set(name, g.pick(custom[name]))
}

// changeMember changes a member of a request of a signed-in user.
func changeMember(g generator, d *draft) {
	switch d.path {
	case "change-password":
		name := g.pick([]string{"newPassword", "currentPassword", "revokeOtherSessions"})
		pool := passwords
		if name == "revokeOtherSessions" {
			pool = booleans
		}
		d.set(name, g.pick(pool))
	case "verify-password":
		d.set("password", g.pick(passwords))
	case "revoke-session":
		d.set("token", g.pick(slices.Concat(sessionTokens, anyType)))
	case "delete-user":
		d.set(g.pick([]string{"password", "password", "token", "callbackURL"}), g.pick(append([]string{`"wrong"`}, anyType...)))
	}
}

func changeCallback(g generator, d *draft) {
	d.set(g.pick([]string{"callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL"}), g.pick(callbacks))
}

func changeSignOut(g generator, d *draft) {
	d.set(g.pick([]string{"callbackURL", "disableRedirect", "state", "unknown"}), g.pick(anyType))
}

func changeOrder(g generator, d *draft) {
	g.Shuffle(len(d.members), func(i, j int) { d.members[i], d.members[j] = d.members[j], d.members[i] })
}

func changeForm(_ generator, d *draft) {
	values := url.Values{}
	for _, member := range d.members {
		values.Set(member.name, strings.Trim(member.value, `"`))
	}
	form := values.Encode()
	d.raw, d.contentType = &form, "application/x-www-form-urlencoded"
}

func changeRaw(g generator, d *draft) {
	raw := g.pick(rawBodies)
	d.raw = &raw
}

func changeContentType(g generator, d *draft) { d.contentType = g.pick(contentTypes) }

func changeQuery(g generator, d *draft) { d.query = g.pick(queries) }

func changeTarget(g generator, d *draft) { d.target = g.pick(targets) }

func changeMethod(g generator, d *draft) {
	d.method = g.pick([]string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
}

func changeOrigin(g generator, d *draft) {
	d.origin = g.pick(origins)
	if g.IntN(3) == 0 {
		referer := g.pick(origins)
		if g.IntN(2) == 0 {
			referer += "/page?a=b"
		}
		d.extra = append(d.extra, [2]string{"Referer", referer})
	}
}

func changeFetchMetadata(g generator, d *draft) {
	d.extra = append(d.extra,
		[2]string{"Sec-Fetch-Site", g.pick([]string{"cross-site", "same-site", "same-origin", "none", ""})},
		[2]string{"Sec-Fetch-Mode", g.pick([]string{"navigate", "cors", "no-cors", "same-origin"})},
		[2]string{"Sec-Fetch-Dest", g.pick([]string{"document", "empty", "iframe"})},
	)
	if g.IntN(3) == 0 {
		d.origin = g.pick([]string{"", "null"})
	}
}

func changeSession(g generator, d *draft) { d.session = sessions[g.IntN(len(sessions))] }

func (d *draft) render(g generator) request {
	r := request{method: d.method, target: fmt.Sprintf(d.target, d.path), session: d.session.draw(g), value: d.value}
	if d.query != "" {
		r.target += "?" + d.query
	}
	add := func(name, value string) {
		if value != "" {
			r.header = append(r.header, [2]string{name, value})
		}
	}
	add("X-Forwarded-For", "203.0.113.9")
	add("User-Agent", "conformance/1.0")
	add("Origin", d.origin)
	add("Cookie", r.session.cookie)
	r.header = append(r.header, d.extra...)
	if d.members == nil && d.raw == nil || d.method == "GET" || d.method == "HEAD" {
		return r
	}
	add("Content-Type", d.contentType)
	r.body = strings.ReplaceAll(d.body(), ownToken, r.session.token)
	return r
}

func (d *draft) body() string {
	if d.raw != nil {
		return *d.raw
	}
	var members []string
	for _, member := range d.members {
		members = append(members, fmt.Sprintf("%q:%s", member.name, member.value))
	}
	return "{" + strings.Join(members, ",") + "}"
}
