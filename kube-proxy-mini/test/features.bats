#!/usr/bin/env bats
# features.bats - what Services and a node's configuration can ask for, with
# real packets, each in IPv4 and IPv6, unless cases.bats or rules.bats has it.
# docs/kube-proxy-mini-conformance.md has the whole list.
#
# limit: 600

bats_require_minimum_version 1.5.0

. "$BATS_TEST_DIRNAME/rules.bash"

HTTP="port=http:tcp:8080 family=@f"

@test "a balancer without NodePorts is served all the same" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80 lb=@b10
		slice d/1 service=web $HTTP ep=@e1
		sync
		client @b10 80 -> 1 masq
		client @node 30001 -> refused
		service d/web ip=@c41 port=http:tcp:80:30001 lb=@b10
		sync
		client @node 30001 -> 1 masq
		service d/web ip=@c41 port=http:tcp:80 lb=@b10
		sync
		client @b10 80 -> 1 masq
		client @node 30001 -> refused
	END
}

@test "headless, ExternalName and other proxies' Services are left alone" {
	both <<-END
		service d/less headless=1 port=http:tcp:80 external=@b11
		slice d/1 service=less $HTTP ep=@e1
		service d/name ip=@c42 port=http:tcp:80:30002 type=name external=@b12
		slice d/2 service=name $HTTP ep=@e2
		service d/theirs ip=@c43 port=http:tcp:80:30003 lb=@b13 foreign=1
		slice d/3 service=theirs $HTTP ep=@e3
		service d/ours ip=@c44 port=http:tcp:80:30004
		slice d/4 service=ours $HTTP ep=@e4
		sync
		client @b11 80 -> dropped
		client @b12 80 -> dropped
		client @b13 80 -> dropped
		client @c42 80 -> dropped
		client @c43 80 -> dropped
		client @node 30002 -> refused
		client @node 30003 -> refused
		client @node 30004 -> 4 masq
		service d/theirs ip=@c43 port=http:tcp:80:30003 lb=@b13
		sync
		client @c43 80 -> 3 masq
		client @b13 80 -> 3 masq
	END
}

@test "named target ports differ from slice to slice; twins count once" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80
		slice d/1 service=web $HTTP ep=@e1,@e3
		slice d/2 service=web family=@f port=http:tcp:8081 ep=@e2
		slice d/3 service=web $HTTP ep=@e3,@e4
		slice d/4 service=web family=@f port=https:tcp:8081 ep=@e5
		sync
		pod @c41 80 -> 1,2#8081,3,4 kept
		delete-slice d/1
		sync
		pod @c41 80 -> 2#8081,3,4 kept
	END
}

@test "a twin that is here counts as here" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80 lb=@b10 etp=local
		slice d/1 service=web $HTTP ep=@e1/rs/n2,@e2/rs/n2
		slice d/2 service=web $HTTP ep=@e1/rs/n1
		sync
		client @b10 80 -> 1 kept
		pod @c41 80 -> 1,2 kept
	END
}

@test "an address used again: the pod that runs counts, not the one that ends" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80 lb=@b10 etp=local
		slice d/1 service=web $HTTP ep=@e1/t/n3,@e1/rs/n2,@e2/rs/n1
		sync
		pod @c41 80 -> 1,2 kept
		slice d/1 service=web $HTTP ep=@e1/rs/n2,@e1/t/n3,@e2/rs/n1
		sync
		pod @c41 80 -> 1,2 kept
		slice d/1 service=web $HTTP ep=@e1/t/n3
		slice d/2 service=web $HTTP ep=@e1/rs/n2,@e2/rs/n1
		sync
		pod @c41 80 -> 1,2 kept
		slice d/1 service=web $HTTP ep=@e1/rs/n2,@e2/rs/n1
		slice d/2 service=web $HTTP ep=@e1/st/n1
		sync
		pod @c41 80 -> 1,2 kept
		client @b10 80 -> 2 kept
	END
}

@test "hints: our node's endpoints, our zone's, all when one has none" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80
		slice d/1 service=web $HTTP ep=@e1/rs/n2/za,@e2/rs/n2/zb,@e3/rs/n2/za+zb
		sync
		pod @c41 80 -> 1,3 kept
		slice d/1 service=web $HTTP ep=@e1/rs/n2/za/n2,@e2/rs/n1/zb/n1,@e3/rs/n1/za/n1+n2
		sync
		pod @c41 80 -> 2,3 kept
		slice d/1 service=web $HTTP ep=@e1/rs/n2/zb,@e2/rs/n2/zc
		sync
		pod @c41 80 -> 1,2 kept
		slice d/1 service=web $HTTP ep=@e1/rs/n2/za,@e2/rs/n2
		sync
		pod @c41 80 -> 1,2 kept
		slice d/1 service=web $HTTP ep=@e1/rs/n2/za,@e2/t/n2,@e3/rs/n2/zb
		sync
		pod @c41 80 -> 1 kept
		env zone=zb
		sync
		pod @c41 80 -> 3 kept
		env zone=
		sync
		pod @c41 80 -> 1,3 kept
	END
}

@test "hints do not count for policy Local" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80 lb=@b10 etp=local itp=local
		slice d/1 service=web $HTTP ep=@e1/rs/n1/zb,@e2/rs/n2/za
		sync
		pod @c41 80 -> 1 kept
		client @b10 80 -> 1 kept
		pod @b10 80 -> 2 kept
	END
}

@test "hairpin: by ClusterIP, NodePort and balancer, with any policy" {
	both <<-END
		service d/both ip=@c41 port=http:tcp:80:30001 lb=@b11
		slice d/1 service=both $HTTP ep=@e1/rs/n1
		service d/local ip=@c42 port=http:tcp:80:30002 lb=@b12 itp=local etp=local
		slice d/2 service=local $HTTP ep=@e1/rs/n1
		sync
		pods1 @c41 80 -> 1 masq
		pods1 @b11 80 -> 1 masq
		pods1 @node 30001 -> 1 masq
		pods1 -u @c41 80 -> refused
		pods1 @c42 80 -> 1 masq
		pods1 @b12 80 -> 1 masq
		pods1 @node 30002 -> 1 masq
		env pods=
		sync
		pods1 @c41 80 -> 1 masq
		pod @c41 80 -> 1 kept
	END
}

@test "pods known by the interface they come through" {
	local how
	for how in prefix=q bridge=q1; do
		both <<-END
			env $how
			service d/web ip=@c41 port=http:tcp:80:30001 lb=@b10
			slice d/1 service=web $HTTP ep=@e1/rs/n1,@e2/rs/n2
			service d/local ip=@c42 port=http:tcp:80:30002 lb=@b12 etp=local
			slice d/2 service=local $HTTP ep=@e1/rs/n1,@e2/rs/n2
			sync
			pod @c41 80 -> 1,2 kept
			client @c41 80 -> 1,2 masq
			node @c41 80 -> 1,2 masq
			pod @b12 80 -> 1,2 kept
			client @b12 80 -> 1 kept
			pod @node 30002 -> 1,2 kept
			client @node 30002 -> 1 kept
		END
	done
}

@test "pods known by several networks" {
	both <<-END
		env pods=10.250.0.0/16,10.128.1.8/32,fd00:99::/32,fd00:10::1:8/128
		service d/web ip=@c41 port=http:tcp:80
		slice d/1 service=web $HTTP ep=@e2
		sync
		pod @c41 80 -> 2 kept
		pods1 @c41 80 -> 2 masq
		client @c41 80 -> 2 masq
	END
}

@test "UDP: every kind of address, and nobody to answer" {
	both <<-END
		service d/dns ip=@c53 port=dns:udp:53:30053 lb=@b53 external=@b54
		slice d/1 service=dns family=@f port=dns:udp:8080 ep=@e1,@e2
		service d/local ip=@c55 port=dns:udp:53:30055 lb=@b55 etp=local
		slice d/2 service=local family=@f port=dns:udp:8080 ep=@e1/rs/n2,@e2/rs/n1
		service d/none ip=@c54 port=dns:udp:53:30054
		sync
		pod -u @c53 53 -> 1,2 kept
		client -u @c53 53 -> 1,2 masq
		client -u @node 30053 -> 1,2 masq
		client -u @b53 53 -> 1,2 masq
		client -u @b54 53 -> 1,2 masq
		node -u @b53 53 -> 1,2 masq
		client -u @b55 53 -> 2 kept
		client -u @node 30055 -> 2 kept
		client -u @c54 53 -> refused
		client -u @node 30054 -> refused
		client @c53 53 -> refused
		client -u @c53 54 -> refused
	END
}

@test "one address, two Services: ports and protocols share it" {
	both <<-END
		service d/a ip=@c41 port=http:tcp:80 external=@b10
		slice d/1 service=a $HTTP ep=@e1
		service d/b ip=@c42 port=http:tcp:81,dns:udp:80 external=@b10
		slice d/2 service=b family=@f port=http:tcp:8080,dns:udp:8080 ep=@e2
		service d/c ip=@c43 port=http:tcp:80 external=@b10
		slice d/3 service=c $HTTP ep=@e3
		sync
		client @b10 80 -> 1 masq
		client @b10 81 -> 2 masq
		client -u @b10 80 -> 2 masq
		client @c43 80 -> 3 masq
		delete-service d/a
		sync
		client @b10 80 -> 3 masq
		client @b10 81 -> 2 masq
	END
}

@test "a Service of one family beside one of both" {
	both <<-END
		service d/both ip=10.96.0.41,fd00:96::41 port=http:tcp:80:30001
		slice d/4 service=both port=http:tcp:8080 family=4 ep=10.128.1.1
		slice d/6 service=both port=http:tcp:8080 family=6 ep=fd00:10::1:1
		service d/four ip=10.96.0.42 port=http:tcp:80:30002
		slice d/f4 service=four port=http:tcp:8080 family=4 ep=10.128.1.2
		slice d/f6 service=four port=http:tcp:8080 family=6 ep=fd00:10::1:2
		service d/six ip=fd00:96::43 port=http:tcp:80:30003
		slice d/s6 service=six port=http:tcp:8080 family=6 ep=fd00:10::1:3
		sync
		pod @c41 80 -> 1 kept
		client @node 30001 -> 1 masq
		run ip netns exec $P-client $BIN/rules-traffic ask 192.0.2.2 30002 1 | grep -q '^1 10.128.1.2 '
		run ip netns exec $P-client $BIN/rules-traffic ask 2001:db8:2::2 30002 1 | grep -q refused
		run ip netns exec $P-client $BIN/rules-traffic ask 2001:db8:2::2 30003 1 | grep -q '^1 fd00:10::1:3 '
		run ip netns exec $P-client $BIN/rules-traffic ask 192.0.2.2 30003 1 | grep -q refused
	END
}

@test "affinity: after a relist, by NodePort, off and on again" {
	local family
	for family in 4 6; do
		"addresses_$family" <<-END | rules >"$BATS_TEST_TMPDIR/out"
			service d/web ip=@c41 port=http:tcp:80:30001 affinity=600
			slice d/1 service=web $HTTP ep=@e1,@e2,@e3,@e4,@e5,@e6,@e7
			sync
			client -s @client @c41 80 20
			list-begin
			service d/web ip=@c41 port=http:tcp:80:30001 affinity=600
			slice d/1 service=web $HTTP ep=@e7,@e6,@e5,@e4,@e3,@e2,@e1
			list-end
			sync
			client -s @client @c41 80 20
			client -s @client @node 30001 20
			say off
			service d/web ip=@c41 port=http:tcp:80:30001
			sync
			client -s @client @c41 80 200
		END
		cat "$BATS_TEST_TMPDIR/out"
		[ "$(sed '/off/,$d' "$BATS_TEST_TMPDIR/out" | uniq | wc -l)" = 1 ]
		[ "$(sed '1,/off/d' "$BATS_TEST_TMPDIR/out" | wc -l)" = 7 ]
	done
}

@test "affinity keeps to policy Local and to what still serves" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80 lb=@b10 etp=local affinity=600
		slice d/1 service=web $HTTP ep=@e1/rs/n1,@e2/rs/n2
		sync
		client @b10 80 -> 1 kept
		slice d/1 service=web $HTTP ep=@e1/st/n1,@e2/rs/n2,@e3/rs/n1
		sync
		client @b10 80 -> 3 kept
		slice d/1 service=web $HTTP ep=@e1/st/n1,@e2/rs/n2
		sync
		client @b10 80 -> 1 kept
		slice d/1 service=web $HTTP ep=@e2/rs/n2
		sync
		client @b10 80 -> dropped
	END
}

@test "masquerading takes random ports, or not, as configured" {
	local random
	for random in 1 0; do
		printf '%s\n' "env masquerade-random=$random" \
			"service d/web ip=10.96.0.41,fd00:96::41 port=http:tcp:80" \
			sync "run nft list table ip kube-proxy-mini" \
			"run nft list table ip6 kube-proxy-mini" | rules |
			grep 'masquerade' | grep -c 'fully-random' || true
	done | same "8
0"
}
