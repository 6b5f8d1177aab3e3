# chaos.bats - random changes through an API server that fails all the time.  In
# the end the kernel holds what chaos.py and a fresh start of the program say,
# and a Service that nothing touched never failed.  SEED=N repeats a run.
bats_require_minimum_version 1.5.0

setup_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_certs
}

setup() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
}

teardown() {
	kill "$(cat $DIR/proxy.pid)" "$(cat $DIR/server.pid)" \
		"$(cat $DIR/monitor.pid)" || true
	wait_for fails kill -0 "$(cat $DIR/server.pid)"
	$PROXY --cleanup
	tail -n 60 $DIR/log | sed 's/^/# /'
}

# What the kernel does with every Service but steady, one line per address.
shown() {
	$PROXY --show 2>/dev/null | grep -v '^d/steady' | sort
}

# The same with every endpoint, sorted: their order depends on history.
shown_whole() {
	local name
	for name in $(shown | sed 's/[: ].*//' | sort -u); do
		$PROXY --show "$name" 2>/dev/null |
			sed 's/^  inside//; s/^ *//' | sort
	done
}

is_as_expected() {
	shown | diff - $DIR/expected
}

chaos() { # SEED STEPS [SERVER-OPTION...]
	local seed=$1 steps=$2
	shift 2
	server_start "$@"
	kubeconfig
	service steady 10.96.0.250
	slice steady 10.1.9.9
	proxy_start
	wait_for knows steady
	nft monitor elements >$DIR/monitor 2>&1 3>&- &
	echo $! >$DIR/monitor.pid
	echo "seed $seed"
	python3 /keelson/kube-proxy-mini/test/chaos.py "$seed" "$steps" |
		sort >$DIR/expected
	wait_for is_as_expected || is_as_expected
	expect "$(wc -l <$DIR/expected)" -gt 5
	fails grep -F '10.96.0.250 ' $DIR/monitor
	shown_whole >$DIR/after
	proxy_stop
	$PROXY --cleanup
	proxy_start
	wait_for is_as_expected
	shown_whole | diff $DIR/after -
}

@test "pages, with every fault there is" {
	chaos "${SEED:-1}" 300
}

@test "objects in front of watches, compressed" {
	chaos "${SEED:-2}" 300 --watch-list --gzip
}
