# rules.bash - real packets through the ruleset, without an API server.
#
#   net_up  net_down    the network of net.sh; exports here, BIN and P, the
#                       prefix of its namespaces
#   rules <<TEXT        the driver (driver.c) on the node, with the lines that
#                       every test shares and these; "client", "pod", "pods"
#                       and "node" connect from there
#   both <<TEXT         the same in IPv4 and again in IPv6, where a line
#                         WHO [-u] ADDRESS PORT -> WHAT
#                       is a flow and its expected result (flows.sh), and
#                       words with an @ stand for addresses (addresses_4)
#   even N, same TEXT   judge standard input
#
# Sourced by the tests in this folder.  The network is up for the whole file; a
# file that needs more redefines net_up and net_down.
setup_file() {
	net_up
}

teardown_file() {
	net_down
}

net_up() {
	[ "$(id -u)" = 0 ] || skip "network namespaces need root"
	here=$BATS_TEST_DIRNAME
	BIN=$(realpath "$here/../../build/test/bin")
	export here BIN P=kpm$$
	[ -x "$BIN/rules-driver" ] || skip "make test-programs makes the driver"
	"$here/net.sh" up "$P" "$BIN"
	until served 10.128.1.7 8081 && served 10.128.1.8 8080; do
		sleep 0.1
	done
}

served() { # ADDRESS PORT
	ip netns exec "$P-node" "$BIN/rules-traffic" ask "$1" "$2" 1 |
		grep -q '^1 10'
}

net_down() {
	[ -z "${P:-}" ] || "$here/net.sh" down "$P"
}

rules() {
	{
		cat <<-END
			env node=n1 zone=za pods=10.128.0.0/9,fd00:10::/32
			env services=10.96.0.0/12,fd00:96::/32
			env nodeports=192.0.2.2,2001:db8:2::2
			env nodeip=192.0.2.2,2001:db8:2::2
		END
		sed "s#^client #run ip netns exec $P-client $BIN/rules-traffic ask #
			s#^pod #run ip netns exec $P-pod8 $BIN/rules-traffic ask #
			s#^pods #run ip netns exec $P-pods $BIN/rules-traffic ask #
			s#^node #run $BIN/rules-traffic ask #
			s#^say #run echo #"
	} | ip netns exec "$P-node" "$BIN/rules-driver"
}

# Of the Service CIDR @c10 and (not allocated) @any; of endpoints @e1; of
# balancers and external addresses @b10; two of the node; two clients outside
# and the half of their network with the first; a network of the other family;
# @all bits of an address.
addresses_4() {
	sed 's#@c\([0-9]\)#10.96.0.\1#g; s#@any#10.96.7.7#g
		s#@e\([0-9]\)#10.128.1.\1#g; s#@b\([0-9]\)#203.0.113.\1#g
		s#@node#192.0.2.2#g; s#@alt#192.0.2.3#g
		s#@half#192.0.2.0/25#g
		s#@client2#192.0.2.200#g; s#@client#192.0.2.100#g
		s#@all#32#g
		s#@world#0.0.0.0/0#g; s#@other#2001:db8:f::/48#g; s#@f\b#4#g'
}

addresses_6() {
	sed 's#@c\([0-9]\)#fd00:96::\1#g; s#@any#fd00:96::7:7#g
		s#@e\([0-9]\)#fd00:10::1:\1#g
		s#@b\([0-9]\)#2001:db8:cafe::\1#g
		s#@node#2001:db8:2::2#g; s#@alt#2001:db8:2::3#g
		s#@half#2001:db8:2::/121#g
		s#@client2#2001:db8:2::c8#g; s#@client#2001:db8:2::64#g
		s#@all#128#g
		s#@world#::/0#g; s#@other#198.51.100.0/24#g; s#@f\b#6#g'
}

# Consecutive lines of flows are one call of flows.sh.
gather_flows() { # FAMILY
	awk -v here="$here" -v family="$1" -v at="$BATS_TEST_TMPDIR/flows" '
		function flush() {
			if (n) {
				close(file)
				print "run " here "/flows.sh " family " " file
			}
			n = 0
		}
		/ -> / {
			if (!n++)
				file = at "." family "." ++files
			print >file
			next
		}
		{ flush(); print }
		END { flush() }'
}

both() {
	local text family out=$BATS_TEST_TMPDIR/out
	text=$(cat)
	for family in 4 6; do
		"addresses_$family" <<<"$text" | gather_flows $family |
			rules >"$out.$family" 2>&1 || true
		cat "$out.$family"
		! grep -v '^ok ' "$out.$family" || return 1
		[ "$(grep -c '^ok ' "$out.$family")" = \
			"$(grep -c ' -> ' <<<"$text")" ]
	done
}

# Standard input, "N ENDPOINT CLIENT" lines, is spread evenly over $1
# endpoints: chi-square stays below a bound that chance exceeds once in a
# million times.
even() {
	awk -v k="$1" '
		{ n[NR] = $1; sum += $1 }
		END {
			if (NR != k) { print "endpoints: " NR; exit 1 }
			for (i in n) x += (n[i] - sum / k) ^ 2 / (sum / k)
			bound = k + 6.5 * sqrt(2 * k) + 15
			if (x > bound) { print "chi-square " x; exit 1 }
		}'
}

same() { # EXPECTED: standard input is exactly this
	local got
	got=$(cat)
	[ "$got" = "$1" ] || {
		diff <(echo "$1") <(echo "$got")
		return 1
	}
}
