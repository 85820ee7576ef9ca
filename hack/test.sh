#!/usr/bin/env bash
# test.sh [PACKAGE...]: runs the tests of these packages, or all there are, and counts them. make test sets what they need.
set -euo pipefail
cd "$(dirname "$0")/.."

export CGO_ENABLED=0 GOFLAGS=-buildvcs=false

run() { go test -json -trimpath -count=1 -timeout=20m "$@" || true; }

# The end-to-end test comes last and alone: it fills the machine, and it needs what the others have shown to work.
all() {
	local packages
	mapfile -t packages < <(go list ./... | grep -v '/hack/e2e$')
	run "${packages[@]}"
	(cd hack/tools/image && run ./...)
	end_to_end
}

# hostile is the long run of a test that all has a short one of.
hostile() { run ./controllers -timeout=40m -ginkgo.focus='hostile world' -hostile-steps=10000 -hostile-figures="$PWD/bin/e2e-figures.txt"; }

# end_to_end [FLAG...] shows what was measured, which the tests that passed say to nobody.
end_to_end() {
	run ./hack/e2e "$@"
	cat bin/e2e-figures.txt 2>/dev/null || true
}

# What failed is for tally to say, which also sees failures of the go command itself.
go build -trimpath -o bin/tally ./hack/tools/tally
rm -f bin/e2e-figures.txt
case ${1:-} in
'') all ;;
./hack/e2e)
	hostile
	end_to_end "${@:2}"
	;;
*) run "$@" ;;
esac 2>&1 | bin/tally
