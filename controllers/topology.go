package controllers

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"golang.org/x/net/publicsuffix"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// browserTopology says whether browsers keep the cookies of the service and send them from the pages of every allowed
// origin; nothing where there are neither origins nor a cookie domain. It is a judgement of the spec alone, and warns only:
// pages may use bearer tokens, or reach the service by a path of their own host.
func browserTopology(auth *v1alpha1.AuthService) []verdict {
	if len(auth.Spec.AllowedOrigins) == 0 && auth.Spec.Session.Cookie.Domain == "" {
		return nil
	}
	v := verdict{kind: v1alpha1.ConditionBrowserTopology, status: metav1.ConditionFalse}
	address := resources.URL(auth)
	service, err := url.Parse(address)
	if err != nil {
		return nil // the API server lets no such URL in
	}
	if refused := refusedCookies(auth, service); refused != "" {
		v.reason, v.message = v1alpha1.ReasonCookiesRefused, refused
		return []verdict{v}
	}
	var foreign []string
	for _, origin := range auth.Spec.AllowedOrigins {
		if !sameSite(origin, service) {
			foreign = append(foreign, origin)
		}
	}
	if len(foreign) > 0 {
		v.reason, v.message = v1alpha1.ReasonCrossSite, crossSite(auth, service, foreign)
		return []verdict{v}
	}
	v.status, v.reason = metav1.ConditionTrue, v1alpha1.ReasonSameSite
	v.message = fmt.Sprintf("The pages of every allowed origin are on the site of the service, %s", site(service.Scheme, service.Hostname()))
	return []verdict{v}
}

// refusedCookies is why browsers do not even keep the cookies; empty when they do.
func refusedCookies(auth *v1alpha1.AuthService, service *url.URL) string {
	cookie := &auth.Spec.Session.Cookie
	if suffix, _ := publicsuffix.PublicSuffix(cookie.Domain); cookie.Domain != "" && suffix == cookie.Domain {
		return fmt.Sprintf("Browsers refuse cookies for %s, under which anybody may register names. Set session.cookie.domain to a name below it, or leave it out", cookie.Domain)
	}
	if service.Scheme == "http" && secure(cookie, service) && !isLocal(service.Hostname()) {
		return fmt.Sprintf("Browsers refuse Secure cookies from %s. Serve it by https, or remove session.cookie.secure and sameSite None", service)
	}
	return ""
}

// secure says whether the cookies have the attribute Secure, by the defaults of the auth server.
func secure(cookie *v1alpha1.CookieSpec, service *url.URL) bool {
	return ptr.Deref(cookie.Secure, service.Scheme == "https" || cookie.SameSite == "None")
}

// sameSite says whether every page of the origin, or of the pattern, is on the site of the service: same scheme, and the same
// name that somebody registered. Ports do not count.
func sameSite(origin string, service *url.URL) bool {
	scheme, host, found := strings.Cut(origin, "://")
	if !found {
		// A pattern for both schemes is meant for the one of the service.
		scheme, host = service.Scheme, origin
	}
	host = hostOfPattern(host)
	if !strings.ContainsAny(host, "*?") {
		return site(scheme, host) == site(service.Scheme, service.Hostname())
	}
	// What follows the last wildcard, from the next dot on, is all that is certain about the host.
	_, certain, _ := strings.Cut(host[strings.LastIndexAny(host, "*?"):], ".")
	registered, err := publicsuffix.EffectiveTLDPlusOne(certain)
	return err == nil && net.ParseIP(service.Hostname()) == nil &&
		scheme+"://"+registered == site(service.Scheme, service.Hostname())
}

// hostOfPattern leaves out the port, which may be a pattern itself, and the brackets of an IPv6 address.
func hostOfPattern(host string) string {
	if address, _, bracketed := strings.Cut(strings.TrimPrefix(host, "["), "]"); bracketed {
		return address
	}
	name, _, _ := strings.Cut(host, ":")
	return name
}

// site is what browsers compare, for schemes that differ too: the scheme, and the name that somebody registered below a
// public suffix such as com, co.uk or github.io. A public suffix, an IP address and localhost are sites of their own.
func site(scheme, host string) string {
	if net.ParseIP(host) == nil {
		if registered, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
			host = registered
		}
	}
	return scheme + "://" + host
}

// isLocal is for hosts whose http most browsers trust as others' https.
func isLocal(host string) bool {
	address := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || address != nil && address.IsLoopback()
}

// crossSite says what is lost, and the ways out.
func crossSite(auth *v1alpha1.AuthService, service *url.URL, foreign []string) string {
	const named = 5
	list := strings.Join(foreign[:min(len(foreign), named)], ", ")
	if more := len(foreign) - named; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	if resources.URL(auth) == resources.InternalURL(auth) {
		return fmt.Sprintf("No browser reaches %s from the pages of %s. Set baseURL, ingress or httpRoute", service, list)
	}
	cookies := "Browsers do not send the cookies of " + service.String() + " with requests from the pages of " + list + ", which are on other sites"
	if auth.Spec.Session.Cookie.SameSite == "None" {
		cookies = "Only browsers that allow third-party cookies send those of " + service.String() + " with requests from the pages of " + list + ", which are on other sites"
	}
	if auth.Spec.Features.Bearer != nil {
		return resources.Shorten(cookies + ". These pages work with bearer tokens only")
	}
	return resources.Shorten(cookies + ". " + wayOut(service, foreign[0]))
}

func wayOut(service *url.URL, origin string) string {
	scheme, host, _ := strings.Cut(origin, "://")
	host = hostOfPattern(host)
	registered, err := publicsuffix.EffectiveTLDPlusOne(host)
	switch {
	case host == "":
		return "Name a domain of your own in the pattern, or use bearer tokens (features.bearer)"
	case scheme != service.Scheme && site("", host) == site("", service.Hostname()):
		return fmt.Sprintf("Serve them by %s too: with another scheme, they are another site", service.Scheme)
	case isLocal(host) || net.ParseIP(host) != nil || err != nil || strings.ContainsAny(host, "*?"):
		return "Serve them and the service below one domain of yours, or use bearer tokens (features.bearer)"
	default:
		return fmt.Sprintf("Serve the service from a host below %s, such as auth.%s, or use bearer tokens (features.bearer)", registered, registered)
	}
}
