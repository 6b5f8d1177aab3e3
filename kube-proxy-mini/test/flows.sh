#!/bin/bash
# flows.sh 4|6 FILE - opens the flows in the lines of FILE, all at once, and
# judges each: "ok ..." or "wrong ...".
#
# A line is WHO [-u] ADDRESS PORT -> WHAT.  WHO connects: pod (endpoint 8), pods1
# (endpoint 1), node, nodepod (the node, from its address among the pods'),
# client, client2 (from its second address).  WHAT is expected:
#   1,2 kept    exactly these endpoints, by the last number of their addresses
#               ("1#8081" where they name a port), see the client's address
#   1 masq      they see an address of the node instead
#   refused, dropped
# P and BIN come from the environment (rules.bash).
set -eu

family=$1
case $family in
4) gate=10.128.0.1 ;;
6) gate=fd00:10::fffe ;;
esac

source_of() { # WHO: its address, by which it is known or masqueraded
	case $1$family in
	pod4) echo 10.128.1.8 ;;
	pod6) echo fd00:10::1:8 ;;
	pods14) echo 10.128.1.1 ;;
	pods16) echo fd00:10::1:1 ;;
	nodepod*) echo "$gate" ;;
	node4) echo 192.0.2.2 ;;
	node6) echo 2001:db8:2::2 ;;
	client4) echo 192.0.2.100 ;;
	client6) echo 2001:db8:2::64 ;;
	client24) echo 192.0.2.200 ;;
	client26) echo 2001:db8:2::c8 ;;
	esac
}

ask() { # WHO SOURCE ARGUMENT...
	local who=$1 source=$2
	shift 2
	case $who in
	node) "$BIN/rules-traffic" ask "$@" ;;
	nodepod) "$BIN/rules-traffic" ask -s "$source" "$@" ;;
	pod) ip netns exec "$P-pod8" "$BIN/rules-traffic" ask "$@" ;;
	*) ip netns exec "$P-${who%[12]}" "$BIN/rules-traffic" ask \
		-s "$source" "$@" ;;
	esac
}

# 20 n connections miss one of n endpoints once in 10^8 times.
count_for() { # WHAT
	case $1 in
	refused | dropped) echo 1 ;;
	*) awk -F, '{ print (NF > 1 ? 20 * NF : 2) }' <<<"${1%% *}" ;;
	esac
}

facts() { # SOURCE: from what rules-traffic printed
	awk -v from="$1" -v gate="$gate" '
		$2 == "timeout" { print "fate dropped"; next }
		NF == 2 { print "fate", $2; next }
		{
			sub(/.*[.:]/, "", $2)
			print "met", $2
			print "fate", $3 == from ? "kept" : \
				$3 == gate ? "masq" : $3
		}'
}

list() { # KIND FACTS
	sed -n "s/^$1 //p" <<<"$2" | sort -uV | paste -sd,
}

judge() { # LINE
	local what=${1#* -> } who source got
	set -- ${1%% -> *}
	who=$1
	shift
	source=$(source_of "$who")
	got=$(ask "$who" "$source" "$@" "$(count_for "$what")" |
		facts "$source")
	got="$(list met "$got") $(list fate "$got")"
	if [ "${got# }" = "$what" ]; then
		echo "ok $who $*"
	else
		echo "wrong $who $* -> ${got# }, not $what"
	fi
}

while read -r line; do
	judge "$line" &
done <"$2"
wait
