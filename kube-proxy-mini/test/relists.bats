#!/usr/bin/env bats
# relists.bats - an hour of an API server whose watches break off once a minute
# and cannot be resumed, compressed: every time all Services and slices are
# listed again, and nothing comes of it.
#
# limit: 1000
# test-limit: 900
bats_require_minimum_version 1.5.0

SERVICES=10000
RELISTS=60

setup_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_certs
	server_start --watch-list
	kubeconfig
}

setup() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
}

teardown() {
	tail -n 50 $DIR/log | sed 's/^/# /'
}

teardown_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_stop
}

# Objects KIND for all Services, in one request.
objects() { # KIND
	awk -v kind="$1" -v n=$SERVICES 'BEGIN {
		printf "{\"kind\": \"%s\", \"objects\": [", kind
		for (i = 0; i < n; i++) {
			meta = "\"namespace\": \"d\", \"name\": \"s" i
			ip = "." int(i / 65536) + 96 "." int(i / 256) % 256 "." i % 256
			if (kind == "Service")
				printf "%s{\"metadata\": {%s\"}, \"spec\": {\"clusterIP\": \"10%s\", \"ports\": [{\"port\": 80}], \"type\": \"ClusterIP\"}}", i ? "," : "", meta, ip
			else
				printf "%s{\"metadata\": {%s-1\", \"labels\": {\"kubernetes.io/service-name\": \"s%d\"}}, \"addressType\": \"IPv4\", \"ports\": [{\"name\": \"\", \"port\": 8080}], \"endpoints\": [{\"addresses\": [\"11%s\"]}]}", i ? "," : "", meta, i, ip
		}
		print "]}"
	}'
}

# All lists so far; the proxy also lists again when nobody has answered
# for long, so not each is for a version that expired.
lists() { # NAME_IN_THE_LOG
	grep -c "msg=\"listed\" kind=$1 objects=$SERVICES " $DIR/log
}

lists_are() { # NAME_IN_THE_LOG MORE_THAN
	[ "$(lists "$1")" -gt "$2" ]
}

# The server ends a stream only after the list in it, so each list is whole.  It
# may still hold a stream that the proxy has given up, and not yet the next one:
# then the next try ends that.
expires() { # KIND NAME_IN_THE_LOG LISTS_BEFORE
	control bookmark "{\"kind\": \"$1\"}" # it works: the next wait is short
	control expire "{\"kind\": \"$1\"}"
	WAIT_LIMIT_S=30 wait_for lists_are "$2" "$3"
}

break_off() { # KIND NAME_IN_THE_LOG
	wait_for 200 expires "$1" "$2" "$(lists "$2")"
}

resident_kb() {
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$(cat $DIR/proxy.pid)/status"
}

@test "sixty lists of 10,000 Services: no operation, and memory stays" {
	control put '{"kind": "Node", "object": {"metadata": {"name": "n1"},
		"status": {"addresses": [{"type": "InternalIP",
		"address": "127.0.0.1"}]}}}'
	objects Service | control put @-
	objects EndpointSlice | control put @-
	proxy_start
	wait_for said 'msg="rules written"'
	wait_for knows s$((SERVICES - 1))
	nft monitor >$DIR/monitor 2>&1 3>&- &
	local monitor=$! i kb
	for ((i = 1; i <= RELISTS; i++)); do
		break_off Service services
		break_off EndpointSlice endpointslices
		((i != 5)) || kb=$(resident_kb)
	done
	echo "RSS: $kb KiB after 5, $(resident_kb) KiB after $RELISTS"
	[ "$(lists services)" -gt $RELISTS ]
	[ "$(lists endpointslices)" -gt $RELISTS ]
	[ "$(metric kube_proxy_mini_relists_total)" -gt $RELISTS ]
	[ "$(resident_kb)" -le $((kb + kb / 20)) ]
	[ "$(grep -c 'msg="rules written"' $DIR/log)" = 1 ]
	kill $monitor
	wait $monitor || true
	fails grep -e add -e delete $DIR/monitor
	# it still watches
	service new 10.250.0.1
	wait_for knows new
	proxy_stop
}
