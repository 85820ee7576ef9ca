package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/origins"
)

// maxPath cuts the path part of a key: unknown paths are counted too, and an index takes no text without end.
const maxPath = 128

// Store counts requests.
type Store interface {
	// Hit counts a request on a key, unless max requests are counted and the last of them is younger than the window;
	// then nothing changes. It returns the moment of the last counted request.
	Hit(ctx context.Context, key string, maxRequests int, window time.Duration, now time.Time) (allowed bool, lastRequest time.Time, err error)
}

// Rule allows Max requests until there was no request for Window.
type Rule struct {
	Max    int
	Window time.Duration
}

// PathRule is the rule of one path, or of the paths that a pattern with * matches.
type PathRule struct {
	Path string
	// Disabled lifts every limit from the path.
	Disabled bool
	Rule     Rule
}

// Options configure a Limiter.
type Options struct {
	Store Store
	// Auth is the rule of the paths that take a password or send a mail to anybody, Default that of every other.
	Auth, Default Rule
	// Paths override both; the first match counts.
	Paths []PathRule
	// Now is the clock.
	Now func() time.Time
}

// Limiter decides which requests are too many. It is safe for concurrent use.
type Limiter struct {
	Options
	// local counts while the shared store is away: an outage must not lift the limits, nor stop what needs no database.
	local *Memory
}

// New returns a Limiter.
func New(o Options) *Limiter {
	return &Limiter{Options: o, local: NewMemory()}
}

// Decision is the answer to one request.
type Decision struct {
	Allowed bool
	// RetryAfter is the number of whole seconds after which a refused client may try again.
	RetryAfter int
}

// Allow counts a request of a client on a path without its base path. Errors are those of the store, unless it is
// unavailable.
func (l *Limiter) Allow(ctx context.Context, client, path string) (Decision, error) {
	path = strings.TrimRight(path, "/")
	rule, limited := l.rule(path)
	if !limited {
		return Decision{Allowed: true}, nil
	}
	key := client + "|" + path[:min(len(path), maxPath)]
	now := l.Now()
	allowed, last, err := l.Store.Hit(ctx, key, rule.Max, rule.Window, now)
	if errors.Is(err, authserver.ErrUnavailable) {
		allowed, last, err = l.local.Hit(ctx, key, rule.Max, rule.Window, now)
	}
	if err != nil {
		return Decision{}, fmt.Errorf("counting a request: %w", err)
	}
	if allowed {
		return Decision{Allowed: true}, nil
	}
	wait := last.Add(rule.Window).Sub(now)
	return Decision{RetryAfter: int((wait + time.Second - 1) / time.Second)}, nil
}

func (l *Limiter) rule(path string) (rule Rule, limited bool) {
	for _, p := range l.Paths {
		if p.Path == path || strings.Contains(p.Path, "*") && origins.Glob(p.Path, path) {
			return p.Rule, !p.Disabled
		}
	}
	for _, prefix := range guardedPaths {
		if strings.HasPrefix(path, prefix) {
			return l.Auth, true
		}
	}
	return l.Default, true
}

// guardedPaths begin the paths that take a password or send mail. Better-Auth leaves verify-password and delete-user to the
// default rule, under which a stolen session may guess 600 passwords a minute.
var guardedPaths = []string{
	"/sign-in", "/sign-up", "/change-password", "/change-email", "/verify-password", "/delete-user",
	"/request-password-reset", "/send-verification-email",
}

// LongestWindow is the age from which a counter counts for nobody.
func (l *Limiter) LongestWindow() time.Duration {
	longest := max(l.Auth.Window, l.Default.Window)
	for _, p := range l.Paths {
		longest = max(longest, p.Rule.Window)
	}
	return longest
}
