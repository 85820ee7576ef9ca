package check

import (
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
)

// browser is a client with the cookies of a browser.
type browser struct {
	*Client
	jar *jar
}

func newBrowser(p plan) (browser, error) {
	cookies, err := cookiejar.New(nil)
	if err != nil {
		return browser{}, err
	}
	jar := &jar{cookies, p.origin}
	return browser{NewClient(ClientOptions{Base: p.base, Origin: p.origin, Jar: jar, UserAgent: "gatehouse-check", Timeout: p.Timeout}), jar}, nil
}

// jar keeps cookies under the origin rather than under the address that happens to reach the server, so that the
// cookies of a public https:// server also work when it is checked through its in-cluster address.
type jar struct {
	*cookiejar.Jar
	origin *url.URL
}

func (j *jar) SetCookies(u *url.URL, cookies []*http.Cookie) { j.Jar.SetCookies(j.at(u), cookies) }

func (j *jar) Cookies(u *url.URL) []*http.Cookie { return j.Jar.Cookies(j.at(u)) }

func (j *jar) at(u *url.URL) *url.URL {
	seen := &url.URL{Scheme: j.origin.Scheme, Host: j.origin.Host, Path: u.Path}
	if loopback(j.origin.Hostname()) {
		// As browsers do: a loopback address is trustworthy enough for Secure cookies.
		seen.Scheme = "https"
	}
	return seen
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
