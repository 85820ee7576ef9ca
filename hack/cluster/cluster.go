package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Cluster is one throw-away cluster. Several may run side by side when their names differ.
type Cluster struct {
	// Name is a DNS label of at most 30 characters.
	Name string
	// Dir is the directory of all its files. It must be outside /run and /var, which the node replaces by its own.
	Dir string
	// Programs is the directory with kube-apiserver and its siblings, etcd and kubectl.
	Programs string
	// Images are archives that the node cannot do without: localhost/pause:local and localhost/coredns:local.
	Images []string
	// Log receives a line for each stage of Up.
	Log io.Writer `json:"-"`
}

var validName = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$`)

// Dir is where the state of the named cluster is kept unless the caller wants it elsewhere.
func Dir(name string) (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if state == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "gatehouse", name), nil
}

// Open is the cluster that was brought up in the directory. The error is fs.ErrNotExist when there is none.
func Open(dir string) (*Cluster, error) {
	content, err := os.ReadFile(filepath.Join(dir, "cluster.json"))
	if err != nil {
		return nil, err
	}
	c := &Cluster{Log: io.Discard}
	return c, json.Unmarshal(content, c)
}

// Kubeconfig is the file for kubectl, helm and client-go, with all rights.
func (c *Cluster) Kubeconfig() string { return c.path("kubeconfig") }

// AuditLog has a line of JSON, an audit.k8s.io Event, for each request of a service account that is not Kubernetes' own.
func (c *Cluster) AuditLog() string { return c.path("logs", "audit.log") }

// Kubectl is the kubectl of the cluster's version.
func (c *Cluster) Kubectl() string { return filepath.Join(c.Programs, "kubectl") }

func (c *Cluster) path(elements ...string) string {
	return filepath.Join(append([]string{c.Dir}, elements...)...)
}

func (c *Cluster) logf(format string, arguments ...any) {
	fmt.Fprintf(c.Log, format+"\n", arguments...)
}

func (c *Cluster) validate() error {
	if os.Geteuid() != 0 {
		return errors.New("namespaces and mounts need root: run it with sudo, or use a cluster that you have with CLUSTER=current")
	}
	if !validName.MatchString(c.Name) {
		return fmt.Errorf("cluster name %q: use a DNS label of at most 30 characters", c.Name)
	}
	for _, hidden := range []string{"/run/", "/var/"} {
		for _, dir := range []string{c.Dir, c.Programs} {
			if strings.HasPrefix(dir, hidden) {
				return fmt.Errorf("%s is under %s, which the node replaces by its own: set XDG_STATE_HOME and CACHE to directories elsewhere", dir, hidden)
			}
		}
	}
	return nil
}

func (c *Cluster) save() error {
	content, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(c.path("cluster.json"), content, 0o600)
}
