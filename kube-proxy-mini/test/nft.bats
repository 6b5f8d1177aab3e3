#!/usr/bin/env bats
# nft.bats - the nft of each Debian release lists our tables: it must not crash,
# and must show the comments of Services and sets.
#
# nft of Debian 12 and before aborts at many rules that the kernel takes
# (docs/decision/ruleset.md).
#
# where: host
# limit: 900
# test-limit: 600

bats_require_minimum_version 1.5.0

setup_file() {
	[ "$(id -u)" = 0 ] || skip "trees and network namespaces need root"
	cd "$BATS_TEST_DIRNAME/../.." || return
	[ -x build/test/bin/rules-driver ] || skip "no driver: make test-programs"
}

# Every kind of chain, rule and element that we write, then nft's listing.
everything() { # NFT-OPTIONS
	cat <<-END
		env node=n1 pods=10.128.0.0/9,fd00:10::/32 services=10.96.0.0/12,fd00:96::/32
		env nodeports=192.0.2.2,2001:db8:2::2 nodeip=192.0.2.2,2001:db8:2::2
		load 30 18
		load 31 70
		service d/web ip=10.96.0.10,fd00:96::10 port=http:tcp:80:30080,dns:udp:53 etp=local itp=local lb=203.0.113.10 ranges=192.0.2.0/24,2001:db8::/32
		slice d/4 service=web family=4 port=http:tcp:8080,dns:udp:53 ep=10.128.1.1/rs/n1,10.128.1.2
		slice d/6 service=web family=6 port=http:tcp:8080 ep=fd00:10::1:1/rs/n1
		service d/sticky ip=10.96.0.11,fd00:96::11 port=:sctp:80:30081 affinity=60 etp=local external=203.0.113.11
		slice d/s4 service=sticky family=4 port=:sctp:8080 ep=10.128.1.1/rs/n1,10.128.1.2
		slice d/s6 service=sticky family=6 port=:sctp:8080 ep=fd00:10::1:1/rs/n1,fd00:10::1:2
		service d/none ip=10.96.0.12 port=:tcp:80
		sync
		run nft --version
		run nft $1 list ruleset
		env bridge=cni0
		sync
		listen
		run nft $1 list ruleset >/dev/null
		env prefix=veth masquerade-all=1
		sync
		listen
		run nft $1 list ruleset >/dev/null
	END
}

listed_by() { # SUITE
	local out=$BATS_TEST_TMPDIR/out
	cd "$BATS_TEST_DIRNAME/../.." || return
	tests/lab/make "$1"
	everything "" | tests/lab/enter -t "$1" \
		/keelson/build/test/bin/rules-driver >"$out" 2>&1
	head -n 1 "$out"
	run -1 grep -F '(failed)' "$out"
	# without /etc/protocols nft prints a protocol's number
	grep -E '10.96.0.10 . (tcp|6) . 80 comment "d/web:http"' "$out"
	grep -E 'fd00:96::11 . (sctp|132) . 80 comment "d/sticky' "$out"
	grep -F 'comment "address and port -> masquerade . class . group"' "$out"
	grep -c 'chain lb-' "$out"
	everything -j | tests/lab/enter -t "$1" \
		/keelson/build/test/bin/rules-driver >"$out.json" 2>&1
	run -1 grep -F '(failed)' "$out.json"
	# apart from warnings: 1.0.6 cannot print one of our rules
	grep '^{"nftables"' "$out.json" | python3 -m json.tool >/dev/null
}

@test "Debian 12's nft lists the tables" {
	listed_by bookworm
}

@test "Debian 13's nft lists the tables" {
	listed_by trixie
}

@test "Debian unstable's nft lists the tables" {
	listed_by sid
}
