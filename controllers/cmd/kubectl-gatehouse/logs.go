package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

func logsCommand(s session) *cobra.Command {
	var (
		options plugin.LogOptions
		follow  bool
	)
	cmd := &cobra.Command{
		Use:   "logs NAME",
		Short: "Show the logs of all pods of an auth service",
		Long:  "Show the logs of all pods of an auth service in the order of time. With --follow, pods that come later are shown too, until it is interrupted.",
		Example: "  kubectl gatehouse logs shop --since=10m\n" +
			"  kubectl gatehouse logs shop -f\n" +
			"  kubectl gatehouse logs shop --migration",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: s.names,
		RunE: s.about(func(ctx context.Context, cluster *plugin.Cluster, auth *v1alpha1.AuthService) error {
			if follow {
				return cluster.Follow(ctx, auth, options, s.stdout, s.stderr)
			}
			return cluster.Logs(ctx, auth, options, s.stdout, s.stderr)
		}),
	}
	flags := cmd.Flags()
	flags.BoolVarP(&follow, "follow", "f", false, "go on with what is logged from now on")
	flags.DurationVar(&options.Since, "since", time.Duration(0), "leave out what is older, such as 10m")
	flags.Int64Var(&options.Tail, "tail", 100, "how many lines of each pod to begin with; -1 is all")
	flags.BoolVar(&options.Migration, "migration", false, "show the pods of migrations and of their plans instead of those that serve")
	return cmd
}
