# A pod of two containers in one archive, as of one moment.
# limit: 200
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
DIR=/keep/pod
URL=https://127.0.0.1:10350

load_libs() {
	local lib
	for lib in oci certs wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

serve() {
	$PROGRAM serve --address 127.0.0.1 --root-dir $DIR \
		--tls-cert-file $DIR/server.crt \
		--tls-private-key-file $DIR/server.key \
		--client-ca-file $DIR/ca.crt \
		--feature-gates PodCheckpoint=true \
		--criu /keelson/build/bin/criu "$@" 2>>$DIR/log 3>&- &
	BACK=$!
	wait_for 5 curl -sk -o /dev/null $URL/nosuch
}

post() { # PATH [CURL-OPTION...]
	local path=$1
	shift
	curl -sS -X POST --cacert $DIR/ca.crt --cert $DIR/admin.crt \
		--key $DIR/admin.key -o $DIR/body -w '%{http_code}' "$@" \
		"$URL$path"
}

setup_file() {
	load_libs
	annotations_of() { pair_annotations "$2"; }
	mkdir -p $DIR
	certs_ca $DIR ca
	certs_sign $DIR ca server /CN=node IP:127.0.0.1
	certs_sign $DIR ca admin /O=system:masters/CN=admin
	image_make counter counter
	for name in first second; do
		container_start runc containerd $name counter /bin/counter \
			-m 32 /data/count /count
	done
}

# Of a container of the pod `pair`.
pair_annotations() { # NAME
	cat <<-EOT
		{"io.kubernetes.cri.container-name": "$1",
		 "io.kubernetes.cri.container-type": "container",
		 "io.kubernetes.cri.image-name": "localhost/counter:latest",
		 "io.kubernetes.cri.sandbox-id": "sandbox-pair",
		 "io.kubernetes.cri.sandbox-name": "pair",
		 "io.kubernetes.cri.sandbox-namespace": "default",
		 "io.kubernetes.cri.sandbox-uid": "uid-pair"}
	EOT
}

teardown_file() {
	load_libs
	container_end runc first
	container_end runc second
}

setup() {
	load_libs
	: >$DIR/log
}

teardown() {
	kill "$BACK" 2>/dev/null || true
	wait "$BACK" || true
	both_count
	expect "$(find $DIR/checkpoints -name '.work*' | grep -c .)" = 0
}

said() {
	cat "$CONTAINERS/$1/data/count"
}

has_moved() {
	[ "$(said "$1")" != "$2" ]
}

both_count() {
	wait_for 5 has_moved first "$(said first)"
	wait_for 5 has_moved second "$(said second)"
}

@test "pod: one archive holds both, stopped at one moment" {
	local archive
	serve --manifest
	expect "$(post /checkpoint/default/pair) $(cat $DIR/body)" != ""
	archive=$(jq -re '.items[0]' $DIR/body)
	expect "$(stat -c %a "$archive")" = 600
	expect "$(tar -tf "$archive" | tr '\n' ' ')" = \
		"pod.options pod.dump first.tar second.tar manifest.sha256 " ||
	expect "$(tar -tf "$archive" | tr '\n' ' ')" = \
		"pod.options pod.dump second.tar first.tar manifest.sha256 "
	tar -xOf "$archive" pod.options | jq -e \
		'.version == 1 and .containers.first == "first"'
	tar -xOf "$archive" pod.dump | jq -e '.metadata.name == "pair"
		and .metadata.uid == "uid-pair"'
	tar -C $DIR -xf "$archive" first.tar second.tar
	checkpointctl show $DIR/first.tar | grep -q first
	checkpointctl show $DIR/second.tar | grep -q second
	$PROGRAM verify "$archive"
}

@test "pod: what is not there is told in the kubelet's words" {
	serve
	expect "$(post /checkpoint/default/nopod) $(cat $DIR/body)" = \
		"404 pod does not exist"
	expect "$(post '/checkpoint/default/pair?timeout=x') \
$(cat $DIR/body)" = "404 cannot parse value of timeout parameter"
	kill "$BACK"
	wait "$BACK"
	serve --feature-gates PodCheckpoint=false
	expect "$(post /checkpoint/default/pair) $(cat $DIR/body)" = \
		"404 404: Page Not Found"
}

@test "pod: killed at any moment, all containers run" {
	local i client
	for ((i = 0; i < 8; i++)); do
		serve
		post /checkpoint/default/pair >$DIR/status 2>&1 3>&- &
		client=$!
		sleep "0.$(printf %03d $((RANDOM % 400)))"
		kill -9 "$BACK"
		wait $client || true
		wait "$BACK" || true
		wait_for 10 is_settled
		both_count
	done
	serve
	expect "$(post /checkpoint/default/pair)" = 200
}

is_settled() {
	! pgrep -x criu && ! pgrep -x ckpt-guardian
}
