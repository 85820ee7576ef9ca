package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/streaming/pkg/httpstream"
)

// Forward makes a port of a pod reachable at a loopback address of this machine until ctx ends, and calls use with the
// address. It goes the way of kubectl port-forward: by WebSocket, and by SPDY where the API server or a proxy knows no other.
func (c *Cluster) Forward(ctx context.Context, pod string, port int32, use func(address string) error) error {
	dialer, err := c.dialer(pod)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready, ended := make(chan struct{}), make(chan error, 1)
	forwarder, err := portforward.NewOnAddressesForStreamingWithContext(ctx, dialer, []string{"127.0.0.1"}, []string{fmt.Sprintf("0:%d", port)}, ready, io.Discard, io.Discard)
	if err != nil {
		return err
	}
	go func() { ended <- forwarder.ForwardPorts() }()
	select {
	case err := <-ended:
		return errors.Join(fmt.Errorf("forward a port to pod %s", pod), err)
	case <-ready:
	}
	ports, err := forwarder.GetPorts()
	if err != nil {
		return err
	}
	err = use(fmt.Sprintf("127.0.0.1:%d", ports[0].Local))
	cancel()
	if lost := <-ended; err != nil && lost != nil {
		return fmt.Errorf("%w; the port-forward broke: %w", err, lost)
	}
	return err
}

func (c *Cluster) dialer(pod string) (httpstream.Dialer, error) {
	pods, err := corev1.NewForConfig(c.Config)
	if err != nil {
		return nil, err
	}
	target := pods.RESTClient().Post().Resource("pods").Namespace(c.Namespace).Name(pod).SubResource("portforward").URL()
	transport, upgrader, err := spdy.RoundTripperFor(c.Config)
	if err != nil {
		return nil, err
	}
	fallback := spdy.NewDialerForStreaming(upgrader, &http.Client{Transport: transport}, http.MethodPost, target)
	first, err := portforward.NewSPDYOverWebsocketDialerForStreaming(target, c.Config)
	if err != nil {
		return nil, err
	}
	return portforward.NewFallbackDialerForStreaming(first, fallback, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	}), nil
}
