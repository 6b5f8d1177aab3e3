# The answers of a kubelet 1.36, recorded in golden/kubelet-answers, compared
# with ours byte for byte; with a real API server, which authenticates tokens
# and authorizes, and through its proxy to nodes.
#
# A case of the golden file is a line "=== WHAT", a line "> WHO METHOD PATH",
# then head and body as received.  DATE, TIME and ROOT-DIR replace what differs
# each time; our root directory has the length of the recorded one, so that
# lengths agree.
# limit: 240
bats_require_minimum_version 1.5.0

DIR=/keep/answers
ROOT=/keep/the-root-of-answers
KUBE_DIR=/keep/kube
GOLDEN=/keelson/checkpoint-agent/test/golden

load_libs() {
	local lib
	for lib in oci kube server wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
	KUBE_DIR=/keep/kube
	annotations_of() { pod_annotations "$2"; }
}

# Container POD.NAME is container NAME of the pod POD.
pod_annotations() {
	cat <<-EOT
		{"io.kubernetes.cri.container-name": "${1#*.}",
		 "io.kubernetes.cri.container-type": "container",
		 "io.kubernetes.cri.image-name": "localhost/counter:latest",
		 "io.kubernetes.cri.sandbox-id": "sandbox-${1%.*}",
		 "io.kubernetes.cri.sandbox-name": "${1%.*}",
		 "io.kubernetes.cri.sandbox-namespace": "default",
		 "io.kubernetes.cri.sandbox-uid": "uid-${1%.*}"}
	EOT
}

# `busy` has an app container that runs and one that does not, an init
# container and an ephemeral one: for a runtime these are all alike.
setup_file() {
	load_libs
	mkdir -p $DIR $ROOT
	kube_start $KUBE_DIR
	kube_user agent system:auth-delegator
	cp $KUBE_DIR/{ca,admin}.{crt,key} $DIR
	certs_sign $DIR ca server /CN=node IP:127.0.0.1,IP:10.9.9.9
	certs_sign $DIR ca nobody /CN=nobody
	certs_ca $DIR rogue-ca
	certs_sign $DIR rogue-ca rogue /O=system:masters/CN=admin
	image_make counter counter
	for name in main two setup debugger; do
		container_start runc containerd busy.$name counter \
			/bin/counter /data/count
	done
	runc kill busy.two KILL
	wait_for is_stopped busy.two
}

is_stopped() {
	[ "$(runc state "$1" | jq -r .status)" = stopped ]
}

teardown_file() {
	load_libs
	for name in main setup debugger; do
		container_end runc busy.$name
	done
	kube_stop
}

setup() {
	load_libs
	: >$DIR/log
}

teardown() {
	server_stop
	fails grep -r tok- $DIR/log # secrets are not told
}

serve() {
	server_start --kubeconfig $KUBE_DIR/agent.kubeconfig \
		--hostname-override node-1 --authentication-token-webhook \
		--authorization-mode Webhook "$@"
}

# The curl options of the user WHO.
options_of() {
	case $1 in
	-) ;;
	bearer:*) echo "-HAuthorization:Bearer ${1#*:}" ;;
	basic) echo -ua:b ;;
	*) printf '%s\n' "--cert=$DIR/$1.crt" "--key=$DIR/$1.key" ;;
	esac
}

# One answer in the form of the golden file.
tell() { # WHO METHOD PATH [with-body]
	local who=$1 method=$2 url=$URL options
	mapfile -t options < <(options_of "$who" | sed 's/^\(--[a-z]*\)=/\1\n/')
	[ "$who" != plain ] || url=http://127.0.0.1:10350 options=()
	[ "$method" != HEAD ] || options+=(--head)
	[ "${4:-}" != with-body ] ||
		options+=(-d '{"a":1}' -H 'Content-Type: application/json')
	: >$DIR/body
	curl -sSk --path-as-is --http1.1 -X "$method" "${options[@]}" \
		-D $DIR/head -o $DIR/body "$url$3"
	fails grep -qv $'\r$' $DIR/head
	tr -d '\r' <$DIR/head
	[ "$method" = HEAD ] || cat $DIR/body
	echo
	rm -f $ROOT/checkpoints/*.tar # a name is free again within the second
}

# Our answers to all cases of a golden file.
tell_all() { # FILE
	local line who method path rest
	while IFS= read -r line; do
		case $line in
		'=== '*) printf '%s\n' "$line" ;;
		'> '*)
			printf '%s\n' "$line"
			read -r _ who method path rest <<<"$line"
			tell "$who" "$method" "$path" "$rest" <&-
			echo
			;;
		esac
	done <"$1" | sed -E 's/^Date: .*/Date: DATE/
		s/[0-9]{4}-[0-9-]{5}T[0-9:]{8}Z/TIME/
		s|'$ROOT'|ROOT-DIR|'
}

@test "answers: the kubelet's, byte for byte" {
	serve
	tell_all $GOLDEN/kubelet-answers >$DIR/answers
	diff $GOLDEN/kubelet-answers $DIR/answers
}

@test "answers: ours, byte for byte" {
	serve --enable-archive-access --feature-gates PodCheckpoint=true
	tell_all $GOLDEN/own-answers >$DIR/answers
	diff $GOLDEN/own-answers $DIR/answers
}

# The same file is held against a real kubelet in kubelet.bats.
@test "answers: to requests byte by byte, usual and unusual ones" {
	serve
	python3 /keelson/checkpoint-agent/test/requests.py \
		/keelson/checkpoint-agent/test/requests $DIR 10350
}

@test "answers: without its feature gate there is no such endpoint" {
	serve --feature-gates ContainerCheckpoint=false
	for path in /checkpoint/default/busy/main /checkpoint /checkpoint/; do
		expect "$(ask admin POST $path) $(cat $DIR/body)" = \
			"404 404 page not found"
	done
	expect "$(ask admin GET /healthz)" = 200
}

@test "answers: CRIU is missing or fails: the kubelet's text with our cause" {
	serve --criu /nowhere/criu
	expect "$(ask admin POST /checkpoint/default/busy/main)" = 500
	expect "$(cat $DIR/body)" = "checkpointing of default/busy/main failed \
(cannot run /nowhere/criu)"
	server_stop
	serve --criu /bin/false
	expect "$(ask admin POST /checkpoint/default/busy/main)" = 500
	grep -qx 'checkpointing of default/busy/main failed (CRIU.*)' $DIR/body
	server_stop
	serve
	expect "$(ask admin POST /checkpoint/default/busy/main)" = 200
}

# The port is not the kubelet's, so the API server sends no credentials.
@test "answers: through the API server's proxy, anonymously" {
	local proxy=/api/v1/nodes/https:node-1:10350/proxy
	node 10250
	serve --address 0.0.0.0 --anonymous-auth --authorization-mode Groups \
		--authorization-group system:unauthenticated
	kube POST "$proxy/checkpoint/default/busy/main" >$DIR/body
	test -s "$(jq -re '.items[0]' $DIR/body)"
}

# If it takes us for the kubelet, it presents its own certificate.
@test "answers: through the API server's proxy, on the kubelet's port" {
	local proxy=/api/v1/nodes/node-1:10350/proxy
	node 10350
	serve --address 0.0.0.0
	kube POST "$proxy/checkpoint/default/busy/main?timeout=60" >$DIR/body
	test -s "$(jq -re '.items[0]' $DIR/body)"
	expect "$(kube POST "$proxy/checkpoint/default/nopod/main")" = \
		'pod does not exist'
}

# node PORT: where the API server expects the kubelet of node-1.
node() {
	local status='{"status": {"addresses": [{"type": "InternalIP",
		"address": "10.9.9.9"}], "daemonEndpoints":
		{"kubeletEndpoint": {"Port": '$1'}}}}'
	ip addr replace 10.9.9.9/32 dev lo
	kube GET /api/v1/nodes/node-1 >/dev/null 2>&1 ||
		kube POST /api/v1/nodes '{"metadata": {"name": "node-1"}}' \
			>/dev/null
	kube PATCH /api/v1/nodes/node-1/status "$status" >/dev/null
}
