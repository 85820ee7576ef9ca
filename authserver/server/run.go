package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/ratelimit"
)

const (
	// probeInterval is how often a server that is not ready asks for its database.
	probeInterval = time.Second
	probeTimeout  = 5 * time.Second
)

// listener is one port with its server.
type listener struct {
	address string
	socket  net.Listener
	server  *http.Server
}

func (l *listener) listen(ctx context.Context) (err error) {
	if l.socket, err = (&net.ListenConfig{}).Listen(ctx, "tcp", l.address); err != nil {
		return fmt.Errorf("listening on %s: %w", l.address, err)
	}
	return nil
}

func (l *listener) serve() error {
	if err := l.server.Serve(l.socket); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving %s: %w", l.address, err)
	}
	return nil
}

// Listen opens both ports.
func (s *Server) Listen(ctx context.Context) error {
	if err := s.public.listen(ctx); err != nil {
		return err
	}
	if err := s.ops.listen(ctx); err != nil {
		return errors.Join(err, s.public.socket.Close())
	}
	return nil
}

// Addresses are those of both ports, once Listen has returned.
func (s *Server) Addresses() (public, ops net.Addr) {
	return s.public.socket.Addr(), s.ops.socket.Addr()
}

// Run serves, after Listen, until the context is done, then drains. It returns nil after a complete drain.
func (s *Server) Run(ctx context.Context) error {
	defer s.closeStores(ctx)
	s.Log.LogAttrs(ctx, slog.LevelInfo, "listening",
		slog.String("public", s.public.socket.Addr().String()), slog.String("ops", s.ops.socket.Addr().String()),
		slog.String("baseURL", s.Config.BaseURL+s.Config.BasePath))

	serving, failed := errgroup.WithContext(ctx)
	serving.Go(s.public.serve)
	serving.Go(s.ops.serve)
	serving.Go(func() error { s.becomeReady(failed); return nil })
	serving.Go(func() error { s.sweep(failed); return nil })
	// Requests that end during the drain are counted and cause mails too.
	following, stopFollowing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopFollowing()
	serving.Go(func() error { s.settle(following); return nil })
	if s.mail != nil {
		serving.Go(func() error { s.mail.Run(following); return nil })
	}
	<-failed.Done()
	err := s.drain(context.WithoutCancel(ctx))
	stopFollowing()
	err = errors.Join(err, serving.Wait())
	if settling := s.SettleLimits(context.WithoutCancel(ctx)); settling != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "requests of the last second are not counted in the database", slog.String("error", settling.Error()))
	}
	return err
}

// becomeReady asks for the database and Redis until both have answered once.
func (s *Server) becomeReady(ctx context.Context) {
	for reported := ""; ; {
		reason, err := s.probe(ctx)
		if err == nil {
			s.readiness.Ready()
			s.Log.LogAttrs(ctx, slog.LevelInfo, "ready")
			return
		}
		if reason != reported && ctx.Err() == nil {
			reported = reason
			s.readiness.NotReady(reason)
			s.Log.LogAttrs(ctx, slog.LevelWarn, "not ready: "+reason, slog.String("error", err.Error()))
		}
		if !sleep(ctx, probeInterval) {
			return
		}
	}
}

func (s *Server) probe(ctx context.Context) (reason string, err error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if reason, err := s.stores.probe(ctx); err != nil {
		return reason, err
	}
	err = s.probeFeatures(ctx)
	return diagnosis(err), err
}

func (s *Server) closeStores(ctx context.Context) {
	if err := s.stores.close(); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "connections were not closed well", slog.String("error", err.Error()))
	}
}

// SettleLimits tells the database of the requests that were counted here. Run does it by itself.
func (s *Server) SettleLimits(ctx context.Context) error {
	if s.limits == nil {
		return nil
	}
	return s.limits.Settle(ctx)
}

// settle reports the first failure of a row.
func (s *Server) settle(ctx context.Context) {
	for failed := false; sleep(ctx, ratelimit.SettleInterval); {
		err := s.SettleLimits(ctx)
		if err != nil && !failed && ctx.Err() == nil {
			s.Log.LogAttrs(ctx, slog.LevelWarn, "each replica counts requests for itself", slog.String("error", err.Error()))
		}
		failed = err != nil
	}
}

// sweep deletes what counts for nobody any more.
func (s *Server) sweep(ctx context.Context) {
	for sleep(ctx, s.SweepInterval) {
		if err := s.sweepOnce(ctx); err != nil && ctx.Err() == nil {
			s.Log.LogAttrs(ctx, slog.LevelWarn, "what has expired was not deleted", slog.String("error", err.Error()))
		}
	}
}

// sweepBatch bounds how many rows one statement locks.
const sweepBatch = 1000

// sweepOnce deletes from PostgreSQL; Redis forgets by itself.
func (s *Server) sweepOnce(ctx context.Context) error {
	database := s.stores.database
	if s.limits != nil && s.limits.Store == database {
		if _, err := database.DeleteHits(ctx, s.Now().Add(-s.limits.LongestWindow())); err != nil {
			return err
		}
	}
	for s.Config.Session.Storage != config.SessionRedis {
		deleted, err := database.DeleteVerifications(ctx, s.Now(), sweepBatch)
		if err != nil || deleted < sweepBatch {
			return err
		}
	}
	return nil
}

// drain gives everybody who sends requests the time to learn that this server goes.
func (s *Server) drain(ctx context.Context) error {
	s.readiness.NotReady("draining")
	s.Log.LogAttrs(ctx, slog.LevelInfo, "draining", slog.Duration("delay", s.DrainDelay))
	sleep(ctx, s.DrainDelay)
	ctx, cancel := context.WithTimeout(ctx, s.ShutdownTimeout)
	defer cancel()
	if err := s.public.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("ending requests: %w", err), s.public.server.Close(), s.ops.server.Close())
	}
	return s.ops.server.Shutdown(ctx)
}

// sleep returns false when the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
