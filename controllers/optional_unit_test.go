package controllers

import (
	"context"
	"errors"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"

	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// unreachable is an API server that does not answer.
type unreachable struct {
	discovery.ServerResourcesInterfaceWithContext
}

func (unreachable) ServerResourcesForGroupVersionWithContext(context.Context, string) (*metav1.APIResourceList, error) {
	return nil, errors.New("connection refused")
}

// An API server that is away for a moment has not lost its kinds.
func TestOptionalKeepsWhatItKnows(t *testing.T) {
	t.Parallel()
	kind := resources.KindHTTPRoute
	o := &Optional{discovery: unreachable{}, served: map[schema.GroupVersionKind]bool{kind.GroupVersionKind: true}}
	o.look(t.Context(), kind)
	o.look(t.Context(), resources.KindServiceMonitor)
	if !o.Serves(kind.GroupVersionKind) || o.Serves(resources.KindServiceMonitor.GroupVersionKind) {
		t.Error("what was known has changed")
	}
	if (*Optional)(nil).Serves(kind.GroupVersionKind) {
		t.Error("nobody who asks, but a kind that is served")
	}
}
