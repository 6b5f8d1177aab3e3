# The DaemonSet of deploy/: a real API server accepts it, and the image makes a
# checkpoint when it runs with exactly the rights that the DaemonSet grants.
# Capabilities that this machine itself lacks are left out.
# limit: 150
bats_require_minimum_version 1.5.0

DEPLOY=/keelson/deploy/checkpoint-agent

load_libs() {
	local lib
	for lib in oci kube agent wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
	KUBE_DIR=/keep/kube
}

setup_file() {
	load_libs
	kube_start $KUBE_DIR
	agent_certificates
	image_make counter counter
	container_start runc containerd web counter /bin/counter \
		/data/count /count
}

teardown_file() {
	load_libs
	container_end runc web
	kube_stop
}

setup() {
	load_libs
}

# apply PATH FILE: create the object with strict validation, by which the server
# refuses unknown and malformed fields.  Prints the object that it made.
apply() {
	curl -sS --fail-with-body --cacert $KUBE_DIR/ca.crt \
		--cert $KUBE_DIR/admin.crt --key $KUBE_DIR/admin.key \
		-H 'Content-Type: application/yaml' -H 'Accept: application/json' \
		--data-binary @"$2" "https://127.0.0.1:$KUBE_PORT$1"
}

of_container() { # JQ-FILTER
	jq -r ".spec.template.spec.containers[0] | $1" /keep/daemonset.json
}

# Does this machine have the capability?
is_ours() { # CAPABILITY
	capsh --print | grep -i '^Bounding set' | grep -qiw "cap_$1"
}

# The options of podman for what the DaemonSet grants.
grants() {
	local name kind
	of_container '.securityContext.capabilities.add[]' |
		while read -r name; do
			! is_ours "$name" || echo "--cap-add=$name"
		done
	of_container '.volumeMounts[] | .name + " " + .mountPath' |
		while read -r name path; do
			kind=$(jq -r --arg name "$name" '.spec.template.spec
				.volumes[] | select(.name == $name)
				| keys - ["name"] | .[0]' /keep/daemonset.json)
			case $kind in
			hostPath) echo "--volume=$path:$path" ;;
			secret) echo "--volume=$AGENT:$path:ro" ;;
			emptyDir) echo "--tmpfs=$path" ;;
			esac
		done
}

@test "deploy: the API server takes it; so granted it makes a checkpoint" {
	local options arguments archive
	apply /api/v1/namespaces $DEPLOY/namespace.yaml >/dev/null
	apply /apis/apps/v1/namespaces/keelson/daemonsets \
		$DEPLOY/daemonset.yaml >/keep/daemonset.json
	expect "$(jq -r '.spec.template.spec
		| "\(.hostPID) \(.hostNetwork)"' /keep/daemonset.json)" = \
		'true true'
	expect "$(of_container '"\(.securityContext.privileged)
		\(.securityContext.readOnlyRootFilesystem)
		\(.securityContext.capabilities.drop)"' | xargs)" = \
		'null true [ALL]'
	mkdir -p $ARCHIVES /keep/archives
	mount --bind /keep/archives $ARCHIVES
	mapfile -t options < <(grants)
	mapfile -t arguments < <(of_container '.args[]')
	podman run -d --name agent --cgroup-parent /keelson-lab --cap-drop all \
		--security-opt seccomp=unconfined --read-only --pid host \
		--network host --read-only-tmpfs=false "${options[@]}" \
		"$(image_load checkpoint-agent)" "${arguments[@]}" >/dev/null
	wait_for curl -sf http://127.0.0.1:10351/readyz ||
		podman logs agent
	expect "$(post /checkpoint/default/pod-web/main -k) \
$(grep -v '^{' $AGENT/body)" = '200 '
	archive=$(jq -re '.items[0]' $AGENT/body)
	tar -tf "$archive" | grep -q checkpoint/pages-1.img
	tar -tf "$archive" | grep -qx rootfs-diff.tar
	count=$(cat $CONTAINERS/web/data/count)
	wait_for fails grep -qx "$count" $CONTAINERS/web/data/count
	podman rm -f -t 5 agent >/dev/null
}
