package mailer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

const (
	// batch is how many mails go over one connection.
	batch = 20
	// batchTimeout is when the last message of a connection may begin; it takes at most the timeout of SMTP. Both together end
	// well before the lease, so that no other sender sends the same.
	batchTimeout = time.Minute
	lease        = 3 * time.Minute
	// storeTimeout bounds each call of the store, deletePause is the time between attempts to delete what was sent.
	storeTimeout = 10 * time.Second
	deletePause  = time.Second
	// pollInterval is how long a mail of a replica that went away may wait for another one.
	pollInterval = 15 * time.Second

	firstDelay, longestDelay = 5 * time.Second, 10 * time.Minute
)

// Store is the outbox.
type Store interface {
	// ClaimMails returns mails that are due; until the lease ends, nobody else gets them.
	ClaimMails(ctx context.Context, now, leaseEnds time.Time, limit int) ([]authserver.Mail, error)
	// PostponeMail does nothing when somebody else has claimed the mail since that attempt.
	PostponeMail(ctx context.Context, id string, attempt int, due time.Time) error
	DeleteMail(ctx context.Context, id string) error
	Outbox(ctx context.Context) (waiting int, oldest time.Time, err error)
}

// Transport hands messages over. It returns one error for each, nil when it was accepted; a *RefusedError is for good, ErrNotTried no failure.
type Transport interface {
	Send(ctx context.Context, messages []Message) []error
}

// Options configure a Sender.
type Options struct {
	Store     Store
	Transport Transport
	Templates *Templates
	Metrics   *Metrics
	Log       *slog.Logger
	// Now is the clock.
	Now func() time.Time
	// After is time.After.
	After func(time.Duration) <-chan time.Time
}

// Sender sends what is in the outbox.
type Sender struct {
	Options
	wake chan struct{}
}

// New returns a Sender.
func New(o Options) *Sender {
	return &Sender{Options: o, wake: make(chan struct{}, 1)}
}

// Wake says that there is something in the outbox.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run sends until the context is done. The message that it is sending then, it finishes.
func (s *Sender) Run(ctx context.Context) {
	for {
		sent, err := s.SendDue(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.LogAttrs(ctx, slog.LevelWarn, "the outbox cannot be read", slog.String("error", err.Error()))
		}
		if sent == batch {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-s.After(pollInterval):
		}
	}
}

// SendDue claims one batch of mails and returns how many it claimed. What it has not begun when the context ends is due for
// others at once.
func (s *Sender) SendDue(ctx context.Context) (int, error) {
	now := s.Now()
	if waiting, oldest, err := s.Store.Outbox(ctx); err == nil {
		s.Metrics.waiting(waiting, oldest, now)
	}
	mails, err := s.Store.ClaimMails(ctx, now, now.Add(lease), batch)
	if err != nil || len(mails) == 0 {
		return 0, err
	}
	var messages []Message
	var open []authserver.Mail
	for _, m := range mails {
		if message, ok := s.render(ctx, m, now); ok {
			messages, open = append(messages, message), append(open, m)
		}
	}
	sending, cancel := context.WithTimeout(ctx, batchTimeout)
	defer cancel()
	for i, err := range s.Transport.Send(sending, messages) {
		s.finish(ctx, open[i], now.Add(lease), err)
	}
	return len(mails), nil
}

// sealedAttempts are as many as take 20 minutes, longer than the replicas of a rotation are replaced one by one.
const sealedAttempts = 9

// errSealed may pass: while secrets rotate, a replica that starts knows one more than those that end.
var errSealed = errors.New("none of the secrets of this server decrypts the link; keep the older ones in BETTER_AUTH_SECRETS")

// render drops what can never be sent.
func (s *Sender) render(ctx context.Context, m authserver.Mail, now time.Time) (Message, bool) {
	if !m.ExpiresAt.After(now) {
		s.drop(ctx, m, now.Add(lease), "expired", nil)
		return Message{}, false
	}
	if m.URL == "" && m.Attempts >= sealedAttempts {
		s.drop(ctx, m, now.Add(lease), "undecryptable", errSealed)
		return Message{}, false
	}
	if m.URL == "" {
		s.finish(ctx, m, now.Add(lease), errSealed)
		return Message{}, false
	}
	message, err := s.Templates.Render(m, now)
	if err != nil {
		s.drop(ctx, m, now.Add(lease), "template", err)
		return Message{}, false
	}
	return message, true
}

func (s *Sender) finish(ctx context.Context, m authserver.Mail, leaseEnds time.Time, err error) {
	var refused *RefusedError
	switch {
	case err == nil:
		s.Metrics.sent(m.Kind, "sent")
		s.forget(ctx, m, leaseEnds)
	case errors.Is(err, ErrNotTried):
		s.postpone(ctx, m, s.Now())
	case errors.As(err, &refused):
		s.drop(ctx, m, leaseEnds, "refused", err, slog.Int("code", refused.Code), slog.String("enhanced", refused.Enhanced))
	default:
		s.Metrics.sent(m.Kind, "failed")
		due := s.Now().Add(delay(m.Attempts))
		s.Log.LogAttrs(ctx, slog.LevelWarn, "a mail was not sent and will be tried again",
			slog.String("mail", m.ID), slog.String("kind", string(m.Kind)), slog.Int("attempt", m.Attempts), slog.Time("next", due), slog.String("error", err.Error()))
		s.postpone(ctx, m, due)
	}
}

// drop gives a mail up.
func (s *Sender) drop(ctx context.Context, m authserver.Mail, leaseEnds time.Time, reason string, err error, more ...slog.Attr) {
	s.Metrics.sent(m.Kind, reason)
	attrs := append([]slog.Attr{slog.String("mail", m.ID), slog.String("kind", string(m.Kind)), slog.String("reason", reason)}, more...)
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	s.Log.LogAttrs(ctx, slog.LevelWarn, "a mail was dropped", attrs...)
	s.forget(ctx, m, leaseEnds)
}

func (s *Sender) postpone(ctx context.Context, m authserver.Mail, due time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := s.Store.PostponeMail(ctx, m.ID, m.Attempts, due); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "a mail is tried again only after its lease", slog.String("mail", m.ID), slog.String("error", err.Error()))
	}
}

// forget deletes a mail that is done with. While the database is away there is nothing else to send, so it tries until the
// mail is not this sender's any more.
func (s *Sender) forget(ctx context.Context, m authserver.Mail, leaseEnds time.Time) {
	for {
		err := s.deleteMail(ctx, m.ID)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
		case <-s.After(deletePause):
			if s.Now().Before(leaseEnds) {
				continue
			}
		}
		s.Log.LogAttrs(ctx, slog.LevelError, "a mail that is done with is still in the outbox and will be sent again",
			slog.String("mail", m.ID), slog.String("error", err.Error()))
		return
	}
}

func (s *Sender) deleteMail(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	return s.Store.DeleteMail(ctx, id)
}

// delay doubles with each attempt.
func delay(attempts int) time.Duration {
	d := firstDelay
	for range attempts - 1 {
		if d *= 2; d >= longestDelay {
			return longestDelay
		}
	}
	return d
}
