#!/usr/bin/env bats
# cases.bats - the cases of Kubernetes' own tests of its nftables mode, with
# real packets, each in IPv4 and IPv6.  docs/kube-proxy-mini-conformance.md
# lists them.
#
# limit: 600

bats_require_minimum_version 1.5.0

. "$BATS_TEST_DIRNAME/rules.bash"

V4="port=http:tcp:8080 family=4"
HTTP="port=http:tcp:8080 family=@f"

@test "kinds of Services side by side do not disturb each other" {
	both <<-END
		service d/cluster ip=@c41 port=http:tcp:80
		slice d/1 service=cluster $HTTP ep=@e1
		service d/local ip=@c42 port=http:tcp:80:30001 lb=@b10 external=@b22 etp=local
		slice d/2 service=local $HTTP ep=@e2
		service d/node ip=@c43 port=http:tcp:80:30003
		slice d/3 service=node $HTTP ep=@e3
		service d/external ip=@c44 port=http:tcp:80 external=@b33
		slice d/4 service=external $HTTP ep=@e4,@e5/rs/n1
		service d/balanced ip=@c45 port=http:tcp:80:30002 lb=@b15 ranges=@half affinity=10800
		slice d/5 service=balanced $HTTP ep=@e3
		service d/empty ip=@c46 port=http:tcp:80
		sync
		pod @c41 80 -> 1 kept
		pod @c42 80 -> 2 kept
		pod @b10 80 -> 2 kept
		pod @b22 80 -> 2 kept
		client @b10 80 -> dropped
		client @b22 80 -> dropped
		client @node 30001 -> dropped
		client @node 30003 -> 3 masq
		pod @c44 80 -> 4,5 kept
		client @b33 80 -> 4,5 masq
		client @b15 80 -> 3 masq
		client2 @b15 80 -> dropped
		client2 @node 30002 -> 3 masq
		pod @c45 80 -> 3 kept
		pod @c46 80 -> refused
	END
}

@test "no endpoints: every kind of address refuses everybody" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80:30080 lb=@b10 external=@b44
		sync
		pod @c41 80 -> refused
		pod @b44 80 -> refused
		pod @node 30080 -> refused
		pod @b10 80 -> refused
		client @c41 80 -> refused
		client @b44 80 -> refused
		client @node 30080 -> refused
		client @b10 80 -> refused
		node @b44 80 -> refused
		node @node 30080 -> refused
	END
}

# Like kube-proxy: ECONNREFUSED, where a rule on output would give EPERM.
@test "no endpoints: a datagram of the node to its NodePort is refused" {
	both <<-END
		service d/dns ip=@c41 port=dns:udp:53:30053 lb=@b10
		service d/local ip=@c42 port=dns:udp:53:30054 lb=@b11 etp=local
		sync
		node -u @node 30053 -> refused
		node -u @node 30054 -> refused
		client -u @node 30053 -> refused
		pod -u @node 30053 -> refused
		client -u @c41 53 -> refused
		node -u @node 9 -> refused
		slice d/1 service=dns family=@f port=dns:udp:8080 ep=@e1/rs/n1
		sync
		node -u @node 30053 -> 1 masq
		delete-slice d/1
		sync
		node -u @node 30053 -> refused
	END
}

@test "ClusterIPs: ports, target ports and protocols are told apart" {
	both <<-END
		service d/one ip=@c41 port=http:tcp:80
		slice d/1 service=one $HTTP ep=@e1/rs/n1
		service d/two ip=@c42 port=http:tcp:80,https:tcp:443,dns-udp:udp:53,dns-tcp:tcp:53
		slice d/2 service=two family=@f port=http:tcp:8080,https:tcp:8081,dns-udp:udp:8080,dns-tcp:tcp:8081 ep=@e1/rs/n1,@e2/rs/n2
		sync
		pod @c41 80 -> 1 kept
		pods1 @c41 80 -> 1 masq
		pod @c42 80 -> 1,2 kept
		pod @c42 443 -> 1#8081,2#8081 kept
		pod @c42 53 -> 1#8081,2#8081 kept
		pod -u @c42 53 -> 1,2 kept
		pod -u @c42 80 -> refused
		pod @c41 443 -> refused
		pod @any 80 -> dropped
	END
}

@test "load balancer addresses and who may use them" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80:30001 lb=@b10,@b20 ranges=@half
		slice d/1 service=web $HTTP ep=@e1
		sync
		pod @c41 80 -> 1 kept
		client @node 30001 -> 1 masq
		client2 @node 30001 -> 1 masq
		client @b10 80 -> 1 masq
		client @b20 80 -> 1 masq
		client2 @b10 80 -> dropped
		client2 @b20 80 -> dropped
		pod @b10 80 -> dropped
		pod @b20 80 -> dropped
		node @b10 80 -> 1 masq
		node @b20 80 -> 1 masq
	END
}

@test "a node that holds a balancer's address is let in with the node" {
	both <<-END
		service d/in ip=@c41 port=http:tcp:80 lb=@b10 ranges=@half
		slice d/1 service=in $HTTP ep=@e1
		service d/out ip=@c42 port=http:tcp:80 lb=@b20 ranges=@client/@all
		slice d/2 service=out $HTTP ep=@e2
		run ip addr add @b10/@all dev lo
		run ip addr add @b20/@all dev lo
		sync
		node @b10 80 -> 1 masq
		node @b20 80 -> dropped
		run ip addr del @b10/@all dev lo
		run ip addr del @b20/@all dev lo
	END
}

@test "source ranges: overlapping, the whole world, changing" {
	both <<-END
		service d/all ip=@c41 port=http:tcp:80 lb=@b10 ranges=@world,@half
		slice d/1 service=all $HTTP ep=@e1
		service d/two ip=@c42 port=http:tcp:80 lb=@b20 ranges=@half,@client/@all,@half
		slice d/2 service=two $HTTP ep=@e2
		sync
		client @b10 80 -> 1 masq
		client2 @b10 80 -> 1 masq
		pod @b10 80 -> 1 masq
		client @b20 80 -> 2 masq
		client2 @b20 80 -> dropped
		service d/two ip=@c42 port=http:tcp:80 lb=@b20 ranges=@client2/@all
		sync
		client @b20 80 -> dropped
		client2 @b20 80 -> 2 masq
		service d/two ip=@c42 port=http:tcp:80 lb=@b20
		sync
		client @b20 80 -> 2 masq
	END
}

@test "source ranges of one family say nothing of the other" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80 lb=@b10 ranges=@other
		slice d/1 service=web $HTTP ep=@e1
		sync
		client @b10 80 -> 1 masq
	END
}

@test "NodePorts: on the addresses that take them, from wherever" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80:30001
		slice d/1 service=web $HTTP ep=@e1,@e2/rs/n1
		sync
		pod @c41 80 -> 1,2 kept
		client @node 30001 -> 1,2 masq
		node @node 30001 -> 1,2 masq
		client @alt 30001 -> refused
		env nodeports=192.0.2.2,192.0.2.3,2001:db8:2::2,2001:db8:2::3
		sync
		client @node 30001 -> 1,2 masq
		client @alt 30001 -> 1,2 masq
	END
}

@test "external traffic, policy Local: inside all, outside those here" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80:30001 lb=@b10 external=@b44 etp=local
		slice d/1 service=web $HTTP ep=@e1/rs/n2,@e2/rs/n1
		sync
		pod @c41 80 -> 1,2 kept
		pod @b44 80 -> 1,2 kept
		client @b44 80 -> 2 kept
		pod @b10 80 -> 1,2 kept
		client @b10 80 -> 2 kept
		pod @node 30001 -> 1,2 kept
		client @node 30001 -> 2 kept
	END
}

@test "external traffic, policy Cluster: all, masqueraded" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80:30001 lb=@b10 external=@b44
		slice d/1 service=web $HTTP ep=@e1/rs/n2,@e2/rs/n1
		sync
		pod @c41 80 -> 1,2 kept
		pod @b44 80 -> 1,2 masq
		client @b44 80 -> 1,2 masq
		pod @b10 80 -> 1,2 masq
		client @b10 80 -> 1,2 masq
		pod @node 30001 -> 1,2 masq
		client @node 30001 -> 1,2 masq
	END
}

@test "internal traffic policy: Cluster, Local, and when endpoints go" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80
		slice d/1 service=web $HTTP ep=@e1/rs/n1,@e2/rs/n2,@e3/rs/n3
		sync
		pod @c41 80 -> 1,2,3 kept
		service d/web ip=@c41 port=http:tcp:80 itp=local
		sync
		pod @c41 80 -> 1 kept
		slice d/1 service=web $HTTP ep=@e1/rs/n1,@e2/rs/n1,@e3/rs/n3
		sync
		pod @c41 80 -> 1,2 kept
		slice d/1 service=web $HTTP ep=@e1/rs/n0,@e2/rs/n2,@e3/rs/n3
		sync
		pod @c41 80 -> dropped
		delete-slice d/1
		sync
		pod @c41 80 -> refused
	END
}

@test "terminating endpoints, policy Local" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80 lb=@b10 etp=local
		slice d/1 service=web $HTTP ep=@e1/rs/n1,@e2/rs/n1,@e3/st/n1,@e4/t/n1,@e5/rs/n2
		sync
		pod @c41 80 -> 1,2,5 kept
		client @b10 80 -> 1,2 kept
		slice d/1 service=web $HTTP ep=@e2/st/n1,@e3/st/n1,@e4/t/n1,@e5/rs/n2
		sync
		pod @c41 80 -> 5 kept
		client @b10 80 -> 2,3 kept
		slice d/1 service=web $HTTP ep=@e5/st/n2
		sync
		pod @c41 80 -> 5 kept
		client @b10 80 -> dropped
		slice d/1 service=web $HTTP ep=@e5/t/n1,@e6/t/n2
		sync
		pod @c41 80 -> refused
		client @b10 80 -> refused
		delete-slice d/1
		sync
		pod @c41 80 -> refused
		client @b10 80 -> refused
	END
}

@test "terminating endpoints, policy Cluster" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80 lb=@b10
		slice d/1 service=web $HTTP ep=@e1/rs/n1,@e2/rs/n1,@e3/st/n2,@e4/t/n2,@e5/rs/n2
		sync
		pod @c41 80 -> 1,2,5 kept
		client @b10 80 -> 1,2,5 masq
		slice d/1 service=web $HTTP ep=@e2/st/n1,@e3/st/n1,@e4/t/n2,@e5/st/n2
		sync
		pod @c41 80 -> 2,3,5 kept
		client @b10 80 -> 2,3,5 masq
		slice d/1 service=web $HTTP ep=@e5/st/n2
		sync
		pod @c41 80 -> 5 kept
		client @b10 80 -> 5 masq
		slice d/1 service=web $HTTP ep=@e5/t/n1,@e6/t/n2
		sync
		pod @c41 80 -> refused
		client @b10 80 -> refused
		delete-slice d/1
		sync
		pod @c41 80 -> refused
		client @b10 80 -> refused
	END
}

# Nine ways to a Service for each of three policies: 41 both Cluster, 42
# external Local, 43 internal Local.  Endpoint 1 is here, 2 elsewhere.
masquerading() { # ENV-LINE [FLOWS]: others than usual
	both <<-END
		$1
		service d/both ip=@c41 port=http:tcp:80:30001 lb=@b11
		slice d/1 service=both $HTTP ep=@e1/rs/n1,@e2/rs/n2
		service d/etp ip=@c42 port=http:tcp:80:30002 lb=@b12 etp=local
		slice d/2 service=etp $HTTP ep=@e1/rs/n1,@e2/rs/n2
		service d/itp ip=@c43 port=http:tcp:80:30003 lb=@b13 itp=local
		slice d/3 service=itp $HTTP ep=@e1/rs/n1,@e2/rs/n2
		sync
		pod @node 30001 -> 1,2 masq
		pod @b11 80 -> 1,2 masq
		node @node 30001 -> 1,2 masq
		node @b11 80 -> 1,2 masq
		client @node 30001 -> 1,2 masq
		client @b11 80 -> 1,2 masq
		node @node 30002 -> 1,2 masq
		node @b12 80 -> 1,2 masq
		client @node 30002 -> 1 kept
		client @b12 80 -> 1 kept
		pod @node 30003 -> 1,2 masq
		pod @b13 80 -> 1,2 masq
		node @node 30003 -> 1,2 masq
		node @b13 80 -> 1,2 masq
		client @node 30003 -> 1,2 masq
		client @b13 80 -> 1,2 masq
		$(cat)
	END
}

# The node's own address among those of the pods counts as a pod's.
@test "masquerading: policy Local, from the node's address among the pods'" {
	both <<-END
		service d/etp ip=@c42 port=http:tcp:80:30002 lb=@b12 etp=local
		slice d/2 service=etp $HTTP ep=@e8/rs/n1
		service d/itp ip=@c43 port=http:tcp:80 itp=local
		slice d/3 service=itp $HTTP ep=@e8/rs/n1
		sync
		nodepod @b12 80 -> 8 kept
		nodepod @node 30002 -> 8 kept
		nodepod @c43 80 -> 8 kept
	END
}

@test "masquerading: pods are known" {
	masquerading "" <<-END
		pod @c41 80 -> 1,2 kept
		node @c41 80 -> 1,2 masq
		client @c41 80 -> 1,2 masq
		pod @c42 80 -> 1,2 kept
		pod @node 30002 -> 1,2 kept
		pod @b12 80 -> 1,2 kept
		node @c42 80 -> 1,2 masq
		client @c42 80 -> 1,2 masq
		pod @c43 80 -> 1 kept
		node @c43 80 -> 1 masq
		client @c43 80 -> 1 masq
	END
}

@test "masquerading: pods are not known" {
	masquerading "env pods=" <<-END
		pod @c41 80 -> 1,2 kept
		node @c41 80 -> 1,2 kept
		client @c41 80 -> 1,2 kept
		pod @c42 80 -> 1,2 kept
		pod @node 30002 -> 1 kept
		pod @b12 80 -> 1 kept
		node @c42 80 -> 1,2 kept
		client @c42 80 -> 1,2 kept
		pod @c43 80 -> 1 kept
		node @c43 80 -> 1 kept
		client @c43 80 -> 1 kept
	END
}

@test "masquerading: masqueradeAll, pods are known" {
	masquerading "env masquerade-all=1" <<-END
		pod @c41 80 -> 1,2 masq
		node @c41 80 -> 1,2 masq
		client @c41 80 -> 1,2 masq
		pod @c42 80 -> 1,2 masq
		pod @node 30002 -> 1,2 kept
		pod @b12 80 -> 1,2 kept
		node @c42 80 -> 1,2 masq
		client @c42 80 -> 1,2 masq
		pod @c43 80 -> 1 masq
		node @c43 80 -> 1 masq
		client @c43 80 -> 1 masq
	END
}

@test "masquerading: masqueradeAll, pods are not known" {
	masquerading "env masquerade-all=1 pods=" <<-END
		pod @c41 80 -> 1,2 masq
		node @c41 80 -> 1,2 masq
		client @c41 80 -> 1,2 masq
		pod @c42 80 -> 1,2 masq
		pod @node 30002 -> 1 kept
		pod @b12 80 -> 1 kept
		node @c42 80 -> 1,2 masq
		client @c42 80 -> 1,2 masq
		pod @c43 80 -> 1 masq
		node @c43 80 -> 1 masq
		client @c43 80 -> 1 masq
	END
}

@test "a Service changes type and back: ClusterIP, balancer, name, headless" {
	both <<-END
		slice d/1 service=web $HTTP ep=@e1/rs/n1
		service d/web ip=@c41 port=http:tcp:80
		sync
		client @c41 80 -> 1 masq
		service d/web ip=@c41 port=http:tcp:80:30001 lb=@b10 etp=local
		sync
		client @b10 80 -> 1 kept
		client @node 30001 -> 1 kept
		service d/web ip=@c41 port=http:tcp:80
		sync
		client @b10 80 -> dropped
		client @node 30001 -> refused
		client @c41 80 -> 1 masq
		service d/web ip=@c41 port=http:tcp:80:30001 lb=@b10 type=name
		sync
		client @c41 80 -> dropped
		client @b10 80 -> dropped
		service d/web ip=@c41 port=http:tcp:80
		sync
		client @c41 80 -> 1 masq
		service d/web port=http:tcp:80 headless=1
		sync
		client @c41 80 -> dropped
		service d/web ip=@c42 port=http:tcp:80
		sync
		client @c41 80 -> dropped
		client @c42 80 -> 1 masq
	END
}

@test "a balancer's address in the status of a Service of another type" {
	both <<-END
		slice d/1 service=web $HTTP ep=@e1
		service d/web ip=@c41 port=http:tcp:80 lb=@b10 type=cluster
		sync
		client @c41 80 -> 1 masq
		client @b10 80 -> 1 masq
	END
}

@test "ports of a Service come and go one by one" {
	both <<-END
		slice d/1 service=web family=@f port=http:tcp:8080,alt:tcp:8081,dns:udp:8080 ep=@e1,@e2
		service d/web ip=@c41 port=http:tcp:80:30001,alt:tcp:81:30002,dns:udp:53:30003
		sync
		pod @c41 80 -> 1,2 kept
		pod @c41 81 -> 1#8081,2#8081 kept
		pod -u @c41 53 -> 1,2 kept
		client @node 30002 -> 1#8081,2#8081 masq
		service d/web ip=@c41 port=http:tcp:80:30001,dns:udp:53:30003
		sync
		pod @c41 80 -> 1,2 kept
		pod @c41 81 -> refused
		pod -u @c41 53 -> 1,2 kept
		client @node 30002 -> refused
		service d/web ip=@c41 port=http:tcp:80:30001,alt:tcp:82:30004,dns:udp:53:30003
		sync
		pod @c41 80 -> 1,2 kept
		pod @c41 81 -> refused
		pod @c41 82 -> 1#8081,2#8081 kept
		client @node 30004 -> 1#8081,2#8081 masq
		delete-service d/web
		sync
		pod @c41 80 -> dropped
		client @node 30001 -> refused
	END
}

@test "endpoints: added and removed, ports renamed and renumbered" {
	both <<-END
		service d/web ip=@c41 port=http:tcp:80,alt:tcp:81
		sync
		pod @c41 80 -> refused
		slice d/1 service=web $HTTP ep=@e1
		sync
		pod @c41 80 -> 1 kept
		pod @c41 81 -> refused
		slice d/1 service=web $HTTP ep=@e1
		sync
		pod @c41 80 -> 1 kept
		slice d/1 service=web family=@f port=http:tcp:8080,alt:tcp:8081 ep=@e1,@e2/rs/n1
		sync
		pod @c41 80 -> 1,2 kept
		pod @c41 81 -> 1#8081,2#8081 kept
		slice d/2 service=web $HTTP ep=@e3
		sync
		pod @c41 80 -> 1,2,3 kept
		pod @c41 81 -> 1#8081,2#8081 kept
		delete-slice d/2
		slice d/1 service=web family=@f port=http:tcp:8081 ep=@e1
		sync
		pod @c41 80 -> 1#8081 kept
		pod @c41 81 -> refused
		slice d/1 service=web family=@f port=alt:tcp:8081 ep=@e1
		sync
		pod @c41 80 -> refused
		pod @c41 81 -> 1#8081 kept
		slice d/1 service=web family=@f port=alt:tcp:8081
		sync
		pod @c41 81 -> refused
	END
}

@test "endpoints of many Services change in one sync" {
	both <<-END
		service d/a ip=@c41 port=http:tcp:80
		service d/b ip=@c42 port=http:tcp:80
		service d/c ip=@c43 port=http:tcp:80
		slice d/a1 service=a $HTTP ep=@e1
		slice d/b1 service=b $HTTP ep=@e2/rs/n1,@e3/rs/n1
		slice d/b2 service=b $HTTP ep=@e4/rs/n1
		sync
		pod @c41 80 -> 1 kept
		pod @c42 80 -> 2,3,4 kept
		pod @c43 80 -> refused
		slice d/a1 service=a $HTTP ep=@e1,@e5
		slice d/a2 service=a $HTTP ep=@e6
		delete-slice d/b1
		delete-slice d/b2
		slice d/c1 service=c $HTTP ep=@e7
		sync
		pod @c41 80 -> 1,5,6 kept
		pod @c42 80 -> refused
		pod @c43 80 -> 7 kept
	END
}

# The number of operations that the last sync sent, from stats.
@test "syncs again and again: each sends what changed, nothing else" {
	local web="slice d/web service=web $V4"
	rules >"$BATS_TEST_TMPDIR/out" <<-END
		service d/one ip=10.96.0.41 port=http:tcp:80
		slice d/one service=one $V4 ep=10.128.1.1
		service d/two ip=10.96.0.42 port=http:tcp:80
		slice d/two service=two $V4 ep=10.128.1.2
		sync
		say add a Service and its endpoint: address, ClusterIP, slot
		service d/web ip=10.96.0.43 port=http:tcp:80
		$web ep=10.128.1.3
		sync
		stats
		say delete one: the same backwards
		delete-service d/two
		sync
		stats
		say replace an endpoint: one slot out, one in
		$web ep=10.128.1.4
		sync
		stats
		say another endpoint: its slot, the address in another class
		$web ep=10.128.1.4,10.128.1.5
		sync
		stats
		say no endpoints: two slots go, the address in another class
		$web
		sync
		stats
		say all back
		$web ep=10.128.1.4,10.128.1.5
		sync
		stats
		say the same again
		$web ep=10.128.1.4,10.128.1.5
		sync
		pod 10.96.0.43 80 60
		pod 10.96.0.41 80 2
	END
	cat "$BATS_TEST_TMPDIR/out"
	grep -o '^operations=[0-9]*' "$BATS_TEST_TMPDIR/out" | same \
		"$(printf 'operations=%s\n' 3 3 2 3 4 4)"
	tail -n 3 "$BATS_TEST_TMPDIR/out" | awk '{ print $2 }' | same \
		"$(printf '10.128.1.%s\n' 4 5 1)"
}

@test "starting over a table of a former process" {
	both <<-END
		service d/one ip=@c41 port=http:tcp:80
		slice d/1 service=one $HTTP ep=@e1
		service d/two ip=@c42 port=http:tcp:80
		slice d/2 service=two $HTTP ep=@e2
		sync
	END
	both <<-END
		service d/one ip=@c41 port=http:tcp:80
		slice d/1 service=one $HTTP ep=@e1,@e3
		service d/two ip=@c42 port=http:tcp:80
		slice d/2 service=two $HTTP ep=@e2
		service d/three ip=@c43 port=http:tcp:80
		run test "\$(nft list tables | grep -c kube-proxy-mini)" = 2
		sync
		pod @c41 80 -> 1,3 kept
		pod @c42 80 -> 2 kept
		pod @c43 80 -> refused
	END
}

@test "Services without local endpoints are counted by policy" {
	local far="ep=10.128.1.1/rs/n2" near="ep=10.128.1.1/rs/n1,10.128.1.2/rs/n2"
	local policies eps
	for policies in "itp=local" "etp=local" "itp=local etp=local"; do
		for eps in "$near" "$far" ""; do
			printf '%s\n' "service d/web ip=10.96.0.41 port=http:tcp:80:30001 $policies" \
				"slice d/1 service=web $V4${eps:+ $eps}" sync stats | rules |
				grep -o 'no_local_external=.* no_local_internal=[0-9]*'
		done
	done | same "no_local_external=0 no_local_internal=0
no_local_external=0 no_local_internal=1
no_local_external=0 no_local_internal=0
no_local_external=0 no_local_internal=0
no_local_external=1 no_local_internal=0
no_local_external=0 no_local_internal=0
no_local_external=0 no_local_internal=0
no_local_external=1 no_local_internal=1
no_local_external=0 no_local_internal=0"
}

@test "a balancer's address: ipMode VIP is ours, Proxy is not" {
	both <<-END
		slice d/1 service=web $HTTP ep=@e1
		service d/web ip=@c41 port=http:tcp:80 lb=@b10
		sync
		client @b10 80 -> 1 masq
		service d/web ip=@c41 port=http:tcp:80 lb-proxy=@b10
		sync
		client @b10 80 -> dropped
		service d/web ip=@c41 port=http:tcp:80 lb-proxy=@b10 lb=@b11
		sync
		client @b10 80 -> dropped
		client @b11 80 -> 1 masq
	END
}

# A host outside refuses what is sent to that address, unless it is dropped.
@test "Service CIDRs change: more of them, fewer, none" {
	both <<-END
		run ip -n $P-client addr add @any/@all dev lo
		service d/web ip=@c41 port=http:tcp:80
		slice d/1 service=web $HTTP ep=@e1
		sync
		pod @c41 80 -> 1 kept
		pod @any 80 -> dropped
		env services=10.112.0.0/16,fd00:97::/32
		sync
		pod @c41 80 -> 1 kept
		pod @any 80 -> refused
		env services=10.112.0.0/16,fd00:97::/32,10.96.0.0/16,fd00:96::/64
		sync
		pod @any 80 -> dropped
		env services=
		sync
		pod @any 80 -> refused
		pod @c41 80 -> 1 kept
		run ip -n $P-client addr del @any/@all dev lo
	END
}

@test "the longest names, the least and the greatest ports" {
	local ns name port
	ns=$(printf 'n%.0s' {1..63}) name=$(printf 's%.0s' {1..63})
	port=$(printf 'p%.0s' {1..63})
	both <<-END
		service $ns/$name ip=@c41 port=$port:tcp:1:1,q:tcp:65535:65535
		slice $ns/1 service=$name family=@f port=$port:tcp:8080,q:tcp:8081 ep=@e1
		sync
		pod @c41 1 -> 1 kept
		pod @c41 65535 -> 1#8081 kept
		client @node 1 -> 1 masq
		client @node 65535 -> 1#8081 masq
		run nft list ruleset | grep -q 'comment "$ns/'
	END
}

# Entries as packets would have left them; the client's port identifies each.
flow() { # CLIENT-PORT PROTOCOL ASKED PORT ANSWERS PORT
	echo "run conntrack -I -p $2 -s @client -d $3 --sport $1 --dport $4" \
		"-r $5 -q @client --reply-port-src $6 --reply-port-dst $1" \
		"-t 300 ${7:-} 2>/dev/null >&2"
}

flows_left() { # CLIENT-PORTS: of those from 2000 to 2999
	echo "run got=\$(conntrack -L -f ipv@f 2>/dev/null |" \
		"grep -oE '^[^=]*=[^=]*=[^=]*sport=2[0-9]{3}' |" \
		"grep -o '[0-9]*\$' | sort | xargs);" \
		"[ \"\$got\" = '$1' ] || echo wrong: \$got"
}

@test "UDP flows to what no longer serves are forgotten, no others" {
	command -v conntrack >/dev/null || skip "no conntrack here"
	both <<-END
		service d/dns ip=@c53 port=udp:udp:53:30053,tcp:tcp:53:30053 lb=@b53 external=@b54
		slice d/1 service=dns family=@f port=udp:udp:8080,tcp:tcp:8080 ep=@e1,@e2/t,@e3/st
		service d/none ip=@c54 port=udp:udp:53
		slice d/2 service=none family=@f port=udp:udp:8080 ep=@e2/t
		$(for to in @c53 @b53 @b54; do
			i=$((i + 1))
			flow 20${i}1 udp $to 53 @e1 8080
			flow 20${i}2 udp $to 53 @e2 8080
			flow 20${i}3 udp $to 53 @e3 8080
			flow 20${i}4 udp $to 53 @e4 8080
			flow 20${i}5 udp $to 53 @e1 8081
			flow 20${i}6 udp $to 53 $to 53
			flow 20${i}7 udp $to 54 @e4 8080
			flow 20${i}8 tcp $to 53 @e4 8080 "--state ESTABLISHED"
		done
		flow 2041 udp @node 30053 @e1 8080
		flow 2044 udp @node 30053 @e4 8080
		flow 2054 udp @c54 53 @e4 8080
		flow 2064 udp @alt 30053 @e4 8080)
		run sleep 1
		sync
		$(flows_left "2011 2013 2017 2018 2021 2023 2027 2028 2031 2033 2037 2038 2041 2054 2064")
		run conntrack -F 2>/dev/null
	END
}
