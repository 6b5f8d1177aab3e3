# real.bats - what only a real API server and etcd can do to the proxy.
bats_require_minimum_version 1.5.0

load_libs() {
	. /keelson/tests/lib/kube.bash
	. /keelson/tests/lib/expect.bash
	KUBE_DIR=/keep/kube
	LOG=/keep/log
}

setup_file() {
	load_libs
	ip link set lo up
	KUBE_TLS_MIN=VersionTLS13 kube_start $KUBE_DIR
	kube_service default one 10.96.0.11 '"ports": [{"port": 80}]'
}

teardown_file() {
	load_libs
	kube_stop
}

setup() {
	load_libs
	: >$LOG
}

teardown() {
	kill "$(cat /keep/proxy.pid)" || true
}

proxy_start() { # [PROGRAM]
	"${1:-/keelson/build/bin/kube-proxy-mini}" \
		--kubeconfig $KUBE_DIR/kubeconfig --hostname-override node \
		-v 4 2>>$LOG 3>&- &
	echo $! >/keep/proxy.pid
}

knows() {
	nft list map ip kube-proxy-mini services | grep -qF "\"default/$1\""
}

misses() {
	fails knows "$1"
}

said() {
	grep -qF -e "$1" $LOG
}

# Change one Service this many times, over one connection.
change_often() { # COUNT
	local n
	for n in $(seq "$1"); do
		[ "$n" = 1 ] || echo next
		printf '%s = "%s"\n' cert $KUBE_DIR/admin.crt \
			key $KUBE_DIR/admin.key cacert $KUBE_DIR/ca.crt \
			output /dev/null request PATCH \
			header 'Content-Type: application/merge-patch+json' \
			data "{\\\"metadata\\\": {\\\"labels\\\": {\\\"n\\\": \\\"$n\\\"}}}" \
			url "https://127.0.0.1:$KUBE_PORT/api/v1/namespaces/default/services/one"
	done | curl -sS --fail -K -
	[ "$(kube GET /api/v1/namespaces/default/services/one |
		jq -r .metadata.labels.n)" = "$1" ]
}

@test "an API server that speaks TLS 1.3 alone" {
	fails curl -sk --tls-max 1.2 https://127.0.0.1:$KUBE_PORT/healthz
	proxy_start
	wait_for knows one
	fails said 'broke off'
	kill "$(cat /keep/proxy.pid)"
	: >$LOG
	proxy_start /keelson/build/test/bin/proxy-bearssl
	wait_for said 'refused TLS 1.2, the newest version supported here'
}

@test "etcd restored from a backup: what came after it goes" {
	kube_stop
	cp -a $KUBE_DIR/etcd /keep/backup
	KUBE_TLS_MIN=VersionTLS13 kube_run
	proxy_start
	wait_for knows one
	change_often 300
	kube_service default two 10.96.0.12 '"ports": [{"port": 80}]'
	wait_for knows two
	kube_stop
	rm -r $KUBE_DIR/etcd
	mv /keep/backup $KUBE_DIR/etcd
	KUBE_TLS_MIN=VersionTLS13 kube_run
	wait_for misses two
	said 'versions went back'
	kube_service default three 10.96.0.13 '"ports": [{"port": 80}]'
	wait_for knows three
	knows one
}
