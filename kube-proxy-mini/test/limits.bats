#!/usr/bin/env bats
# limits.bats - Services that are too large: they are cut or left out, the log
# names them, and all others work.
#
# limit: 600

bats_require_minimum_version 1.5.0

. "$BATS_TEST_DIRNAME/rules.bash"

# Slices of a thousand endpoints each, from 10.200.0.0 on.
many() { # SERVICE THOUSANDS
	awk -v service="$1" -v n="$2" 'BEGIN {
		for (s = 0; s < n; s++) {
			printf "slice d/%s-%d service=%s family=4 port=http:tcp:8080 ep=", service, s, service
			for (i = 0; i < 1000; i++) {
				k = s * 1000 + i
				printf "%s10.%d.%d.%d", i ? "," : "", 200 + int(k / 65536), int(k / 256) % 256, k % 256
			}
			print ""
		}
	}'
}

SMALL="service d/small ip=10.96.0.10 port=http:tcp:80
slice d/small service=small port=http:tcp:8080 family=4 ep=10.128.1.1"

@test "five thousand endpoints: several messages, one transaction" {
	{
		echo "$SMALL"
		echo "service d/big ip=10.96.0.11 port=http:tcp:80"
		many big 5
		printf '%s\n' sync stats "pod 10.96.0.10 80 2" \
			"run nft list map ip kube-proxy-mini endpoints | grep -c ' : 10.200'"
	} | rules >"$BATS_TEST_TMPDIR/out" 2>&1
	cat "$BATS_TEST_TMPDIR/out"
	grep -q 'services_left_out=0 endpoints_left_out=0' "$BATS_TEST_TMPDIR/out"
	grep -q '^2 10.128.1.1 10.128.1.8' "$BATS_TEST_TMPDIR/out"
}

@test "more endpoints than a port can have: limited, named, counted" {
	{
		echo "$SMALL"
		echo "service d/big ip=10.96.0.11 port=http:tcp:80"
		many big 66
		printf '%s\n' sync stats "pod 10.96.0.10 80 2"
		printf 'delete-slice d/big-%d\n' {0..64}
		printf '%s\n' sync stats
	} | rules >"$BATS_TEST_TMPDIR/out" 2>&1
	cat "$BATS_TEST_TMPDIR/out"
	grep -q 'endpoints left out.* service=d/big endpoints=466' \
		"$BATS_TEST_TMPDIR/out"
	grep -o 'services_left_out=.* endpoints_left_out=[0-9]*' \
		"$BATS_TEST_TMPDIR/out" |
		same "services_left_out=0 endpoints_left_out=466
services_left_out=0 endpoints_left_out=0"
	grep -q '^2 10.128.1.1 10.128.1.8' "$BATS_TEST_TMPDIR/out"
}

@test "a Service that the kernel refuses: named, left out, back when smaller" {
	{
		echo "env elements-max=1500"
		echo "$SMALL"
		echo "service d/big ip=10.96.0.11 port=http:tcp:80"
		many big 2
		printf '%s\n' sync stats "pod 10.96.0.10 80 2" \
			"pod 10.96.0.11 80 1"
		echo "service d/new ip=10.96.0.12 port=http:tcp:80"
		echo "slice d/new service=new port=http:tcp:8080 family=4 ep=10.128.1.2"
		printf '%s\n' sync "pod 10.96.0.12 80 2" "delete-slice d/big-1" \
			sync stats "run nft get element ip kube-proxy-mini services '{ 10.96.0.11 . tcp . 80 }' | grep -c d/big"
	} | rules >"$BATS_TEST_TMPDIR/out" 2>&1
	cat "$BATS_TEST_TMPDIR/out"
	grep -q 'left out until it changes.*service=d/big .*add to endpoints.*for Service d/big: the kernel refused' \
		"$BATS_TEST_TMPDIR/out"
	grep -o 'services_left_out=[0-9]*' "$BATS_TEST_TMPDIR/out" |
		same "services_left_out=1
services_left_out=1"
	grep -v '=' "$BATS_TEST_TMPDIR/out" | same "2 10.128.1.1 10.128.1.8
1 timeout
2 10.128.1.2 10.128.1.8
1"
}

@test "a Service that grows too large while it serves" {
	{
		echo "env elements-max=1500"
		echo "$SMALL"
		echo "service d/big ip=10.96.0.11,fd00:96::11 port=http:tcp:80"
		many big 1
		printf '%s\n' sync
		many big 2 | tail -n 1
		printf '%s\n' sync stats "pod 10.96.0.10 80 2"
		echo "delete-service d/big"
		printf '%s\n' sync "pod 10.96.0.10 80 2"
	} | rules >"$BATS_TEST_TMPDIR/out" 2>&1
	cat "$BATS_TEST_TMPDIR/out"
	grep -q 'services_left_out=1 ' "$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '^2 10.128.1.1 10.128.1.8' "$BATS_TEST_TMPDIR/out")" = 2 ]
}

@test "sixty thousand endpoints with affinity are planned within 3 s" {
	{
		echo "service d/big ip=10.96.0.11 port=http:tcp:80 affinity=60"
		many big 60
		printf '%s\n' sync stats
	} | rules >"$BATS_TEST_TMPDIR/out" 2>&1
	cat "$BATS_TEST_TMPDIR/out"
	grep -o 'plan_ms=[0-9]*' "$BATS_TEST_TMPDIR/out" |
		awk -F= '{ exit $2 > 3000 }'
}

# A list of ranges is kept once for each Service, not once for each port.
@test "a thousand source ranges of twenty ports are a thousand elements" {
	{
		awk 'BEGIN {
			printf "service d/web ip=10.96.0.11 lb=203.0.113.10 port=http:tcp:80"
			for (i = 1; i < 20; i++)
				printf ",p%d:tcp:%d", i, 1000 + i
			printf " ranges=192.0.2.0/25"
			for (i = 0; i < 1000; i++)
				printf ",100.64.%d.%d/32", i / 250, i % 250
			print "" }'
		printf '%s\n' \
			"slice d/1 service=web port=http:tcp:8080 family=4 ep=10.128.1.1" \
			sync stats "client 203.0.113.10 80 2" \
			"run ip netns exec $P-client $BIN/rules-traffic ask -s 192.0.2.200 203.0.113.10 80 1" \
			"service d/web ip=10.96.0.11 lb=203.0.113.10 port=http:tcp:80 ranges=192.0.2.128/25" \
			sync stats \
			"run ip netns exec $P-client $BIN/rules-traffic ask -s 192.0.2.200 203.0.113.10 80 2"
	} | rules >"$BATS_TEST_TMPDIR/out" 2>&1
	cat "$BATS_TEST_TMPDIR/out"
	grep -o '^operations=[0-9]*' "$BATS_TEST_TMPDIR/out" | head -n 1 |
		awk -F= '{ exit !($2 > 1000 && $2 < 1100) }'
	grep -o 'send_ms=[0-9]*' "$BATS_TEST_TMPDIR/out" |
		awk -F= '{ exit $2 > 1000 }'
	grep -v = "$BATS_TEST_TMPDIR/out" | awk '{ print $1, $2 }' |
		same "2 10.128.1.1
1 timeout
2 10.128.1.1"
}

@test "a thousand affinity timeouts: a few chains, the rest is rounded up" {
	{
		awk 'BEGIN { for (i = 1; i <= 1024; i++) {
			printf "service d/s%d ip=10.97.%d.%d port=http:tcp:80 affinity=%d\n", i, i / 256, i % 256, i
			printf "slice d/s%d service=s%d port=http:tcp:8080 family=4 ep=10.128.1.1\n", i, i
		} }'
		printf '%s\n' sync stats "pod 10.97.4.0 80 2" "pod 10.97.0.1 80 2"
	} | rules >"$BATS_TEST_TMPDIR/out" 2>&1
	cat "$BATS_TEST_TMPDIR/out"
	grep -q "too many different affinity timeouts.* service=d/s" \
		"$BATS_TEST_TMPDIR/out"
	grep -o ' rules=[0-9]*' "$BATS_TEST_TMPDIR/out" |
		awk -F= '{ exit $2 > 200 }'
	tail -n 2 "$BATS_TEST_TMPDIR/out" | same "2 10.128.1.1 10.128.1.8
2 10.128.1.1 10.128.1.8"
}
