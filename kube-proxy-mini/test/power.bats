# power.bats - what the image of kube-proxy-mini may do on a node: runc runs it
# with exactly the privileges of the DaemonSet in deploy/.
bats_require_minimum_version 1.5.0

DEPLOY=/keelson/deploy/kube-proxy-mini/daemonset.yaml

setup_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	. /keelson/tests/lib/image.bash
	server_certs
	image_unpack kube-proxy-mini $DIR/bundle
	cp $DIR/bundle/config.json $DIR/of-the-image.json
	server_start --watch-list
	kubeconfig
	node
	service one 10.96.0.1
	slice one 10.1.0.1
}

setup() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	bundle
}

teardown() {
	runc delete -f proxy || true
	$PROXY --cleanup
	sed 's/^/# /' $DIR/log
}

teardown_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_stop
}

# The last securityContext of the DaemonSet is that of the program.
deployed() { # LINE
	sed -n '/^      containers:/,$p' $DEPLOY | grep -qF "$1"
}

# A configuration for runc with the settings of the DaemonSet.
bundle() {
	deployed 'allowPrivilegeEscalation: false'
	deployed 'readOnlyRootFilesystem: true'
	deployed 'drop: [ALL]'
	deployed 'add: [NET_ADMIN]'
	fails deployed 'privileged: true'
	jq '.process.capabilities |= map_values(["CAP_NET_ADMIN"])
		| .process.terminal = false
		| .process.noNewPrivileges = true
		| .root.readonly = true
		| .process.args += ["--kubeconfig", "/state/kubeconfig",
			"--hostname-override=n1"]
		| .mounts += [{"destination": "/state", "type": "bind",
			"source": "/keep/state", "options": ["rbind", "ro"]}]
		| .linux.cgroupsPath = "/keelson-lab/proxy"
		| del(.linux.resources)
		| .linux.namespaces |= map(select(.type != "network"))' \
		$DIR/of-the-image.json >$DIR/bundle/config.json
}

# Start it; PID is its process id outside the container.
begin() {
	: >$DIR/log
	runc run -d --bundle $DIR/bundle --pid-file $DIR/proxy.pid proxy \
		2>>$DIR/log >&2 3>&- </dev/null
	PID=$(cat $DIR/proxy.pid)
	wait_for knows one
	wait_for answers 200 10256 readyz
}

has() { # NAME VALUE: a line of its status
	grep -q "^$1:[[:space:]]*$2$" "/proc/$PID/status"
}

@test "one capability, no new ones, a filter, one thread, no children" {
	begin
	has CapEff 0000000000001000
	has CapPrm 0000000000001000
	has CapBnd 0000000000001000
	has CapInh 0000000000000000
	has CapAmb 0000000000000000
	has NoNewPrivs 1
	has Seccomp 2
	has Threads 1
	[ -z "$(cat "/proc/$PID/task/$PID/children")" ]
}

@test "no file stays open" {
	begin
	local fd
	for fd in "/proc/$PID/fd"/*; do
		[ "${fd##*/}" -gt 2 ] || continue
		expect "$(readlink "$fd" | grep -c '^/')" -eq 0
	done
}

# How it ends when it is forced to make a system call.
broken_into() { # NUMBER [ARGUMENT...]
	begin
	run -0 python3 /keelson/kube-proxy-mini/test/syscall.py "$PID" "$@"
	runc delete -f proxy || true
}

@test "a call that it makes anyway is let through" {
	broken_into 39 # getpid
	[ "$output" = 'returned 1' ]
}

@test "calls of those who break in kill it" {
	local call
	# execve, fork, ptrace, mount, unshare, setns, bpf, init_module, kill,
	# unlink, chmod, setuid, prctl; open for writing; a socket of AF_PACKET
	for call in 59 57 101 165 272 308 321 175 62 87 90 105 157 \
		'257 -100 0 1' '2 0 0x241' '41 17 3 0'; do
		# shellcheck disable=SC2086 # words
		broken_into $call
		[ "$output" = 'killed by SIGSYS' ] || {
			echo "call $call: $output"
			return 1
		}
	done
}
