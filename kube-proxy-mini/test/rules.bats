#!/usr/bin/env bats
# rules.bats - the ruleset with real packets, in network namespaces of its own.
#
# Each test gives Services and slices as lines of text, syncs, and connects from
# a client outside, from a pod and from the node itself (rules.bash).
#
# limit: 600

bats_require_minimum_version 1.5.0

. "$BATS_TEST_DIRNAME/rules.bash"

V4="port=http:tcp:8080,dns:udp:8080 family=4"
V6="port=http:tcp:8080,dns:udp:8080 family=6"
THREE4="ep=10.128.1.1,10.128.1.2,10.128.1.3"
THREE6="ep=fd00:10::1:1,fd00:10::1:2,fd00:10::1:3"

@test "a ClusterIP spreads connections evenly, IPv4 and IPv6, TCP and UDP" {
	local f
	for f in 10.96.0.10 fd00:96::10; do
		for u in "" -u; do
			rules <<-END | even 3
				service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80,dns:udp:80
				slice d/web-4 service=web $V4 $THREE4
				slice d/web-6 service=web $V6 $THREE6
				sync
				client $u $f 80 900
			END
		done
	done
}

@test "nineteen endpoints (a class with empty slots) share evenly" {
	local eps=10.128.2.1 i
	for i in $(seq 2 19); do eps=$eps,10.128.2.$i; done
	{
		echo "service d/web ip=10.96.0.10 port=http:tcp:80"
		echo "slice d/1 service=web $V4 ep=$eps"
		echo sync
		echo "client 10.96.0.10 80 1900"
	} | rules | even 19
}

@test "pods keep their address, clients outside are masqueraded" {
	rules <<-END | same "10 10.128.1.1 10.128.1.8
10 10.128.1.1 10.128.0.1
10 fd00:10::1:1 fd00:10::1:8
10 fd00:10::1:1 fd00:10::fffe"
		service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80
		slice d/web-4 service=web $V4 ep=10.128.1.1
		slice d/web-6 service=web $V6 ep=fd00:10::1:1
		sync
		pod 10.96.0.10 80 10
		client 10.96.0.10 80 10
		pod fd00:96::10 80 10
		client fd00:96::10 80 10
	END
}

@test "masqueradeAll masquerades pods too" {
	rules <<-END | same "10 10.128.1.1 10.128.0.1"
		env masquerade-all=1
		service d/web ip=10.96.0.10 port=http:tcp:80
		slice d/web-4 service=web $V4 ep=10.128.1.1
		sync
		pod 10.96.0.10 80 10
	END
}

@test "an endpoint removed gets no new connection, one added does" {
	rules >"$BATS_TEST_TMPDIR/out" <<-END
		service d/web ip=10.96.0.10 port=http:tcp:80
		slice d/1 service=web $V4 $THREE4
		sync
		slice d/1 service=web $V4 ep=10.128.1.1,10.128.1.3
		sync
		client 10.96.0.10 80 100
		say --
		slice d/1 service=web $V4 ep=10.128.1.3,10.128.1.4,10.128.1.1
		sync
		client 10.96.0.10 80 300
	END
	sed '/--/,$d' "$BATS_TEST_TMPDIR/out" | awk '{ print $2 }' |
		same "10.128.1.1
10.128.1.3"
	sed '1,/--/d' "$BATS_TEST_TMPDIR/out" | even 3
}

@test "traffic of a Service goes on while all others change" {
	local i
	{
		echo "load 500 3"
		echo "service d/web ip=10.99.0.10 port=http:tcp:80"
		echo "slice d/1 service=web $V4 $THREE4"
		echo "sync"
		echo "run ip netns exec $P-client $BIN/rules-traffic stream 10.99.0.10 80 4 >$BATS_TEST_TMPDIR/out &"
		for i in {1..40}; do
			echo "repeat 30 500 3"
			echo "env masquerade-all=$((i % 2))" # replaces the table
			echo "sync"
		done
		echo "wait 3"
	} | rules >/dev/null
	cat "$BATS_TEST_TMPDIR/out"
	grep -E '^[0-9]{3,} ok 0 failed' "$BATS_TEST_TMPDIR/out"
}

@test "no endpoints: refused at once, from outside, pod and node" {
	rules <<-END | same "$(yes '2 refused' | head -8)"
		service d/none ip=10.96.0.12,fd00:96::12 port=http:tcp:80:30080,dns:udp:53
		sync
		client 10.96.0.12 80 2
		client -u 10.96.0.12 53 2
		client 192.0.2.2 30080 2
		pod 10.96.0.12 80 2
		node 10.96.0.12 80 2
		client fd00:96::12 80 2
		pod -u fd00:96::12 53 2
		node fd00:96::12 80 2
	END
}

@test "undefined ports are refused, unallocated addresses dropped" {
	rules <<-END | same "$(printf '%s\n' '2 refused' '2 refused' '1 timeout' '1 timeout')"
		service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80
		slice d/web-4 service=web $V4 ep=10.128.1.1
		sync
		client 10.96.0.10 81 2
		client fd00:96::10 81 2
		client 10.96.7.7 80 1
		client fd00:96::77 80 1
	END
}

@test "hairpin: an endpoint reaches itself through its Service" {
	rules <<-END | same "10 10.128.1.1 10.128.0.1
10 fd00:10::1:1 fd00:10::fffe"
		service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80
		slice d/web-4 service=web $V4 ep=10.128.1.1/rs/n1
		slice d/web-6 service=web $V6 ep=fd00:10::1:1/rs/n1
		sync
		pods -s 10.128.1.1 10.96.0.10 80 10
		pods -s fd00:10::1:1 fd00:96::10 80 10
	END
}

@test "NodePort, externalIP and load balancer address, masqueraded" {
	rules >"$BATS_TEST_TMPDIR/out" <<-END
		service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80:30080 external=203.0.113.44,2001:db8:cafe::44 lb=203.0.113.10,2001:db8:cafe::10
		slice d/web-4 service=web $V4 ep=10.128.1.1
		slice d/web-6 service=web $V6 ep=fd00:10::1:1
		sync
		client 192.0.2.2 30080 3
		client 203.0.113.44 80 3
		client 203.0.113.10 80 3
		pod 192.0.2.2 30080 3
		client 2001:db8:2::2 30080 3
		client 2001:db8:cafe::44 80 3
		client 2001:db8:cafe::10 80 3
		node 203.0.113.10 80 3
	END
	same "3 10.128.1.1 10.128.0.1
3 10.128.1.1 10.128.0.1
3 10.128.1.1 10.128.0.1
3 10.128.1.1 10.128.0.1
3 fd00:10::1:1 fd00:10::fffe
3 fd00:10::1:1 fd00:10::fffe
3 fd00:10::1:1 fd00:10::fffe
3 10.128.1.1 10.128.0.1" <"$BATS_TEST_TMPDIR/out"
}

@test "ipMode Proxy: the balancer's address is not ours to serve" {
	rules <<-END | same "1 timeout"
		service d/web ip=10.96.0.10 port=http:tcp:80 lb-proxy=203.0.113.10
		slice d/web-4 service=web $V4 ep=10.128.1.1
		sync
		client 203.0.113.10 80 1
	END
}

@test "loadBalancerSourceRanges: others are dropped" {
	rules <<-END | same "3 10.128.1.1 10.128.0.1
1 timeout
3 fd00:10::1:1 fd00:10::fffe
1 timeout
3 10.128.1.1 10.128.1.8"
		service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80 lb=203.0.113.10,2001:db8:cafe::10 ranges=192.0.2.0/25,192.0.2.0/24,192.0.2.96/27,2001:db8:2::/121
		slice d/web-4 service=web $V4 ep=10.128.1.1
		slice d/web-6 service=web $V6 ep=fd00:10::1:1
		sync
		client -s 192.0.2.100 203.0.113.10 80 3
		pod 203.0.113.10 80 1
		client -s 2001:db8:2::64 2001:db8:cafe::10 80 3
		client -s 2001:db8:2::c8 2001:db8:cafe::10 80 1
		pod 10.96.0.10 80 3
	END
}

@test "externalTrafficPolicy Local: local endpoints, client's address kept" {
	rules <<-END | same "5 10.128.1.2 192.0.2.100
5 10.128.1.2 192.0.2.100
5 fd00:10::1:2 2001:db8:2::64"
		service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80:30080 lb=203.0.113.10,2001:db8:cafe::10 etp=local
		slice d/web-4 service=web $V4 ep=10.128.1.1,10.128.1.2/rs/n1
		slice d/web-6 service=web $V6 ep=fd00:10::1:1,fd00:10::1:2/rs/n1
		sync
		client -s 192.0.2.100 192.0.2.2 30080 5
		client -s 192.0.2.100 203.0.113.10 80 5
		client -s 2001:db8:2::64 2001:db8:cafe::10 80 5
	END
}

@test "externalTrafficPolicy Local: pods and the node reach all endpoints" {
	rules >"$BATS_TEST_TMPDIR/out" <<-END
		service d/web ip=10.96.0.10 port=http:tcp:80:30080 lb=203.0.113.10 etp=local
		slice d/web-4 service=web $V4 ep=10.128.1.1,10.128.1.2/rs/n1
		sync
		pod 203.0.113.10 80 60
		node 203.0.113.10 80 60
	END
	[ "$(awk '{ print $2, $3 }' "$BATS_TEST_TMPDIR/out")" = "10.128.1.1 10.128.1.8
10.128.1.2 10.128.1.8
10.128.1.1 10.128.0.1
10.128.1.2 10.128.0.1" ]
}

@test "externalTrafficPolicy Local, none here: outside dropped, pods served" {
	rules <<-END | same "1 timeout
1 timeout
3 10.128.1.1 10.128.1.8
3 10.128.1.1 10.128.0.1"
		service d/web ip=10.96.0.10 port=http:tcp:80:30080 lb=203.0.113.10 etp=local
		slice d/web-4 service=web $V4 ep=10.128.1.1/rs/n2
		sync
		client 203.0.113.10 80 1
		client 192.0.2.2 30080 1
		pod 203.0.113.10 80 3
		client 10.96.0.10 80 3
	END
}

@test "internalTrafficPolicy Local: here or nowhere" {
	rules <<-END | same "6 10.128.1.2 10.128.1.8
1 timeout
2 refused
6 10.128.1.1 10.128.0.1"
		service d/here ip=10.96.0.10 port=http:tcp:80 itp=local
		slice d/1 service=here $V4 ep=10.128.1.1,10.128.1.2/rs/n1
		service d/there ip=10.96.0.11 port=http:tcp:80:30081 itp=local
		slice d/2 service=there $V4 ep=10.128.1.1/rs/n2
		service d/nowhere ip=10.96.0.12 port=http:tcp:80 itp=local
		sync
		pod 10.96.0.10 80 6
		pod 10.96.0.11 80 1
		pod 10.96.0.12 80 2
		client 192.0.2.2 30081 6
	END
}

@test "session affinity: a client stays, moves once when its endpoint goes" {
	rules >"$BATS_TEST_TMPDIR/out" <<-END
		service d/s ip=10.96.0.11,fd00:96::11 port=http:tcp:80:30081 affinity=600
		slice d/4 service=s $V4 ep=10.128.1.1,10.128.1.2,10.128.1.3,10.128.1.4
		slice d/6 service=s $V6 $THREE6
		sync
		client -s 192.0.2.100 10.96.0.11 80 50
		client -s 192.0.2.100 192.0.2.2 30081 50
		client -s 2001:db8:2::64 fd00:96::11 80 50
		slice d/4 service=s $V4 ep=10.128.1.5
		sync
		client -s 192.0.2.100 10.96.0.11 80 50
		slice d/4 service=s $V4 ep=10.128.1.1,10.128.1.2,10.128.1.3,10.128.1.5
		sync
		client -s 192.0.2.100 10.96.0.11 80 50
	END
	cat "$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '^50 ' "$BATS_TEST_TMPDIR/out")" = 5 ]
	[ "$(sed -n 1p "$BATS_TEST_TMPDIR/out")" = \
		"$(sed -n 2p "$BATS_TEST_TMPDIR/out")" ]
	sed -n 4,5p "$BATS_TEST_TMPDIR/out" | same "50 10.128.1.5 10.128.0.1
50 10.128.1.5 10.128.0.1"
}

@test "session affinity outlives a restart and a table made anew" {
	local one="service d/s ip=10.96.0.11,fd00:96::11 port=http:tcp:80 affinity=600"
	local four="slice d/4 service=s $V4 ep=10.128.1.1,10.128.1.2,10.128.1.3,10.128.1.4,10.128.1.5,10.128.1.6,10.128.1.7"
	local six="slice d/6 service=s $V6 ep=fd00:10::1:1,fd00:10::1:2,fd00:10::1:3,fd00:10::1:4,fd00:10::1:5,fd00:10::1:6,fd00:10::1:7"
	local ask="client 10.96.0.11 80 9
client fd00:96::11 80 9"
	printf '%s\n' cleanup "$one" "$four" "$six" sync "$ask" \
		"env zone=zb" sync "$ask" | rules >"$BATS_TEST_TMPDIR/out"
	printf '%s\n' "service d/a ip=10.96.0.9 port=:tcp:1 affinity=5" \
		"$one" "$four" "$six" sync "$ask" |
		rules >>"$BATS_TEST_TMPDIR/out"
	cat "$BATS_TEST_TMPDIR/out"
	[ "$(sort -u "$BATS_TEST_TMPDIR/out" | wc -l)" = 2 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" = 6 ]
}

@test "rules and chains are counted as the kernel has them" {
	command -v nft >/dev/null || skip "no nft here"
	{
		printf '%s\n' "load 20 3" "load 30 18" "load 31 70" \
			"service d/s ip=10.96.0.11,fd00:96::11 port=http:tcp:80:30081 affinity=600 etp=local lb=203.0.113.9" \
			"slice d/4 service=s $V4 ep=10.128.1.1/rs/n1,10.128.1.2/rs/n1,10.128.1.3" \
			"slice d/6 service=s $V6 $THREE6" \
			sync stats "run nft list table ip kube-proxy-mini" \
			"run nft list table ip6 kube-proxy-mini"
	} | rules >"$BATS_TEST_TMPDIR/out"
	awk '
		/^operations=/ { for (i = 1; i <= NF; i++) {
			split($i, kv, "="); said[kv[1]] = kv[2] } }
		/^\tchain / { chains++; inside = 1; next }
		/^\t}/ { inside = 0 }
		inside && !/type (nat|filter) hook/ { rules++ }
		END {
			print "said", said["chains"], said["rules"]
			print "found", chains, rules
			exit said["chains"] != chains || said["rules"] != rules
		}' "$BATS_TEST_TMPDIR/out"
}

@test "a full affinity map refuses nobody" {
	command -v nft >/dev/null || skip "no nft here to fill it with"
	awk 'BEGIN {
		print "add element ip kube-proxy-mini affinity {"
		for (i = 0; i < 131072; i++)
			printf "0x1 . 100.%d.%d.%d timeout 90s : 0x0 . 0x1,\n",
				i / 65536, i / 256 % 256, i % 256
		print "}" }' >"$BATS_TEST_TMPDIR/fill"
	rules >"$BATS_TEST_TMPDIR/out" <<-END
		cleanup
		service d/s ip=10.96.0.11 port=http:tcp:80 affinity=600
		slice d/4 service=s $V4 $THREE4
		sync
		run nft -f $BATS_TEST_TMPDIR/fill
		client 10.96.0.11 80 60
		cleanup
	END
	even 3 <"$BATS_TEST_TMPDIR/out"
}

@test "session affinity ends with its timeout" {
	local i
	{
		echo "service d/s ip=10.96.0.11 port=http:tcp:80 affinity=1"
		echo "slice d/4 service=s $V4 $THREE4"
		echo sync
		for i in $(seq 12); do
			echo "client 10.96.0.11 80 1"
			echo "run sleep 1.2"
		done
	} | rules >"$BATS_TEST_TMPDIR/out"
	[ "$(sort -u "$BATS_TEST_TMPDIR/out" | wc -l)" -gt 1 ]
}

@test "terminating endpoints serve only while none is ready" {
	rules <<-END | same "6 10.128.1.1 10.128.1.8
6 10.128.1.2 10.128.1.8
2 refused"
		service d/web ip=10.96.0.10 port=http:tcp:80
		slice d/1 service=web $V4 ep=10.128.1.1,10.128.1.2/st,10.128.1.3/t
		sync
		pod 10.96.0.10 80 6
		slice d/1 service=web $V4 ep=10.128.1.2/st,10.128.1.3/t
		sync
		pod 10.96.0.10 80 6
		slice d/1 service=web $V4 ep=10.128.1.3/t
		sync
		pod 10.96.0.10 80 2
	END
}

@test "a UDP flow follows its Service when endpoints come and go" {
	rules >"$BATS_TEST_TMPDIR/all" <<-END
		service d/dns ip=10.96.0.10,fd00:96::10 port=dns:udp:53
		slice d/4 service=dns $V4 ep=10.128.1.1
		slice d/6 service=dns $V6 ep=fd00:10::1:1
		sync
		pod -u 10.96.0.10 53 2
		pod -u fd00:96::10 53 2
		run ip netns exec $P-pod8 $BIN/rules-traffic keep 10.96.0.10 53 5 >$BATS_TEST_TMPDIR/out4 &
		run ip netns exec $P-pod8 $BIN/rules-traffic keep fd00:96::10 53 5 >$BATS_TEST_TMPDIR/out6 &
		wait 1
		slice d/4 service=dns $V4 ep=10.128.1.2
		slice d/6 service=dns $V6 ep=fd00:10::1:2
		sync
		listen
		listen
		wait 6
	END
	cat "$BATS_TEST_TMPDIR"/out?
	# one answer may be on its way while the translation is deleted
	local who='$2 != "timeout" || $1 > 1 { print $2 }'
	awk "$who" "$BATS_TEST_TMPDIR/out4" | same "10.128.1.1
10.128.1.2"
	awk "$who" "$BATS_TEST_TMPDIR/out6" | same "fd00:10::1:1
fd00:10::1:2"
}

@test "SCTP: INITs reach every endpoint evenly, IPv4 and IPv6" {
	local out=$BATS_TEST_TMPDIR/out
	rules >"$BATS_TEST_TMPDIR/all" <<-END
		service d/s ip=10.96.0.10,fd00:96::10 port=s:sctp:132:30132,s2:tcp:132
		slice d/4 service=s family=4 port=s:sctp:1132,s2:tcp:2132 $THREE4
		slice d/6 service=s family=6 port=s:sctp:1132,s2:tcp:2132 $THREE6
		sync
		run ip netns exec $P-pods $BIN/rules-sctp hear 3 >$out &
		run until ip netns exec $P-pods grep -q :0084 /proc/net/raw6; do sleep 0.1; done
		run ip netns exec $P-client $BIN/rules-sctp send 10.96.0.10 132 300
		run ip netns exec $P-client $BIN/rules-sctp send 192.0.2.2 30132 300
		run ip netns exec $P-client $BIN/rules-sctp send fd00:96::10 132 300
		run ip netns exec $P-client $BIN/rules-sctp send 2001:db8:2::2 30132 300
		run until [ -s $out ]; do sleep 0.2; done
	END
	cat "$out"
	grep '10\.128\.1\..#1132' "$out" | even 3
	grep 'fd00:10::1:.#1132' "$out" | even 3
	awk '{ n += $1 } END { exit n < 1180 }' "$out"
	run -1 grep -v '#1132$' "$out"
}

@test "pods known by interface: prefix and bridge" {
	local how
	for how in prefix=q bridge=q1; do
		rules <<-END | same "3 10.128.1.1 10.128.1.8
3 10.128.1.1 10.128.0.1
3 10.128.1.1 10.128.0.1
3 fd00:10::1:1 fd00:10::1:8
3 10.128.1.1 192.0.2.100
3 10.128.1.2 10.128.1.8"
			env $how
			service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80
			slice d/4 service=web $V4 ep=10.128.1.1
			slice d/6 service=web $V6 ep=fd00:10::1:1
			service d/lb ip=10.96.0.11 port=http:tcp:80 lb=203.0.113.11 etp=local
			slice d/lb service=lb $V4 ep=10.128.1.1/rs/n1
			service d/all ip=10.96.0.12 port=http:tcp:80 lb=203.0.113.12 etp=local
			slice d/all service=all $V4 ep=10.128.1.2/rs/n2
			sync
			pod 10.96.0.10 80 3
			client 10.96.0.10 80 3
			node 10.96.0.10 80 3
			pod fd00:96::10 80 3
			client -s 192.0.2.100 203.0.113.11 80 3
			pod 203.0.113.12 80 3
		END
	done
}

@test "a NodePort from the node itself and from a pod" {
	rules <<-END | same "3 10.128.1.1 10.128.0.1
3 10.128.1.1 10.128.0.1
3 fd00:10::1:1 fd00:10::fffe"
		service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80:30080
		slice d/4 service=web $V4 ep=10.128.1.1
		slice d/6 service=web $V6 ep=fd00:10::1:1
		sync
		node 192.0.2.2 30080 3
		pod 192.0.2.2 30080 3
		node 2001:db8:2::2 30080 3
	END
}

@test "a UDP flow that was there before its Service's endpoints" {
	rules >"$BATS_TEST_TMPDIR/all" <<-END
		env services=10.111.0.0/16
		service d/dns ip=10.96.0.99 port=dns:udp:53
		run ip netns exec $P-pod8 $BIN/rules-traffic keep 10.96.0.10 53 5 >$BATS_TEST_TMPDIR/out &
		sync
		wait 1
		service d/dns ip=10.96.0.10 port=dns:udp:53
		slice d/4 service=dns $V4 ep=10.128.1.1
		sync
		listen
		listen
		wait 5
	END
	cat "$BATS_TEST_TMPDIR/out"
	awk '$2 == "10.128.1.1" { n = $1 } END { exit n < 10 }' \
		"$BATS_TEST_TMPDIR/out"
}

# Traced by a table of the test's own; a trace ends with the verdict that ends
# the packet's way through postrouting.
@test "a first packet passes as many rules among 45,000 Services as among 10" {
	command -v nft >/dev/null || skip "no nft here to trace with"
	local n trace=$BATS_TEST_TMPDIR/trace counts=()
	ip netns exec "$P-node" nft -f - <<-END
		table ip tracing {
			chain before {
				type filter hook prerouting priority raw
				ip daddr 10.99.0.10 tcp flags syn meta nftrace set 1
			}
		}
	END
	for n in 10 45000; do
		{
			printf '%s\n' cleanup "load $n 3" \
				"service d/web ip=10.99.0.10 port=http:tcp:80" \
				"slice d/1 service=web $V4 $THREE4" sync
			echo "run timeout 120 nft monitor trace >$trace & echo \$! >$trace.pid"
			echo "run for i in \$(seq 300); do"\
				"ip netns exec $P-client $BIN/rules-traffic ask 10.99.0.10 80 1 >/dev/null;" \
				"grep -q postrouting $trace && break; sleep 0.1; done"
			echo "run sleep 0.3; kill \$(cat $trace.pid)"
		} | rules >/dev/null
		grep -m 12 rule "$trace"
		counts+=("$(one_packet <"$trace")")
	done
	ip netns exec "$P-node" nft delete table ip tracing
	echo "rules passed: ${counts[*]}"
	[ "${counts[0]}" -gt 2 ]
	[ "${counts[0]}" = "${counts[1]}" ]
}

# Those of our rules that the first completely traced packet passed.
one_packet() {
	awk '
		$5 == "kube-proxy-mini" && / rule / { n[$3]++ }
		$6 == "postrouting" { if (!first) first = $3 }
		END { print n[first] }'
}

@test "hints: our zone's endpoints, our node's first, all if one has none" {
	rules >"$BATS_TEST_TMPDIR/out" <<-END
		service d/web ip=10.96.0.10 port=http:tcp:80
		slice d/1 service=web $V4 ep=10.128.1.1/rs/n2/za,10.128.1.2/rs/n2/zb
		sync
		pod 10.96.0.10 80 6
		slice d/1 service=web $V4 ep=10.128.1.1/rs/n2/za/n2,10.128.1.2/rs/n1/za/n1
		sync
		pod 10.96.0.10 80 6
		slice d/1 service=web $V4 ep=10.128.1.1/rs/n2/zb,10.128.1.2/rs/n2/zb
		sync
		pod 10.96.0.10 80 40
		slice d/1 service=web $V4 ep=10.128.1.1/rs/n2/za,10.128.1.2/rs/n2
		sync
		pod 10.96.0.10 80 40
	END
	[ "$(awk '{ print $2 }' "$BATS_TEST_TMPDIR/out" | paste -sd' ')" = "10.128.1.1 10.128.1.2 10.128.1.1 10.128.1.2 10.128.1.1 10.128.1.2" ]
}

@test "headless Services have no rules; several slices are one Service" {
	rules >"$BATS_TEST_TMPDIR/out" <<-END
		service d/less headless=1 port=http:tcp:80
		slice d/0 service=less $V4 $THREE4
		service d/web ip=10.96.0.10 port=http:tcp:80
		slice d/1 service=web $V4 ep=10.128.1.1,10.128.1.2
		slice d/2 service=web $V4 ep=10.128.1.2,10.128.1.3
		sync
		pod 10.96.0.10 80 300
	END
	even 3 <"$BATS_TEST_TMPDIR/out"
}

@test "an address that two Services name is the first's, then the other's" {
	rules <<-END | same "3 10.128.1.1 10.128.0.1
3 10.128.1.1 10.128.0.1
3 10.128.1.2 10.128.0.1"
		service d/b ip=10.96.0.11 port=http:tcp:80 external=203.0.113.44
		slice d/2 service=b $V4 ep=10.128.1.2
		service d/a ip=10.96.0.10 port=http:tcp:80 external=203.0.113.44
		slice d/1 service=a $V4 ep=10.128.1.1
		sync
		client 203.0.113.44 80 3
		delete-slice d/2
		slice d/2 service=b $V4 ep=10.128.1.2
		sync
		client 203.0.113.44 80 3
		delete-service d/a
		sync
		client 203.0.113.44 80 3
	END
}

@test "an external address does not take another Service's ClusterIP" {
	rules <<-END | same "3 10.128.1.1 10.128.1.8
3 10.128.1.1 10.128.0.1
3 10.128.1.2 10.128.0.1"
		service d/z ip=10.96.0.10 port=http:tcp:80:30080
		slice d/1 service=z $V4 ep=10.128.1.1
		sync
		service d/a ip=10.96.0.11 port=http:tcp:80,node:tcp:30080 external=10.96.0.10,192.0.2.2
		slice d/2 service=a family=4 port=http:tcp:8080,node:tcp:8080 ep=10.128.1.2
		sync
		pod 10.96.0.10 80 3
		client 192.0.2.2 30080 3
		delete-service d/z
		sync
		client 192.0.2.2 30080 3
	END
}

@test "rules and chains do not grow with Services" {
	local few many
	few=$(printf '%s\n' cleanup 'load 10 3' sync stats | rules |
		grep -o 'rules=.* chains=[0-9]*')
	many=$(printf '%s\n' cleanup 'load 45000 3' sync stats cleanup | rules |
		grep -o 'rules=.* chains=[0-9]*')
	echo "$few, $many"
	[ "$few" = "$many" ]
}

@test "a table that fills up is made anew, in silence" {
	printf '%s\n' "load 10 3" sync "load 1500 3" sync "load 1501 3" sync \
		"load 6000 3" sync stats "client 10.96.1.0 81 1" | rules \
		>"$BATS_TEST_TMPDIR/out" 2>&1
	cat "$BATS_TEST_TMPDIR/out"
	grep -q ' full=3 ' "$BATS_TEST_TMPDIR/out"
	run -1 grep refused, "$BATS_TEST_TMPDIR/out"
	grep -q '^1 refused' "$BATS_TEST_TMPDIR/out"
}

@test "a foreign change is noticed and repaired" {
	command -v nft >/dev/null || skip "no nft here"
	rules <<-END | grep -q 'repairs=4 '
		service d/web ip=10.96.0.10 port=http:tcp:80
		slice d/1 service=web $V4 ep=10.128.1.1
		sync
		run nft flush chain ip kube-proxy-mini services
		listen
		run nft delete element ip kube-proxy-mini cluster-ips '{ 10.96.0.10 }'
		listen
		run nft delete element ip kube-proxy-mini services '{ 10.96.0.10 . tcp . 80 }'
		run nft add element ip kube-proxy-mini services '{ 10.96.0.10 . tcp . 80 : 9 . 9 . 9 }'
		listen
		run nft delete table ip kube-proxy-mini
		listen
		run nft add table ip somebody-else
		listen
		stats
	END
}

@test "killed while a stand-in serves: the next start takes it away" {
	command -v nft >/dev/null || skip "no nft here"
	local web=("service d/web ip=10.96.0.10 port=http:tcp:80"
		"slice d/1 service=web $V4 ep=10.128.1.1" sync)
	# shellcheck disable=SC2016 # the driver's shell expands it
	printf '%s\n' "${web[@]}" "env masquerade-all=1" sync \
		"run nft list tables" 'run kill -9 $PPID' |
		rules >"$BATS_TEST_TMPDIR/killed" || true
	grep -q 'ip kube-proxy-mini-stand-in' "$BATS_TEST_TMPDIR/killed"
	ip netns exec "$P-node" nft list tables | grep -q stand-in
	printf '%s\n' "${web[@]}" "pod 10.96.0.10 80 3" |
		rules | same "3 10.128.1.1 10.128.1.8"
	ip netns exec "$P-node" nft list tables | grep -v else | same "table ip kube-proxy-mini
table ip6 kube-proxy-mini"
}

@test "a refused change names the element and the Service, and heals" {
	command -v nft >/dev/null || skip "no nft here"
	rules >"$BATS_TEST_TMPDIR/out" 2>&1 <<-END
		service d/web ip=10.96.0.10 port=http:tcp:80
		slice d/1 service=web $V4 ep=10.128.1.1
		sync
		run nft add element ip kube-proxy-mini services '{ 10.96.0.77 . tcp . 80 : 9 . 9 . 9 }'
		service d/new ip=10.96.0.77 port=http:tcp:80
		slice d/2 service=new $V4 ep=10.128.1.2
		sync
		pod 10.96.0.77 80 3
		pod 10.96.0.10 80 3
	END
	cat "$BATS_TEST_TMPDIR/out"
	grep -F 'nftables: add to services { 10.96.0.77 . tcp . 80' \
		"$BATS_TEST_TMPDIR/out"
	grep -F 'for Service d/new: the kernel refused' "$BATS_TEST_TMPDIR/out"
	tail -n 2 "$BATS_TEST_TMPDIR/out" | same "3 10.128.1.2 10.128.1.8
3 10.128.1.1 10.128.1.8"
}

@test "nft lists the table while it stands" {
	command -v nft >/dev/null || skip "no nft here"
	printf '%s\n' "service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80:30080 affinity=60 etp=local lb=203.0.113.10 ranges=192.0.2.0/24" \
		"slice d/1 service=web $V4 $THREE4" sync \
		"run nft list ruleset" | rules >"$BATS_TEST_TMPDIR/out"
	grep -F '10.96.0.10 . tcp . 80 comment "d/web:http"' \
		"$BATS_TEST_TMPDIR/out"
	run -1 grep -F '(failed)' "$BATS_TEST_TMPDIR/out"
}

@test "show says what a Service is in the kernel" {
	rules <<-END >"$BATS_TEST_TMPDIR/out"
		service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80:30080 affinity=60 etp=local lb=203.0.113.10 ranges=192.0.2.0/25
		slice d/4 service=web $V4 ep=10.128.1.1,10.128.1.2
		slice d/6 service=web $V6 ep=fd00:10::1:1/rs/n1
		service d/none ip=10.96.0.12 port=:udp:53
		sync
		show d/web
		show
		show d/absent
	END
	same "d/web:http 10.96.0.10:80/tcp
  affinity   60 s
  masquerade clients that are not pods of this node
  inside     10.128.1.1:8080
             10.128.1.2:8080
d/web:http 192.0.2.2:30080/tcp
  affinity   60 s
  masquerade this node itself
  inside     10.128.1.1:8080
             10.128.1.2:8080
  outside    dropped: no endpoint on this node
d/web:http 203.0.113.10:80/tcp
  affinity   60 s
  masquerade this node itself
  only from  192.0.2.0/25
             203.0.113.10/32
  inside     10.128.1.1:8080
             10.128.1.2:8080
  outside    dropped: no endpoint on this node
d/web:http [2001:db8:2::2]:30080/tcp
  affinity   60 s
  masquerade this node itself
  inside     [fd00:10::1:1]:8080
  outside    [fd00:10::1:1]:8080
d/web:http [fd00:96::10]:80/tcp
  affinity   60 s
  masquerade clients that are not pods of this node
  inside     [fd00:10::1:1]:8080
d/none 10.96.0.12:53/udp rejected
d/web:http 10.96.0.10:80/tcp 2 endpoints
d/web:http 192.0.2.2:30080/tcp 2 endpoints
d/web:http 203.0.113.10:80/tcp 2 endpoints
d/web:http [2001:db8:2::2]:30080/tcp 1 endpoint
d/web:http [fd00:96::10]:80/tcp 1 endpoint
error: --show: no rules for Service d/absent" <"$BATS_TEST_TMPDIR/out"
}

@test "show in JSON, for programs" {
	local show="run $BIN/../../bin/kube-proxy-mini --show --json"
	rules <<-END >"$BATS_TEST_TMPDIR/out"
		service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80 affinity=60 etp=local lb=203.0.113.10 ranges=192.0.2.0/25
		slice d/4 service=web $V4 ep=10.128.1.1,10.128.1.2
		service d/none ip=10.96.0.12 port=:udp:53
		sync
		$show d/web
		$show
	END
	jq -c '.[] | [.service, .portName, .address, .port, .protocol,
		.masquerade, .affinitySeconds, .sourceRanges, .inside, .outside]' \
		"$BATS_TEST_TMPDIR/out" | same '["d/web","","fd00:96::10",80,"tcp","outside",0,null,{"action":"reject"},null]
["d/web","http","10.96.0.10",80,"tcp","outside",60,null,{"action":"translate","endpoints":["10.128.1.1:8080","10.128.1.2:8080"]},null]
["d/web","http","203.0.113.10",80,"tcp","node",60,["192.0.2.0/25","203.0.113.10/32"],{"action":"translate","endpoints":["10.128.1.1:8080","10.128.1.2:8080"]},{"action":"drop"}]
["d/none","","10.96.0.12",53,"udp","outside",0,null,{"action":"reject"},null]
["d/web","","fd00:96::10",80,"tcp","outside",0,null,{"action":"reject"},null]
["d/web","http","10.96.0.10",80,"tcp","outside",60,null,{"action":"translate","slots":2},null]
["d/web","http","203.0.113.10",80,"tcp","node",60,null,{"action":"translate","slots":2},null]'
}

@test "the plan is printed in lines that nft takes" {
	printf '%s\n' "service d/web ip=10.96.0.10 port=http:tcp:80 lb=203.0.113.10 ranges=192.0.2.0/24 affinity=9" \
		"slice d/1 service=web $V4 $THREE4/rs/n1" plan | rules \
		>"$BATS_TEST_TMPDIR/plan"
	grep -F "add element ip kube-proxy-mini services { 10.96.0.10 . tcp . 80" \
		"$BATS_TEST_TMPDIR/plan"
	command -v nft >/dev/null || skip "no nft here"
	ip netns exec "$P-pod8" nft -f "$BATS_TEST_TMPDIR/plan"
	ip netns exec "$P-pod8" nft delete table ip kube-proxy-mini
}

@test "cleanup leaves nothing" {
	printf '%s\n' "service d/web ip=10.96.0.10 port=http:tcp:80" \
		sync cleanup cleanup | rules
	command -v nft >/dev/null || skip "no nft here to look with"
	[ -z "$(ip netns exec "$P-node" nft list tables | grep kube-proxy-mini)" ]
}
