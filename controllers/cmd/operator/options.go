package main

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

type options struct {
	authserverImage         string
	leaderElect             bool
	leaderElectionNamespace string
	metricsAddress          string
	metricsClientCA         string
	probeAddress            string
	watchNamespaces         []string
	maxConcurrentReconciles int
	logLevel                slog.Level
	printVersion            bool
}

// parse reads the flags. --kubeconfig is among them: controller-runtime registers it on the flag package's own set.
func parse(args []string, output io.Writer) (options, error) {
	var (
		opts       options
		namespaces string
	)
	set := flag.NewFlagSet("operator", flag.ContinueOnError)
	set.SetOutput(output)
	set.StringVar(&opts.authserverImage, "authserver-image", "docker.io/gatehouse/authserver:"+version,
		"`image` of the auth server where an AuthService names none")
	set.BoolVar(&opts.leaderElect, "leader-elect", false, "let one of several replicas work at a time")
	set.StringVar(&opts.leaderElectionNamespace, "leader-election-namespace", "",
		"`namespace` of the lease; default: that of the pod")
	set.StringVar(&opts.metricsAddress, "metrics-bind-address", ":8443", "`address` of the metrics (HTTPS, authorized); 0 turns them off")
	set.StringVar(&opts.metricsClientCA, "metrics-client-ca", "",
		"`file` of CAs in PEM; clients of the metrics then show a certificate of one instead of a token that the API server checks")
	set.StringVar(&opts.probeAddress, "health-probe-bind-address", ":8081", "`address` of /healthz and /readyz; 0 turns them off")
	set.StringVar(&namespaces, "watch-namespaces", "", "comma-separated `namespaces` to watch; empty: all")
	set.IntVar(&opts.maxConcurrentReconciles, "max-concurrent-reconciles", 10, "how many AuthServices to reconcile at the same time")
	set.TextVar(&opts.logLevel, "log-level", slog.LevelInfo, "`level` of the log: debug, info, warn or error")
	set.BoolVar(&opts.printVersion, "version", false, "print the version")
	if kubeconfig := flag.Lookup("kubeconfig"); kubeconfig != nil {
		set.Var(kubeconfig.Value, kubeconfig.Name, kubeconfig.Usage)
	}
	if err := set.Parse(args); err != nil {
		return options{}, err
	}
	if set.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q; all settings are flags, see --help", set.Arg(0))
	}
	if opts.maxConcurrentReconciles < 1 {
		return options{}, fmt.Errorf("--max-concurrent-reconciles=%d: use 1 or more", opts.maxConcurrentReconciles)
	}
	var err error
	opts.watchNamespaces, err = splitNamespaces(namespaces)
	return opts, err
}

func splitNamespaces(list string) ([]string, error) {
	var namespaces []string
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if name == "" || slices.Contains(namespaces, name) {
			continue
		}
		if problems := validation.IsDNS1123Label(name); problems != nil {
			return nil, fmt.Errorf("--watch-namespaces: %q is not the name of a namespace: %s", name, problems[0])
		}
		namespaces = append(namespaces, name)
	}
	return namespaces, nil
}
