package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// asPlugin is set where this test program is to be the plugin.
const asPlugin = "KUBECTL_GATEHOUSE_TEST_PLUGIN"

// shell runs a script as a user would who has kubectl, the plugin and, as README.md says, its completion in PATH.
func shell(t *testing.T, namespace, script string, environment ...string) (string, error) {
	t.Helper()
	folder := t.TempDir()
	program, err := os.Executable()
	must(t, err)
	must(t, os.Symlink(os.Getenv("KUBECTL"), filepath.Join(folder, "kubectl")))
	must(t, os.Symlink(program, filepath.Join(folder, "kubectl-gatehouse")))
	_, completion, found := strings.Cut(readme(t), "`printf '#!/bin/sh")
	completion, _, closed := strings.Cut("printf '#!/bin/sh"+completion, "`\n")
	if !found || !closed {
		t.Fatal("README.md does not say how names are completed")
	}
	installed := strings.ReplaceAll(completion, "/usr/local/bin", folder)
	command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", installed+"\n"+script)
	command.Env = append([]string{
		"PATH=" + folder + ":/usr/bin:/bin", "HOME=" + folder, "KUBECONFIG=" + api.kubeconfig, "NAMESPACE=" + namespace, asPlugin + "=1",
	}, environment...)
	output, err := command.CombinedOutput()
	return string(output), err
}

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "README.md"))
	must(t, err)
	return string(data)
}

func TestKubectlFindsThePlugin(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t)
	newInstance(t, shop(namespace)).ready()
	output, err := shell(t, namespace, `kubectl gatehouse status shop --namespace "$NAMESPACE" && kubectl __complete gatehouse --namespace "$NAMESPACE" plan ""`)
	if err != nil || !strings.Contains(output, namespace+"/shop is Ready") || !strings.Contains(output, "\nshop\n:4\n") {
		t.Errorf("%v\n%s", err, output)
	}
}

// The commands that init shows do what it says, and no process has the URL in its arguments.
func TestNextCommandsOfInit(t *testing.T) {
	t.Parallel()
	for name, flags := range map[string]string{"environment": "", "file": "--database-url-file url"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			namespace := newNamespace(t)
			output, err := shell(t, namespace, `cd "$HOME"
				printf '%s\n' "$DATABASE_URL" > url
				kubectl gatehouse init --namespace "$NAMESPACE" --project-name shop --output shop.yaml `+flags+` 2> next
				grep -E 'kubectl (create|apply)' next | tee /dev/stderr > commands
				. ./commands`, "DATABASE_URL="+databaseURL)
			if err != nil || strings.Contains(output, databasePassword) {
				t.Fatalf("%v\n%s", err, output)
			}
			secret := &corev1.Secret{}
			must(t, api.admin.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: "shop-db"}, secret))
			if got := strings.TrimSpace(string(secret.Data["uri"])); got != databaseURL {
				t.Errorf("the secret has %q", got)
			}
			execute(t.Context(), namespace, "status", "shop").wants(t, 1, "not seen by the operator yet")
		})
	}
}
