package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

func planCommand(s session) *cobra.Command {
	return &cobra.Command{
		Use:               "plan NAME",
		Short:             "Show what a migration would do to the database, or did, as SQL",
		Example:           "  kubectl gatehouse plan shop > plan.sql",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: s.names,
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, err := s.cluster()
			if err != nil {
				return err
			}
			auth, err := cluster.Get(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return plugin.WritePlan(s.stdout, auth)
		},
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
