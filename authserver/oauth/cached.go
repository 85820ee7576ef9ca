package oauth

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// freshFor is how long what a provider publishes is believed.
	freshFor = 10 * time.Minute
	// staleFor is how long it is believed when the provider does not answer.
	staleFor = 24 * time.Hour
	// cooldown is the least time between two requests for a key that is not known yet: anybody can make up key ids.
	cooldown = 30 * time.Second
	// pause is the least time between two requests to a provider that does not answer.
	pause = 2 * time.Second
)

// cached is something that a provider publishes and that is asked for when it is needed first.
type cached[T any] struct {
	fetch func(context.Context) (T, error)
	now   func() time.Time

	flight singleflight.Group
	mu     sync.Mutex
	value  T
	// fetched is when value was, asked when it was asked for last; both are zero at first.
	fetched, asked time.Time
	// err is that of the last request.
	err error
}

// get returns what is fresh, or asks; when there is no answer, what was fresh.
func (c *cached[T]) get(ctx context.Context) (T, error) {
	value, err, due := c.look(func(age, sinceAsked time.Duration) bool {
		return age >= freshFor && (c.err == nil || sinceAsked >= pause)
	})
	if !due {
		return value, err
	}
	return c.ask(ctx)
}

// renew asks although there is something fresh, unless that happened a moment ago.
func (c *cached[T]) renew(ctx context.Context) (T, error) {
	value, err, due := c.look(func(_, sinceAsked time.Duration) bool { return sinceAsked >= cooldown })
	if !due {
		return value, err
	}
	return c.ask(ctx)
}

func (c *cached[T]) look(due func(age, sinceAsked time.Duration) bool) (T, error, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	value, err := c.known(now)
	return value, err, due(now.Sub(c.fetched), now.Sub(c.asked))
}

// known is called with the lock held.
func (c *cached[T]) known(now time.Time) (T, error) {
	if c.err != nil && now.Sub(c.fetched) >= staleFor {
		var none T
		return none, c.err
	}
	return c.value, nil
}

// ask sends one request for all who wait for it; it goes on when one of them leaves.
func (c *cached[T]) ask(ctx context.Context) (T, error) {
	answer := c.flight.DoChan("", func() (any, error) {
		value, err := c.fetch(context.WithoutCancel(ctx))
		c.mu.Lock()
		defer c.mu.Unlock()
		c.asked, c.err = c.now(), err
		if err == nil {
			c.value, c.fetched = value, c.asked
		}
		return c.known(c.asked)
	})
	var none T
	select {
	case <-ctx.Done():
		return none, unreachable(ctx.Err())
	case result := <-answer:
		if result.Err != nil {
			return none, result.Err
		}
		return result.Val.(T), nil
	}
}
