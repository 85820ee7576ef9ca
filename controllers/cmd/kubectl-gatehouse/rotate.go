package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

const revokeMeans = "This is for keys that leaked. All keys of %s, that of JWT_SECRET included, are replaced at once: everybody has to sign in again, " +
	"back ends that verify JWTs need the new JWT_SECRET, and what old keys encrypted in the database (tokens of social providers, mails that wait, " +
	"keys of features.jwt) is lost."

func rotateCommand(s session) *cobra.Command {
	var (
		revoke, yes bool
		wait        wait
	)
	cmd := &cobra.Command{
		Use:   "rotate NAME",
		Short: "Replace the key that signs cookies; nobody is signed out",
		Long: "Replace the generated key that signs cookies. Nobody is signed out: the old key goes on verifying until the last cookie that it signed has\n" +
			"expired; kubectl gatehouse status shows when that is. With --revoke all keys are replaced at once, for keys that leaked.",
		Example:           "  kubectl gatehouse rotate shop --wait\n  kubectl gatehouse rotate shop --revoke",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: s.names,
		RunE: s.about(func(ctx context.Context, cluster *plugin.Cluster, auth *v1alpha1.AuthService) error {
			return s.rotate(ctx, cluster, auth, rotation{revoke, yes, wait})
		}),
	}
	cmd.Flags().BoolVar(&revoke, "revoke", false, "replace all keys at once: everybody has to sign in again")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask, with --revoke")
	wait.add(cmd, "10m", "wait until the new key signs")
	return cmd
}

type rotation struct {
	revoke, yes bool
	wait        wait
}

func (s session) rotate(ctx context.Context, cluster *plugin.Cluster, auth *v1alpha1.AuthService, r rotation) error {
	name := auth.Name
	if err := plugin.Rotatable(auth); err != nil {
		return err
	}
	request, reached := cluster.Rotate, plugin.Rotated
	if r.revoke {
		request, reached = cluster.Revoke, plugin.Revoked
		if err := s.agreesToRevoke(name, r.yes); err != nil {
			return err
		}
	}
	if err := request(ctx, name, s.now()); err != nil {
		return err
	}
	fmt.Fprintf(s.stderr, "New keys of %s are asked for; kubectl gatehouse status %s shows them.\n", name, name)
	if r.wait.Duration == 0 {
		return nil
	}
	bounded, cancel := r.wait.within(ctx)
	defer cancel()
	_, err := cluster.Wait(bounded, name, func(now *v1alpha1.AuthService) (bool, error) { return reached(now, auth.Status.Keys), nil }, s.progress())
	if err == nil {
		fmt.Fprintf(s.stderr, "%s signs with a new key.\n", name)
	}
	return err
}

func (s session) agreesToRevoke(name string, yes bool) error {
	if yes {
		return nil
	}
	for _, line := range plugin.Wrap(fmt.Sprintf(revokeMeans, name), s.width) {
		fmt.Fprintln(s.stderr, line)
	}
	return s.agrees("Revoke all keys of " + name + "?")
}
