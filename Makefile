SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

include hack/tools/tools.mk hack/build.mk

.PHONY: help
help: ## Show this help.
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z][a-z0-9-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile
	@printf '\nVERBOSE=1 shows the output of every step. Tools are built once into %s.\n' '$(CACHE)'

##@ Try it

.PHONY: demo
demo: ## All of it on a throw-away Kubernetes, served on localhost:3001. With yours: CLUSTER=current IMG=… AUTHSERVER_IMG=…
demo: $(if $(filter current,$(CLUSTER)),$(KUBECTL) $(HELM) client-deps,demo-deps)
	@hack/demo/up.sh

.PHONY: demo-down
demo-down: ## End the demo; it leaves nothing behind.
demo-down: $(KUBECTL) $(HELM) $(CLUSTER_TOOL)
	@hack/demo/down.sh

##@ Build

.PHONY: build
build: ## The operator, the auth server and the plugin kubectl-gatehouse, into bin/.
build: bin/operator bin/authserver bin/kubectl-gatehouse

.PHONY: images
images: ## Both images, as archives for docker load, into bin/images. TAG=… names them; one that is too large fails.
images: $(PRODUCT_IMAGES)
	@cat $(PRODUCT_IMAGES:.tar=.ref)

##@ Develop

.PHONY: generate
generate: ## Regenerate deepcopy, CRD, RBAC, the chart's copies, the API reference and goldens.
generate: $(CONTROLLER_GEN) $(HELM)
	$(CONTROLLER_GEN) object crd paths=./api/... output:crd:dir=config/crd/bases
	$(CONTROLLER_GEN) rbac:roleName=gatehouse-operator paths=./controllers output:rbac:dir=config/rbac
	cp config/crd/bases/*.yaml charts/gatehouse/files/crds/
	cp config/rbac/role.yaml config/grafana/dashboard.json charts/gatehouse/files/
	$(GO) test -trimpath ./api/v1alpha1 -run TestReference -update
	$(GO) test -trimpath ./controllers/resources -run TestGoldens -update
	$(TEST_ENV) $(GO) test -trimpath ./charts/gatehouse -run 'TestRenderings|TestReadme' -update

.PHONY: fmt
fmt: ## Format all Go code.
fmt: $(GOLANGCI_LINT)
	$(GOLANGCI_LINT) fmt

.PHONY: lint
lint: ## Lint Go, with the import rules of the architecture, and shell.
lint: debian $(GOLANGCI_LINT)
	@$(STEP) 'lint Go' $(GOLANGCI_LINT) run
	@$(STEP) 'lint shell' shellcheck --external-sources .ci/run $$(git ls-files --cached --others --exclude-standard '*.sh')

.PHONY: verify
verify: ## Regenerate everything in a copy of the tree and fail on any difference.
verify: $(CONTROLLER_GEN)
	@hack/verify.sh

##@ Test

.PHONY: test
test: ## Run every test, the end-to-end one included; the last line says how many passed.
test: test-deps e2e-deps
	@$(TEST_ENV) hack/test.sh

.PHONY: e2e
e2e: ## Run the end-to-end test on a cluster of its own: the demo's path, and all scenarios with their figures.
e2e: e2e-deps scenario-deps
	@$(TEST_ENV) hack/test.sh ./hack/e2e -timeout=90m -scenarios=all

.PHONY: conformance
conformance: ## Compare with the real Better-Auth at length: REQUESTS=2500 drawn from SEED=1, and its client, from npm.
conformance: debian conformance-deps
	@$(TEST_ENV) hack/test.sh ./hack/conformance -timeout=60m -requests=$(or $(REQUESTS),2500) -seed=$(or $(SEED),1)

.PHONY: bench
bench: ## Measure the auth server beside the real Better-Auth and a bare handler: about 20 minutes. SCENARIOS=… ROUNDS=5 TURN=3
bench: debian conformance-deps $(PRODUCT_IMAGES)
	@$(TEST_ENV) hack/test.sh ./hack/bench -timeout=60m -full -scenarios='$(SCENARIOS)' -rounds=$(or $(ROUNDS),5) -seconds=$(or $(TURN),3)
	@cat hack/bench/results/auth.md

.PHONY: bench-operator
bench-operator: SIZES ?= 10,100,1000,5000
bench-operator: ## Measure the operator beside a bare client, on control planes of its own: hours. SIZES=10,100,1000,5000 ROUNDS=5 ADD=false
bench-operator: test-deps $(KWOK)
	@$(TEST_ENV) hack/test.sh ./hack/bench/operator -timeout=12h -sizes=$(SIZES) -rounds=$(or $(ROUNDS),5) -add=$(or $(ADD),false)
	@cat hack/bench/results/operator.md

##@ Clean

.PHONY: clean
clean: ## Remove what was built in the work tree; the cache of tools stays.
	rm -rf bin hack/*/node_modules
