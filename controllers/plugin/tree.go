package plugin

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// tree is the objects of an instance below their owners. ReplicaSets are left out: their pods are shown below the Deployment.
func (i *Instance) tree(now time.Time) *table {
	children := map[types.UID][]Child{}
	known, passed := map[types.UID]bool{}, map[types.UID]types.UID{}
	for _, child := range i.Objects {
		known[child.Object.GetUID()] = true
	}
	for _, child := range i.Objects {
		parent := i.parent(child, known)
		if owner, found := passed[parent]; found {
			parent = owner
		}
		if child.Kind == "ReplicaSet" {
			passed[child.Object.GetUID()] = parent
			continue
		}
		children[parent] = append(children[parent], child)
	}
	result := &table{header: []string{"OBJECT", "STATE"}}
	result.add("AuthService/"+i.Auth.Name, readiness(i.Auth))
	branches{children, result, now}.add(i.Auth.UID, "")
	return result
}

// parent is the owner if that is shown, and else the AuthService.
func (i *Instance) parent(child Child, known map[types.UID]bool) types.UID {
	if owner := metav1.GetControllerOfNoCopy(child.Object); owner != nil && known[owner.UID] {
		return owner.UID
	}
	return i.Auth.UID
}

// branches draws objects into a table, each below its owner.
type branches struct {
	children map[types.UID][]Child
	into     *table
	now      time.Time
}

func (b branches) add(parent types.UID, indent string) {
	siblings := b.children[parent]
	for i, child := range siblings {
		branch, below := "├─ ", "│  "
		if i == len(siblings)-1 {
			branch, below = "└─ ", "   "
		}
		b.into.add(indent+branch+child.Kind+"/"+child.Object.GetName(), state(child.Object, b.now))
		b.add(child.Object.GetUID(), indent+below)
	}
}
