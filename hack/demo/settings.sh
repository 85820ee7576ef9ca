# settings.sh: what up.sh and down.sh share. The Makefile sets:
#   CLUSTER         throw-away, or current for the current kube context
#   CLUSTER_NAME    name of the throw-away cluster
#   PORT            port on localhost
#   IMG, AUTHSERVER_IMG, POSTGRES_IMG   references of images; those just built in the throw-away cluster
#   KUBE_BIN        directory of kubectl and helm
# shellcheck shell=bash disable=SC2034 # the scripts that source it use its variables

: "${CLUSTER:?run make demo}" "${CLUSTER_NAME:?run make demo}" "${PORT:?run make demo}" "${KUBE_BIN:?run make demo}"

system=gatehouse-system     # namespace of the operator
namespace=gatehouse-demo    # namespace of the AuthService and its database
origin=http://localhost:3000 # where the sample allows a front end
sample=config/samples/demo.yaml
name=demo

case $CLUSTER in
throw-away)
	KUBECONFIG=$(bin/cluster dir --name "$CLUSTER_NAME")/kubeconfig
	export KUBECONFIG
	;;
current)
	CLUSTER_NAME=$("$KUBE_BIN/kubectl" config current-context 2>/dev/null | tr -c '[:alnum:]\n' -) || {
		echo "CLUSTER=current, and there is no current kube context: set KUBECONFIG, or kubectl config use-context NAME" >&2
		exit 2
	}
	;;
*)
	echo "CLUSTER is $CLUSTER: it may be throw-away (the default) or current" >&2
	exit 2
	;;
esac

forward_state=${XDG_STATE_HOME:-$HOME/.local/state}/gatehouse/$CLUSTER_NAME-forward

kubectl() { "$KUBE_BIN/kubectl" "$@"; }
helm() { "$KUBE_BIN/helm" "$@"; }

# stop_forward ends the port forward of an earlier run: by process group, whose leader it identifies by start time.
stop_forward() {
	local pid started
	if [[ -s $forward_state/process ]]; then
		read -r pid started <"$forward_state/process"
		if [[ $(start_time "$pid") == "$started" ]]; then
			kill -TERM -- "-$pid"
			while kill -0 -- "-$pid" 2>/dev/null; do sleep 0.05; done
		fi
	fi
	rm -rf "$forward_state"
	rmdir --ignore-fail-on-non-empty "$(dirname "$forward_state")" 2>/dev/null || true
}

# start_time is field 22 of /proc/PID/stat, or nothing when the process has ended.
start_time() {
	local stat
	{ stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
	awk '{print $20}' <<<"${stat##*) }"
}
