package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

const (
	// patience bounds each wait of Up. On two busy cores a stage takes ten times what it takes alone, about 3 s.
	patience = 2 * time.Minute
	poll     = 100 * time.Millisecond
)

var errNodeEnded = errors.New("the node ended: node.log says why")

// wait polls until check succeeds, the node has ended or patience is at its end.
func (c *Cluster) wait(ctx context.Context, what string, check func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		if !c.running() {
			return errNodeEnded
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready after %s: %w", what, patience, err)
		case <-ticker.C:
		}
	}
}

func (c *Cluster) apiReady(ctx context.Context) error {
	return c.kubectl(ctx, "get", "--raw=/readyz")
}

func (c *Cluster) nodeReady(ctx context.Context) error {
	return c.wait(ctx, "the node", func(ctx context.Context) error {
		return c.kubectl(ctx, "wait", "--for=condition=Ready", "--timeout=10s", "node/"+nodeName)
	})
}

// dnsReady waits for the default service account as well: pods of callers cannot be made before it exists.
func (c *Cluster) dnsReady(ctx context.Context) error {
	if err := c.kubectl(ctx, "apply", "--filename="+c.path("files", "dns.yaml")); err != nil {
		return err
	}
	if err := c.kubectl(ctx, "--namespace=kube-system", "rollout", "status", "deployment/coredns", "--timeout="+patience.String()); err != nil {
		return err
	}
	return c.wait(ctx, "the default service account", func(ctx context.Context) error {
		return c.kubectl(ctx, "get", "serviceaccount", "default")
	})
}

func (c *Cluster) kubectl(ctx context.Context, arguments ...string) error {
	return command(ctx, c.Kubectl(), append([]string{"--kubeconfig=" + c.Kubeconfig()}, arguments...)...)
}

// command runs a program; its error holds what the program printed.
func command(ctx context.Context, program string, arguments ...string) error {
	var output bytes.Buffer
	process := exec.CommandContext(ctx, program, arguments...)
	process.Stdout, process.Stderr = &output, &output
	if err := process.Run(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", program, strings.Join(arguments, " "), err, strings.TrimSpace(output.String()))
	}
	return nil
}
