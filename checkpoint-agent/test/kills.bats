# The kill matrix: kill -9 of one process of the agent, or of all at once, in
# the checkpoint of a container or of a pod, at random moments.  Within two
# seconds every container is thawed, however many there are, and nothing is
# left but what the next start removes.
#
#   SEED=N  the moments of the run that printed it
#   SOAK=N  as many rounds of each kind (8)
# limit: 800
bats_require_minimum_version 1.5.0

DIR=/keep/kills
ROUNDS=${SOAK:-8}
MEMBERS=12

load_libs() {
	local lib
	for lib in oci server wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

# A pod `crew` of many, besides the container `solo`.
annotations_of() { # DIALECT NAME IMAGE
	local pod=pod-$2
	[[ $2 != crew* ]] || pod=crew
	cat <<-EOT
		{"io.kubernetes.cri.container-name": "${2/solo/main}",
		 "io.kubernetes.cri.container-type": "container",
		 "io.kubernetes.cri.image-name": "localhost/$3:latest",
		 "io.kubernetes.cri.sandbox-id": "sandbox-$pod",
		 "io.kubernetes.cri.sandbox-name": "$pod",
		 "io.kubernetes.cri.sandbox-namespace": "default",
		 "io.kubernetes.cri.sandbox-uid": "uid-$pod"}
	EOT
}

start() { # NAME MIB
	container_start runc containerd "$1" counter /bin/counter -m "$2" \
		/data/count /count
	wait_for grep -q '[1-9]' "$CONTAINERS/$1/data/count"
}

setup_file() {
	load_libs
	# the file's own annotations, over those of the library
	. <(sed -n '/^annotations_of()/,/^}/p' "$BATS_TEST_FILENAME")
	server_certificates $DIR
	image_make counter counter
	start solo 96
	for ((n = 0; n < MEMBERS; n++)); do
		start crew$n 4
	done
}

teardown_file() {
	load_libs
	for name in solo $(seq -f 'crew%g' 0 $((MEMBERS - 1))); do
		container_end runc "$name"
	done
}

setup() {
	load_libs
	: >$DIR/log
	seed=${SEED:-$SRANDOM}
	echo "# SEED=$seed" >&3
	RANDOM=$seed
	longest_ms=0
}

teardown() {
	server_stop || true
}

now_ms() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

freezers() {
	local v1=/sys/fs/cgroup/freezer/keelson-lab
	if [ -d $v1 ]; then
		echo $v1/*/freezer.state
	else
		echo /sys/fs/cgroup/keelson-lab/*/cgroup.freeze
	fi
}

all_are_thawed() {
	# shellcheck disable=SC2046 # one word each
	! grep -qxE 'FROZEN|FREEZING|1' $(freezers)
}

counts() {
	cat "$CONTAINERS"/*/data/count
}

# No container is where it was.
all_have_moved() { # COUNTS
	! paste -d ' ' <(echo "$1") <(counts) | grep -qE '^(.*) \1$'
}

nothing_is_left() {
	no_dump_is_left &&
		[ -z "$(find $DIR/checkpoints -mindepth 1 -name '.*')" ]
}

# Processes of the agent, but for guardians: those of one dump, in a session
# of their own, are there for this.
agent_processes() {
	pgrep -x 'checkpoint-agen|agent-front'
}

kill_one() {
	local all
	mapfile -t all < <(agent_processes)
	kill -9 "${all[RANDOM % ${#all[@]}]}" 2>/dev/null || true
}

kill_all() {
	# shellcheck disable=SC2046 # one word each
	kill -9 $(agent_processes) 2>/dev/null || true
}

kill_a_guardian() {
	local all
	mapfile -t all < <(pgrep -x ckpt-guardian)
	[ ${#all[@]} = 0 ] ||
		kill -9 "${all[RANDOM % ${#all[@]}]}" 2>/dev/null || true
}

kill_even_guardians() {
	# shellcheck disable=SC2046 # one word each
	kill -9 $(pgrep -x 'checkpoint-agen|agent-front|ckpt-guardian') \
		2>/dev/null || true
}

# Request a checkpoint of PATH, and kill processes by HOW at a random moment.
round() { # PATH HOW MOMENTS-MS
	local from
	server_start --keep 1 --feature-gates PodCheckpoint=true
	ask admin POST "/checkpoint/default/$1" >$DIR/status 2>&1 3>&- &
	client=$!
	sleep "0.$(printf %03d $((RANDOM % $3)))"
	"$2"
	from=$(now_ms)
	[ "$2" = kill_all ] || [ "$2" = kill_one ] || return 0
	within 10 all_are_thawed # two seconds on an idle machine
	from=$(($(now_ms) - from))
	[ $from -le $longest_ms ] || longest_ms=$from
	wait $client || true
}

is_well() {
	wait_for all_are_thawed
	wait_for all_have_moved "$(counts)"
}

# The matrix: of PATH, many times.
rounds() { # PATH HOW MOMENTS-MS
	for ((i = 0; i < ROUNDS; i++)); do
		round "$@"
		server_stop KILL || true
		wait_for nothing_is_left
		is_well
	done
	echo "# thawed after at most $longest_ms ms" >&3
	server_start --feature-gates PodCheckpoint=true
	expect "$(ask admin POST "/checkpoint/default/$1")" = 200
}

@test "kills: one process, in the checkpoint of a container" {
	rounds pod-solo/main kill_one 300
}

@test "kills: all processes, in the checkpoint of a container" {
	rounds pod-solo/main kill_all 300
}

@test "kills: one process, in the checkpoint of a pod of twelve" {
	rounds crew kill_one 900
}

@test "kills: all processes, in the checkpoint of a pod of twelve" {
	rounds crew kill_all 900
}

# The job does not notice, and ends as if it were still there.
@test "kills: a guardian, in the checkpoint of a pod of twelve" {
	for ((i = 0; i < ROUNDS; i++)); do
		round crew kill_a_guardian 900
		wait $client
		expect "$(cat $DIR/status)" = 200
		server_stop
		wait_for nothing_is_left
		is_well
	done
}

# No process is left to thaw: the next start of the agent does it.
@test "kills: all processes and their guardians, then a new start" {
	for ((i = 0; i < ROUNDS; i++)); do
		round crew kill_even_guardians 900
		wait $client || true
		wait "$BACK" || true
		wait_for fails pgrep -x criu
		server_start
		is_well
		server_stop
		wait_for nothing_is_left
	done
}
