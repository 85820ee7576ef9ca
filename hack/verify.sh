#!/usr/bin/env bash
# verify.sh: regenerates everything in a copy of the tree and fails on any difference: generated code, manifests,
# documentation, goldens, and the go.mod and go.sum of every module.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=SCRIPTDIR/tools/step.sh
. hack/tools/step.sh

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

copy_tree() {
	git ls-files -z --cached --others --exclude-standard | while IFS= read -rd '' file; do
		if [[ -e $file ]]; then printf '%s\0' "$file"; fi
	done | tar --create --null --files-from=- | tar --extract --directory "$copy"
	git -C "$copy" init --quiet
	git -C "$copy" add --all
}

tidy() {
	find "$copy" -name go.mod -not -path '*/node_modules/*' -execdir go mod tidy \;
}

step "copy the tree" copy_tree
step "regenerate" make -C "$copy" generate
step "tidy the modules" tidy
if [[ -n $(git -C "$copy" status --porcelain --untracked-files=all | grep -v '^A  ' || true) ]]; then
	git -C "$copy" status --short | grep -v '^A  '
	git -C "$copy" --no-pager diff --stat --patch
	echo "What is generated differs from its sources: make generate (and go mod tidy), then commit the result." >&2
	exit 1
fi
