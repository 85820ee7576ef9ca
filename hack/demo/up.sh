#!/usr/bin/env bash
# up.sh: what make demo does after everything is built. It may be run again and again; settings.sh names its variables.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=SCRIPTDIR/../tools/step.sh
. hack/tools/step.sh
# shellcheck source=SCRIPTDIR/settings.sh
. hack/demo/settings.sh

main() {
	stop_forward
	require_port
	if [[ $CLUSTER == throw-away ]]; then
		HINT="Its logs are in $(dirname "$KUBECONFIG")/logs; make demo-down removes it." \
			step "start Kubernetes (etcd, API server, kubelet, containerd, DNS)" start_cluster
		step "load the images" load_images
	fi
	choose_images
	HINT="Look at it: kubectl --namespace $namespace describe pods" step "run PostgreSQL" run_postgres
	HINT="Look at it: kubectl --namespace $system describe pods" step "install the operator with its Helm chart" install_operator
	step "apply $sample" apply_sample
	HINT="The conditions above say what to do. The operator logs in namespace $system." step "wait until the AuthService is Ready" wait_ready
	step "forward localhost:$PORT to it" start_forward
	echo
	node hack/demo/client.mjs --base-url "http://localhost:$PORT" --origin "$origin" ${RESULT:+--result "$RESULT"}
	summary
}

require_port() {
	if ! (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then return; fi
	echo "Port $PORT is taken: $(ss -Hltnp "sport = :$PORT" | awk '{print $NF; exit}')" >&2
	echo "Stop that program, or use another port: make demo PORT=$((PORT + 1))" >&2
	exit 1
}

start_cluster() {
	bin/cluster up --name "$CLUSTER_NAME" --programs "$KUBE_BIN" bin/images/pause.tar bin/images/coredns.tar
}

load_images() {
	bin/cluster load --name "$CLUSTER_NAME" bin/images/{operator,authserver,postgres}.tar
}

choose_images() {
	if [[ $CLUSTER == throw-away ]]; then
		IMG=$(<bin/images/operator.ref)
		AUTHSERVER_IMG=$(<bin/images/authserver.ref)
		POSTGRES_IMG=$(<bin/images/postgres.ref)
	elif [[ -z ${IMG:-} || -z ${AUTHSERVER_IMG:-} ]]; then
		echo "CLUSTER=current needs images that your cluster can pull: make images, push both, then" >&2
		echo "make demo CLUSTER=current IMG=registry/operator:tag AUTHSERVER_IMG=registry/authserver:tag" >&2
		exit 2
	fi
	: "${POSTGRES_IMG:=docker.io/library/postgres:17}"
}

run_postgres() {
	kubectl apply --filename hack/demo/namespaces.yaml
	if ! kubectl --namespace "$namespace" get secret demo-db >/dev/null 2>&1; then create_password; fi
	sed "s|image: postgres:17$|image: $POSTGRES_IMG|" hack/demo/postgres.yaml | kubectl --namespace "$namespace" apply --filename -
	kubectl --namespace "$namespace" rollout status deployment/demo-db --timeout=5m
}

# create_password passes secrets by file descriptors: arguments are visible to every user of the machine.
create_password() {
	local password
	password=$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')
	kubectl --namespace "$namespace" create secret generic demo-db \
		--from-file=password=<(printf %s "$password") \
		--from-file=uri=<(printf %s "postgres://gatehouse:$password@demo-db.$namespace.svc:5432/gatehouse?sslmode=disable")
}

install_operator() {
	# --wait is for the pods; the operator is ready when its caches are filled.
	helm upgrade --install gatehouse charts/gatehouse --namespace "$system" --wait --timeout 5m \
		"$(image_values image "$IMG")" "$(image_values authserverImage "$AUTHSERVER_IMG")" \
		--set "test.baseURL=http://$name.$namespace.svc,test.origin=$origin,test.customFields.tier=pro"
}

# image_values KEY REFERENCE: the chart takes references in parts.
image_values() {
	local repository=$2 digest='' tag=''
	if [[ $repository == *@* ]]; then
		digest=${repository#*@} repository=${repository%%@*}
	fi
	if [[ ${repository##*/} == *:* ]]; then
		tag=${repository##*:} repository=${repository%:*}
	fi
	echo "--set-string=$1.repository=$repository,$1.tag=$tag,$1.digest=$digest"
}

# apply_sample puts the port that was asked for into the sample.
apply_sample() {
	sed "s|http://localhost:3001|http://localhost:$PORT|" "$sample" | kubectl --namespace "$namespace" apply --filename -
}

# wait_ready asks for the Deployment of this image first: after an upgrade the AuthService is Ready before the operator has seen it.
wait_ready() {
	if kubectl --namespace "$namespace" wait "deployment/$name" --for=create --timeout=3m &&
		kubectl --namespace "$namespace" wait "deployment/$name" --timeout=3m \
			--for="jsonpath={.spec.template.spec.containers[0].image}=$AUTHSERVER_IMG" &&
		kubectl --namespace "$namespace" rollout status "deployment/$name" --timeout=3m &&
		kubectl --namespace "$namespace" wait "authservices.gatehouse.dev/$name" --for=condition=Ready --timeout=1m; then
		return
	fi
	kubectl --namespace "$namespace" get pods,jobs
	kubectl --namespace "$namespace" describe "authservices.gatehouse.dev/$name"
	return 1
}

start_forward() {
	setsid hack/demo/forward.sh </dev/null >/dev/null 2>&1 &
	node hack/demo/reachable.mjs "http://localhost:$PORT/api/auth/ok"
}

summary() {
	cat <<-TEXT

		It keeps running. Use it from a front end on $origin, or by hand:

		  curl -i http://localhost:$PORT/api/auth/ok
		  curl -i http://localhost:$PORT/api/auth/sign-up/email -H 'content-type: application/json' -H 'origin: $origin' \\
		    -d '{"name":"Grace","email":"grace@example.com","password":"correct horse battery staple"}'

		  $([[ $CLUSTER == current ]] || echo "export KUBECONFIG=$KUBECONFIG")
		  $KUBE_BIN/kubectl --namespace $namespace get authservices.gatehouse.dev,pods,jobs

		Stop it, leaving nothing behind: make demo-down$([[ $CLUSTER == throw-away ]] || echo " CLUSTER=current")
	TEXT
}

main
