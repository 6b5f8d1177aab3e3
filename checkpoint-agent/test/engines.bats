# Containers of a real dockerd and a real podman, found by the names that these
# keep, dumped while they run, and brought back.
# limit: 600
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
CRIU=/keelson/build/bin/criu
OUT=/keep/out

load_libs() {
	local lib
	for lib in oci wait expect image containerd docker; do
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

# NAME, and the id that it must lead to; the archive is left in $OUT/a.tar.
dump() {
	rm -f $OUT/a.tar
	$PROGRAM dump --criu $CRIU -o $OUT/a.tar "$1"
	expect "$(tar -xOf $OUT/a.tar config.dump | jq -r .id)" = "$2"
	checkpointctl show $OUT/a.tar | grep -q "${2:0:12}"
}

counts_beyond() { # FILE COUNT
	[ $((10#$(cat "$1"))) -gt "$2" ]
}

counts_on() { # FILE
	wait_for 10 grep -q '[1-9]' "$1"
	wait_for 5 counts_beyond "$1" $((10#$(cat "$1")))
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
docker_round() {
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
	dump prod/web/main "$id"
	counts_on $OUT/data/main
	run -1 $PROGRAM dump -o $OUT/b.tar prod/web/POD
	[[ "$output" == *"no such container"* ]]

	# one that is paused stays so
	docker_api "/containers/$id/pause" -X POST
	dump prod/web/main "$id"
	expect "$(docker_api "/containers/$id/json" | jq -r .State.Status)" = paused
	docker_api "/containers/$id/unpause" -X POST
	counts_on $OUT/data/main
	docker_api "/containers/$id?force=1" -X DELETE
	docker_api "/containers/$old?force=1" -X DELETE
	run -1 $PROGRAM dump -o $OUT/b.tar prod/web/main
	docker_api "/containers/$pause?force=1" -X DELETE
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
	docker_round
	docker_api /containers/plain?force=1 -X DELETE
	docker_stop
	containerd_stop
}

@test "docker: a container comes back from its archive" {
	docker_start
	docker_image counter $IMAGES/counter
	id=$(docker_run back "$(counting back)")
	counts_on $OUT/data/back
	dump docker/back/back "$id"
	before=$((10#$(cat $OUT/data/back)))
	docker_api "/containers/$id/kill" -X POST
	echo 0000000000 >$OUT/data/back
	$PROGRAM restore --import $OUT/a.tar --base $IMAGES/counter \
		--bundle $OUT/bundle again </dev/null 3>&-
	wait_for 5 counts_beyond $OUT/data/back $((before - 20))
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
	# by which CRI-O, upon the same storage, finds the image again
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
	counts_on $OUT/data/back
	dump podman/back/back "$id"
	before=$((10#$(cat $OUT/data/back)))
	podman rm -f -t 0 back
	echo 0000000000 >$OUT/data/back
	podman --runtime runc container restore --import $OUT/a.tar
	wait_for 5 counts_beyond $OUT/data/back $((before - 20))
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
	wait_for 5 grep -q '[1-9]' "/proc/$pid/root/tmp/count"
	counts_on "/proc/$pid/root/tmp/count"
	$PROGRAM inspect --json $OUT/a.tar |
		jq -e '.processes[0].command == "counter"'
	checkpointctl show $OUT/a.tar | grep -q "${id:0:12}"
	(cd / && as_user podman rm -f -t 0 "$id")
	umount /home/user
}
