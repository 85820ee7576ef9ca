# What the targets of the Makefile are made of: programs, images and the environments of scripts.

PROGRAM_FLAGS := -trimpath -ldflags '-s -w -X main.version=$(VERSION)'
CERTIFICATES  := /etc/ssl/certs/ca-certificates.crt
CLUSTER_TOOL  := bin/cluster
IMAGE_TOOL    := bin/image

# Always: the build cache knows whether there is something to do.
.PHONY: always

# A first build takes long enough to be shown; later ones say nothing.
quiet = @QUIET=1 $(STEP)

bin/operator bin/authserver bin/kubectl-gatehouse: always
	$(quiet) 'build the $(@F)' $(GO) build $(PROGRAM_FLAGS) -o $@ ./$(if $(filter bin/authserver,$@),authserver,controllers)/cmd/$(@F)

$(CLUSTER_TOOL): always
	$(quiet) 'build the cluster tool' $(GO) build $(GO_FLAGS) -o $@ ./hack/cluster/cmd/cluster

bin/pause: always
	$(quiet) 'build the pause program' $(GO) build $(GO_FLAGS) -o $@ ./hack/cluster/pause

$(IMAGE_TOOL): always
	$(quiet) 'build the image tool' env -C hack/tools/image $(GO) build $(GO_FLAGS) -o $(CURDIR)/$@ .

# Images are archives; the file .ref beside each holds the reference of the image in it. Their tag is made from
# their content unless TAG names one.
IMAGE_FLAGS = --output $@ --tag '$(TAG)' --label org.opencontainers.image.version='$(VERSION)' \
	--label org.opencontainers.image.source=https://github.com/gatehouse-auth/gatehouse --label org.opencontainers.image.licenses=Apache-2.0

bin/images/operator.tar: bin/operator $(IMAGE_TOOL)
	@mkdir -p $(@D)
	@$(IMAGE_TOOL) $(IMAGE_FLAGS) --repository docker.io/gatehouse/operator --max-megabytes 60 \
		--entrypoint /operator $<:/operator $(CERTIFICATES):$(CERTIFICATES) > $(@:.tar=.ref)

# 9 MB of it are what text/template costs: templates may call any exported method, so the linker keeps them all.
bin/images/authserver.tar: bin/authserver $(IMAGE_TOOL)
	@mkdir -p $(@D)
	@$(IMAGE_TOOL) $(IMAGE_FLAGS) --repository docker.io/gatehouse/authserver --max-megabytes 30 \
		--entrypoint /authserver $<:/authserver $(CERTIFICATES):$(CERTIFICATES) > $(@:.tar=.ref)

# The next version, for the end-to-end test: the same program with another stamp, and so another image, whatever TAG is.
bin/next/authserver: always
	$(quiet) 'build the next authserver' $(GO) build $(subst $(VERSION),$(VERSION)-next,$(PROGRAM_FLAGS)) -o $@ ./authserver/cmd/authserver

bin/images/authserver-next.tar: bin/next/authserver $(IMAGE_TOOL)
	@mkdir -p $(@D)
	@$(IMAGE_TOOL) --repository docker.io/gatehouse/authserver --output $@ \
		--entrypoint /authserver $<:/authserver $(CERTIFICATES):$(CERTIFICATES) > $(@:.tar=.ref)

# Versions that are bad, each in another way.
bin/broken: always
	$(quiet) 'build the broken authserver' $(GO) build $(GO_FLAGS) -o $@ ./hack/e2e/broken

bin/images/authserver-without-%.tar: bin/broken bin/authserver $(IMAGE_TOOL)
	@mkdir -p $(@D)
	@$(IMAGE_TOOL) --repository docker.io/gatehouse/authserver --output $@ --env FAILS=$* \
		--entrypoint /broken bin/broken:/broken bin/authserver:/authserver > $(@:.tar=.ref)

# What the throw-away cluster runs beside them.
bin/images/pause.tar: bin/pause $(IMAGE_TOOL)
	@mkdir -p $(@D)
	@$(IMAGE_TOOL) --output $@ --repository localhost/pause --tag local --entrypoint /pause $<:/pause >/dev/null

bin/images/coredns.tar: $(COREDNS) $(IMAGE_TOOL)
	@mkdir -p $(@D)
	@$(IMAGE_TOOL) --output $@ --repository localhost/coredns --tag local --entrypoint /coredns $<:/coredns >/dev/null

bin/images/postgres.tar: debian hack/demo/postgres-image.sh $(IMAGE_TOOL)
	@mkdir -p $(@D)
	@hack/demo/postgres-image.sh $(IMAGE_TOOL) $@ > $(@:.tar=.ref)

PRODUCT_IMAGES := bin/images/operator.tar bin/images/authserver.tar
CLUSTER_IMAGES := bin/images/pause.tar bin/images/coredns.tar bin/images/postgres.tar

.PHONY: root demo-deps test-deps e2e-deps scenario-deps client-deps conformance-deps
client-deps:
	@hack/demo/install.sh

conformance-deps:
	@hack/conformance/install.sh

# Before Kubernetes is built for minutes.
root:
	@if ((EUID != 0)); then echo 'The throw-away cluster needs root (sudo make …); CLUSTER=current uses a cluster that you have.' >&2; exit 1; fi

demo-deps: root debian $(KUBECTL) $(HELM) $(ETCD) $(CLUSTER_TOOL) $(PRODUCT_IMAGES) $(CLUSTER_IMAGES) client-deps

e2e-deps: demo-deps

# What only the scenarios need that make test leaves out.
scenario-deps: bin/images/authserver-next.tar bin/images/authserver-without-start.tar bin/images/authserver-without-requests.tar \
	bin/kubectl-gatehouse $(KWOK)

test-deps: debian $(KUBECTL) $(HELM) $(ETCD) conformance-deps

# The demo's settings: see hack/demo/up.sh.
CLUSTER      ?= throw-away
CLUSTER_NAME ?= demo
PORT         ?= 3001
export CLUSTER CLUSTER_NAME PORT IMG AUTHSERVER_IMG POSTGRES_IMG KUBE_BIN

# What tests look for beside PATH.
TEST_ENV := KUBEBUILDER_ASSETS=$(KUBE_BIN) HELM=$(HELM) KUBECTL=$(KUBECTL) KWOK=$(KWOK) GINKGO_NO_COLOR=TRUE
