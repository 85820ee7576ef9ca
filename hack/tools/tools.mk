# Tools, each pinned here and built once through the Go module proxy into a cache outside the work tree,
# keyed by version. A target that needs a tool depends on its variable: $(CONTROLLER_GEN), $(KUBECTL), ...

CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/gatehouse

KUBERNETES_VERSION     := 1.37.2
ETCD_VERSION           := 3.7.3
COREDNS_VERSION        := v1.15.0
CONTROLLER_GEN_VERSION := v0.23.0
GOLANGCI_LINT_VERSION  := v2.15.0
KWOK_VERSION           := v0.8.0

# The same flags everywhere, so that the build cache serves the operator, the tests and the cluster alike.
GO       := env CGO_ENABLED=0 GOFLAGS=-buildvcs=false go
GO_FLAGS := -trimpath -ldflags '-s -w'

STEP := hack/tools/step.sh

# Kubernetes and etcd. KUBE_BIN also serves as KUBEBUILDER_ASSETS of envtest.
KUBE_BIN      := $(CACHE)/kubernetes/v$(KUBERNETES_VERSION)-etcd$(ETCD_VERSION)
KUBE_PROGRAMS := kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl helm
KUBE_STAMP    := -X k8s.io/component-base/version.gitVersion=v$(KUBERNETES_VERSION) \
	-X k8s.io/component-base/version.gitMajor=$(word 1,$(subst ., ,$(KUBERNETES_VERSION))) \
	-X k8s.io/component-base/version.gitMinor=$(word 2,$(subst ., ,$(KUBERNETES_VERSION))) \
	-X k8s.io/client-go/pkg/version.gitVersion=v$(KUBERNETES_VERSION)
HYPER   := $(KUBE_BIN)/hyper
ETCD    := $(KUBE_BIN)/etcd
KUBECTL := $(KUBE_BIN)/kubectl
HELM    := $(KUBE_BIN)/helm
COREDNS := $(CACHE)/coredns/$(COREDNS_VERSION)/coredns

# $(call build,name for people,directory,package,more linker flags) builds $@ in one move, so that an interrupted build leaves nothing.
build = @mkdir -p $(@D)
build += && $(STEP) 'build $(1) (once)' env -C $(2) $(GO) build -trimpath -ldflags '-s -w $(4)' -o $@.new $(3)
build += && mv $@.new $@

# The links first: the program is what says that all is there.
$(HYPER):
	@mkdir -p $(@D) && for program in $(KUBE_PROGRAMS); do ln -sf hyper $(@D)/$$program; done
	$(call build,Kubernetes $(KUBERNETES_VERSION) and helm; about 7 minutes on 2 cores,hack/tools/kubernetes,.,$(KUBE_STAMP))

$(KUBECTL) $(HELM): | $(HYPER) ;

# After Kubernetes, whose build leaves most of what these share in the build cache.
$(ETCD): | $(HYPER)
	$(call build,etcd $(ETCD_VERSION),hack/tools/etcd,go.etcd.io/etcd/server/v3)

$(COREDNS): | $(HYPER)
	$(call build,CoreDNS $(COREDNS_VERSION),hack/tools/coredns,.)

# $(call tool,variable,name,module path of the command,version)
define tool
$(1) := $(CACHE)/$(2)/$(4)/$(2)
$$($(1)):
	@mkdir -p $$(@D)
	@GOBIN=$$(@D) $(STEP) 'build $(2) $(4) (once)' $(GO) install $(GO_FLAGS) $(3)@$(4)
endef

$(eval $(call tool,CONTROLLER_GEN,controller-gen,sigs.k8s.io/controller-tools/cmd/controller-gen,$(CONTROLLER_GEN_VERSION)))
$(eval $(call tool,GOLANGCI_LINT,golangci-lint,github.com/golangci/golangci-lint/v2/cmd/golangci-lint,$(GOLANGCI_LINT_VERSION)))
# Nodes that only claim to run pods, for the end-to-end test.
$(eval $(call tool,KWOK,kwok,sigs.k8s.io/kwok/cmd/kwok,$(KWOK_VERSION)))

.PHONY: debian
debian:
	@hack/tools/debian.sh
