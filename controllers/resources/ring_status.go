package resources

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Status is what the status tells of the keys, newest first.
func (r *Ring) Status(p Progress) []v1alpha1.KeyStatus {
	keys := make([]v1alpha1.KeyStatus, 0, len(r.keys)+1)
	for i, key := range r.keys {
		status := v1alpha1.KeyStatus{
			Name: KeyBetterAuthSecret, Version: int32(key.version), // #nosec G115 -- ReadRing refuses larger ones
			Fingerprint: key.fingerprint(), State: r.state(i), CreatedAt: key.Created, ActiveSince: key.Active,
		}
		if status.State == v1alpha1.KeyRetiring {
			if at, ok := key.retires(); ok {
				status.RetiresAt = timeOf(at)
			}
			status.Dependents = dependents(key, p)
		}
		keys = append(keys, status)
	}
	slices.SortStableFunc(keys, func(a, b v1alpha1.KeyStatus) int { return cmp.Compare(b.Version, a.Version) })
	return append(keys, v1alpha1.KeyStatus{
		Name: KeyJWTSecret, Fingerprint: Fingerprint([]byte(r.jwt)), State: v1alpha1.KeyActive, CreatedAt: r.notes.JWT, ActiveSince: &r.notes.JWT,
	})
}

// dependents of a key that retires: first what users hold, then what the database keeps.
func dependents(key ringKey, p Progress) []string {
	at, ok := key.retires()
	switch {
	case !ok:
		return []string{"replicas that still sign with it"}
	case p.Now.Before(at):
		return []string{"cookies and links until " + at.UTC().Format(time.RFC3339)}
	case p.Rekeyed == nil:
		return []string{"what the database keeps, until it is encrypted anew"}
	case !p.Rekeyed.Done:
		return []string{"what the database keeps, which could not be encrypted anew: " + p.Rekeyed.Message}
	}
	remaining := p.Rekeyed.Remaining[key.version]
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(remaining)) {
		kinds = append(kinds, fmt.Sprintf("%d %s", remaining[kind], kind))
	}
	return kinds
}
