#!/usr/bin/env bash
# forward.sh: forwards localhost:PORT to the AuthService until it is told to stop. kubectl follows one pod and ends
# with it; this goes on with the next. up.sh starts it as the leader of a session of its own.
set -euo pipefail
# shellcheck source=SCRIPTDIR/settings.sh
. hack/demo/settings.sh

mkdir -p "$forward_state"
printf '%s %s\n' "$$" "$(start_time "$$")" >"$forward_state/process"
trap 'rm -rf "$forward_state"' EXIT
while kubectl get --raw /readyz; do
	kubectl --namespace "$namespace" port-forward --address 127.0.0.1 "service/$name" "$PORT:http" || true
	sleep 0.5
done >"$forward_state/log" 2>&1
