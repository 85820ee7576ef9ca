#!/bin/sh
# Installs what package-lock.json pins into node_modules, which git ignores; does nothing when that is done already.
set -eu
cd "$(dirname "$0")"

command -v npm >/dev/null || {
	echo "npm was not found; install Node 20 or later with npm (Debian: apt-get install nodejs npm)" >&2
	exit 1
}
stamp=node_modules/.gatehouse-installed
if cmp -s package-lock.json "$stamp"; then
	exit 0
fi
echo "installing the real Better-Auth from npm (once, about 15 seconds)"
npm ci --ignore-scripts --loglevel=error
cp package-lock.json "$stamp"
