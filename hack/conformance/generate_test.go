package conformance

import (
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
}

// member is a member of the body; its value is JSON text.
type member struct{ name, value string }

// generator draws requests; the same seed draws the same requests.
type generator struct{ *rand.Rand }

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

type change func(generator, *draft)

// changes are those that make sense for the endpoint; what it does not have, such as a body, is changed less often.
func (d *draft) changes() []change {
	changes := []change{changeOrigin, changeOrigin, changeSession, changeSession, changeFetchMetadata, changeQuery, changeTarget, changeMethod}
	if d.method == "POST" {
		changes = append(changes, changeContentType, changeRaw, changeCallback)
	}
	switch d.path {
	case "sign-up/email":
		changes = append(changes, changeCore, changeCore, changeCore, changeCustom, changeCustom, changeCustom, changeCustom, changeForm, changeOrder)
	case "sign-in/email":
		changes = append(changes, changeCore, changeCore, changeCore, changeForm, changeOrder)
	case "get-session":
		changes = append(changes, changeSession, changeSession, changeSession, changeQuery, changeQuery)
	case "sign-out":
		changes = append(changes, changeSession, changeSession, changeSignOut)
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
	r := request{method: d.method, target: fmt.Sprintf(d.target, d.path), session: d.session.draw(g)}
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
	r.body = d.body()
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
