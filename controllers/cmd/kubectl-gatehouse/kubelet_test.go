package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
)

// nodeName is the node that all pods of the tests are on.
const nodeName = "node"

// kubelet does for the API server what a node does about logs and port-forwards; there are no containers.
type kubelet struct {
	mu sync.Mutex
	// logs by namespace and pod: what a container has written, and what it writes on when it is followed.
	logs map[string]string
	more map[string]<-chan string
	// server is where each port-forward leads to, by namespace.
	server map[string]string
	// asked are the queries about logs, by namespace.
	asked map[string][]string
}

// node is started once, with the first test that needs it, and lives as long as the API server.
var node = sync.OnceValues(func() (*kubelet, error) {
	k := &kubelet{logs: map[string]string{}, more: map[string]<-chan string{}, server: map[string]string{}, asked: map[string][]string{}}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.containerLogs)
	routes.HandleFunc("/portForward/{namespace}/{pod}", k.portForward)
	listening := httptest.NewTLSServer(routes)
	_, port, err := net.SplitHostPort(listening.Listener.Addr().String())
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	object := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: nodeName}}
	if err := api.admin.Create(context.Background(), object); err != nil {
		return nil, err
	}
	object.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"}}
	object.Status.DaemonEndpoints.KubeletEndpoint.Port = int32(number)
	return k, api.admin.Status().Update(context.Background(), object)
})

func theKubelet(t *testing.T) *kubelet {
	t.Helper()
	k, err := node()
	must(t, err)
	return k
}

// set changes what the kubelet has.
func (k *kubelet) set(change func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change()
}

func (k *kubelet) containerLogs(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("namespace") + "/" + r.PathValue("pod")
	k.mu.Lock()
	text, there := k.logs[key]
	more := k.more[key]
	k.asked[r.PathValue("namespace")] = append(k.asked[r.PathValue("namespace")], r.URL.RawQuery)
	k.mu.Unlock()
	if !there {
		http.Error(w, "container is waiting to start: ImagePullBackOff", http.StatusBadRequest)
		return
	}
	fmt.Fprint(w, text)
	if r.URL.Query().Get("follow") != "true" {
		return
	}
	w.(http.Flusher).Flush()
	for {
		select {
		case line, open := <-more:
			if !open {
				return
			}
			fmt.Fprint(w, line)
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func (k *kubelet) portForward(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	target := k.server[r.PathValue("namespace")]
	k.mu.Unlock()
	if _, err := httpstream.Handshake(r, w, []string{"portforward.k8s.io"}); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	streams := make(chan httpstream.Stream)
	connection := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(stream httpstream.Stream, _ <-chan struct{}) error {
		streams <- stream
		return nil
	})
	if connection == nil {
		return
	}
	defer connection.Close()
	for {
		select {
		case stream := <-streams:
			if stream.Headers().Get(corev1.StreamType) == corev1.StreamTypeData {
				go connect(stream, target)
			} else {
				stream.Close() // no error
			}
		case <-connection.CloseChan():
			return
		}
	}
}

// connect copies in both directions until both have ended.
func connect(stream httpstream.Stream, target string) {
	defer stream.Close()
	server, err := net.Dial("tcp", target)
	if err != nil {
		_ = stream.Reset()
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, stream)
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(stream, server)
}
