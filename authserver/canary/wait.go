package canary

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/check"
)

const firstPause, longestPause = 200 * time.Millisecond, 3 * time.Second

// ask repeats a request until the server answers it: one that cannot be reached yet, that has no database now, or whose rate
// limit refuses, may do so later.
func (v *visit) ask(ctx context.Context, send func(context.Context) (check.Answer, error)) (check.Answer, error) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		answer, err := send(ctx)
		if err == nil && !passing(answer.Status) {
			return answer, nil
		}
		wait := pause
		if answer.Status == http.StatusTooManyRequests {
			wait = max(wait, retryAfter(answer))
		}
		if ctx.Err() == nil && v.Now().Add(wait).Before(v.deadline) {
			v.Wait(ctx, wait)
			continue
		}
		switch {
		case err != nil:
			return answer, unanswered(err, "see whether the server is ready and reaches its database, and Redis if it uses one, and look into its log")
		case answer.Status == http.StatusTooManyRequests:
			return answer, v.notTried(answer.Request + " was not tried to its end, because the rate limit refuses the address of the canary; " +
				"add the address range of the pods to trustedProxies (spec.rateLimit.trustedProxies), so that canaries have addresses of their own")
		}
		return answer, nil
	}
}

// unanswered is the error of a request without an answer, with another fix than the flags of package check's command.
func unanswered(err error, fix string) error {
	var failure *check.StepError
	if errors.As(err, &failure) {
		failure.Fix = fix
	}
	return err
}

// passing says whether a later answer may be another one.
func passing(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func retryAfter(answer check.Answer) time.Duration {
	for _, name := range []string{"X-Retry-After", "Retry-After"} {
		if seconds, err := strconv.Atoi(answer.Header.Get(name)); err == nil && seconds >= 0 {
			return time.Duration(seconds) * time.Second
		}
	}
	return 0
}

// attempt repeats what is done in the store likewise, while that is not there.
func (v *visit) attempt(ctx context.Context, do func(context.Context) error) error {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := do(ctx)
		if !errors.Is(err, authserver.ErrUnavailable) || ctx.Err() != nil || !v.Now().Add(pause).Before(v.deadline) {
			return err
		}
		v.Wait(ctx, pause)
	}
}
