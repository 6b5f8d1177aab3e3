#!/usr/bin/env bats
# More source packages of others, built with and without keelson record.
# lab: strangers
# stage: check-record
# limit: 14400
# test-limit: 3600

setup() {
	. /keelson/static-build/test/strangers.bash
}

@test "socat" {
	stranger socat strangers-more
}

@test "dnsmasq" {
	stranger dnsmasq strangers-more
}

@test "tmux" {
	stranger tmux strangers-more
}

@test "lighttpd" {
	stranger lighttpd strangers-more
}

@test "nginx" {
	stranger nginx strangers-more
}

@test "dropbear" {
	stranger dropbear strangers-more
}

@test "haproxy" {
	stranger haproxy strangers-more
}

@test "jq" {
	stranger jq strangers-more
}

@test "rsync" {
	stranger rsync strangers-more
}

@test "libzstd" {
	stranger libzstd strangers-more
}

@test "curl" {
	stranger curl strangers-more
}

@test "sqlite3" {
	stranger sqlite3 strangers-more
}

@test "busybox" {
	stranger busybox strangers-more
}

@test "redis" {
	stranger redis strangers-more
}

@test "bash" {
	stranger bash strangers-more
}

@test "openssl" {
	stranger openssl strangers-more
}

@test "every file that lua5.4's build opens is in the evidence, or explained" {
	stranger_opened lua5.4 strangers-few
	sed -i 's/lualib\.h/lost.h/g' "$TREE"/.keelson/build/*.jsonl
	run /keelson/static-build/test/opened.py "$TREE" "$STRANGERS/.opened"
	[ "$status" -eq 1 ]
	[[ $output == *"nor explained: $TREE/src/lualib.h"* ]]
}

@test "every file that protobuf-c's build opens, configure included" {
	stranger_opened protobuf-c strangers-few
}

@test "every file that cjson's build opens, by cmake and ninja" {
	stranger_opened cjson strangers-few
}
