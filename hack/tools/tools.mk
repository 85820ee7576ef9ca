# Tools, each pinned here and built once through the Go module proxy into a cache outside the work tree,
# keyed by version. A target that needs a tool depends on its variable: $(CONTROLLER_GEN), $(HYPER), ...

CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/gatehouse

KUBERNETES_VERSION     := 1.37.2
ETCD_VERSION           := 3.7.3
CONTROLLER_GEN_VERSION := v0.23.0
CRD_REF_DOCS_VERSION   := v0.3.0
GOLANGCI_LINT_VERSION  := v2.15.0
KUSTOMIZE_VERSION      := v5.8.3
HELM_DOCS_VERSION      := v1.14.2

# The same flags everywhere, so that the build cache serves the operator, the tests and the cluster alike.
GO_BUILD := CGO_ENABLED=0 GOFLAGS=-buildvcs=false go build -trimpath -ldflags "-s -w

CONTROLLER_GEN := $(CACHE)/controller-gen/$(CONTROLLER_GEN_VERSION)/controller-gen
CRD_REF_DOCS   := $(CACHE)/crd-ref-docs/$(CRD_REF_DOCS_VERSION)/crd-ref-docs
GOLANGCI_LINT  := $(CACHE)/golangci-lint/$(GOLANGCI_LINT_VERSION)/golangci-lint
KUSTOMIZE      := $(CACHE)/kustomize/$(KUSTOMIZE_VERSION)/kustomize
HELM_DOCS      := $(CACHE)/helm-docs/$(HELM_DOCS_VERSION)/helm-docs

# Kubernetes and etcd. KUBE_BIN also serves as KUBEBUILDER_ASSETS of envtest.
KUBE_BIN  := $(CACHE)/kubernetes/v$(KUBERNETES_VERSION)-etcd$(ETCD_VERSION)
HYPER     := $(KUBE_BIN)/hyper
ETCD      := $(KUBE_BIN)/etcd
KUBECTL   := $(KUBE_BIN)/kubectl
HELM      := $(KUBE_BIN)/helm

define go-install
@printf 'building %s (once)\n' $(notdir $@)
@mkdir -p $(@D)
@GOBIN=$(@D) CGO_ENABLED=0 GOFLAGS=-buildvcs=false go install -trimpath -ldflags "-s -w" $(1)
endef

$(CONTROLLER_GEN): ; $(call go-install,sigs.k8s.io/controller-tools/cmd/controller-gen@$(CONTROLLER_GEN_VERSION))
$(CRD_REF_DOCS): ; $(call go-install,github.com/elastic/crd-ref-docs@$(CRD_REF_DOCS_VERSION))
$(GOLANGCI_LINT): ; $(call go-install,github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION))
$(KUSTOMIZE): ; $(call go-install,sigs.k8s.io/kustomize/kustomize/v5@$(KUSTOMIZE_VERSION))
$(HELM_DOCS): ; $(call go-install,github.com/norwoodj/helm-docs/cmd/helm-docs@$(HELM_DOCS_VERSION))

KUBE_PROGRAMS := kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl helm
KUBE_STAMP := -X k8s.io/component-base/version.gitVersion=v$(KUBERNETES_VERSION) \
	-X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=37 \
	-X k8s.io/client-go/pkg/version.gitVersion=v$(KUBERNETES_VERSION)

$(HYPER): ; @printf 'building Kubernetes v$(KUBERNETES_VERSION) and helm (once, about 7 minutes on 2 cores)\n'
	@mkdir -p $(@D)
	@cd hack/tools/kubernetes && $(GO_BUILD) $(KUBE_STAMP)" -o $@.new .
	@for program in $(KUBE_PROGRAMS); do ln -sf hyper $(@D)/$$program; done
	@mv $@.new $@

$(KUBECTL) $(HELM): $(HYPER)

$(ETCD): $(HYPER)
	@printf 'building etcd $(ETCD_VERSION) (once)\n'
	@cd hack/tools/etcd && $(GO_BUILD)" -o $@.new go.etcd.io/etcd/server/v3
	@mv $@.new $@

.PHONY: tools
tools: $(CONTROLLER_GEN) $(CRD_REF_DOCS) $(GOLANGCI_LINT) $(KUSTOMIZE) $(HYPER) $(ETCD) ## Build every pinned tool.
