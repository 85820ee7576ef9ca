package resources

import (
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// NewRing completes a secret that was just generated. What was asked before there were keys counts as met.
func NewRing(secret *corev1.Secret, p Progress) (*corev1.Secret, *Ring, error) {
	ring, err := ReadRing(secret)
	if err != nil {
		return nil, nil, err
	}
	ring.Forget(p.Requests)
	ring.Note(p, p.Now)
	return ring.Write(secret), ring, nil
}

// Note brings the notes to what the keys are: it takes up keys that were put there, moved or taken away by hand, and a longer
// life of what they sign. A single key without a note is as old as its secret.
func (r *Ring) Note(p Progress, created time.Time) (changed bool) {
	changed = r.leftover || r.notes.JWT.IsZero()
	if r.notes.JWT.IsZero() {
		r.notes.JWT = *timeOf(created)
	}
	if len(r.notes.Keys) > 0 || len(r.keys) > 1 {
		created = p.Now
	}
	for i := range r.keys {
		before := r.keys[i].note
		r.keys[i].note = noted(before, r.state(i), p, created)
		changed = changed || r.keys[i].note != before
	}
	return changed
}

func noted(n note, state v1alpha1.KeyState, p Progress, created time.Time) note {
	if n.Created.IsZero() {
		n.Created = *timeOf(created)
	}
	if state == v1alpha1.KeyPublished {
		return n
	}
	n.Published = nil
	if state == v1alpha1.KeyActive {
		n.Retiring = nil
		if n.Active == nil {
			n.Active = timeOf(created)
		}
	}
	n.Life.Duration = max(n.Life.Duration, p.Life)
	return n
}

// unnoted says whether Note would change something.
func (r *Ring) unnoted(p Progress) bool {
	ring := *r
	ring.keys = slices.Clone(r.keys)
	return ring.Note(p, p.Now)
}

// Forget makes requests that nobody noted count as met: those of a secret that was restored without its notes.
func (r *Ring) Forget(requests Requests) {
	if r.notes.Keys == nil {
		r.notes.handle(requests, slices.Concat(rotations, revocations)...)
	}
}

// Publish begins a rotation: a new key that verifies, and does not sign yet.
func (r *Ring) Publish(p Progress, value string) error {
	if first := &r.keys[0]; first.version == unversioned {
		if strings.Contains(first.value, ",") {
			return ErrComma
		}
		first.version = r.next()
	}
	r.keys = slices.Insert(r.keys, 1, ringKey{version: r.next(), value: value, note: note{Created: *timeOf(p.Now), Published: timeOf(p.Now)}})
	r.notes.handle(p.Requests, rotations...)
	return nil
}

// Activate lets the published key sign.
func (r *Ring) Activate(p Progress) {
	i := r.published()
	key := r.keys[i]
	key.note = note{Created: key.Created, Active: timeOf(p.Now), Life: metav1.Duration{Duration: p.Life}}
	r.keys = slices.Insert(slices.Delete(r.keys, i, i+1), 0, key)
}

// Retire notes that no replica signs with the older keys any more.
func (r *Ring) Retire(p Progress) {
	for i := range r.keys {
		if r.state(i) == v1alpha1.KeyRetiring && r.keys[i].Retiring == nil {
			r.keys[i].Retiring = timeOf(p.Now)
		}
	}
}

// Remove removes the keys that nothing depends on, and returns their versions.
func (r *Ring) Remove(p Progress) (versions []int) {
	removable := r.removable(p)
	for _, i := range slices.Backward(removable) {
		versions = append(versions, r.keys[i].version)
		r.notes.remove(r.keys[i].fingerprint())
		r.keys = slices.Delete(r.keys, i, i+1)
	}
	return versions
}

// Revoke puts new keys in the place of all.
func (r *Ring) Revoke(p Progress, keys Keys) {
	fresh := ringKey{version: r.next(), value: keys.BetterAuth, note: note{
		Created: *timeOf(p.Now), Active: timeOf(p.Now), Life: metav1.Duration{Duration: p.Life},
	}}
	for _, key := range r.keys {
		r.notes.remove(key.fingerprint())
	}
	r.notes.remove(Fingerprint([]byte(r.jwt)))
	r.keys, r.legacy, r.jwt = []ringKey{fresh}, keys.BetterAuth, keys.JWT
	r.notes.JWT, r.notes.Revoking = *timeOf(p.Now), true
	r.notes.handle(p.Requests, slices.Concat(rotations, revocations)...)
}

// EndRevocation notes that the pods with the revoked keys are gone.
func (r *Ring) EndRevocation() { r.notes.Revoking = false }
