package postgres

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

const (
	// maxRead is how many sessions one round trip asks for.
	maxRead = 64
	// maxRounds is how many round trips may be under way.
	maxRounds = 4
	// patience is how long a read waits for the round trip before its own. One takes less, unless its connection is dead.
	patience = 5 * time.Millisecond
	// roundTimeout bounds a round trip, which has no request of its own that could give up.
	roundTimeout = 5 * time.Second
)

// sessionReads lets the reads that arrive while the database answers one share the next round trip: under load, one index scan
// for many tokens costs the database and this process half of what one for each does, and without load nobody waits.
type sessionReads struct {
	mutex   sync.Mutex
	waiting []*sessionRead
	// rounds are those under way.
	rounds int
}

// sessionRead is a read that waits; the rest is valid when done is closed.
type sessionRead struct {
	token   string
	done    chan struct{}
	session authserver.Session
	user    authserver.User
	err     error
}

// join returns nil for a read that need not wait: the caller makes it, and then calls next.
func (r *sessionReads) join(token string) *sessionRead {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.rounds == 0 {
		r.rounds++
		return nil
	}
	read := &sessionRead{token: token, done: make(chan struct{})}
	r.waiting = append(r.waiting, read)
	return read
}

// another begins one more round, for reads that have waited long enough; it returns false when there are too many or nobody
// waits.
func (r *sessionReads) another() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.rounds >= maxRounds || len(r.waiting) == 0 {
		return false
	}
	r.rounds++
	return true
}

// next returns the reads of the next round. When there are none, the round of the caller is over.
func (r *sessionReads) next() []*sessionRead {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if len(r.waiting) == 0 {
		r.rounds--
		return nil
	}
	count := min(len(r.waiting), maxRead)
	reads := append([]*sessionRead(nil), r.waiting[:count]...)
	left := copy(r.waiting, r.waiting[count:])
	clear(r.waiting[left:])
	r.waiting = r.waiting[:left]
	return reads
}

// SessionByToken returns the session of a token and its user, also when it has expired. It is what the database says after the
// call began.
func (s *Store) SessionByToken(ctx context.Context, token string) (authserver.Session, authserver.User, error) {
	if !utf8.ValidString(token) || strings.IndexByte(token, 0) >= 0 {
		return s.readSession(ctx, token) // the database refuses it, and whatever is asked in the same statement
	}
	read := s.reads.join(token)
	if read == nil {
		defer s.nextRound(ctx)
		return s.readSession(ctx, token)
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case <-read.done:
			return read.session, read.user, read.err
		case <-ctx.Done():
			return authserver.Session{}, authserver.User{}, translate("read a session", ctx.Err())
		case <-timer.C:
			if s.reads.another() {
				go s.readRounds(context.WithoutCancel(ctx), s.reads.next())
			}
		}
	}
}

// nextRound leaves those who arrived meanwhile to a goroutine of their own.
func (s *Store) nextRound(ctx context.Context) {
	if reads := s.reads.next(); reads != nil {
		go s.readRounds(context.WithoutCancel(ctx), reads)
	}
}

// readRounds reads until nobody waits.
func (s *Store) readRounds(ctx context.Context, reads []*sessionRead) {
	for ; reads != nil; reads = s.reads.next() {
		ctx, cancel := context.WithTimeout(ctx, roundTimeout)
		s.readSessions(ctx, reads)
		cancel()
	}
}

// readSessions makes one round.
func (s *Store) readSessions(ctx context.Context, reads []*sessionRead) {
	tokens := make([]string, len(reads))
	for i, read := range reads {
		tokens[i] = read.token
	}
	found := make(map[string]sessionUserRow, len(reads))
	rows, err := s.pool.Query(ctx, s.statements.sessionsByToken, tokens)
	if err == nil {
		err = s.collectSessions(rows, found)
	}
	for _, read := range reads {
		switch row, ok := found[read.token]; {
		case err != nil:
			read.err = translate("read a session", err)
		case !ok:
			read.err = authserver.ErrNotFound
		default:
			read.session, read.user = row.session.value(), row.user.value()
		}
		close(read.done)
	}
}

// collectSessions puts rows under their tokens.
func (s *Store) collectSessions(rows pgx.Rows, found map[string]sessionUserRow) error {
	defer rows.Close()
	for rows.Next() {
		var row sessionUserRow
		if err := rows.Scan(row.targets(s)...); err != nil {
			return err
		}
		found[row.session.session.Token] = row
	}
	return rows.Err()
}

// sessionUserRow is a session with its user.
type sessionUserRow struct {
	session sessionRow
	user    userRow
}

func (r *sessionUserRow) targets(s *Store) []any {
	targets := make([]any, 0, 15+len(s.sessionFields)+len(s.fields))
	return r.user.targets(s.fields, r.session.targets(s.sessionFields, targets))
}

// readSession is a round of one read.
func (s *Store) readSession(ctx context.Context, token string) (authserver.Session, authserver.User, error) {
	var row sessionUserRow
	if err := s.pool.QueryRow(ctx, s.statements.sessionByToken, token).Scan(row.targets(s)...); err != nil {
		return authserver.Session{}, authserver.User{}, translate("read a session", err)
	}
	return row.session.value(), row.user.value(), nil
}
