#!/usr/bin/env bats
# Recipes that do what no recipe should: in a copy of the project, as whoever
# runs the tests and, if that is root, as another user, too.
# where: host

bats_require_minimum_version 1.5.0

. "$BATS_TEST_DIRNAME/../../tests/lib/wait.bash"
. "$BATS_TEST_DIRNAME/../../tests/lib/expect.bash"
. "$BATS_TEST_DIRNAME/../../tests/lib/toy.bash"

OTHER_USER=61001

setup_file() {
	export place=$BATS_FILE_TMPDIR/place
	export project=$place/project home=$place/home
	cd "$BATS_TEST_DIRNAME/../.." || return
	mkdir -p "$home"
	echo 'the-secret' > "$place/secret"
	toy_project "$project"
	if [ "$(id -u)" = 0 ]; then
		chmod o+x "$BATS_RUN_TMPDIR"
		cp -R "$place" "$place.other"
		chown -R "$OTHER_USER:$OTHER_USER" "$place.other"
	fi
}

setup() {
	confine_here || skip 'no namespaces here: docs/static-build.md'
	cd "$project" || return
	export JOBS=2
	recipe toy ''
	recipe other toy
	others=()
}

teardown() {
	[ ${#others[@]} = 0 ] || kill "${others[@]}" || true
}

confine_here() {
	unshare -rmpniu --fork --mount-proc true 2>/dev/null
}

# A recipe that does this fails, and says so, whoever builds.  In the text,
# PLACE is the folder with the checkout, the secret and the home.
refused() { # COMMANDS [WORDS-OF-THE-LOG]
	refused_in "$place" "$@"
	if [ "$(id -u)" = 0 ]; then
		refused_in "$place.other" "$@"
	fi
}

refused_in() { # PLACE COMMANDS [WORDS-OF-THE-LOG]
	local as=()
	cd "$1/project" || return
	[ "$1" = "$place" ] || as=(setpriv --reuid "$OTHER_USER" \
		--regid "$OTHER_USER" --clear-groups)
	recipe toy '' "${2//PLACE/$1}"
	run env HOME="$1/home" "${as[@]}" static-build/build toy
	expect "$status" -eq 1
	has 'toy failed'
	[ -z "${3:-}" ] || has "$3"
	fails grep -r 'the-secret' build/log build/work build/evidence
	fails grep WARNING <<< "$output"
	untouched "$1"
}

untouched() { # PLACE
	[ -z "$(find "$1" -name '*planted*' -not -path '*/toy/*')" ]
	expect "$(cat "$1/secret")" = the-secret
}

@test "written outside its folders: home, checkout, toolchain, other recipes" {
	for to in PLACE/home PLACE PLACE/project PLACE/project/static-build \
		PLACE/project/build PLACE/project/build/sysroot \
		PLACE/project/build/toolchain/bin PLACE/project/build/work \
		PLACE/project/build/sources /usr/lib /etc /var/tmp /; do
		refused "echo x > $to/planted"
	done
	refused 'echo x >> "$ROOT/static-build/recipes/toy"' \
		'writes to $WORK, $STAGE and /tmp only'
	refused 'touch PLACE/project/build/evidence/planted'
}

@test "a temporary file is its own, and not in the machine's /tmp" {
	recipe toy '' 'echo x > /tmp/planted; ls /tmp/planted; ls -A /tmp'
	build toy
	expect "$status" -eq 0
	[ ! -e /tmp/planted ]
	expect "$(sed -n '/^planted$/,/^[^p]/p' build/log/toy.log | head -n 1)" \
		= planted
}

@test "read outside: a secret, the checkout, a descriptor that was left open" {
	refused 'cat PLACE/secret'
	refused 'cat "$ROOT/../secret"'
	refused 'cat "$ROOT/lib/base/err.h"'
	refused 'cat "$ROOT/build/sources/other_1.orig.tar.gz"'
	refused 'cat /etc/passwd'
	refused 'cat /proc/1/root/../PLACE/secret'
	for fd in 3 4 5 6 7 8 9 10 11 255; do
		echo "cat /proc/self/fd/$fd/../secret && exit 0"
	done > "$BATS_TEST_TMPDIR/descriptors"
	refused "$(cat "$BATS_TEST_TMPDIR/descriptors"); false"
}

@test "a copy of what it may not read, by a link that it leaves behind" {
	refused 'mkdir -p "$STAGE/lib"; ln -s PLACE/secret "$STAGE/lib/planted.a"'
	refused 'rmdir "$STAGE"; ln -s PLACE "$STAGE"'
	refused 'ln -s PLACE/secret "$EVIDENCE/recipe.json"' \
		'neither a file nor a directory'
}

@test "the network: a listener of this machine hears nothing" {
	python3 - "$BATS_TEST_TMPDIR" 3>&- <<-'END' &
		import select, socket, sys
		tcp = socket.create_server(("127.0.0.1", 0))
		local = socket.socket(socket.AF_UNIX)
		local.bind("\0keelson-confine-%d" % tcp.getsockname()[1])
		local.listen()
		with open(sys.argv[1] + "/port.new", "w") as out:
		    print(tcp.getsockname()[1], file=out)
		import os
		os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")
		select.select([tcp, local], [], [])
		open(sys.argv[1] + "/heard", "w").close()
	END
	others+=($!)
	wait_for test -s "$BATS_TEST_TMPDIR/port"
	port=$(cat "$BATS_TEST_TMPDIR/port")
	refused "perl -MSocket -e 'socket(my \$s, AF_INET, SOCK_STREAM, 0);
		connect(\$s, pack_sockaddr_in($port, inet_aton(\"127.0.0.1\")))
			or die \"no network: \$!\"'" 'no network'
	refused "perl -MSocket -e 'socket(my \$s, AF_UNIX, SOCK_STREAM, 0);
		connect(\$s, pack_sockaddr_un(\"\\0keelson-confine-$port\"))
			or die \"no socket: \$!\"'" 'no socket'
	[ ! -e "$BATS_TEST_TMPDIR/heard" ]
	kill -0 "${others[0]}"
}

@test "a signal to a process outside" {
	sleep 1000 3>&- &
	others+=($!)
	refused "kill -KILL $!"
	refused 'kill -KILL -1; kill -0 '"$!"
	kill -0 "$!"
}

@test "nothing that it started is left when it has ended" {
	recipe toy '' 'setsid sleep 7654321 & sleep 7654322 &'
	build toy
	expect "$status" -eq 0
	fails pgrep -f 'sleep 765432[12]'
}

@test "it is no root, has no privileges, and leaves nothing of its user" {
	recipe toy '' 'id -u; grep -E "CapEff|NoNewPrivs" /proc/self/status'
	build toy
	expect "$status" -eq 0
	grep -Eqx '[1-9][0-9]*' build/log/toy.log
	grep -q 'CapEff:.0000000000000000' build/log/toy.log
	grep -q 'NoNewPrivs:.1' build/log/toy.log
	[ -z "$(find build ! -user "$(id -u)")" ]
}

@test "a recipe's text never runs but confined" {
	recipe toy ''
	echo 'echo x > "$ROOT/planted"' >> static-build/recipes/toy
	build toy
	expect "$status" -eq 1
	has 'Read-only file system'
	untouched "$place"
}

@test "the place of another recipe's file is not taken" {
	build
	before=$(sha256sum build/sysroot/lib/libtoy.a)
	recipe other toy 'mkdir -p "$STAGE/lib"; echo x > "$STAGE/lib/libtoy.a"'
	build
	expect "$status" -eq 1
	has 'build/sysroot/lib/libtoy.a is there already, from toy'
	expect "$(sha256sum build/sysroot/lib/libtoy.a)" = "$before"
}

# In a user namespace that may make no others, as in many containers.
poor() { # SETTING...: limits that become 0
	unshare -rU sh -c 'for name in "$@"; do
			echo 0 > "/proc/sys/user/max_$name"
		done
		exec static-build/build toy' sh "$@"
}

@test "a machine without namespaces is told of, once, and builds" {
	recipe toy '' ': with what there is'
	run poor user_namespaces mnt_namespaces net_namespaces
	expect "$status" -eq 0
	expect "$(grep -c WARNING <<< "$output")" = 1
	has 'uses the network'
	has 'make namespaces: No space left on device'
	OFFLINE=1
	export OFFLINE
	recipe toy '' ': and without'
	run poor user_namespaces mnt_namespaces net_namespaces
	expect "$status" -eq 1
	has 'OFFLINE=1, but this machine allows no network namespace'
}

@test "what can be had without a PID namespace is had" {
	recipe toy '' 'cat PLACE/secret || echo hidden'
	sed -i "s|PLACE|$place|" static-build/recipes/toy
	OFFLINE=1 run poor pid_namespaces
	expect "$status" -eq 0
	has 'sees the other processes'
	grep -qx hidden build/log/toy.log
}
