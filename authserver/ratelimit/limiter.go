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
	// Ledger, where there is one, counts for the rule Default, in batches. Store counts for the others.
	Ledger Ledger
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
	// batched is nil where there is no ledger.
	batched *batched
}

// New returns a Limiter. With a ledger, somebody must call Settle every SettleInterval.
func New(o Options) *Limiter {
	l := &Limiter{Options: o, local: NewMemory()}
	if o.Ledger != nil {
		l.batched = newBatched(o.Ledger, o.Default, o.Now)
	}
	return l
}

// SettleInterval is how long requests may stay unknown to the ledger.
const SettleInterval = time.Second

// Settle tells the ledger of all requests that it does not know of. While it fails, each replica counts for itself.
func (l *Limiter) Settle(ctx context.Context) error {
	if l.batched == nil {
		return nil
	}
	return l.batched.settle(ctx)
}

// Decision is the answer to one request.
type Decision struct {
	Allowed bool
	// RetryAfter is the number of whole seconds after which a refused client may try again.
	RetryAfter int
}

// Allow counts a request of a client on a path without its base path, as it is in a URL. Errors are those of the store,
// unless it is unavailable.
func (l *Limiter) Allow(ctx context.Context, client, path string) (Decision, error) {
	path = strings.TrimRight(path, "/")
	rule, limited := l.rule(path)
	if !limited {
		return Decision{Allowed: true}, nil
	}
	now := l.Now()
	allowed, last, err := l.hit(ctx, strings.Map(printable, client+"|"+path[:min(len(path), maxPath)]), rule, now)
	if err != nil {
		return Decision{}, fmt.Errorf("counting a request: %w", err)
	}
	if allowed {
		return Decision{Allowed: true}, nil
	}
	wait := last.Add(rule.Window).Sub(now)
	return Decision{RetryAfter: int((wait + time.Second - 1) / time.Second)}, nil
}

// printable replaces what URLs do not have and not every database takes: it would refuse other counters of a batch too.
func printable(r rune) rune {
	if r > ' ' && r <= '~' {
		return r
	}
	return '?'
}

func (l *Limiter) hit(ctx context.Context, key string, rule appliedRule, now time.Time) (bool, time.Time, error) {
	if rule.batched {
		return l.batched.hit(ctx, key, now)
	}
	allowed, last, err := l.Store.Hit(ctx, key, rule.Max, rule.Window, now)
	if errors.Is(err, authserver.ErrUnavailable) {
		return l.local.Hit(ctx, key, rule.Max, rule.Window, now)
	}
	return allowed, last, err
}

// appliedRule is the rule of a request.
type appliedRule struct {
	Rule
	batched bool
}

func (l *Limiter) rule(path string) (rule appliedRule, limited bool) {
	for _, p := range l.Paths {
		if p.Path == path || strings.Contains(p.Path, "*") && origins.Glob(p.Path, path) {
			return appliedRule{Rule: p.Rule}, !p.Disabled
		}
	}
	for _, prefix := range guardedPaths {
		if strings.HasPrefix(path, prefix) {
			return appliedRule{Rule: l.Auth}, true
		}
	}
	return appliedRule{l.Default, l.batched != nil}, true
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
