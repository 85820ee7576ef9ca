package cluster

// program is one process of the node. Its name is looked up in PATH, which begins with the built programs.
type program struct {
	name      string
	arguments []string
}

func (c *Cluster) programs() []program {
	return []program{
		{"etcd", []string{
			"--data-dir=/var/lib/etcd",
			"--listen-client-urls=http://127.0.0.1:2379",
			"--advertise-client-urls=http://127.0.0.1:2379",
			"--listen-peer-urls=http://127.0.0.1:2380",
			"--unsafe-no-fsync",
			"--log-level=warn",
		}},
		{"containerd", []string{"--config=" + c.path("files", "containerd.toml")}},
		{"kube-apiserver", c.apiserverArguments()},
		{"kube-controller-manager", c.controllerManagerArguments()},
		{"kube-scheduler", []string{
			"--config=" + c.path("files", "kube-scheduler.yaml"),
			"--authentication-kubeconfig=" + c.path("files", "kube-scheduler.kubeconfig"),
			"--authorization-kubeconfig=" + c.path("files", "kube-scheduler.kubeconfig"),
			"--bind-address=127.0.0.1",
		}},
		{"kubelet", []string{
			"--config=" + c.path("files", "kubelet.yaml"),
			"--kubeconfig=" + c.path("files", "kubelet.kubeconfig"),
			"--hostname-override=" + nodeName,
			"--node-ip=" + nodeIP,
			"--cert-dir=" + c.path("pki"),
		}},
		{"kube-proxy", []string{"--config=" + c.path("files", "kube-proxy.yaml")}},
	}
}

func (c *Cluster) apiserverArguments() []string {
	return []string{
		"--etcd-servers=http://127.0.0.1:2379",
		"--bind-address=0.0.0.0",
		"--secure-port=6443",
		"--advertise-address=" + nodeIP,
		"--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--allow-privileged",
		"--service-cluster-ip-range=" + serviceCIDR,
		"--client-ca-file=" + c.path("pki", "ca.crt"),
		"--tls-cert-file=" + c.path("pki", "kube-apiserver.crt"),
		"--tls-private-key-file=" + c.path("pki", "kube-apiserver.key"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + c.path("pki", "service-account.key"),
		"--service-account-signing-key-file=" + c.path("pki", "service-account.key"),
		"--kubelet-client-certificate=" + c.path("pki", "kubelet-client.crt"),
		"--kubelet-client-key=" + c.path("pki", "kubelet-client.key"),
		"--kubelet-certificate-authority=" + c.path("pki", "ca.crt"),
		"--kubelet-preferred-address-types=InternalIP",
		"--requestheader-client-ca-file=" + c.path("pki", "front-proxy-ca.crt"),
		"--requestheader-allowed-names=front-proxy-client",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-username-headers=X-Remote-User",
		"--proxy-client-cert-file=" + c.path("pki", "front-proxy-client.crt"),
		"--proxy-client-key-file=" + c.path("pki", "front-proxy-client.key"),
		"--audit-policy-file=" + c.path("files", "audit.yaml"),
		"--audit-log-path=" + c.AuditLog(),
	}
}

// controllerManagerArguments raise the limits on requests: with the default ones its controllers start 5 s later.
func (c *Cluster) controllerManagerArguments() []string {
	kubeconfig := c.path("files", "kube-controller-manager.kubeconfig")
	return []string{
		"--kubeconfig=" + kubeconfig,
		"--authentication-kubeconfig=" + kubeconfig,
		"--authorization-kubeconfig=" + kubeconfig,
		"--bind-address=127.0.0.1",
		"--use-service-account-credentials",
		"--service-account-private-key-file=" + c.path("pki", "service-account.key"),
		"--root-ca-file=" + c.path("pki", "ca.crt"),
		"--cluster-signing-cert-file=" + c.path("pki", "ca.crt"),
		"--cluster-signing-key-file=" + c.path("pki", "ca.key"),
		"--allocate-node-cidrs=false",
		"--leader-elect=false",
		// The default is a folder of the machine, which would be made.
		"--flex-volume-plugin-dir=" + c.path("volume-plugins"),
		"--kube-api-qps=1000",
		"--kube-api-burst=2000",
	}
}
