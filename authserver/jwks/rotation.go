package jwks

import (
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// rotation has the times of keys.
type rotation struct {
	algorithm string
	// life is that of a token.
	life time.Duration
	// interval is how long a key signs; 0 is for ever. ahead and grace are how long it is published before and after.
	interval, ahead, grace time.Duration
}

// ripe keys have been published for so long that verifiers know them.
func (r rotation) ripe(p *pair, now time.Time) bool { return !now.Before(p.CreatedAt.Add(r.ahead)) }

func live(p *pair, now time.Time) bool { return p.ExpiresAt.IsZero() || p.ExpiresAt.After(now) }

// usable says whether this server can sign with the key, and whether the key would be published as long as the token lives.
func (r rotation) usable(p *pair, now time.Time) bool {
	return p.private != nil && (p.ExpiresAt.IsZero() || p.ExpiresAt.Add(r.grace).After(now.Add(r.life)))
}

// signer is the key that signs, nil when there is none. The pairs are newest first.
func (r rotation) signer(pairs []*pair, now time.Time) *pair {
	var best *pair
	for _, p := range pairs {
		if r.usable(p, now) && (best == nil || r.better(p, best, now)) {
			best = p
		}
	}
	return best
}

// better compares an older key with the best of the newer ones. A ripe key comes before any that verifiers may not know,
// even if it has expired meanwhile; of those that nobody may know the oldest is the best known.
func (r rotation) better(older, best *pair, now time.Time) bool {
	ripe := r.ripe(best, now)
	switch {
	case r.ripe(older, now) != ripe:
		return !ripe
	case (older.Algorithm == r.algorithm) != (best.Algorithm == r.algorithm):
		return older.Algorithm == r.algorithm
	case ripe && live(older, now) != live(best, now):
		return live(older, now)
	}
	return !ripe
}

// due says whether the next key is to be made, so that it is ripe when the last one ends.
func (r rotation) due(pairs []*pair, now time.Time) bool {
	for _, p := range pairs {
		end := p.ExpiresAt
		if end.IsZero() && r.interval > 0 {
			end = p.CreatedAt.Add(r.ahead + r.interval)
		}
		if r.usable(p, now) && p.Algorithm == r.algorithm && (end.IsZero() || end.After(now.Add(r.ahead))) {
			return false
		}
	}
	return true
}

// next gives a new key its times. Where no other key signs it does so at once. The keys that it follows get an end, if they
// have none, so that they are not published for ever; those of other algorithms may be in use by other servers.
func (r rotation) next(row authserver.JWK, pairs []*pair, now time.Time) *authserver.JWKRotation {
	ripe := now
	if r.signer(pairs, now) != nil {
		ripe = now.Add(r.ahead)
	}
	row.CreatedAt = now
	if r.interval > 0 {
		row.ExpiresAt = ripe.Add(r.interval)
	}
	next := &authserver.JWKRotation{Key: row, SupersededAt: ripe}
	for _, p := range pairs {
		if p.private != nil && p.Algorithm == r.algorithm && p.ExpiresAt.IsZero() {
			next.Superseded = append(next.Superseded, p.ID)
		}
	}
	return next
}
