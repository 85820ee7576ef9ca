package canary

import (
	"net/http"
	"net/url"
	"slices"
)

// jar keeps the cookies of one server, whatever their attributes: those for a public https:// server work through its address
// in the cluster. What browsers do with them is what package check is for.
type jar struct{ cookies []*http.Cookie }

// SetCookies implements http.CookieJar.
func (j *jar) SetCookies(_ *url.URL, cookies []*http.Cookie) {
	for _, cookie := range cookies {
		j.cookies = slices.DeleteFunc(j.cookies, func(old *http.Cookie) bool { return old.Name == cookie.Name })
		if cookie.MaxAge >= 0 {
			j.cookies = append(j.cookies, cookie)
		}
	}
}

// Cookies implements http.CookieJar.
func (j *jar) Cookies(*url.URL) []*http.Cookie { return j.cookies }
