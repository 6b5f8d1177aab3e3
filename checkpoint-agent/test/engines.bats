# Containers of a real dockerd and a real podman: they are found by the names
# that these engines keep, dumped while they run, and restored.
# limit: 600
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
CRIU=/keelson/build/bin/criu
OUT=/keep/out

load_libs() {
	local lib
	for lib in oci restore wait expect image containerd docker; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

setup_file() {
	load_libs
	image_make counter counter
	install -m 0755 $CRIU /usr/local/sbin/criu
}

setup() {
	load_libs
	rm -rf $OUT
	mkdir -p $OUT/data
}

# Dump by NAME into $OUT/a.tar; the name must lead to the container ID.
dump() { # NAME ID [OPTION...]
	rm -f $OUT/a.tar
	$PROGRAM dump --criu $CRIU "${@:3}" -o $OUT/a.tar "$1"
	expect "$(tar -xOf $OUT/a.tar config.dump | jq -r .id)" = "$2"
	checkpointctl show $OUT/a.tar | grep -q "${2:0:12}"
}

counts_beyond() { # FILE COUNT
	[ $((10#$(cat "$1"))) -gt "$2" ]
}

# A container that counted to 20 before it was dumped says no smaller number
# after it was restored.
counts_to_20() { # NAME
	wait_for counts_beyond "$OUT/data/$1" 20
}

goes_on_from_20() { # NAME
	expect "$(number_from count_in "$OUT/data/$1")" -ge 20
}

count_in() { # FILE
	local count
	count=$(cat "$1")
	echo $((10#$count))
}

counts_on() { # FILE
	wait_for grep -q '[1-9]' "$1"
	wait_for counts_beyond "$1" $((10#$(cat "$1")))
}

# A configuration for dockerd that counts in $OUT/data/FILE.
counting() { # FILE [LABEL=VALUE...]
	jq -n --arg file "$1" --arg bind $OUT/data:/data '{
		Image: "counter", Cmd: ["/bin/counter", "/data/" + $file, "/etc/count"],
		Labels: ($ARGS.positional | map(split("=") | {(.[0]): .[1]}) | add),
		HostConfig: {NetworkMode: "none", Binds: [$bind]}
	}' --args "${@:2}"
}

kubelet_labels() { # TYPE POD CONTAINER
	echo "io.kubernetes.docker.type=$1" \
		io.kubernetes.pod.namespace=prod \
		"io.kubernetes.pod.name=$2" \
		"io.kubernetes.container.name=$3"
}

# ---- docker -----------------------------------------------------------------
docker_round() { # OPTION-FOR-PODS...
	local id old pause
	docker_image counter $IMAGES/counter
	id=$(docker_run plain "$(counting plain)")
	counts_on $OUT/data/plain
	dump docker/plain/plain "$id"
	counts_on $OUT/data/plain
	expect "$(tar -xOf $OUT/a.tar config.dump | jq -r .rootfsImageName)" = counter
	tar -xOf $OUT/a.tar rootfs-diff.tar | tar -t | grep -q etc/count
	dump "$id" "$id"

	# the names that cri-dockerd gives, of a restarted container
	# shellcheck disable=SC2046 # words
	pause=$(docker_run k8s_POD_web_prod_uid_0 \
		"$(counting pause $(kubelet_labels podsandbox web POD))")
	# shellcheck disable=SC2046
	old=$(docker_run k8s_main_web_prod_uid_0 \
		"$(counting old $(kubelet_labels container web main))")
	counts_on $OUT/data/old
	docker_api "/containers/$old/kill" -X POST
	# shellcheck disable=SC2046
	id=$(docker_run k8s_main_web_prod_uid_1 \
		"$(counting main $(kubelet_labels container web main))")
	counts_on $OUT/data/main
	dump prod/web/main "$id" "$@"
	counts_on $OUT/data/main
	run -1 $PROGRAM dump "$@" -o $OUT/b.tar prod/web/POD
	[[ "$output" == *"no such container"* ]]

	# a paused container stays paused
	docker_api "/containers/$id/pause" -X POST
	dump prod/web/main "$id" "$@"
	expect "$(docker_api "/containers/$id/json" | jq -r .State.Status)" = paused
	docker_api "/containers/$id/unpause" -X POST
	counts_on $OUT/data/main
	docker_api "/containers/$id?force=1" -X DELETE
	docker_api "/containers/$old?force=1" -X DELETE
	run -1 $PROGRAM dump "$@" -o $OUT/b.tar prod/web/main
	docker_api "/containers/$pause?force=1" -X DELETE
}

# An image has labels, too, and whoever makes it chooses them.
@test "docker: labels do not make a container a pod's" {
	local id
	docker_start
	docker_image counter $IMAGES/counter
	# shellcheck disable=SC2046 # words
	id=$(docker_run liar "$(counting liar $(kubelet_labels container web main))")
	counts_on $OUT/data/liar
	run -1 $PROGRAM dump -o $OUT/b.tar prod/web/main
	[[ "$output" == *"no such container"* ]]
	dump docker/liar/liar "$id"
	docker_api "/containers/$id?force=1" -X DELETE
	# a name and labels that contradict each other name nobody
	# shellcheck disable=SC2046
	id=$(docker_run k8s_main_other_prod_uid_0 \
		"$(counting two $(kubelet_labels container web main))")
	counts_on $OUT/data/two
	for name in prod/web/main prod/other/main; do
		run -1 $PROGRAM dump -o $OUT/b.tar $name
		[[ "$output" == *"passed over"*"in two ways"*"no such container"* ]]
	done
	dump "$id" "$id"
	docker_api "/containers/$id?force=1" -X DELETE
	docker_stop
}

@test "docker: plain containers and those of cri-dockerd" {
	docker_start
	docker_round
	docker_stop
}

@test "docker upon a containerd that serves CRI to a kubelet as well" {
	containerd_start
	docker_start --containerd $CONTAINERD_SOCKET
	docker_api /containers/plain?force=1 -X DELETE || true
	docker_round --container-runtime-endpoint none
	# what the CRI that is there does not know is no pod
	# shellcheck disable=SC2046
	id=$(docker_run k8s_main_web_prod_uid_0 \
		"$(counting denied $(kubelet_labels container web main))")
	run -1 $PROGRAM dump -o $OUT/b.tar prod/web/main
	[[ "$output" == *"no such container"* ]]
	docker_api "/containers/$id?force=1" -X DELETE
	docker_api /containers/plain?force=1 -X DELETE
	docker_stop
	containerd_stop
}

@test "docker: a container comes back from its archive" {
	docker_start
	docker_image counter $IMAGES/counter
	id=$(docker_run back "$(counting back)")
	counts_to_20 back
	dump docker/back/back "$id"
	docker_api "/containers/$id/kill" -X POST
	echo 0000000000 >$OUT/data/back
	restore_as_archived --import $OUT/a.tar
	$PROGRAM restore --import $OUT/a.tar --base $IMAGES/counter \
		"${as_archived[@]}" --bundle $OUT/bundle again </dev/null 3>&-
	goes_on_from_20 back
	runc delete --force again
	umount $OUT/bundle/rootfs
	docker_api "/containers/$id?force=1" -X DELETE
	docker_stop
}

# ---- podman -----------------------------------------------------------------
podman_round() { # RUNTIME
	local id
	id=$(podman --runtime "$1" run -d --name "alone-$1" --network none \
		-v $OUT/data:/data localhost/counter "/data/alone-$1")
	counts_on "$OUT/data/alone-$1"
	dump "podman/alone-$1/alone-$1" "$id"
	# CRI-O, which shares the storage, finds the image again by this id
	expect "$(tar -xOf $OUT/a.tar config.dump | jq -r .rootfsImageRef)" = \
		"$(podman inspect -f '{{.Image}}' "$id")"
	counts_on "$OUT/data/alone-$1"

	podman --runtime "$1" pod create --name "pod-$1" --network none \
		--infra-image localhost/counter --infra-command /bin/counter
	id=$(podman --runtime "$1" run -d --pod "pod-$1" --name "in-$1" \
		-v $OUT/data:/data localhost/counter "/data/in-$1")
	counts_on "$OUT/data/in-$1"
	dump "podman/pod-$1/in-$1" "$id"
	counts_on "$OUT/data/in-$1"
}

podman_end() {
	podman pod rm -fa -t 0
	podman rm -fa -t 0
}

@test "podman: containers and pods, of runc" {
	podman_round runc
	podman_end
}

@test "podman: containers and pods, of crun" {
	podman_round crun
	podman_end
}

@test "podman: annotations do not make a container a pod's" {
	local id
	id=$(podman --runtime runc run -d --name liar --network none \
		--annotation io.kubernetes.cri.sandbox-namespace=prod \
		--annotation io.kubernetes.cri.sandbox-name=web \
		--annotation io.kubernetes.cri.container-name=main \
		-v $OUT/data:/data localhost/counter /data/liar)
	counts_on $OUT/data/liar
	run -1 $PROGRAM dump -o $OUT/b.tar prod/web/main
	[[ "$output" == *"no such container"* ]]
	dump podman/liar/liar "$id"
	podman_end
}

@test "podman kube play: a pod's names, and podman takes its archive back" {
	printf '[engine]\ninfra_image = "localhost/counter"\n' \
		>/etc/containers/containers.conf
	cat >$OUT/pod.yaml <<-EOF
		apiVersion: v1
		kind: Pod
		metadata: {name: played}
		spec:
		  containers:
		  - name: main
		    image: localhost/counter
		    args: [/data/main]
		    volumeMounts: [{name: data, mountPath: /data}]
		  volumes: [{name: data, hostPath: {path: $OUT/data}}]
	EOF
	podman --runtime runc kube play --network none $OUT/pod.yaml
	id=$(podman inspect -f '{{.Id}}' played-main)
	counts_on $OUT/data/main
	dump podman/played/main "$id"
	counts_on $OUT/data/main
	podman_end

	id=$(podman --runtime runc run -d --name back --network none \
		-v $OUT/data:/data localhost/counter /data/back)
	counts_to_20 back
	dump podman/back/back "$id"
	podman rm -f -t 0 back
	echo 0000000000 >$OUT/data/back
	podman --runtime runc container restore --import $OUT/a.tar
	goes_on_from_20 back
	podman_end
}

# ---- podman of a user -------------------------------------------------------
as_user() {
	setpriv --reuid 1000 --regid 1000 --clear-groups \
		env HOME=/home/user XDG_RUNTIME_DIR=/run/user/1000 "$@"
}

user_make() {
	echo user:x:1000:1000::/home/user:/bin/bash >>/etc/passwd
	echo user:x:1000: >>/etc/group
	echo user:100000:65536 | tee /etc/subuid >/etc/subgid
	chmod u+s /usr/bin/newuidmap /usr/bin/newgidmap
	mkdir -p /home/user /run/user/1000
	mount -t tmpfs user /home/user
	chown 1000:1000 /home/user /run/user/1000
	podman save -q -o /home/user/counter.tar localhost/counter
	chmod 0644 /home/user/counter.tar
	(cd / && as_user podman load -q -i /home/user/counter.tar)
}

@test "podman of a user: by the directory that an option names" {
	local id pid
	user_make
	id=$(cd / && as_user podman --cgroup-manager cgroupfs run -d \
		--network none localhost/counter /tmp/count)
	run -1 $PROGRAM dump --criu $CRIU -o $OUT/a.tar "$id"
	[[ "$output" == *"no such container"* ]]
	$PROGRAM dump --criu $CRIU -o $OUT/a.tar \
		--runtime-root /run/user/1000/crun "user-1000/$id/$id"
	pid=$(jq .pid "/run/user/1000/crun/$id/status")
	wait_for grep -q '[1-9]' "/proc/$pid/root/tmp/count"
	counts_on "/proc/$pid/root/tmp/count"
	$PROGRAM inspect --json $OUT/a.tar |
		jq -e '.processes[0].command == "counter"'
	checkpointctl show $OUT/a.tar | grep -q "${id:0:12}"
	# the root is an overlay whose layer directories only the user names
	fails grep -q rootfs-diff.tar <(tar -tf $OUT/a.tar)
	(cd / && as_user podman rm -f -t 0 "$id")
	umount /home/user
}
