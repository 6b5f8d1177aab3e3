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

@test "rsync" {
	stranger rsync strangers-more
}

@test "jq" {
	stranger jq strangers-more
}

@test "libzstd" {
	stranger libzstd strangers-more
}

@test "dropbear" {
	stranger dropbear strangers-more
}

@test "haproxy" {
	stranger haproxy strangers-more
}

@test "redis" {
	stranger redis strangers-more
}

@test "bash" {
	stranger bash strangers-more
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

@test "openssl" {
	stranger openssl strangers-more
}
