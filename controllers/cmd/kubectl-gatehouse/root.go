package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // the ways to sign in that kubectl knows
	"k8s.io/client-go/rest"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

// session is what the commands share: the process and the flags that choose a cluster.
type session struct {
	process
	flags *genericclioptions.ConfigFlags
}

func rootCommand(p process) *cobra.Command {
	s := session{p, genericclioptions.NewConfigFlags(true)}
	root := &cobra.Command{
		Use:   "kubectl-gatehouse",
		Short: "Set up, see and look after the auth services of Gatehouse",
		Long: "Set up, see and look after the auth services of Gatehouse.\n\n" +
			"Exit code 0: yes, or done; 1: no: not Ready, not in time, or a check failed; 2: it could not be done.",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl gatehouse"},
	}
	root.CompletionOptions.HiddenDefaultCmd = true // kubectl completes what is behind it
	s.flags.AddFlags(root.PersistentFlags())
	root.AddCommand(initCommand(s), statusCommand(s), planCommand(s), approveCommand(s), rotateCommand(s), checkCommand(s), logsCommand(s))
	return root
}

// cluster connects as the flags and the kubeconfig say.
func (s session) cluster() (*plugin.Cluster, error) {
	config, err := s.flags.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	config.WarningHandler = rest.NewWarningWriter(s.stderr, rest.WarningWriterOptions{Deduplicate: true})
	config.UserAgent = "kubectl-gatehouse/" + version
	namespace, _, err := s.flags.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return nil, err
	}
	return plugin.NewCluster(config, namespace)
}

// action does something about an AuthService.
type action func(ctx context.Context, cluster *plugin.Cluster, auth *v1alpha1.AuthService) error

// about runs an action on the AuthService that the first argument names.
func (s session) about(do action) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		cluster, err := s.cluster()
		if err != nil {
			return err
		}
		auth, err := cluster.Get(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		return do(cmd.Context(), cluster, auth)
	}
}

// names completes the name of an AuthService.
func (s session) names(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	cluster, err := s.cluster()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	names, err := cluster.Names(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// wait is the flag --wait, with or without a time.
type wait struct{ time.Duration }

func (w *wait) add(cmd *cobra.Command, fallback, usage string) {
	cmd.Flags().DurationVar(&w.Duration, "wait", 0, usage+"; with a time, as --wait="+fallback+", which is also the time without one")
	cmd.Flags().Lookup("wait").NoOptDefVal = fallback
}

// within bounds a context by the flag.
func (w *wait) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, w.Duration)
}
