# area: agent
# The checkpoint-agent from its image: containers of runc and of crun are
# checkpointed over HTTPS while they run, read by checkpointctl, and brought
# back by podman and by their own runtime.
bats_require_minimum_version 1.5.0

setup_file() {
	load_libs
	image_make counter counter
	image_make crowd crowd
	agent_start
}

teardown_file() {
	load_libs
	agent_stop
}

setup() {
	load_libs
}

load_libs() {
	local lib
	for lib in oci agent expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

# ---- what the workloads say -------------------------------------------------
count_of() { # NAME
	local count
	count=$(cat "$CONTAINERS/$1/data/count")
	echo $((10#$count))
}

counts_beyond() { # NAME COUNT
	[ "$(count_of "$1")" -gt "$2" ]
}

# The smallest of the crowd's six numbers; fails when there are errors.
rounds_of() { # NAME
	tr ' ' '\n' <"$CONTAINERS/$1/data/status" | awk -F= '
	$1 == "errors" { bad = $2 != 0; is_whole = 1 }
	$1 != "errors" && NF == 2 {
		if (!seen++ || $2 + 0 < least)
			least = $2 + 0
	}
	END { print least + 0; exit bad || !is_whole || seen != 6 }'
}

rounds_beyond() { # NAME ROUNDS
	[ "$(rounds_of "$1")" -gt "$2" ]
}

counter_start() { # RUNTIME DIALECT NAME
	container_start "$1" "$2" "$3" counter /bin/counter /data/count /etc/count
	wait_for counts_beyond "$3" 60
}

crowd_start() { # RUNTIME DIALECT NAME
	container_start "$1" "$2" "$3" crowd /bin/crowd /data/status /tmp /data
	wait_for rounds_beyond "$3" 60
}

# Bring the container of ARCHIVE back by podman, print its id.  The bind mount
# of data/ comes back with it, so what it says is read where it was before.
podman_restore() { # RUNTIME ARCHIVE
	podman --runtime "$1" container restore --import "$2" \
		--tcp-established --file-locks && return
	find /var/lib/containers -name restore.log -exec tail -n 12 {} + >&2
	return 1
}

# Bring NAME back by its own runtime from ARCHIVE into its own bundle.  (Not
# crun's by runc: each binds other things over what it masks.)
runtime_restore() { # RUNTIME NAME ARCHIVE
	local dir=$CONTAINERS/$2
	mkdir -p "$dir/images"
	tar -xf "$3" -C "$dir/images"
	"$1" restore --detach --tcp-established --ext-unix-sk --file-locks \
		--bundle "$dir" --image-path "$dir/images/checkpoint" \
		--work-path "$dir/images" "$(container_id "$2")" \
		</dev/null > >(exec cat >>"$dir/out" 3>&-) 2>&1 3>&-
}

# ---- the whole way of one workload ------------------------------------------
# The last output of the workload is wiped in place before it comes back: only a
# program that remembers can say more than it had said when it was dumped.  A
# new one would be far behind for seconds.
forget() { # NAME
	local file
	for file in "$CONTAINERS/$1"/data/{count,status}; do
		[ -e "$file" ] || continue
		tr 0-9 0 <"$file" >/keep/forgotten
		cat /keep/forgotten >"$file"
	done
}

# The container's root file system as the archive knows it: its image, and
# what rootfs-diff.tar lays over it.
root_again() { # NAME ARCHIVE
	root_mount "$1"
	if tar -tf "$2" | grep -qx rootfs-diff.tar; then
		tar -xOf "$2" rootfs-diff.tar |
			tar -x -C "$CONTAINERS/$1/rootfs"
	fi
}

# START runs it, SAYS tells how far it came, BEYOND whether that is further
# than a number.  podman wants the image's id, which is there for what lies in
# the storage that it shares with CRI-O.
check_round_trip() { # RUNTIME DIALECT NAME START SAYS BEYOND
	local runtime=$1 name=$3 says=$5 beyond=$6 before archive restored
	"$4" "$1" "$2" "$3"

	before=$("$says" "$name")
	archive=$(archive_of "$name")
	[ "$(stat -c %a:%U "$archive")" = 600:root ]
	[ "$(stat -c %a "$ARCHIVES")" = 700 ]
	grep -qE "^$ARCHIVES/checkpoint-pod-${name}_default-main-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z\.tar$" \
		<<<"$archive"

	# The source runs on.
	wait_for "$beyond" "$name" $(("$("$says" "$name")" + 20))
	expect "$("$runtime" state "$(container_id "$name")" | jq -r .status)" = running

	checkpointctl show "$archive" | grep -q main
	checkpointctl inspect --all "$archive" >/keep/inspected
	grep -q "${4%_start}" /keep/inspected

	container_end "$runtime" "$name"
	root_unmount "$name"
	if [ "$2" = crio ]; then
		forget "$name"
		restored=$(podman_restore "$runtime" "$archive")
		expect "$(number_from "$says" "$name")" -gt "$before"
		wait_for "$beyond" "$name" $(("$("$says" "$name")" + 20))
		podman rm -f -t 0 "$restored"
	fi

	forget "$name"
	root_again "$name" "$archive"
	runtime_restore "$runtime" "$name" "$archive"
	expect "$(number_from "$says" "$name")" -gt "$before"
	wait_for "$beyond" "$name" $(("$("$says" "$name")" + 20))
	container_end "$runtime" "$name"
}

@test "a counter of runc: source runs on, checkpointctl, podman, runc" {
	check_round_trip runc crio counter-runc \
		counter_start count_of counts_beyond
}

@test "a counter of crun: source runs on, checkpointctl, podman, crun" {
	check_round_trip crun crio counter-crun \
		counter_start count_of counts_beyond
}

@test "threads, TCP, UDP, unix, pipes, tmpfs, bind mounts of runc" {
	check_round_trip runc crio crowd-runc \
		crowd_start rounds_of rounds_beyond
}

@test "threads, TCP, UDP, unix, pipes, tmpfs, bind mounts of crun" {
	check_round_trip crun crio crowd-crun \
		crowd_start rounds_of rounds_beyond
}

@test "a counter as containerd runs it: source runs on, checkpointctl, runc" {
	check_round_trip runc containerd counter-containerd \
		counter_start count_of counts_beyond
}

# ---- answers ----------------------------------------------------------------
@test "without a certificate, or with one of another authority, it is 401" {
	run -0 curl -sk -X POST -w ' %{http_code}' \
		"$AGENT_URL/checkpoint/default/pod-x/main"
	[ "$output" = 'Unauthorized 401' ]
	run curl -sk -X POST -w ' %{http_code}' --cert $AGENT/rogue.crt \
		--key $AGENT/rogue.key "$AGENT_URL/checkpoint/default/pod-x/main"
	[ "$status" -ne 0 ] || [ "$output" = 'Unauthorized 401' ]
}

@test "what is not there is 404 in the kubelet's words" {
	counter_start runc containerd known
	[ "$(post /checkpoint/default/pod-unknown/main)" = 404 ]
	[ "$(cat $AGENT/body)" = 'pod does not exist' ]
	[ "$(post /checkpoint/elsewhere/pod-known/main)" = 404 ]
	[ "$(cat $AGENT/body)" = 'pod does not exist' ]
	[ "$(post /checkpoint/default/pod-known/other)" = 404 ]
	[ "$(cat $AGENT/body)" = 'container other does not exist' ]
	[ "$(post /checkpoint/default/pod-known)" = 404 ]
	[ "$(post /checkpoint/default/pod-known/main -X GET)" = 405 ]
	[ "$(post '/checkpoint/default/pod-known/main?timeout=x')" = 404 ]
	[ "$(cat $AGENT/body)" = 'cannot parse value of timeout parameter' ]
	[ -z "$(find "$ARCHIVES" -name '*pod-known*')" ]
	container_end runc known
}

@test "two checkpoints in one second are two archives" {
	counter_start runc containerd twice
	first=$(archive_of twice)
	second=$(archive_of twice)
	[ "$first" != "$second" ]
	[ -s "$first" ] && [ -s "$second" ]
	container_end runc twice
}

@test "a paused container is dumped and stays paused" {
	counter_start runc containerd still
	runc pause still
	archive=$(archive_of still)
	[ "$(runc state still | jq -r .status)" = paused ]
	[ -s "$archive" ]
	runc resume still
	wait_for counts_beyond still $(($(count_of still) + 10))
	container_end runc still
}

@test "nothing partial and no process of a dump is left behind" {
	[ -z "$(find "$ARCHIVES" ! -name 'checkpoint-*.tar' ! -path "$ARCHIVES")" ]
	fails pgrep -x criu
}
