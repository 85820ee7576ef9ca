package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers"
)

// check is `operator check`, which `helm test` runs as the operator's service account: is a running operator ready,
// and may it see AuthServices where it should?
func check(ctx context.Context, args []string, output io.Writer) error {
	set := flag.NewFlagSet("operator check", flag.ContinueOnError)
	set.SetOutput(output)
	ready := set.String("url", "http://localhost:8081/readyz", "`URL` of /readyz of the operator")
	namespaces := set.String("watch-namespaces", "", "comma-separated `namespaces` that it watches; empty: all")
	timeout := set.Duration("timeout", 30*time.Second, "`time` for the whole check")
	if err := set.Parse(args); err != nil {
		return err
	}
	watched, err := splitNamespaces(*namespaces)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()

	if err := listAuthServices(ctx, watched, output); err != nil {
		return err
	}
	return waitReady(ctx, *ready, output)
}

func listAuthServices(ctx context.Context, namespaces []string, output io.Writer) error {
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the cluster: %w; run in a pod, or set KUBECONFIG", err)
	}
	scheme, err := controllers.NewScheme()
	if err != nil {
		return err
	}
	reader, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		return err
	}
	if len(namespaces) == 0 {
		namespaces = []string{""}
	}
	for _, namespace := range namespaces {
		found := v1alpha1.AuthServiceList{}
		if err := reader.List(ctx, &found, client.InNamespace(namespace), client.Limit(1)); err != nil {
			return fmt.Errorf("list AuthServices in namespace %q: %w; install the CRD and the roles of the chart", namespace, err)
		}
	}
	_, err = fmt.Fprintln(output, "ok  the CRD is served and the operator may see AuthServices")
	return err
}

// waitReady asks again until ctx ends: a Service that is new takes a moment to lead somewhere.
func waitReady(ctx context.Context, url string, output io.Writer) error {
	var last error
	err := wait.PollUntilContextCancel(ctx, time.Second/2, true, func(ctx context.Context) (bool, error) {
		last = askReady(ctx, url)
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("ask %s: %w; see the operator's log", url, last)
	}
	_, err = fmt.Fprintln(output, "ok  the operator is ready")
	return err
}

func askReady(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the operator is not ready: HTTP %s", response.Status)
	}
	return nil
}
