package plugin

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Wait watches an AuthService until done says so, or fails, or ctx ends; it returns the last that was seen. It calls progress
// with each that is not done yet.
func (c *Cluster) Wait(
	ctx context.Context, name string, done func(*v1alpha1.AuthService) (bool, error), progress func(*v1alpha1.AuthService),
) (*v1alpha1.AuthService, error) {
	var last *v1alpha1.AuthService
	for {
		auth, err := c.Get(ctx, name)
		ended := false
		if err == nil {
			last, ended, err = c.watch(ctx, auth, done, progress)
		}
		switch {
		case ended:
			return last, err
		case errors.Is(ctx.Err(), context.DeadlineExceeded) && last != nil:
			return last, fmt.Errorf("%w: %s; see kubectl gatehouse status %s", ErrTimeout, Progress(last), name)
		case err != nil:
			return last, err
		}
		// The API server ends watches now and then.
	}
}

// ErrTimeout is about something that did not come in time.
var ErrTimeout = errors.New("not so within the time")

// watch follows one AuthService from the version given until done, or until the API server ends the watch.
func (c *Cluster) watch(
	ctx context.Context, auth *v1alpha1.AuthService, done func(*v1alpha1.AuthService) (bool, error), progress func(*v1alpha1.AuthService),
) (*v1alpha1.AuthService, bool, error) {
	if ok, err := done(auth); ok || err != nil {
		return auth, true, err
	}
	progress(auth)
	events, err := c.Client.Watch(ctx, &v1alpha1.AuthServiceList{}, client.InNamespace(auth.Namespace),
		client.MatchingFields{"metadata.name": auth.Name}, &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: auth.ResourceVersion}})
	if err != nil {
		return auth, false, err
	}
	defer events.Stop()
	for event := range events.ResultChan() {
		seen, ok := event.Object.(*v1alpha1.AuthService)
		switch {
		case event.Type == watch.Deleted:
			return auth, true, fmt.Errorf("%s was deleted", auth.Name)
		case event.Type == watch.Error && apierrors.IsResourceExpired(apierrors.FromObject(event.Object)):
			return auth, false, nil
		case event.Type == watch.Error:
			return auth, true, apierrors.FromObject(event.Object)
		case !ok:
			continue
		}
		auth = seen
		if ok, err := done(auth); ok || err != nil {
			return auth, true, err
		}
		progress(auth)
	}
	return auth, false, nil
}
