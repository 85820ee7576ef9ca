package cluster

import (
	"embed"
	"encoding/base64"
	"os"
	"path"
	"strings"
	"text/template"

	"golang.org/x/sys/unix"
)

//go:embed files
var files embed.FS

// writeFiles renders the configuration of all programs and their kubeconfigs.
func (c *Cluster) writeFiles() error {
	values := map[string]string{
		"Dir":         c.Dir,
		"Node":        nodeName,
		"NodeIP":      nodeIP,
		"DNS":         dnsIP,
		"PodCIDR":     podCIDR,
		"CgroupRoot":  c.cgroupRoot(),
		"Snapshotter": snapshotter(c.Dir),
	}
	for source, target := range map[string]string{
		"containerd.toml":     "containerd.toml",
		"kubelet.yaml":        "kubelet.yaml",
		"kube-scheduler.yaml": "kube-scheduler.yaml",
		"kube-proxy.yaml":     "kube-proxy.yaml",
		"cni.conflist":        "cni/10-pods.conflist",
		"resolv.conf":         "resolv.conf",
		"audit.yaml":          "audit.yaml",
		"dns.yaml":            "dns.yaml",
	} {
		if err := render(source, c.path("files", target), values); err != nil {
			return err
		}
	}
	for _, user := range []string{"kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet"} {
		if err := c.writeKubeconfig(c.path("files", user+".kubeconfig"), user, apiAddress); err != nil {
			return err
		}
	}
	return nil
}

// writeKubeconfig is complete in itself, so that it may be copied.
func (c *Cluster) writeKubeconfig(file, user, server string) error {
	values := map[string]string{"Name": "gatehouse-" + c.Name, "Server": server}
	for key, source := range map[string]string{"CA": "ca.crt", "Certificate": user + ".crt", "Key": user + ".key"} {
		content, err := os.ReadFile(c.path("pki", source))
		if err != nil {
			return err
		}
		values[key] = base64.StdEncoding.EncodeToString(content)
	}
	return render("kubeconfig.yaml", file, values)
}

func render(source, target string, values map[string]string) error {
	parsed, err := template.New(source).Option("missingkey=error").ParseFS(files, path.Join("files", source))
	if err != nil {
		return err
	}
	var content strings.Builder
	if err := parsed.Execute(&content, values); err != nil {
		return err
	}
	return os.WriteFile(target, []byte(content.String()), 0o600)
}

// snapshotter copies files where it cannot overlay them: on a machine that is itself a container.
func snapshotter(dir string) string {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err == nil && stat.Type == unix.OVERLAYFS_SUPER_MAGIC {
		return "native"
	}
	return "overlayfs"
}
