package controllers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// faults stands between an operator and the API server.
type faults struct {
	mu     sync.Mutex
	random *rand.Rand
	// rate is the share of requests that fail, and of reads that are stale.
	rate   float64
	made   []string
	failed int
}

func (f *faults) set(rate float64) { f.mu.Lock(); f.rate = rate; f.mu.Unlock() }
func (f *faults) reset()           { f.mu.Lock(); f.made = nil; f.mu.Unlock() }

func (f *faults) writes() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.made)
}

func (f *faults) recent() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.made...)
}

func (f *faults) wrap(next http.RoundTripper) http.RoundTripper { return faulty{f, next} }

// faulty fails requests before or after they reach the API server.
type faulty struct {
	*faults
	next http.RoundTripper
}

var errLost = errors.New("connection reset by peer")

// failures are answers of an API server that refuses, is overloaded, or was asked by somebody who is late.
var failures = []metav1.Status{
	{Code: http.StatusConflict, Reason: metav1.StatusReasonConflict},
	{Code: http.StatusConflict, Reason: metav1.StatusReasonAlreadyExists},
	{Code: http.StatusInternalServerError, Reason: metav1.StatusReasonInternalError},
	{Code: http.StatusServiceUnavailable, Reason: metav1.StatusReasonServiceUnavailable},
	{Code: http.StatusGatewayTimeout, Reason: metav1.StatusReasonTimeout},
	{Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden},
	{Code: http.StatusUnprocessableEntity, Reason: metav1.StatusReasonInvalid},
	{Code: http.StatusNotFound, Reason: metav1.StatusReasonNotFound},
}

func (f faulty) RoundTrip(request *http.Request) (*http.Response, error) {
	write := request.Method != http.MethodGet
	f.mu.Lock()
	fails := f.random.Float64() < f.rate
	kind, before := f.random.IntN(len(failures)), f.random.IntN(2) == 0
	if write {
		f.made = append(f.made, request.Method+" "+request.URL.Path)
	}
	if fails {
		f.failed++
	}
	f.mu.Unlock()
	switch {
	case !fails:
		return f.next.RoundTrip(request)
	case !write:
		return answer(request, failures[2+kind%3]), nil // a read finds out nothing wrong
	case before:
		return answer(request, failures[kind]), nil
	default:
		response, err := f.next.RoundTrip(request)
		if err == nil {
			response.Body.Close()
		}
		return nil, errLost
	}
}

func answer(request *http.Request, status metav1.Status) *http.Response {
	status.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}
	status.Status, status.Message = metav1.StatusFailure, "hostile: "+string(status.Reason)
	body, err := json.Marshal(status)
	if err != nil {
		return nil
	}
	if request.Body != nil {
		request.Body.Close()
	}
	return &http.Response{
		StatusCode: int(status.Code), Status: http.StatusText(int(status.Code)), Request: request, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// lagging reads like an informer's cache that is behind: what it shows was so, and it never goes back.
type lagging struct {
	client.Client
	faults *faults
	random *rand.Rand
	seen   map[string]client.Object
	lists  map[string]client.ObjectList
	stale  int
}

func (l *lagging) lags() bool {
	l.faults.mu.Lock()
	defer l.faults.mu.Unlock()
	return l.faults.rate > 0 && l.random.IntN(4) == 0
}

// Get implements client.Reader.
func (l *lagging) Get(ctx context.Context, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
	id := fmt.Sprintf("%T %v %v", object, object.GetObjectKind().GroupVersionKind(), key)
	if old := l.seen[id]; old != nil && l.lags() {
		l.stale++
		reflect.ValueOf(object).Elem().Set(reflect.ValueOf(old.DeepCopyObject()).Elem())
		return nil
	}
	err := l.Client.Get(ctx, key, object, options...)
	delete(l.seen, id)
	if err == nil {
		l.seen[id] = object.DeepCopyObject().(client.Object)
	}
	return err
}

// List implements client.Reader.
func (l *lagging) List(ctx context.Context, list client.ObjectList, options ...client.ListOption) error {
	id := fmt.Sprintf("%T %v", list, list.GetObjectKind().GroupVersionKind())
	if old := l.lists[id]; old != nil && l.lags() {
		l.stale++
		reflect.ValueOf(list).Elem().Set(reflect.ValueOf(old.DeepCopyObject()).Elem())
		return nil
	}
	err := l.Client.List(ctx, list, options...)
	if err == nil {
		l.lists[id] = list.DeepCopyObject().(client.ObjectList)
	}
	return err
}

// laggingCache is it as a cache, of which only reads are asked.
type laggingCache struct {
	cache.Cache
	lagging *lagging
}

func (c laggingCache) Get(ctx context.Context, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
	return c.lagging.Get(ctx, key, object, options...)
}
