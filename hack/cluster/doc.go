// Package cluster runs a throw-away Kubernetes of one node on this machine: the real etcd, API server,
// controller manager, scheduler, kubelet, kube-proxy, containerd and CoreDNS, for `make demo` and the
// end-to-end tests.
//
// It owns the life of such a cluster (Up, Load, Down) and what it is made of: certificates, configuration
// files, namespaces. It does not build the programs (hack/tools does) and knows nothing of Gatehouse.
//
//	Up -> certificates, files -> node: PID 1 of new network, mount and PID namespaces
//	                              -> own /run, /var and sysctls, own network -> programs, restarted when they end
//	   -> images -> API server, node and DNS ready
//
// All of it lives in those namespaces and in one directory. Killing the node ends every process, container,
// mount and interface; only cgroups and the directory are left for Down to remove. No packet leaves the
// machine. The API server is reached through one loopback port, free-chosen, whose listener the node inherits.
package cluster
