package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

type statusOptions struct {
	everywhere bool
	output     string
	print      *genericclioptions.JSONYamlPrintFlags
	wait       wait
}

func statusCommand(s session) *cobra.Command {
	options := statusOptions{print: genericclioptions.NewJSONYamlPrintFlags()}
	cmd := &cobra.Command{
		Use:   "status [NAME]",
		Short: "Show how an auth service is, or all of a namespace",
		Long: "Show how an auth service is: its conditions, its objects and their states, its keys. Without NAME, one row for each of the namespace.\n\n" +
			"Exit code 0: it is Ready, or all are; 1: not; 2: that could not be found out.",
		Example: "  kubectl gatehouse status shop\n" +
			"  kubectl gatehouse status shop --wait=2m\n" +
			"  kubectl gatehouse status --all-namespaces",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: s.names,
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, err := s.cluster()
			switch {
			case err != nil:
				return err
			case len(args) == 1 && options.everywhere:
				return errors.New("a NAME is in one namespace: leave out NAME or --all-namespaces")
			case len(args) == 1:
				return s.statusOf(cmd.Context(), cluster, args[0], options)
			case options.wait.Duration > 0:
				return errors.New("--wait needs the NAME to wait for")
			}
			return s.statusOfAll(cmd.Context(), cluster, options)
		},
	}
	flags := cmd.Flags()
	flags.BoolVarP(&options.everywhere, "all-namespaces", "A", false, "show those of all namespaces")
	flags.StringVarP(&options.output, "output", "o", "", "print the object instead: json or yaml")
	options.print.AddFlags(cmd)
	options.wait.add(cmd, "2m", "wait until it is Ready")
	return cmd
}

func (s session) statusOf(ctx context.Context, cluster *plugin.Cluster, name string, options statusOptions) error {
	auth, err := cluster.Get(ctx, name)
	if err != nil {
		return err
	}
	if options.wait.Duration > 0 {
		bounded, cancel := options.wait.within(ctx)
		defer cancel()
		waited, err := cluster.Wait(bounded, name, func(auth *v1alpha1.AuthService) (bool, error) { return plugin.Ready(auth), nil }, s.progress())
		if err != nil && !errors.Is(err, plugin.ErrTimeout) {
			return err
		}
		if waited != nil {
			auth = waited
		}
	}
	if options.output != "" {
		err = s.print(auth, options)
	} else {
		err = s.tree(ctx, cluster, auth)
	}
	if err == nil && !plugin.Ready(auth) {
		err = errNo
	}
	return err
}

func (s session) tree(ctx context.Context, cluster *plugin.Cluster, auth *v1alpha1.AuthService) error {
	instance, err := cluster.Observe(ctx, auth)
	if err != nil {
		return err
	}
	instance.WriteStatus(s.stdout, s.now(), s.width)
	return nil
}

func (s session) statusOfAll(ctx context.Context, cluster *plugin.Cluster, options statusOptions) error {
	list, err := cluster.List(ctx, options.everywhere)
	if err != nil {
		return err
	}
	switch {
	case options.output != "":
		err = s.print(list, options)
	case len(list.Items) == 0:
		fmt.Fprintln(s.stderr, "There is no AuthService here; kubectl gatehouse init writes the first, --all-namespaces shows those elsewhere.")
	default:
		plugin.WriteList(s.stdout, list.Items, options.everywhere, s.now(), s.width)
	}
	for i := range list.Items {
		if err == nil && !plugin.Ready(&list.Items[i]) {
			err = errNo
		}
	}
	return err
}

func (s session) print(object runtime.Object, options statusOptions) error {
	printer, err := options.print.ToPrinter(options.output)
	if err != nil {
		return err
	}
	kind := "AuthService"
	if list, ok := object.(*v1alpha1.AuthServiceList); ok {
		kind = "AuthServiceList"
		for i := range list.Items {
			list.Items[i].SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("AuthService"))
		}
	}
	object.GetObjectKind().SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind))
	return printer.PrintObj(object, s.stdout)
}

// progress tells of a wait, once for each new reason.
func (s session) progress() func(*v1alpha1.AuthService) {
	last := ""
	return func(auth *v1alpha1.AuthService) {
		if now := plugin.Progress(auth); now != last {
			last = now
			fmt.Fprintln(s.stderr, "waiting:", now)
		}
	}
}
