# area: agent proxy
# deploy/: kubectl's kustomize and helm give the same objects, by digest, and a
# real API server takes them.
# limit: 200
bats_require_minimum_version 1.5.0

DIGEST=sha256:$(printf '%064d' 7)

load_libs() {
	local lib
	for lib in kube peer expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
	KUBE_DIR=/keep/kube
}

setup_file() {
	load_libs
	[ -x /lab/kubectl/kubectl ] || skip 'no kubectl: make check-peers'
	kube_start $KUBE_DIR
	sed -e 's|/proxy\.|/admin.|' $KUBE_DIR/kubeconfig >/keep/admin
	KUBECONFIG=/keep/admin /lab/kubectl/kubectl create namespace keelson
}

teardown_file() {
	load_libs
	[ ! -d $KUBE_DIR ] || kube_stop
}

setup() {
	load_libs
	cd /keelson || return
	export KUBECONFIG=/keep/admin
	peer kubectl
	kubectl=$PEER
}

namespace() { # NAME
	[ "$1" = checkpoint-agent ] && echo keelson || echo kube-system
}

# An overlay as deploy/README.md describes it.
overlay() { # NAME
	mkdir -p "/keep/overlay/$1"
	cp -r "deploy/$1" "/keep/overlay/base-$1"
	cat >"/keep/overlay/$1/kustomization.yaml" <<-END
		resources: [../base-$1]
		images:
		  - name: registry.example.org/keelson/$1
		    newName: registry.test/$1
		    digest: $DIGEST
	END
}

# What the server makes of objects, less what it alone says.
as_server() { # as `kubectl create` takes it
	"$kubectl" create --dry-run=server --validate=strict -o json "$@" |
		jq -S 'if .kind == "List" then .items[] else . end |
			select(.kind != "Namespace") |
			del(.metadata.uid, .metadata.creationTimestamp,
				.metadata.labels["app.kubernetes.io/managed-by"])' |
		jq -s 'sort_by(.kind)'
}

chart() { # NAME [OPTION...]
	local name=$1
	shift
	"$helm" template "$name" "deploy/helm/$name" \
		--namespace "$(namespace "$name")" \
		--set image.repository="registry.test/$name" "$@"
}

@test "kustomize's objects and the chart's are equal, and the server takes them" {
	peer helm
	helm=$PEER
	for name in checkpoint-agent kube-proxy-mini; do
		overlay $name
		"$kubectl" kustomize "/keep/overlay/$name" >/keep/k.yaml
		[ "$(grep -c "image: registry.test/$name@$DIGEST" \
			/keep/k.yaml)" -ge 1 ]
		grep -v '^kind: Namespace' /keep/k.yaml >/dev/null
		chart $name --set image.digest="$DIGEST" >/keep/h.yaml
		# the namespace is there already, and is not the chart's
		awk -v RS='---\n' -v ORS='---\n' '!/kind: Namespace/' \
			/keep/k.yaml >/keep/k-rest.yaml
		as_server -f /keep/k-rest.yaml >/keep/k.json
		as_server -f /keep/h.yaml >/keep/h.json
		[ "$(jq length /keep/k.json)" -ge 1 ]
		diff /keep/k.json /keep/h.json
		grep -q "registry.test/$name@$DIGEST" /keep/k.json
	done
}

@test "both are created, and removed again" {
	peer helm
	helm=$PEER
	for name in checkpoint-agent kube-proxy-mini; do
		space=$(namespace $name)
		"$helm" install $name deploy/helm/$name --namespace "$space" \
			--set image.digest="$DIGEST" >/dev/null
		"$kubectl" -n "$space" get daemonset $name -o \
			'jsonpath={.spec.template.spec.containers[0].image}' |
			grep -qx "registry.example.org/keelson/$name@$DIGEST"
		"$helm" uninstall $name --namespace "$space" >/dev/null
		fails "$kubectl" -n "$space" get daemonset $name
		# and the plain manifests
		"$kubectl" apply -k deploy/$name >/dev/null
		"$kubectl" -n "$space" get daemonset $name >/dev/null
		"$kubectl" delete -k deploy/$name --wait=false >/dev/null
	done
}

@test "the charts' values get where they belong, and no digest is an error" {
	peer helm
	helm=$PEER
	run -1 chart checkpoint-agent
	[[ $output = *'image.digest: say which image'* ]]
	chart checkpoint-agent --set image.digest="$DIGEST" \
		--set 'authorizationGroups={one,two}' \
		--set clientCASecret=mine >/keep/h.yaml
	[ "$(grep -c -- '- --authorization-group=' /keep/h.yaml)" -eq 2 ]
	grep -qx ' *- --authorization-group=two' /keep/h.yaml
	grep -qx ' *secretName: mine' /keep/h.yaml
	chart kube-proxy-mini --set image.digest="$DIGEST" \
		--set apiServer.host=192.0.2.10 --set-string apiServer.port=6443 \
		>/keep/h.yaml
	as_server -f /keep/h.yaml |
		jq -e '.[] | select(.kind == "DaemonSet") |
			.spec.template.spec.containers[0].env |
			map({(.name): .value}) | add |
			.KUBERNETES_SERVICE_HOST == "192.0.2.10" and
			.KUBERNETES_SERVICE_PORT == "6443"'
}
