package bench

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

const (
	baseURL  = "http://auth.example.com"
	basePath = "/api/auth"
	password = "correct horse battery staple"
	// sampled is how many users send requests.
	sampled = 1000
)

// request is one that all contestants understand.
type request struct {
	method, path, cookie, body string
	// client is the address that a proxy would name.
	client string
	// want is in the body of a good answer.
	want string
}

// raw is what goes over the wire.
func (r request) raw() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: auth.example.com\r\nUser-Agent: wrk\r\nX-Forwarded-For: %s\r\n", r.method, basePath+r.path, r.client)
	if r.cookie != "" {
		text.WriteString("Cookie: " + r.cookie + "\r\n")
	}
	if r.body != "" {
		fmt.Fprintf(&text, "Origin: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", baseURL, len(r.body))
	}
	return text.String() + "\r\n" + r.body
}

// person is a user with a session, of the database that crowd fills.
type person struct{ user, session int }

// sample are users spread over all, each with one of the sessions.
func (c crowd) sample() []person {
	people := make([]person, min(sampled, c.users))
	for i := range people {
		session := i * (c.sessions / len(people))
		people[i] = person{user: session % c.users, session: session}
	}
	return people
}

func (p person) email() string { return "user" + strconv.Itoa(p.user) + "@example.com" }

// token is what SQL's md5('session-' || i) is.
func (p person) token() string { return digest("session-" + strconv.Itoa(p.session)) }

func digest(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// cookie is the signed one, as Better-Auth makes it.
func (p person) cookie() string {
	mac := hmac.New(sha256.New, []byte(servers.Secret))
	mac.Write([]byte(p.token()))
	signature := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return "better-auth.session_token=" + url.QueryEscape(p.token()+"."+signature)
}

// address is another one for each.
func (p person) address() string {
	return fmt.Sprintf("198.51.%d.%d", p.session/250%250, p.session%250+1)
}

func (p person) getSession() request {
	return request{method: http.MethodGet, path: "/get-session", cookie: p.cookie(), client: p.address(), want: p.email()}
}

func (p person) signIn() request {
	body := fmt.Sprintf(`{"email":%q,"password":%q}`, p.email(), password)
	return request{method: http.MethodPost, path: "/sign-in/email", client: p.address(), body: body, want: p.email()}
}

func (p person) getToken() request {
	return request{method: http.MethodGet, path: "/token", cookie: p.cookie(), client: p.address(), want: `"token"`}
}

func (p person) updateUser() request {
	return request{
		method: http.MethodPost, path: "/update-user", cookie: p.cookie(), client: p.address(), body: `{"name":"Another Name"}`, want: `true`,
	}
}

// newcomers counts who signed up, since an address can do that once.
var newcomers atomic.Int64

func signUp() request {
	email := fmt.Sprintf("newcomer%d@example.com", newcomers.Add(1))
	body := fmt.Sprintf(`{"name":"Newcomer","email":%q,"password":%q}`, email, password)
	return request{method: http.MethodPost, path: "/sign-up/email", client: "198.51.100.1", body: body, want: email}
}

// each makes a request of each person.
func each(people []person, one func(person) request) func() []request {
	requests := make([]request, len(people))
	for i, somebody := range people {
		requests[i] = one(somebody)
	}
	return func() []request { return requests }
}

// signUps are those of one run of the load.
func signUps() []request {
	requests := make([]request, 4000)
	for i := range requests {
		requests[i] = signUp()
	}
	return requests
}

// mixture is 95 get-session, 3 sign-in, 1 sign-up and 1 update-user of each 100, in an order of its own.
func mixture(people []person) func() []request {
	order := rand.New(rand.NewPCG(1, 2))
	return func() []request {
		var requests []request
		for block := range 200 {
			somebody := func(i int) person { return people[(block*100+i)%len(people)] }
			hundred := []request{somebody(0).signIn(), somebody(1).signIn(), somebody(2).signIn(), signUp(), somebody(4).updateUser()}
			for i := len(hundred); i < 100; i++ {
				hundred = append(hundred, somebody(i).getSession())
			}
			order.Shuffle(len(hundred), func(i, j int) { hundred[i], hundred[j] = hundred[j], hundred[i] })
			requests = slices.Concat(requests, hundred)
		}
		return requests
	}
}

// id is that of the user.
func (p person) id() string { return digest("user-" + strconv.Itoa(p.user)) }
