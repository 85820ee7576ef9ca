// Command coredns is CoreDNS with only the plugins that the throw-away cluster configures: it answers for
// cluster.local and knows no name outside. Few plugins make the first build quick.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/template"
)

// The order is the order of handling, not that of the Corefile.
func init() {
	dnsserver.Directives = []string{"health", "ready", "errors", "cache", "template", "kubernetes"}
}

func main() {
	coremain.Run()
}
