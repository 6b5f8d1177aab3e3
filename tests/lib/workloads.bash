# workloads.bash - programs that people run, checkpointed while clients use
# them.  Sourced after oci, restore, server, wait and expect; the test sets DIR.
#
#   workloads_begin             start the server; no clients yet
#   workloads_end               end both
#   checkpoint POD              through the server; sets archive
#   come_back RUNTIME NAME IMAGE   the container goes, its copy comes: same
#                               network, same /data, same image
#   end_copy RUNTIME NAME
#   end_leftovers               whatever a failed test has left
#   in_pod NAME COMMAND...      in the pod's network
#   serves_all RUNTIME NAME IMAGE PROTOCOL
#                               a client counts by workloads.py while the
#                               container is checkpointed $TIMES times and
#                               misses no answer; the copy counts on
#   many_round KIND N           the same of tests/programs/many

TIMES=${TIMES:-5}

workloads_begin() {
	: >"$DIR/log"
	server_start
	clients=()
}

workloads_end() {
	[ ${#clients[@]} = 0 ] || kill "${clients[@]}" 2>/dev/null || true
	server_stop
}

checkpoint() { # POD
	remember_server
	expect "$(ask admin POST "/checkpoint/default/pod-$1/main") \
$(grep -v '^{' "$DIR/body")" = '200 '
	wait_for server_is_as_before
	archive=$(jq -re '.items[0]' "$DIR/body")
}

come_back() { # RUNTIME NAME IMAGE
	container_end "$1" "$2"
	restore_copy "$2" "$3"
}

restore_copy() { # NAME IMAGE
	restore_as_archived --import "$archive"
	$PROGRAM restore --import "$archive" --base "$IMAGES/$2" \
		"${as_archived[@]}" --bundle "$DIR/$1-bundle" "$1" \
		</dev/null 3>&- >"$DIR/again" 2>&1
}

end_copy() { # RUNTIME NAME
	"$1" delete --force "$2"
	umount "$DIR/$2-bundle/rootfs"
	root_unmount "$2"
	rm -f "$archive"
}

end_leftovers() {
	local state
	for state in /run/runc/* /run/crun/*; do
		[ ! -d "$state" ] || runc delete --force "${state##*/}" ||
			crun delete --force "${state##*/}" || true
	done
}

in_pod() { # NAME COMMAND...
	local pod=$1
	shift
	nsenter --net="/run/netns/$pod" -- "$@"
}

# ---- a client that misses nothing -------------------------------------------
CLIENT=/keelson/checkpoint-agent/test/workloads.py

# In the background, as a process that a signal reaches.
client_start() { # NAME PROTOCOL
	nsenter --net="/run/netns/$1" -- python3 $CLIENT "$2" \
		>"$DIR/said.$1" 2>&1 3>&- &
	clients+=($!)
	wait_for grep -q '^[0-9]' "$DIR/said.$1"
}

copy_counts_on() { # NAME PROTOCOL
	in_pod "$1" python3 $CLIENT "$2" copy "$last"
}

# Sets last to the last number that the client was told.
client_end() { # NAME
	kill "${clients[@]}"
	wait "${clients[@]}" || {
		cat "$DIR/said.$1"
		return 1
	}
	clients=()
	grep '^#' "$DIR/said.$1" >&3
	last=$(tail -n 1 "$DIR/said.$1")
}

serves_all() { # RUNTIME NAME IMAGE PROTOCOL
	local i
	client_start "$2" "$4"
	for ((i = 0; i < TIMES; i++)); do
		checkpoint "$2"
	done
	client_end "$2"
	come_back "$@"
	copy_counts_on "$2" "$4"
}

# ---- many of a kind ---------------------------------------------------------
rounds() { # NAME: as many were right
	awk '{ print $2 == 0 ? $1 + 0 : "wrong" }' \
		"$CONTAINERS/$1/data/status"
}

rounds_beyond() { # NAME COUNT
	[ "$(rounds "$1")" -gt "$2" ]
}

many_round() { # KIND N
	local before
	[ -d "$IMAGES/many" ] || image_make many many
	CONFIG='.process.rlimits = [{type: "RLIMIT_NOFILE", hard: 20000,
		soft: 20000}]' container_start runc containerd "$1" many \
		/bin/many "$1" "$2" /data/status
	wait_for 120 rounds_beyond "$1" 3
	before=$(rounds "$1")
	checkpoint "$1"
	wait_for rounds_beyond "$1" "$(rounds "$1")"
	container_end runc "$1"
	printf '%010u %010u\n' 0 0 >"$CONTAINERS/$1/data/status"
	restore_copy "$1" many
	expect "$(number_from rounds "$1")" -ge "$before"
	wait_for rounds_beyond "$1" "$(rounds "$1")"
}
