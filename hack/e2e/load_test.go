package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

const (
	requestRate = 50 // get-session, a second
	signInEvery = time.Second
)

// load is what a crowd asks while something changes.
type load struct {
	crowd *crowd
	end   context.CancelFunc
	tasks sync.WaitGroup
	began time.Time
	// lasted is for how long it asked.
	lasted time.Duration

	mutex    sync.Mutex
	took     []time.Duration
	signIns  int
	failures map[string]int
	failed   int
}

// ask begins to send requests at a constant rate, however long the answers take.
func (c *crowd) ask(ctx context.Context) *load {
	ctx, end := context.WithCancel(ctx)
	l := &load{crowd: c, end: end, began: time.Now(), failures: map[string]int{}}
	l.tasks.Go(func() { l.getSessions(ctx) })
	l.tasks.Go(func() { l.signInAgain(ctx) })
	return l
}

// stop waits for the answers to what was sent.
func (l *load) stop() {
	l.end()
	if l.lasted == 0 {
		l.lasted = time.Since(l.began)
	}
	l.tasks.Wait()
}

func (l *load) getSessions(ctx context.Context) {
	ticker := time.NewTicker(time.Second / requestRate)
	defer ticker.Stop()
	visits := l.crowd.sessions()
	for sent := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		// Ticks that a busy machine has swallowed are made up for.
		for due := int(time.Since(l.began).Seconds() * requestRate); sent < due; sent++ {
			from, v := l.crowd.fresh, visits[sent%len(visits)]
			if sent%2 == 1 {
				from = l.crowd.kept
			}
			l.tasks.Go(func() { l.getSession(context.WithoutCancel(ctx), from, v) })
		}
	}
}

func (l *load) getSession(ctx context.Context, from *http.Client, v visit) {
	began := time.Now()
	err := l.crowd.comesBack(ctx, from, v)
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.took = append(l.took, time.Since(began))
	l.note(err)
}

func (l *load) signInAgain(ctx context.Context) {
	ticker := time.NewTicker(signInEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := l.crowd.signIn(context.WithoutCancel(ctx), l.crowd.emails[l.signIns%len(l.crowd.emails)])
		l.mutex.Lock()
		l.signIns++
		l.note(err)
		l.mutex.Unlock()
	}
}

func (l *load) note(err error) {
	if err != nil {
		l.failed++
		l.failures[fmt.Sprintf("%s: %v", "after "+time.Since(l.began).Round(time.Second).String(), err)]++
	}
}

// String says what was asked; call it after stop.
func (l *load) String() string {
	slices.Sort(l.took)
	percentile := func(p int) time.Duration { return l.took[len(l.took)*p/100].Round(time.Millisecond) }
	seconds := l.lasted.Seconds()
	return fmt.Sprintf("%d requests (%.0f/s) and %d sign-ins in %.0f s, %d failed, median %s, p99 %s",
		len(l.took), float64(len(l.took))/seconds, l.signIns, seconds, l.failed, percentile(50), percentile(99))
}

// underLoad changes something while users come back and sign in, and holds that none of them notices.
func (d *demo) underLoad(t *testing.T, change func(t *testing.T)) {
	t.Helper()
	visits := d.crowd.sessions()
	l := d.crowd.ask(t.Context())
	defer l.stop()
	change(t)
	l.stop()
	lost := d.crowd.allComeBack(t, visits)
	d.figure(t, "%s; %d sessions, %d lost", l, len(visits), lost)
	for failure, count := range l.failures {
		t.Errorf("%d times %s", count, failure)
	}
	if len(l.took) < 100 {
		t.Errorf("%d requests are too few to show anything", len(l.took))
	}
}
