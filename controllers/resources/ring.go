package resources

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// unversioned is the version of a key that BETTER_AUTH_SECRETS does not have.
const unversioned = -1

// Ring is what a generated secret holds: its keys in the order of the auth server, and what is noted about them. Data and notes
// are one object, so that a write changes both or neither: whoever reads it knows how far a rotation has come.
type Ring struct {
	keys []ringKey // the first signs, all verify
	// legacy is BETTER_AUTH_SECRET. Better-Auth decrypts with it what was encrypted before there were versions, so it stays
	// until its key is removed.
	legacy, jwt string
	notes       notes
	// leftover says that there are notes about keys that are gone.
	leftover bool
}

type ringKey struct {
	version int
	value   string
	note
}

func (k ringKey) fingerprint() string { return Fingerprint([]byte(k.value)) }

// id tells keys apart: by hand, a value may get two versions, and a version another value.
func (k ringKey) id() string { return strconv.Itoa(k.version) + ":" + k.fingerprint() }

// ReadRing reads the secret as the auth server would. Its error says what is wrong, without values.
func ReadRing(secret *corev1.Secret) (*Ring, error) {
	if err := CheckGeneratedSecret(secret); err != nil {
		return nil, err
	}
	parsed, err := config.LoadSecrets(func(name string) string { return string(secret.Data[name]) })
	if err != nil {
		return nil, fmt.Errorf("is not what the auth server takes: %s", OneLine(err.Error()))
	}
	ring := &Ring{legacy: strings.TrimSpace(string(secret.Data[KeyBetterAuthSecret])), jwt: parsed.JWT.Reveal(), notes: readNotes(secret)}
	for _, key := range parsed.Keys {
		read := ringKey{version: unversioned, value: key.Value.Reveal()}
		if key.Versioned {
			read.version = key.Version
		}
		if read.version > math.MaxInt32-1 {
			return nil, fmt.Errorf("has a version in %s that leaves no higher one", KeyBetterAuthSecrets)
		}
		read.note = ring.notes.Keys[read.id()]
		ring.keys = append(ring.keys, read)
	}
	ring.leftover = slices.ContainsFunc(slices.Collect(maps.Keys(ring.notes.Keys)), func(id string) bool {
		return !slices.ContainsFunc(ring.keys, func(k ringKey) bool { return k.id() == id })
	})
	return ring, nil
}

// Write returns the secret with what the ring has become.
func (r *Ring) Write(secret *corev1.Secret) *corev1.Secret {
	written := secret.DeepCopy()
	var versions []string
	r.notes.Keys = map[string]note{}
	for _, key := range r.keys {
		r.notes.Keys[key.id()] = key.note
		if key.version != unversioned {
			versions = append(versions, strconv.Itoa(key.version)+":"+key.value)
		}
	}
	if !slices.ContainsFunc(r.keys, func(k ringKey) bool { return k.value == r.legacy }) {
		r.legacy = r.keys[0].value
	}
	put(written, KeyBetterAuthSecrets, strings.Join(versions, ","))
	put(written, KeyBetterAuthSecret, r.legacy)
	put(written, KeyJWTSecret, r.jwt)
	metav1.SetMetaDataAnnotation(&written.ObjectMeta, annotationKeys, r.notes.String())
	return written
}

// put leaves a value alone that means the same: its bytes decide whether pods roll.
func put(secret *corev1.Secret, key, value string) {
	if normalized(string(secret.Data[key])) != value {
		secret.Data[key] = []byte(value)
	}
}

func normalized(list string) string {
	entries := strings.Split(list, ",")
	for i, entry := range entries {
		version, value, found := strings.Cut(strings.TrimSpace(entry), ":")
		if number, err := strconv.Atoi(version); found && err == nil {
			entry = strconv.Itoa(number) + ":" + strings.TrimSpace(value)
		}
		entries[i] = strings.TrimSpace(entry)
	}
	return strings.Join(entries, ",")
}

// state of a key follows from its place and its note.
func (r *Ring) state(i int) v1alpha1.KeyState {
	key := r.keys[i]
	switch {
	case i == 0:
		return v1alpha1.KeyActive
	case key.Active == nil && key.version > r.keys[0].version:
		return v1alpha1.KeyPublished
	default:
		return v1alpha1.KeyRetiring
	}
}

// retires is when nothing that users hold depends on a retiring key any more; false while replicas may still sign with it.
func (k ringKey) retires() (time.Time, bool) {
	if k.Retiring == nil {
		return time.Time{}, false
	}
	return k.Retiring.Add(k.Life.Duration), true
}

// next is a version that no key ever had: versions only grow, and the one that signs has the highest, or one that is higher
// is still there.
func (r *Ring) next() int {
	highest := 0
	for _, key := range r.keys {
		highest = max(highest, key.version)
	}
	return highest + 1
}

// Covers says whether the keys that the status records are there, as far as something depends on them, or were removed by the
// operator itself. A secret that was restored from an older backup lacks the key that signs.
func (r *Ring) Covers(recorded []v1alpha1.KeyStatus) bool {
	present := append([]string{Fingerprint([]byte(r.jwt))}, r.notes.Removed...)
	for _, key := range r.keys {
		present = append(present, key.fingerprint())
	}
	return !slices.ContainsFunc(recorded, func(key v1alpha1.KeyStatus) bool {
		needed := key.State == v1alpha1.KeyActive || key.State == ""
		return needed && !slices.Contains(present, key.Fingerprint)
	})
}

// ErrComma is what Publish returns for a key that was put there by hand and cannot get a version.
var ErrComma = errors.New("has a comma in " + KeyBetterAuthSecret + ", so it cannot be listed in " + KeyBetterAuthSecrets +
	"; only spec.secrets.rotation.revoke can replace it")
