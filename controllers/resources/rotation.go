package resources

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// maxKeys bounds how many keys a cookie is tried with. A rotation beyond waits until the oldest key is removed.
const maxKeys = 16

// Requests are the fingerprints of the texts that ask for something, by kind.
type Requests map[string]string

// The kinds of requests.
const (
	requestTrigger    = "trigger"
	requestAnnotation = "rotate"
	requestRevoke     = "revoke"
	requestRevokeKeys = "revoke-keys"
)

var (
	rotations   = []string{requestTrigger, requestAnnotation}
	revocations = []string{requestRevoke, requestRevokeKeys}
)

// RequestsOf are the requests of the spec and the annotations.
func RequestsOf(auth *v1alpha1.AuthService) Requests {
	requests := Requests{}
	for kind, text := range map[string]string{
		requestTrigger:    auth.Spec.Secrets.Rotation.Trigger,
		requestAnnotation: auth.Annotations[v1alpha1.AnnotationRotate],
		requestRevoke:     auth.Spec.Secrets.Rotation.Revoke,
		requestRevokeKeys: auth.Annotations[v1alpha1.AnnotationRevoke],
	} {
		if text != "" {
			requests[kind] = Fingerprint([]byte(text))
		}
	}
	return requests
}

// KeyLife is how long something lives that a key signs now.
func KeyLife(auth *v1alpha1.AuthService) time.Duration { return serverConfig(auth).KeyLife() }

// Step is what a ring needs next.
type Step string

// The steps of a ring, in the order of their urgency.
const (
	StepNone Step = ""
	// StepNote: something is to be noted; no key changes.
	StepNote Step = "Note"
	// StepRevoke: new keys take the place of all.
	StepRevoke Step = "Revoke"
	// StepEndRevocation: the pods with the old keys are gone.
	StepEndRevocation Step = "EndRevocation"
	// StepActivate: every replica knows the published key, so it may sign.
	StepActivate Step = "Activate"
	// StepRetire: every replica signs with the new key, so the lives of what the others signed begin to end.
	StepRetire Step = "Retire"
	// StepRemove: nothing depends on a key any more.
	StepRemove Step = "Remove"
	// StepPublish: a rotation begins.
	StepPublish Step = "Publish"
)

// Progress is what the steps depend on besides the ring.
type Progress struct {
	Now time.Time
	// Life of what a key signs now.
	Life     time.Duration
	Requests Requests
	// Interval is the age at which keys are replaced; 0 is never.
	Interval time.Duration
	// Rekeyed is the report about these very keys; nil when there is none.
	Rekeyed *RekeyReport
}

// Next is the step that is due, if settled says so where it waits for pods: that no pod is left that may have other keys.
func (r *Ring) Next(p Progress) (step Step, settles bool) {
	switch {
	case r.unnoted(p):
		return StepNote, false
	case r.notes.open(p.Requests, revocations...):
		return StepRevoke, false
	case r.notes.Revoking:
		return StepEndRevocation, true
	case r.published() >= 0:
		return StepActivate, true
	case r.unsettled():
		return StepRetire, true
	case len(r.removable(p)) > 0:
		return StepRemove, true
	case len(r.keys) < maxKeys && (r.notes.open(p.Requests, rotations...) || r.aged(p)):
		return StepPublish, true
	default:
		return StepNone, false
	}
}

// Due is when time alone makes a step, or a rekeying, due next; zero when it never does.
func (r *Ring) Due(p Progress) time.Time {
	var due time.Time
	sooner := func(at time.Time) {
		if at.After(p.Now) && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	if p.Interval > 0 && r.keys[0].Active != nil {
		sooner(r.keys[0].Active.Add(p.Interval))
	}
	for _, key := range r.keys[1:] {
		if at, ok := key.retires(); ok {
			sooner(at)
		}
	}
	return due
}

// Awaits says in a sentence what a step waits for that pods decide; empty when nothing does.
func (r *Ring) Awaits() string {
	switch {
	case r.notes.Revoking:
		return "All keys were replaced; the last pods with the old ones are ending"
	case r.published() >= 0:
		return "The new key signs when all replicas know it"
	case r.unsettled():
		return "The new key signs; the rotation is complete when no replica signs with the old one"
	default:
		return ""
	}
}

// Revoking says whether pods with revoked keys may be there.
func (r *Ring) Revoking() bool { return r.notes.Revoking }

// published is the index of the key that the operator published, or -1.
func (r *Ring) published() int {
	for i, key := range r.keys {
		if key.Published != nil && r.state(i) == v1alpha1.KeyPublished {
			return i
		}
	}
	return -1
}

// unsettled says whether replicas may still sign with a key that is to retire.
func (r *Ring) unsettled() bool {
	for i, key := range r.keys {
		if r.state(i) == v1alpha1.KeyRetiring && key.Retiring == nil {
			return true
		}
	}
	return false
}

func (r *Ring) aged(p Progress) bool {
	active := r.keys[0].Active
	return p.Interval > 0 && active != nil && !p.Now.Before(active.Add(p.Interval))
}

// expired are the keys that nothing depends on which users hold.
func (r *Ring) expired(now time.Time) []int {
	var expired []int
	for i, key := range r.keys {
		if at, ok := key.retires(); ok && r.state(i) == v1alpha1.KeyRetiring && !now.Before(at) {
			expired = append(expired, i)
		}
	}
	return expired
}

// NeedsRekeying says whether a key waits for nothing but what the database keeps.
func (r *Ring) NeedsRekeying(now time.Time) bool { return len(r.expired(now)) > 0 && r.Awaits() == "" }

// removable are the expired keys that nothing in the database depends on either.
func (r *Ring) removable(p Progress) []int {
	var removable []int
	for _, i := range r.expired(p.Now) {
		if p.Rekeyed != nil && p.Rekeyed.Done && len(p.Rekeyed.Remaining[r.keys[i].version]) == 0 {
			removable = append(removable, i)
		}
	}
	return removable
}

// timeOf is a time as notes have it.
func timeOf(t time.Time) *metav1.Time {
	at := metav1.NewTime(t.UTC().Truncate(time.Second))
	return &at
}
