#!/bin/bash
# net.sh up|down PREFIX PROGRAMS - a small cluster of network namespaces.
#
#   PREFIX-client --- PREFIX-node --- PREFIX-pods   many endpoints
#     192.0.2.100            |         10.128.1.1-7, 10.128.2.1-19,
#     192.0.2.200            |         fd00:10::1:1-7
#     2001:db8:2::64, c8     `-------- PREFIX-pod8   a pod of its own
#                                      10.128.1.8, fd00:10::1:8
#
# The node is 192.0.2.2, 10.128.0.1 and 2001:db8:2::2, and by a second address
# 192.0.2.3, 2001:db8:2::3; endpoints answer on port 8080, the first seven on
# 8081 too, and name the port.  All traffic stays in these namespaces.
set -eu
verb=$1 p=$2 bin=${3:-}

ns() { # NAME COMMAND...
	local name=$1
	shift
	ip netns exec "$p-$name" "$@"
}

link() { # NAME DEVICE NAME DEVICE
	ip link add "$2" netns "$p-$1" type veth peer name "$4" netns "$p-$3"
	ip -n "$p-$1" link set "$2" up
	ip -n "$p-$3" link set "$4" up
}

address() { # NAME DEVICE ADDRESS...
	local name=$1 device=$2 a
	shift 2
	for a; do
		case $a in
		*:*) ip -n "$p-$name" addr add "$a" dev "$device" nodad ;;
		*) ip -n "$p-$name" addr add "$a" dev "$device" ;;
		esac
	done
}

up() {
	local n i
	for n in client node pods pod8; do
		ip netns add "$p-$n"
		ip -n "$p-$n" link set lo up
	done
	link client c0 node c1
	link pods p0 node p1
	link pod8 q0 node q1
	address client c0 192.0.2.100/24 192.0.2.200/24 2001:db8:2::64/64 \
		2001:db8:2::c8/64
	address node c1 192.0.2.2/24 192.0.2.3/24 2001:db8:2::3/64 \
		2001:db8:2::2/64
	address node p1 10.128.0.1/24 fd00:10::fffe/112
	address node q1 fe80::1/64
	address pods p0 10.128.0.2/24 fd00:10::2/112
	for i in 1 2 3 4 5 6 7; do
		address pods p0 10.128.1.$i/32 fd00:10::1:$i/128
	done
	address pod8 q0 10.128.1.8/32 fd00:10::1:8/128
	routes
	for i in {1..19}; do
		address pods p0 10.128.2.$i/32
	done
	ns pods "$bin/rules-traffic" serve 8080 10.128.1.{1..7} fd00:10::1:{1..7} \
		10.128.2.{1..19} \
		>/dev/null 2>&1 3>&- &
	ns pods "$bin/rules-traffic" serve -p 8081 10.128.1.{1..7} \
		fd00:10::1:{1..7} >/dev/null 2>&1 3>&- &
	ns pod8 "$bin/rules-traffic" serve 8080 10.128.1.8 fd00:10::1:8 \
		>/dev/null 2>&1 3>&- &
}

# Refusals are ICMP errors, which must not be rate-limited.
routes() {
	ns node sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1 net.ipv4.conf.q1.proxy_arp=1 \
		net.ipv4.neigh.q1.proxy_delay=0 \
		net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
		net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratemask=0
	ip -n "$p-client" route add default via 192.0.2.2
	ip -n "$p-client" route add default via 2001:db8:2::2
	ip -n "$p-pods" route add default via 10.128.0.1
	ip -n "$p-pods" route add default via fd00:10::fffe
	ip -n "$p-pod8" route add default dev q0
	ip -n "$p-pod8" route add default via fe80::1 dev q0
	ip -n "$p-node" route add 10.128.1.0/24 via 10.128.0.2
	ip -n "$p-node" route add 10.128.2.0/24 via 10.128.0.2
	ip -n "$p-node" route add fd00:10::1:0/112 via fd00:10::2
	ip -n "$p-node" route add 10.128.1.8/32 dev q1
	ip -n "$p-node" route add fd00:10::1:8/128 dev q1
	# somewhere to route Service addresses before they are translated
	ip -n "$p-node" route add 10.96.0.0/12 via 192.0.2.100
	ip -n "$p-node" route add 203.0.113.0/24 via 192.0.2.100
	ip -n "$p-node" route add fd00:96::/32 via 2001:db8:2::64
	ip -n "$p-node" route add 2001:db8:cafe::/64 via 2001:db8:2::64
}

down() {
	local n pid
	for n in client node pods pod8; do
		for pid in $(ip netns pids "$p-$n" 2>/dev/null); do
			kill "$pid" 2>/dev/null || true
		done
		ip netns del "$p-$n" 2>/dev/null || true
	done
}

"$verb"
