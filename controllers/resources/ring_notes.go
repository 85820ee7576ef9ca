package resources

import (
	"encoding/json"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// annotationKeys on the generated secret holds the notes about its keys, as JSON.
const annotationKeys = "gatehouse.dev/keys"

// maxRemoved bounds how many removed keys are remembered: those that a status may still record.
const maxRemoved = 32

// notes are what the operator knows about a ring besides its keys. They hold no key.
type notes struct {
	// Keys by id.
	Keys map[string]note `json:"keys"`
	// Removed are the fingerprints of keys that the operator removed, newest last: their absence is no loss.
	Removed []string `json:"removed,omitempty"`
	// Handled are the fingerprints of the last requests of each kind that were met.
	Handled map[string]string `json:"handled,omitempty"`
	// JWT is when JWT_SECRET was made.
	JWT metav1.Time `json:"jwt,omitzero"`
	// Revoking is set until the pods with revoked keys are gone.
	Revoking bool `json:"revoking,omitempty"`
}

// note is about one key. The times are those of the operator's clock.
type note struct {
	Created metav1.Time `json:"created"`
	// Published is set on a key that the operator is about to let sign.
	Published *metav1.Time `json:"published,omitempty"`
	// Active is when it began to sign.
	Active *metav1.Time `json:"active,omitempty"`
	// Retiring is when the last replica that signed with it was gone.
	Retiring *metav1.Time `json:"retiring,omitempty"`
	// Life is how long something lives that it signed: the longest that the spec has said so far.
	Life metav1.Duration `json:"life,omitzero"`
}

// readNotes ignores what it cannot read: the keys are then adopted like those of a user.
func readNotes(secret *corev1.Secret) notes {
	var n notes
	if json.Unmarshal([]byte(secret.Annotations[annotationKeys]), &n) != nil {
		return notes{}
	}
	return n
}

func (n notes) String() string {
	data, err := json.Marshal(n)
	if err != nil {
		panic("resources: notes that are no JSON: " + err.Error()) // they are texts and times
	}
	return string(data)
}

// remove remembers keys that are being removed.
func (n *notes) remove(fingerprints ...string) {
	n.Removed = append(n.Removed, fingerprints...)
	n.Removed = n.Removed[max(0, len(n.Removed)-maxRemoved):]
}

// handle marks the requests of these kinds as met.
func (n *notes) handle(requests Requests, kinds ...string) {
	n.Handled = maps.Clone(n.Handled)
	if n.Handled == nil {
		n.Handled = map[string]string{}
	}
	for _, kind := range kinds {
		if requests[kind] != "" {
			n.Handled[kind] = requests[kind]
		}
	}
}

// open says whether a request of one of these kinds was not met yet.
func (n *notes) open(requests Requests, kinds ...string) bool {
	return slices.ContainsFunc(kinds, func(kind string) bool {
		return requests[kind] != "" && requests[kind] != n.Handled[kind]
	})
}
