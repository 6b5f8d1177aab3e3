# A real kubelet and API server over a real containerd: pods whose image is a
# checkpoint of ours start, and run on.  A kubelet compares the container that
# runs with the pod's specification by a hash in its annotations, and kills one
# that it does not know.
#
# containerd restores pods from 2.1 to 2.3, so only in sid.  The kubelet is a
# peer of `make check-peers`.
# lab: sid
# limit: 900
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
CRIU=/keelson/build/bin/criu
DATA=/keep/data
OUT=/keep/out
KUBELET_DIR=/keep/kubelet
KUBELET_URL=https://127.0.0.1:10250
SYNCS=${SYNCS:-15} # how often the kubelet looks at a pod that shall run on

# shellcheck disable=SC2034 # read by kube.bash
load_libs() {
	local lib
	for lib in oci wait expect image registry containerd counted kube peer; do
		. "/keelson/tests/lib/$lib.bash"
	done
	KUBE_ETCD=/lab/trixie/usr/bin/etcd # the list of sid has none
	KUBE_DIR=/keep/kube
}

setup_file() {
	load_libs
	peer kubernetes kube-apiserver
	peer kubelet
	criu_for_others
	image_make counter counter
	containerd_start
	containerd_images
	registry_start
	registry_push_counter
	kube_start $KUBE_DIR
	certs_ca $KUBE_DIR rogue-ca
	certs_sign $KUBE_DIR rogue-ca rogue /O=system:masters/CN=admin
	certs_sign $KUBE_DIR ca nobody /CN=nobody
	kubelet_start
}

teardown_file() {
	load_libs
	[ -e $KUBELET_DIR/pid ] || return 0
	kill "$(cat $KUBELET_DIR/pid)"
	kube_stop
	registry_stop
	containerd_stop
}

setup() {
	load_libs
	rm -rf $DATA $OUT
	mkdir -p $DATA $OUT
}

# A container that is left would keep the output open, and bats waiting.
teardown() {
	local name
	for name in $pods; do
		pod_delete "$name" || true
	done
}

# ---- the kubelet ------------------------------------------------------------
# A node of one machine: no resources are enforced, every second it looks at
# its pods.  KubeletInUserNamespace passes over limits of the kernel that the
# lab may not raise.
kubelet_config() {
	cat <<-END
		apiVersion: kubelet.config.k8s.io/v1beta1
		kind: KubeletConfiguration
		authentication:
		  anonymous: {enabled: false}
		  webhook: {enabled: true}
		  x509: {clientCAFile: $KUBE_DIR/ca.crt}
		authorization: {mode: Webhook}
		tlsCertFile: $KUBE_DIR/server.crt
		tlsPrivateKeyFile: $KUBE_DIR/server.key
		containerRuntimeEndpoint: unix://$CONTAINERD_SOCKET
		cgroupDriver: cgroupfs
		cgroupsPerQOS: false
		enforceNodeAllocatable: [none]
		failCgroupV1: false
		failSwapOn: false
		featureGates: {KubeletInUserNamespace: true}
		imageGCHighThresholdPercent: 100
		evictionHard: {memory.available: "0%", nodefs.available: "0%",
		  nodefs.inodesFree: "0%", imagefs.available: "0%",
		  imagefs.inodesFree: "0%"}
		syncFrequency: 1s
		clusterDNS: [10.96.0.10]
	END
}

kubelet_start() {
	mkdir -p $KUBELET_DIR /var/lib/kubelet
	mountpoint -q /var/lib/kubelet ||
		mount -t tmpfs kubelet /var/lib/kubelet
	mount --make-rshared /
	kubelet_config >$KUBELET_DIR/config.yaml
	sed "s|proxy\.|admin.|" "$KUBE_DIR/kubeconfig" >$KUBELET_DIR/kubeconfig
	kube POST /api/v1/namespaces/default/serviceaccounts \
		'{"metadata": {"name": "default"}}' >/dev/null || true
	"$PEER" --config $KUBELET_DIR/config.yaml --hostname-override lab \
		--kubeconfig $KUBELET_DIR/kubeconfig --node-ip 127.0.0.1 \
		--v 4 >$KUBELET_DIR/log 2>&1 3>&- &
	echo $! >$KUBELET_DIR/pid
	wait_for node_is_ready
	# no controller runs here that removes the taint of a new node
	kube PATCH /api/v1/nodes/lab '{"spec": {"taints": null}}' >/dev/null
}

node_is_ready() {
	kube GET /api/v1/nodes/lab | jq -e '.status.conditions[] |
		select(.type == "Ready" and .status == "True")'
}

# ---- pods -------------------------------------------------------------------
# A pod that counts in $DATA/count and says so, bound to the node.
pod_make() { # NAME IMAGE
	pods+=" $1"
	kube POST /api/v1/namespaces/default/pods "$(jq -n --arg name "$1" \
		--arg image "localhost:5000/$2" --arg data $DATA '{
		apiVersion: "v1", kind: "Pod", metadata: {name: $name},
		spec: {
			nodeName: "lab", terminationGracePeriodSeconds: 1,
			automountServiceAccountToken: false,
			enableServiceLinks: false,
			containers: [{
				name: "main", image: $image,
				command: ["/bin/counter", "-o", "20",
					"/data/count", "/etc/count"],
				volumeMounts: [{name: "data", mountPath: "/data"}]
			}],
			volumes: [{name: "data", hostPath: {path: $data}}]
		}}')" >/dev/null
	wait_for pod_runs "$1"
}

pod() { # NAME
	kube GET "/api/v1/namespaces/default/pods/$1"
}

pod_runs() {
	pod "$1" | jq -e '.status.containerStatuses[0].state.running'
}

pod_delete() { # NAME
	kube DELETE "/api/v1/namespaces/default/pods/$1" >/dev/null
	wait_for fails pod "$1"
	pods=${pods/ $1/}
}

pod_log() { # NAME
	cat /var/log/pods/default_"$1"_*/main/0.log
}

# Make $OUT/a.tar of pod NAME that counted to $before, and delete the pod.
archive_made() { # NAME [DUMP-OPTION...]
	pod_make "$1" counter:lab
	wait_for counts_beyond 40
	$PROGRAM dump --criu $CRIU -o $OUT/a.tar "${@:2}" "default/$1/main"
	before=$(count)
	pod_delete "$1"
	echo 0000000000 >$DATA/count
}

restored() { # NAME
	$PROGRAM to-image --output $OUT/layout --tag checkpoint $OUT/a.tar
	registry_push $OUT/layout:checkpoint "checkpoint:$1"
	pod_make "$1" "checkpoint:$1"
}

# ---- what shall be true -----------------------------------------------------
syncs() { # NAME: how often the kubelet has looked at it of its own accord
	grep -c "SyncLoop (SYNC).*default/$1" $KUBELET_DIR/log || true
}

syncs_beyond() { # NAME COUNT
	[ "$(syncs "$1")" -gt "$2" ]
}

id_and_restarts() { # NAME
	pod "$1" | jq -c '.status.containerStatuses[0] |
		[.containerID, .restartCount]'
}

events_of() { # NAME
	kube GET "/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=$1" |
		jq -r '.items[] | "\(.reason): \(.message)"'
}

definition_changed() { # NAME
	events_of "$1" | grep -q 'definition changed'
}

runs_on() { # NAME
	local told
	told=$(id_and_restarts "$1")
	expect "$(jq '.[1]' <<<"$told")" = 0
	wait_for 120 syncs_beyond "$1" $(($(syncs "$1") + SYNCS))
	expect "$(id_and_restarts "$1")" = "$told"
	events_of "$1" >$OUT/events
	fails grep -E 'definition changed|Killing|BackOff|Failed' $OUT/events
	grep -q '^Started:' $OUT/events
	wait_for counts_beyond "$(count)"
}

status_of() { # ARCHIVE JQ-FILTER
	tar -xOf "$1" status.dump | jq -cS "$2"
}

@test "a pod restored from our archive runs on" {
	archive_made first
	restored second
	wait_for counts_beyond $((before - 20))
	runs_on second
	# its log goes on where the first one's ended
	expect "$(pod_log second | grep -c ' count 0$')" = 1
	pod_log second | grep -q " count $((before / 20 * 20 + 20))$"
}

@test "so does one whose archive was made without the runtime's word" {
	archive_made third --container-runtime-endpoint none
	restored fourth
	wait_for counts_beyond $((before - 20))
	runs_on fourth
}

@test "our archive says of the container what the kubelet's own says" {
	local same='[.annotations, .labels, .metadata, .log_path, .image_ref]'
	local theirs
	pod_make fifth counter:lab
	wait_for counts_beyond 40
	theirs=$(curl -sS --fail-with-body --cacert "$KUBE_DIR/ca.crt" \
		--cert "$KUBE_DIR/admin.crt" --key "$KUBE_DIR/admin.key" \
		-X POST "$KUBELET_URL/checkpoint/default/fifth/main" |
		jq -re '.items[0]')
	$PROGRAM dump --criu $CRIU -o $OUT/a.tar default/fifth/main
	expect "$(status_of $OUT/a.tar "$same")" = "$(status_of "$theirs" "$same")"
	status_of $OUT/a.tar .annotations |
		grep -q '"io.kubernetes.container.hash":"[0-9a-f]*[1-9a-f]'
	tar -xOf "$theirs" container.log >$OUT/theirs.log
	[ -s $OUT/theirs.log ]
	tar -xOf $OUT/a.tar container.log |
		cmp -n "$(stat -c %s $OUT/theirs.log)" - $OUT/theirs.log
}

# answers.bats sends the same requests to our agent.
@test "the kubelet answers requests byte by byte as we say it does" {
	pod_make busy counter:lab
	python3 /keelson/checkpoint-agent/test/requests.py \
		/keelson/checkpoint-agent/test/requests $KUBE_DIR 10250 kubelet
}

# An archive of the old form shows that this kubelet would notice.
@test "without the annotations that the kubelet looks for it kills the pod" {
	archive_made sixth
	mkdir $OUT/members
	tar -C $OUT/members -xf $OUT/a.tar
	jq '.annotations = {}' $OUT/members/status.dump >$OUT/status
	mv $OUT/status $OUT/members/status.dump
	tar -C $OUT/members -cf $OUT/a.tar .
	restored seventh
	wait_for definition_changed seventh
}
