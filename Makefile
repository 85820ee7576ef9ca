SHELL := /bin/bash
.DEFAULT_GOAL := help

include hack/tools/tools.mk

.PHONY: help
help: ## Show this help.
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Generate

.PHONY: generate
generate: $(CONTROLLER_GEN) ## Regenerate deepcopy, CRD, RBAC, chart CRDs, API reference and goldens.
	$(CONTROLLER_GEN) object paths=./api/...
