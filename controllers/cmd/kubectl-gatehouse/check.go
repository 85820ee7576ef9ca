package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/check"
	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

type checkOptions struct {
	visit                check.Options
	fields, passwordFile string
	asJSON               bool
}

func checkCommand(s session) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check NAME",
		Short: "Sign a user up, in and out at an auth service",
		Long: "Sign a user up, in and out at a pod of an auth service, through a port-forward, as a browser at its URL would, and say what to do about\n" +
			"failures. A new user is deleted again where spec.user.deleteUser allows it, and else stays in the database.\n\n" +
			"Exit code 0: everything works; 1: something failed; 2: it could not be tried.",
		Example: "  kubectl gatehouse check shop\n" +
			"  kubectl gatehouse check shop --email me@example.com --password-file - --custom-fields '{\"tier\":\"free\"}'",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: s.names,
		RunE: s.about(func(ctx context.Context, cluster *plugin.Cluster, auth *v1alpha1.AuthService) error {
			if err := s.completeVisit(&o); err != nil {
				return err
			}
			return s.check(ctx, cluster, auth, o)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&o.visit.Email, "email", "", "e-mail address of the user (default: a new one)")
	flags.StringVar(&o.passwordFile, "password-file", "", "file with the password of the user, or - for standard input (default: a random one)")
	flags.StringVar(&o.visit.Name, "name", "Gatehouse Check", "name of a new user")
	flags.StringVar(&o.fields, "custom-fields", "{}", "custom fields of a new user, as a JSON object (default: what sign-ups need)")
	flags.DurationVar(&o.visit.Timeout, "timeout", 30*time.Second, "time for the whole check")
	flags.BoolVar(&o.asJSON, "json", false, "print one JSON object instead of text")
	return cmd
}

func (s session) completeVisit(o *checkOptions) error {
	if err := json.Unmarshal([]byte(o.fields), &o.visit.CustomFields); err != nil {
		return fmt.Errorf(`--custom-fields must be a JSON object, such as '{"tier":"free"}': %w`, err)
	}
	if o.passwordFile == "" {
		return nil
	}
	password, err := s.secretFile(o.passwordFile)
	if err != nil {
		return fmt.Errorf("--password-file: %w", err)
	}
	o.visit.Password = password
	return nil
}

func (s session) check(ctx context.Context, cluster *plugin.Cluster, auth *v1alpha1.AuthService, o checkOptions) error {
	pod, port, err := cluster.ReadyPod(ctx, auth)
	if err != nil {
		return err
	}
	return cluster.Forward(ctx, pod, port, func(address string) error {
		if !o.asJSON {
			fmt.Fprintf(s.stdout, "%s, at pod %s\n", auth.Status.URL, pod)
		}
		return s.visit(ctx, auth, address, o)
	})
}

// visit checks the server at an address as a browser at its public URL would.
func (s session) visit(ctx context.Context, auth *v1alpha1.AuthService, address string, o checkOptions) error {
	visit := o.visit
	visit.BaseURL, visit.Origin, visit.BasePath = "http://"+address, auth.Status.URL, auth.Spec.BasePath
	visit.CustomFields, visit.Hidden = plugin.SignUpFields(auth, visit.CustomFields, s.now(), s.random)
	visit.DeleteUser = plugin.DeletesUsers(auth)
	report, err := check.Run(ctx, visit, func(step check.Step) {
		if !o.asJSON {
			step.Fix = fixes(auth.Name).Replace(step.Fix)
			step.WriteText(s.stdout)
		}
	})
	if err != nil {
		return err
	}
	report.BaseURL = auth.Status.URL
	if o.asJSON {
		err = json.NewEncoder(s.stdout).Encode(report)
	} else {
		report.WriteSummary(s.stdout)
		s.staying(report)
	}
	if err == nil && !report.Passed {
		err = errNo
	}
	return err
}

// fixes says in words of the plugin what package check says in those of authserver check.
func fixes(name string) *strings.Replacer {
	return strings.NewReplacer(
		"--password", "--password-file",
		"see whether --base-url is right and the server is running", "see kubectl gatehouse logs "+name,
		"look into the server's log", "see kubectl gatehouse logs "+name,
	)
}

// staying tells of a user that the check has left in the database.
func (s session) staying(report check.Report) {
	made, deleted := false, false
	for _, step := range report.Steps {
		made = made || step.Name == "sign-up" && step.Result == check.Passed
		deleted = deleted || step.Name == "delete-user" && step.Result == check.Passed
	}
	if made && !deleted {
		fmt.Fprintf(s.stdout, "The user %s stays in the database; with spec.user.deleteUser.enabled, and without its sendVerification, the check deletes it.\n", report.Email)
	}
}
