package postgres_test

import (
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

func TestHitIsExactUnderConcurrency(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.2.12", "1.7.25-ratelimit"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			location := database(t, version)
			stores := []*postgres.Store{open(t, postgres.Options{URL: location, MaxConnections: 10}), open(t, postgres.Options{URL: location, MaxConnections: 10})}
			for round := range 3 {
				var group sync.WaitGroup
				results := make(chan bool, 100)
				at := now.Add(time.Duration(round) * time.Minute)
				for i := range 100 {
					group.Go(func() {
						allowed, last, err := stores[i%2].Hit(t.Context(), "192.0.2.1|/sign-in/email", 7, time.Minute, at)
						if err != nil || !last.Equal(at) {
							t.Error(last, err)
						}
						results <- allowed
					})
				}
				group.Wait()
				close(results)
				allowed := 0
				for result := range results {
					if result {
						allowed++
					}
				}
				if allowed != 7 {
					t.Errorf("round %d: %d of 100 allowed, want 7", round, allowed)
				}
			}
		})
	}
}

func TestHitFollowsTheContract(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25-ratelimit", `INSERT INTO "rateLimit" VALUES ('made-by-better-auth', 'k', 1, 0)`)
	store := open(t, postgres.Options{URL: location})
	steps := []struct {
		at      time.Duration
		allowed bool
		last    time.Duration
	}{
		{0, true, 0}, {9 * time.Second, true, 9 * time.Second}, // the window restarts at each allowed request
		{18 * time.Second, false, 9 * time.Second}, {18999 * time.Millisecond, false, 9 * time.Second}, // refusals change nothing
		{19 * time.Second, true, 19 * time.Second}, {-time.Hour, true, 19 * time.Second}, // another replica's clock is behind
		{20 * time.Second, false, 19 * time.Second},
	}
	for _, step := range steps {
		allowed, last, err := store.Hit(t.Context(), "k", 2, 10*time.Second, now.Add(step.at))
		if err != nil || allowed != step.allowed || !last.Equal(now.Add(step.last)) {
			t.Errorf("at %s: allowed %v, last %s, %v", step.at, allowed, last.Sub(now), err)
		}
	}
	deleted, err := store.DeleteHits(t.Context(), now.Add(time.Minute))
	if err != nil || deleted != 1 {
		t.Errorf("deleted %d, %v", deleted, err)
	}
}

func TestHitSurvivesAMigrationOfItsTable(t *testing.T) {
	t.Parallel()
	location := database(t, "1.2.12")
	store := open(t, postgres.Options{URL: location})
	count := func(want bool) {
		t.Helper()
		if allowed, _, err := store.Hit(t.Context(), "k", 3, time.Minute, now); err != nil || allowed != want {
			t.Errorf("allowed %v, %v", allowed, err)
		}
	}
	count(true)
	execute(t, location, `ALTER TABLE "rateLimit" ADD UNIQUE (key)`)
	count(true)
	execute(t, location, `ALTER TABLE "rateLimit" DROP CONSTRAINT "rateLimit_key_key"`)
	count(true)
	count(false)
}
