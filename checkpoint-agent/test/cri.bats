# The agent from its image beside a real containerd: pods made through CRI, as
# a kubelet makes them, are found by the socket that the agent finds itself,
# checkpointed over HTTPS, read by checkpointctl and brought back.
# containerd 1.7 in trixie, 2.1 in sid.
# lab: trixie sid
# limit: 600
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
IMAGE=docker.io/library/counter:lab
CGROUP=/keelson-lab
DATA=/keep/data

load_libs() {
	local lib
	for lib in oci restore agent expect containerd; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

setup_file() {
	load_libs
	image_make counter counter
	containerd_start
	containerd_images
	agent_start --feature-gates PodCheckpoint=true
}

teardown_file() {
	load_libs
	agent_stop
	containerd_stop
}

setup() {
	load_libs
	rm -rf $DATA
	mkdir -p $DATA
}

teardown() {
	local id
	for id in $made; do
		cri stop "$id" || true
		cri remove "$id" || true
	done
	for id in $pods; do
		cri end "$id" || true
	done
}

# $sandbox becomes the pod's.
pod() { # NAME [HANDLER]
	sandbox=$(cri sandbox default "$1" $CGROUP "${@:2}")
	pods+=" $sandbox"
}

# $id becomes the container's; it counts in $DATA/FILE and in /etc/count.
run_in() { # POD NAME ATTEMPT FILE
	id=$(cri create "$sandbox" "$1" "$2" "$3" $IMAGE $DATA:/data \
		/bin/counter -o 20 "/data/$4" /etc/count)
	made+=" $id"
	cri start "$id"
	wait_for grep -q '[1-9]' "$DATA/$4"
}

count() { # FILE
	local count
	count=$(cat "$DATA/$1")
	echo $((10#$count))
}

counts_beyond() { # FILE COUNT
	[ "$(count "$1")" -gt "$2" ]
}

# The archive that the answer names, of the container with this id.
archive_is_of() { # ID
	archive=$(jq -re '.items[0]' $AGENT/body)
	expect "$(tar -xOf "$archive" config.dump | jq -r .id)" = "$1"
	tar -xOf "$archive" spec.dump | jq -e \
		'.linux.maskedPaths | index("/proc/acpi")'
}

checkpoint() { # POD NAME [QUERY]
	expect "$(post "/checkpoint/default/$1/$2${3:-}")" = 200
}

agent_log() {
	podman logs agent 2>&1
}

@test "a pod's container is checkpointed, runs on, and comes back" {
	pod whole
	run_in whole main 0 count
	wait_for counts_beyond count 20
	before=$(count count)
	checkpoint whole main
	archive_is_of "$id"
	wait_for counts_beyond count $((before + 20))
	tar -xOf "$archive" rootfs-diff.tar | tar -t | grep -qE '^(./)?etc/count$'
	checkpointctl show "$archive" | grep -q $IMAGE
	expect "$(tar -xOf "$archive" config.dump | jq -r .name)" = main

	cri stop "$id"
	cri remove "$id"
	made=
	echo 0000000000 >$DATA/count
	restore_as_archived --import "$archive"
	$PROGRAM restore --import "$archive" --base $IMAGES/counter \
		"${as_archived[@]}" --bundle /keep/bundle again </dev/null 3>&-
	expect "$(number_from count count)" -ge "$before"
	wait_for counts_beyond count $((before + 20))
	runc delete --force again
	umount /keep/bundle/rootfs
}

# Lines from before the dump end within the log.
log_has_count() { # FILE
	grep -q " stdout F count [0-9]*0$" "$1"
}

@test "the archive has what the runtime tells of the container, and its output" {
	local log=/var/log/pods/told-main-3.log
	pod told
	run_in told main 3 count
	wait_for log_has_count $log
	checkpoint told main
	archive_is_of "$id"
	tar -xOf "$archive" container.log >/keep/container.log
	log_has_count /keep/container.log
	cmp -n "$(stat -c %s /keep/container.log)" /keep/container.log $log
	tar -xOf "$archive" status.dump >/keep/status.dump
	expect "$(jq -c '[.metadata.attempt, .annotations, .log_path,
		.labels["io.kubernetes.pod.name"]]' /keep/status.dump)" = \
		"[3,{\"io.kubernetes.container.hash\":\"1a2b3c4d\",\
\"io.kubernetes.container.restartCount\":\"3\"},\"$log\",\"told\"]"
	# asked by its id, nobody knows the kubelet's values: the keys are there
	rm -f /keep/by-id.tar
	$PROGRAM dump -o /keep/by-id.tar "$id"
	expect "$(tar -xOf /keep/by-id.tar status.dump |
		jq -c '.annotations | keys')" = \
		'["io.kubernetes.container.hash","io.kubernetes.container.restartCount"]'
	fails tar -xOf /keep/by-id.tar container.log
	# a link or a FIFO is not followed, and costs the log only
	mv $log $log.away
	ln -s /etc/shadow $log
	checkpoint told main
	archive=$(jq -re '.items[0]' $AGENT/body)
	fails tar -xOf "$archive" container.log
	agent_log | grep -q "container's log is not in the archive"
	mv $log.away $log
}

@test "init, ended and unknown containers are answered as the kubelet does" {
	pod words
	run_in words setup 0 setup
	cri stop "$id"
	run_in words main 0 count
	run_in words debugger 0 debugger # an ephemeral one, added later
	checkpoint words debugger
	archive_is_of "$id"
	expect "$(post /checkpoint/default/words/setup)" = 500
	expect "$(cat $AGENT/body)" = \
		'checkpointing of default/words/setup failed (container setup not found)'
	expect "$(post /checkpoint/default/words/nothing)" = 404
	expect "$(cat $AGENT/body)" = 'container nothing does not exist'
	expect "$(post /checkpoint/default/nobody/main)" = 404
	expect "$(cat $AGENT/body)" = 'pod does not exist'
	expect "$(post /checkpoint/other/words/main)" = 404
	# the sandbox does not count as a container of the pod
	expect "$(post /checkpoint/default/words/pause)" = 404
	expect "$(post /checkpoint/default/words/POD)" = 404
}

@test "of a restarted container the running one is meant, the newest of two" {
	pod again
	run_in again main 0 first
	cri stop "$id"
	run_in again main 1 second
	checkpoint again main
	archive_is_of "$id"
	run_in again main 2 third
	checkpoint again main
	archive_is_of "$id"
	# the same without CRI, from the state directories
	mkdir -p /keep/by-hand
	rm -f /keep/by-hand/a.tar
	$PROGRAM dump --container-runtime-endpoint none -o /keep/by-hand/a.tar \
		default/again/main
	expect "$(tar -xOf /keep/by-hand/a.tar config.dump | jq -r .id)" = "$id"
}

@test "crun, and a state directory where nobody looks" {
	pod odd elsewhere
	run_in odd main 0 count
	[ -e "/run/elsewhere/k8s.io/$id/status" ]
	checkpoint odd main
	archive_is_of "$id"
	expect "$(tar -xOf "$archive" config.dump | jq -r .runtime)" = crun
	wait_for counts_beyond count "$(count count)"
}

# The state that containerd's runc keeps of the container with this id.
runc_of_containerd() {
	runc --root /run/containerd/runc/k8s.io "$@"
}

@test "a pod of two, one of them paused" {
	local paused
	pod pair
	run_in pair first 0 first
	run_in pair second 0 second
	paused=$id
	runc_of_containerd pause "$paused"
	before=$(count second)
	checkpoint pair second
	archive_is_of "$paused"
	expect "$(post /checkpoint/default/pair)" = 200
	archive=$(jq -re '.items[0]' $AGENT/body)
	expect "$(tar -tf "$archive" | grep -c '^\(first\|second\).tar$')" = 2
	wait_for counts_beyond first "$(count first)"
	expect "$(runc_of_containerd state "$paused" | jq -r .status)" = paused
	expect "$(count second)" = "$before"
	runc_of_containerd resume "$paused"
	wait_for counts_beyond second "$before"
}

@test "a terminal, as kubectl run -t has it" {
	pod term
	id=$(cri create "$sandbox" term tty:main 0 $IMAGE $DATA:/data \
		/bin/counter /data/count)
	made+=" $id"
	cri start "$id"
	wait_for grep -q '[1-9]' $DATA/count
	checkpoint term main
	archive_is_of "$id"
	tar -tf "$archive" | grep -qx checkpoint/tty-info.img
	wait_for counts_beyond count "$(count count)"
}

@test "containerd gone, hung and back: the container is found all the same" {
	pod alone
	run_in alone main 0 count
	containerd_stop
	checkpoint alone main
	archive_is_of "$id"
	containerd_start
	checkpoint alone main
	archive_is_of "$id"

	kill -STOP "$(cat $CONTAINERD_DIR/pid)"
	status=$(post /checkpoint/default/alone/main)
	# a request is aborted at its timeout even while containerd does not
	# answer
	late=$(post '/checkpoint/default/alone/main?timeout=1')
	body=$(cat $AGENT/body)
	kill -CONT "$(cat $CONTAINERD_DIR/pid)"
	expect "$status" = 200
	expect "$late" = 500
	[[ "$body" == *"timed out after 1 s"* ]]
	agent_log | grep 'container runtime does not answer' |
		grep -q 'no answer in time'
	checkpoint alone main
	wait_for counts_beyond count "$(count count)"
}

@test "what CRI does not know is no pod, whatever a container says" {
	container_start runc containerd claims counter /bin/counter /data/count
	expect "$(post /checkpoint/default/pod-claims/main)" = 404
	expect "$(cat $AGENT/body)" = 'pod does not exist'
	expect "$(post /checkpoint/default/pod-claims)" = 404
	container_end runc claims
}

@test "a pod is asked of CRI, where nobody else knows its containers" {
	pod hidden elsewhere
	run_in hidden first 0 first
	run_in hidden second 0 second
	expect "$(post /checkpoint/default/hidden)" = 200
	archive=$(jq -re '.items[0]' $AGENT/body)
	expect "$(tar -tf "$archive" | grep -c '^\(first\|second\).tar$')" = 2
	wait_for counts_beyond first "$(count first)"
}

@test "a peer that is no CRI runtime does not hide the container" {
	pod masked
	run_in masked main 0 count
	# docker's own containerd has no CRI; here it is a web server
	mkdir -p /run/crio
	socat UNIX-LISTEN:/run/crio/crio.sock,fork \
		SYSTEM:'printf "HTTP/1.0 200 OK\r\n\r\n"' 3>&- &
	peer=$!
	wait_for test -S /run/crio/crio.sock
	mv $CONTAINERD_SOCKET /run/containerd/away
	checkpoint masked main
	mv /run/containerd/away $CONTAINERD_SOCKET
	kill $peer
	rm -r /run/crio
	archive_is_of "$id"
}
