package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

func planCommand(s session) *cobra.Command {
	return &cobra.Command{
		Use:               "plan NAME",
		Short:             "Show what a migration would do to the database, or did, as SQL",
		Example:           "  kubectl gatehouse plan shop > plan.sql",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: s.names,
		RunE: s.about(func(_ context.Context, _ *plugin.Cluster, auth *v1alpha1.AuthService) error {
			return plugin.WritePlan(s.stdout, auth)
		}),
	}
}

// agrees asks, and takes nothing but yes for yes.
func (s session) agrees(question string) error {
	fmt.Fprint(s.stderr, question+" Type yes to go on: ")
	answer, err := bufio.NewReader(io.LimitReader(s.stdin, 1<<10)).ReadString('\n')
	fmt.Fprintln(s.stderr)
	if strings.TrimSpace(answer) == "yes" {
		return nil
	}
	if errors.Is(err, io.EOF) && answer == "" {
		return errors.New("nobody answered; say --yes where there is nobody to ask")
	}
	return errors.New("not agreed; nothing was changed")
}
