#!/usr/bin/env bash
# install.sh: installs what package-lock.json pins into node_modules, which git ignores, when that is not done yet.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=SCRIPTDIR/../tools/step.sh
. ../tools/step.sh

stamp=node_modules/.installed
if cmp -s package-lock.json "$stamp"; then exit 0; fi
if ! command -v npm >/dev/null; then
	echo "npm was not found: install Node 20 or later with npm (Debian: apt-get install nodejs npm)" >&2
	exit 1
fi
HINT="The npm registry must be reachable; npm config get registry names it." step "fetch better-auth/client from npm (once)" \
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
cp package-lock.json "$stamp"
