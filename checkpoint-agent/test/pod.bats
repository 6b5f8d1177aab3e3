# A pod of two containers is dumped into one archive, both at one moment.
# limit: 400
bats_require_minimum_version 1.5.0

DIR=/keep/pod
URL=https://127.0.0.1:10350

load_libs() {
	local lib
	for lib in dump certs; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

serve() {
	$PROGRAM serve --address 127.0.0.1 --root-dir $DIR \
		--tls-cert-file $DIR/server.crt \
		--tls-private-key-file $DIR/server.key \
		--client-ca-file $DIR/ca.crt \
		--feature-gates PodCheckpoint=true \
		--criu $CRIU "$@" 2>>$DIR/log 3>&- &
	BACK=$!
	wait_for curl -sk -o /dev/null $URL/nosuch
}

post() { # PATH [CURL-OPTION...]; another method with -X
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
	criu_install
	certs_ca $DIR ca
	certs_sign $DIR ca server /CN=node IP:127.0.0.1
	certs_sign $DIR ca admin /O=system:masters/CN=admin
	image_make counter counter
	for name in first second; do
		container_start runc containerd $name counter /bin/counter \
			-m 32 /data/count /count
	done
}

# The output of a container of the pod `pair`.
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
	umount $DIR/checkpoints 2>/dev/null || true
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
	wait_for has_moved first "$(said first)"
	wait_for has_moved second "$(said second)"
}

has_filled() { # NAME
	[ "$(awk '/^RssAnon/ { print $2 }' \
		"/proc/$(runc state "$1" | jq .pid)/status")" -ge 32768 ]
}

# Two containers of 32 MiB: an archive for each, and one for the pod.
@test "pod: one that does not fit is refused before anything is stopped" {
	wait_for has_filled first
	wait_for has_filled second
	mkdir -p $DIR/checkpoints
	mount -t tmpfs -o size=110m,mode=0700 small $DIR/checkpoints
	serve
	expect "$(post /checkpoint/default/pair)" = 507
	grep 'are free, of which' $DIR/body
	expect "$(find $DIR/checkpoints -mindepth 1)" = ''
	grep 'checkpoint failed.* frozen_us=0 ' $DIR/log
	expect "$(post /checkpoint/default/pair/first)" = 200
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

@test "pod: its archive is listed, fetched and removed" {
	local archive path=/checkpoints/default/pair
	serve --enable-archive-access --manifest
	expect "$(post /checkpoint/default/pair)" = 200
	archive=$(jq -re '.items[0]' $DIR/body)
	expect "$(post $path -X GET)" = 200
	jq -e --arg name "${archive##*/}" '.items[] |
		select(.name == $name) | .namespace == "default" and
		.pod == "pair" and .container == ""' $DIR/body
	expect "$(post "$path/${archive##*/}" -X GET)" = 200
	cmp $DIR/body "$archive"
	expect "$(post "$path/${archive##*/}.sha256" -X GET)" = 200
	cmp $DIR/body "$archive.sha256"
	expect "$(post "$path/${archive##*/}" -X DELETE)" = 204
	[ ! -e "$archive" ]
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

is_stopped() { # PID
	grep -q '^State:.T' "/proc/$1/status"
}

@test "pod: with a process that a signal has stopped, before or meanwhile" {
	local first archive
	first=$(runc state first | jq .pid)
	printf '#!/bin/sh\nkill -STOP %s\nexec /keelson/build/bin/criu "$@"\n' \
		"$first" >$DIR/criu
	chmod 0755 $DIR/criu
	serve --criu $DIR/criu
	for _ in meanwhile before; do
		expect "$(post '/checkpoint/default/pair?timeout=9') \
$(jq -r '.items | length' $DIR/body)" = "200 1"
		wait_for is_stopped "$first"
		wait_for has_moved second "$(said second)"
	done
	kill -CONT "$first"
	archive=$(jq -re '.items[0]' $DIR/body)
	tar -C $DIR -xf "$archive" first.tar
	$PROGRAM inspect --json $DIR/first.tar | jq -e '.processes | length == 1'
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
		wait_for is_settled
		both_count
	done
	serve
	expect "$(post /checkpoint/default/pair)" = 200
}

is_settled() {
	! pgrep -x criu && ! pgrep -x ckpt-guardian
}

# ---- the archive, looked into -----------------------------------------------
# Two archives of the pod, $before and $after: plain, or as OPTIONs say.
dump_twice() { # OPTION...
	serve --manifest "$@"
	expect "$(post /checkpoint/default/pair)" = 200
	before=$(jq -re '.items[0]' $DIR/body)
	wait_for has_moved second "$(said second)"
	expect "$(post /checkpoint/default/pair)" = 200
	after=$(jq -re '.items[0]' $DIR/body)
	kill "$BACK"
	wait "$BACK" || true
}

containers_of() { # FILE
	jq -r '.containers[].container.name' "$1" | sort | tr '\n' ' '
}

# Run every command on the archives of a pod, with and without --container.
tools_look() { # OPTION... for the key
	$PROGRAM show --json "$@" "$before" >$DIR/told
	expect "$(containers_of $DIR/told)" = "first second "
	jq -e '.pod == {namespace: "default", name: "pair",
		uid: "uid-pair"}' $DIR/told
	jq -e 'all(.containers[]; .statistics.memoryBytes > 1000000)' $DIR/told
	# as a stream: every byte of it is read once
	cat "$before" | $PROGRAM show --json "$@" - | cmp - $DIR/told
	$PROGRAM show "$@" "$before" >$DIR/told
	grep -q '^pod           pair$' $DIR/told
	expect "$(grep -cE '^container     (first|second)$' $DIR/told)" = 2
	cat "$before" | $PROGRAM inspect --json "$@" --container second - |
		jq -e '.container.name == "second" and
			.processes[0].command == "counter"'

	$PROGRAM memsearch --json "$@" "$before" /data/count >$DIR/told
	expect "$(jq -r '[.matches[].container] | unique | join(" ")' \
		$DIR/told)" = "first second"
	jq -e '.searchedBytes > 2000000' $DIR/told
	$PROGRAM memsearch --json "$@" -c first "$before" /data/count |
		jq -e '.count > 0 and ([.matches[] | .container] | unique) ==
			["first"]'

	$PROGRAM diff --json "$@" "$before" "$before" | jq -e '.same and
		(.containers | length) == 2 and all(.containers[]; .same)'
	$PROGRAM diff --json "$@" "$before" "$after" >$DIR/told
	jq -e '(.same | not) and any(.containers[];
		.name == "second" and .memory.changedPages > 0)' $DIR/told
	$PROGRAM diff --json "$@" -c second "$before" "$after" |
		jq -e '.memory.changedPages > 0'

	$PROGRAM verify --json "$@" -c first "$before" |
		jq -e '.intact and .members > 5'
}

@test "pod: the tools look into its archive" {
	local key
	dump_twice
	tools_look
	run -2 $PROGRAM to-image -o $DIR/image "$before"
	[[ "$output" == *"say which container (--container): "*first* ]]
	run -1 $PROGRAM inspect -c third "$before"
	[[ "$output" == *"no container third"* ]]
	# a container that only one of the archives has
	tar -C $DIR -xf "$before"
	tar -C $DIR -cf $DIR/half.tar pod.options pod.dump first.tar
	$PROGRAM diff --json "$before" $DIR/half.tar | jq -e '
		.containers | any(.name == "second" and
			.change == "removed") and any(.name == "first" and
			.same)'
	# a container's own archive beside one of a pod's
	$PROGRAM diff --json -c first $DIR/first.tar "$before" | jq -e .same
	run -2 $PROGRAM diff $DIR/first.tar "$before"
	run -2 $PROGRAM show -c first $DIR/first.tar

	key=$DIR/key
	age-keygen -o $key 2>/dev/null
	dump_twice --compress zstd --encrypt-to "$(age-keygen -y $key)"
	tools_look --identity $key
	run -1 $PROGRAM show "$before"
	[[ "$output" == *"--identity is needed"* ]]
	# the manifest of the pod is readable, and a changed byte is detected
	$PROGRAM verify --json "$before" | jq -e '.intact and .members == 4'
	rm "$before.sha256"
	printf x | dd of="$before" bs=1 conv=notrunc status=none \
		seek=$(($(stat -c %s "$before") / 3))
	run -1 $PROGRAM verify "$before"
	[[ "$output" == *"its hash is not"* ]]
	run -1 $PROGRAM show -i $key "$before"
}

comes_back() {
	[ "$((10#$(said first)))" -gt "$1" ]
}

@test "pod: one container of it comes back, and becomes an image" {
	local count layer
	dump_twice --compress gzip
	container_end runc first
	count=$((10#$(said first)))
	echo 0000000000 >$CONTAINERS/first/data/count
	restore_as_archived --import "$after" --container first
	$PROGRAM restore --import "$after" --container first \
		--base $IMAGES/counter --bundle $DIR/bundle \
		"${as_archived[@]}" again </dev/null 3>&-
	wait_for comes_back $((count - 1))
	runc delete --force again
	umount $DIR/bundle/rootfs
	root_unmount first
	$PROGRAM to-image -c first --tag v1 -o $DIR/image "$after"
	skopeo inspect --raw oci:$DIR/image:v1 >$DIR/manifest
	layer=$(jq -r '.layers[0].digest' $DIR/manifest)
	expect "$(tar -xOf "$after" first.tar | sha256sum | cut -c-64)" = \
		"${layer#sha256:}"
	expect "$(skopeo inspect --config oci:$DIR/image:v1 |
		jq -r '.rootfs.diff_ids[0]')" = "sha256:$(tar -xOf "$after" \
		first.tar | gzip -dc | sha256sum | cut -c-64)"
	container_start runc containerd first counter /bin/counter \
		-m 32 /data/count /count
}
