package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/healthz"

	"github.com/gatehouse-auth/gatehouse/controllers"
)

// version is stamped by the linker.
var version = "dev"

// garbagePercent lets the heap grow by half before garbage is collected: most of it are the caches, which stay. GOGC overrides it.
const garbagePercent = 50

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "operator:", err)
		os.Exit(1)
	}
}

// run is the operator until ctx ends, or `operator check`.
func run(ctx context.Context, args []string, stderr io.Writer) error {
	if len(args) > 0 && args[0] == "check" {
		return check(ctx, args[1:], stderr)
	}
	opts, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if opts.printVersion {
		_, err := fmt.Fprintln(stderr, version)
		return err
	}
	logger := logr.FromSlogHandler(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: opts.logLevel}))
	ctrl.SetLogger(logger)
	klog.SetLogger(logger)

	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the cluster: %w; run in a pod, or set KUBECONFIG or --kubeconfig", err)
	}
	config.UserAgent = "gatehouse-operator/" + version
	mgr, err := newManager(config, opts)
	if err != nil {
		return err
	}
	reconciler, err := newReconciler(mgr, opts)
	if err != nil {
		return err
	}
	if err := reconciler.SetupWithManager(ctx, mgr, controller.Options{
		MaxConcurrentReconciles: opts.maxConcurrentReconciles,
	}); err != nil {
		return err
	}
	logger.Info("starting", "version", version, "authserverImage", opts.authserverImage, "namespaces", opts.watchNamespaces)
	return mgr.Start(ctx)
}

// newManager needs the permissions for metrics and for the lease that are in config/rbac: they are not per watched
// namespace, as those of controllers are.
func newManager(config *rest.Config, opts options) (ctrl.Manager, error) {
	scheme, err := controllers.NewScheme()
	if err != nil {
		return nil, err
	}
	metrics, err := metricsOptions(opts)
	if err != nil {
		return nil, err
	}
	shutdown := 20 * time.Second
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                        scheme,
		Cache:                         controllers.CacheOptions(opts.watchNamespaces),
		Metrics:                       metrics,
		HealthProbeBindAddress:        opts.probeAddress,
		LeaderElection:                opts.leaderElect,
		LeaderElectionID:              "operator.gatehouse.dev",
		LeaderElectionNamespace:       opts.leaderElectionNamespace,
		LeaderElectionReleaseOnCancel: true, // safe: the process ends right after the manager
		GracefulShutdownTimeout:       &shutdown,
	})
	if err != nil {
		return nil, err
	}
	return mgr, errors.Join(mgr.AddHealthzCheck("ping", healthz.Ping), mgr.AddReadyzCheck("ping", healthz.Ping))
}

func newReconciler(mgr ctrl.Manager, opts options) (*controllers.Reconciler, error) {
	configMaps, err := controllers.NewConfigMaps(mgr, opts.watchNamespaces)
	if err != nil {
		return nil, err
	}
	optional, err := controllers.NewOptional(mgr, opts.watchNamespaces, 30*time.Second)
	return &controllers.Reconciler{
		Cache:      mgr.GetClient(),
		ConfigMaps: configMaps,
		Optional:   optional,
		Live:       mgr.GetAPIReader(),
		Writer:     mgr.GetClient(),
		Scheme:     mgr.GetScheme(),
		Events:     mgr.GetEventRecorder("gatehouse.dev/operator"),
		Image:      opts.authserverImage,
		Telling:    10 * time.Second,
		Now:        time.Now,
		Random:     rand.Reader,
	}, err
}
