# What is kept of the archives: by number, bytes, free space and age; the oldest
# go, the one just made never; a server that begins anew goes on with it.
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
}

teardown_file() {
	load_libs
	container_end runc one
	container_end runc two
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

# Make one, called so in $made.
make_one() { # POD
	expect "$(ask admin POST "/checkpoint/default/pod-$1/main") \
$(grep -v '^{' $DIR/body)" = '200 '
	made=$(basename "$(jq -re '.items[0]' $DIR/body)")
}

archives() {
	(cd $ROOT/checkpoints && ls -tr)
}

# Exactly these are there.
there_are() { # NAME...
	expect "$(archives | sort)" = "$(printf '%s\n' "$@" | sort)"
}

@test "retention: ten of a container, over a new beginning" {
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

@test "retention: of a namespace, whosever they are" {
	local all=()
	server_start --keep-namespace 3
	for pod in one two one two one; do
		make_one $pod
		all+=("$made")
	done
	there_are "${all[@]:2}"
}

@test "retention: bytes of all together" {
	local all=()
	server_start --max-bytes 30M
	for pod in one two one two one; do
		make_one $pod
		all+=("$made")
	done
	there_are "${all[@]:2}"
	server_stop
	server_start --max-bytes 12M # now less: the new one stays alone
	make_one two
	there_are "$made"
	server_stop
	server_start --max-bytes 5M # and this can never be
	expect "$(ask admin POST /checkpoint/default/pod-one/main)" = 507
	grep -q 'more than all archives together may have' $DIR/body
	there_are "$made"
}

@test "retention: free space is regained, what cannot fit is refused" {
	local all=()
	server_start --min-free 80M
	make_one one
	first=$made
	make_one two
	make_one one # 100 less three of 9 is less than 80
	fails test -e $ROOT/checkpoints/"$first"
	expect "$(df --output=avail -B1 $ROOT | tail -n 1)" -ge 80000000
	# somebody else takes so much that not even the last could be kept
	fallocate -l 30M $ROOT/filler
	before=$(archives)
	expect "$(ask admin POST /checkpoint/default/pod-one/main)" = 507
	grep -q 'are free and' $DIR/body
	expect "$(archives)" = "$before"
	expect "$(metric 'checkpoint_agent_jobs_total{job="checkpoint",result="no_room"}')" \
		= 1
	# and when there is no room for it at all
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
	wait_for 5 fails test -e $ROOT/checkpoints/"$old"
	make_one one
	there_are "$made"
	wait_for 5 test "$(metric checkpoint_agent_retention_removed_total)" = 1
}
