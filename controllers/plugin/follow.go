package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// Follow writes what the pods log, as they log it, until ctx ends. Pods that come later are followed too, from their start.
func (c *Cluster) Follow(ctx context.Context, auth *v1alpha1.AuthService, options LogOptions, w, notes io.Writer) error {
	selector := podSelector(auth, options.Migration)
	f := &follower{cluster: c, options: options, w: w, notes: notes, begun: map[run]bool{}}
	defer f.streams.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for ctx.Err() == nil {
		if err := f.watch(ctx, auth, selector); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// run is one life of a container: a restart is another one.
type run struct {
	pod      string
	restarts int32
}

type follower struct {
	cluster *Cluster
	options LogOptions
	streams sync.WaitGroup
	begun   map[run]bool

	mu       sync.Mutex // a line at a time
	w, notes io.Writer
}

// watch follows the pods of now and those to come, until the API server ends the watch.
func (f *follower) watch(ctx context.Context, auth *v1alpha1.AuthService, selector labels.Selector) error {
	pods, version, err := f.cluster.pods(ctx, auth, selector)
	if err != nil {
		return err
	}
	for i := range pods {
		f.follow(ctx, &pods[i])
	}
	// Of pods that come from now on, every line is new.
	f.options.Tail, f.options.Since = -1, 0
	events, err := f.cluster.Client.Watch(ctx, &corev1.PodList{}, client.InNamespace(auth.Namespace),
		client.MatchingLabelsSelector{Selector: selector}, &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: version}})
	if err != nil {
		return err
	}
	defer events.Stop()
	for event := range events.ResultChan() {
		if pod, ok := event.Object.(*corev1.Pod); ok && pod.DeletionTimestamp == nil {
			f.follow(ctx, pod)
		}
	}
	return nil
}

// follow starts a stream for each life of the container, once it has begun.
func (f *follower) follow(ctx context.Context, pod *corev1.Pod) {
	for _, status := range pod.Status.ContainerStatuses {
		life := run{string(pod.UID), status.RestartCount}
		started := status.State.Running != nil || status.State.Terminated != nil
		if status.Name != resources.ContainerName || !started || f.begun[life] {
			continue
		}
		f.begun[life] = true
		options := f.options.of(true)
		f.streams.Go(func() { f.stream(ctx, pod, options) })
	}
}

func (f *follower) stream(ctx context.Context, pod *corev1.Pod, options *corev1.PodLogOptions) {
	err := func() error {
		stream, err := f.cluster.open(ctx, pod, options)
		if err != nil {
			return err
		}
		defer stream.Close()
		return eachLine(stream, func(text string) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			_, err := fmt.Fprintf(f.w, "[%s] %s\n", pod.Name, text)
			return err
		})
	}()
	if err != nil && ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		f.mu.Lock()
		defer f.mu.Unlock()
		fmt.Fprintf(f.notes, "[%s] the log ends: %v\n", pod.Name, err)
	}
}
