#!/usr/bin/env bash
# down.sh: ends what up.sh has started.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=SCRIPTDIR/../tools/step.sh
. hack/tools/step.sh
# shellcheck source=SCRIPTDIR/settings.sh
. hack/demo/settings.sh

# remove_from_current leaves the CRD, and with it the operator's other users, when there are AuthServices elsewhere.
remove_from_current() {
	local others
	kubectl delete namespace "$namespace" --ignore-not-found --timeout=5m
	others=$(kubectl get authservices.gatehouse.dev --all-namespaces --output name 2>/dev/null || true)
	if [[ -n $others ]]; then
		echo "The operator stays: there are other AuthServices in this cluster."
		return
	fi
	if helm status gatehouse --namespace "$system" >/dev/null 2>&1; then
		helm uninstall gatehouse --namespace "$system" --wait --timeout 5m
	fi
	kubectl delete customresourcedefinition authservices.gatehouse.dev --ignore-not-found --timeout=5m
	kubectl delete namespace "$system" --ignore-not-found --timeout=5m
}

stop_forward
if [[ $CLUSTER == current ]]; then
	step "remove the demo from $(kubectl config current-context)" remove_from_current
else
	step "end the cluster" bin/cluster down --name "$CLUSTER_NAME"
fi
