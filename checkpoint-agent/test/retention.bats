# Retention by number, bytes, free space and age: the oldest archives are
# removed, the one just made never; a restarted server counts those that it
# finds.
# limit: 150
bats_require_minimum_version 1.5.0

DIR=/keep/retention
ROOT=/keep/retention/disk

load_libs() {
	local lib
	for lib in oci server wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

setup_file() {
	load_libs
	server_certificates $DIR
	image_make counter counter
	for name in one two; do
		container_start runc containerd $name counter \
			/bin/counter -m 8 /data/count /count
	done
	CONFIG='.annotations["io.kubernetes.cri.sandbox-namespace"]="default-x"' \
		container_start runc containerd three counter \
		/bin/counter -m 8 /data/count /count
}

teardown_file() {
	load_libs
	container_end runc one
	container_end runc two
	container_end runc three
}

# A disk of 100 MiB; an archive takes about 9.
setup() {
	load_libs
	: >$DIR/log
	mkdir -p $ROOT
	mount -t tmpfs -o size=100m disk $ROOT
}

teardown() {
	server_stop || true
	umount $ROOT
}

# Make one; $made is its name.
make_one() { # POD [NAMESPACE]
	expect "$(ask admin POST "/checkpoint/${2:-default}/pod-$1/main") \
$(grep -v '^{' $DIR/body)" = '200 '
	made=$(basename "$(jq -re '.items[0]' $DIR/body)")
}

archives() {
	(cd $ROOT/checkpoints && ls -tr)
}

# Exactly these exist.
there_are() { # NAME...
	expect "$(archives | sort)" = "$(printf '%s\n' "$@" | sort)"
}

@test "retention: ten per container, across a restart" {
	local all=() i
	server_start
	for ((i = 0; i < 8; i++)); do
		make_one one
		all+=("$made")
	done
	server_stop KILL || true
	server_start
	make_one two
	other=$made
	for ((i = 0; i < 4; i++)); do
		make_one one
		all+=("$made")
	done
	there_are "${all[@]:2}" "$other"
	expect "$(metric checkpoint_agent_retention_removed_total)" = 2
	expect "$(metric checkpoint_agent_retention_removed_bytes_total)" -gt \
		16000000
}

@test "retention: per namespace, of all its containers" {
	local all=()
	server_start --keep-namespace 3
	for pod in one two one two one; do
		make_one $pod
		all+=("$made")
	done
	there_are "${all[@]:2}"
}

# ramfs has no attributes, and tells no size.
@test "retention: per namespace, where files have no attributes" {
	local all=() other public
	umount $ROOT
	mount -t ramfs disk $ROOT
	fails python3 -c "import os
open('$ROOT/x', 'w').close()
os.setxattr('$ROOT/x', 'user.x', b'')"
	rm $ROOT/x
	age-keygen -o $DIR/key 2>/dev/null
	public=$(age-keygen -y $DIR/key)
	server_start --keep-namespace 2 --encrypt-to "$public"
	make_one three default-x
	other=$made
	for pod in one two one; do
		make_one $pod
		all+=("$made")
	done
	make_one three default-x
	there_are "${all[@]:1}" "${all[1]}.owner" "${all[2]}.owner" \
		"$other"{,.owner} "$made"{,.owner}
	expect "$(cat "$ROOT/checkpoints/$other.owner")" = \
		default-x/pod-three/main
}

@test "retention: total bytes of all archives" {
	local all=()
	server_start --max-bytes 30M
	for pod in one two one two one; do
		make_one $pod
		all+=("$made")
	done
	there_are "${all[@]:2}"
	server_stop
	server_start --max-bytes 12M # the limit is smaller now: only the new one stays
	make_one two
	there_are "$made"
	server_stop
	server_start --max-bytes 5M # a limit that no archive fits in
	expect "$(ask admin POST /checkpoint/default/pod-one/main)" = 507
	grep -q 'allows 5000000 for all archives' $DIR/body
	there_are "$made"
}

@test "retention: free space is regained, a dump that cannot fit is refused" {
	local all=()
	server_start --min-free 80M
	make_one one
	first=$made
	make_one two
	make_one one # 100 less three of 9 is less than 80
	fails test -e $ROOT/checkpoints/"$first"
	expect "$(df --output=avail -B1 $ROOT | tail -n 1)" -ge 80000000
	# another program takes so much that the last archive could not be kept
	# either
	fallocate -l 30M $ROOT/filler
	before=$(archives)
	expect "$(ask admin POST /checkpoint/default/pod-one/main)" = 507
	grep -q 'are free, of which' $DIR/body
	expect "$(archives)" = "$before"
	expect "$(metric 'checkpoint_agent_jobs_total{job="checkpoint",result="no_room"}')" \
		= 1
	# and when there is no space for the new archive at all
	server_stop
	server_start
	fallocate -l 75M $ROOT/filler
	expect "$(ask admin POST /checkpoint/default/pod-one/main)" = 507
	rm $ROOT/filler
	make_one two
}

@test "retention: age, without another checkpoint" {
	server_start
	make_one one
	old=$made
	server_stop
	sleep 2
	server_start --max-age 1s
	wait_for fails test -e $ROOT/checkpoints/"$old"
	make_one one
	there_are "$made"
	wait_for test "$(metric checkpoint_agent_retention_removed_total)" = 1
}
