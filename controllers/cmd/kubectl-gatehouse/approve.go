package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

func approveCommand(s session) *cobra.Command {
	var (
		yes  bool
		wait wait
	)
	cmd := &cobra.Command{
		Use:   "approve NAME [HASH]",
		Short: "Let a migration run whose plan waits for an approval",
		Long: "Let a migration run whose plan waits for an approval (spec.migration.policy: Approve). It shows the plan, asks, and approves the\n" +
			"very plan that it showed: if there is another one by then, or HASH is not its hash, it changes nothing.",
		Example:           "  kubectl gatehouse approve shop\n  kubectl gatehouse approve shop 3f9c21d07be4 --yes --wait",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: s.names,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.about(func(ctx context.Context, cluster *plugin.Cluster, auth *v1alpha1.AuthService) error {
				hash, err := s.approve(ctx, cluster, auth, append(args, "")[1], yes)
				if err != nil || wait.Duration == 0 {
					return err
				}
				return s.awaitMigration(ctx, cluster, auth.Name, hash, wait)
			})(cmd, args)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	wait.add(cmd, "10m", "wait until the migration has run")
	return cmd
}

// approve returns the hash that it approved. With one that is given, it has to be that.
func (s session) approve(ctx context.Context, cluster *plugin.Cluster, auth *v1alpha1.AuthService, given string, yes bool) (string, error) {
	if err := plugin.Approvable(auth, given); err != nil {
		return "", err
	}
	if err := plugin.WritePlan(s.stdout, auth); err != nil {
		return "", err
	}
	hash := auth.Status.Schema.Plan.Hash
	if !yes {
		if err := s.agrees("Run this plan on the database?"); err != nil {
			return "", err
		}
	}
	if err := cluster.Approve(ctx, auth.Name, hash); err != nil {
		return "", err
	}
	fmt.Fprintf(s.stderr, "Plan %s of %s is approved.\n", hash, auth.Name)
	return hash, nil
}

func (s session) awaitMigration(ctx context.Context, cluster *plugin.Cluster, name, hash string, wait wait) error {
	bounded, cancel := wait.within(ctx)
	defer cancel()
	_, err := cluster.Wait(bounded, name, func(auth *v1alpha1.AuthService) (bool, error) { return plugin.Applied(auth, hash) }, s.progress())
	if err == nil {
		fmt.Fprintf(s.stderr, "The migration of %s has run.\n", name)
	}
	return err
}
