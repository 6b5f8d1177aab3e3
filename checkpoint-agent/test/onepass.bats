# Memory goes from the process into the archive in one pass: zero pages are left
# out, nothing comes back that was cleared, and the process stands still only as
# long as the agent says.
# limit: 300
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash

OUT=/keep/onepass

setup_file() {
	mkdir -p $OUT
	criu_install
	image_make counter counter
	image_make heir heir
	image_make ticker ticker
}

setup() {
	rm -rf "${OUT:?}"/*
}

count_in() { # CONTAINER
	local count
	count=$(cat "$CONTAINERS/$1/data/count")
	echo $((10#$count))
}

counts_beyond() { # CONTAINER COUNT
	[ "$(count_in "$1")" -gt "$2" ]
}

start() { # NAME PROGRAM [OPTION...]
	local name=$1 program=$2
	shift 2
	container_start runc containerd "$name" "$program" "/bin/$program" \
		"$@" /data/count
	wait_for grep -qs '[1-9]' "$CONTAINERS/$name/data/count"
}

# Dump and end the container, restore it; it continues from there.
comes_back() { # NAME PROGRAM
	local before
	wait_for counts_beyond "$1" 20
	before=$(count_in "$1")
	dump -o $OUT/a.tar "default/pod-$1/main"
	runc kill "$1" KILL
	wait_for runc delete "$1"
	echo 0000000000 >"$CONTAINERS/$1/data/count"
	$PROGRAM restore --import $OUT/a.tar --base "$IMAGES/$2" \
		--bind /data --net keep --bundle $OUT/bundle again \
		</dev/null 3>&-
	expect "$(number_from count_in "$1")" -ge "$before"
	wait_for counts_beyond "$1" $((before + 5))
	runc delete --force again
	umount $OUT/bundle/rootfs
}

bytes_of() { # ARCHIVE: of memory in it
	tar -tvf "$1" | awk '$6 ~ "/pages-" { n += $3 } END { print n }'
}

@test "zero pages are not in the archive, and are zero again" {
	start holes counter -m 64 -z 90
	comes_back holes counter
	expect "$(bytes_of $OUT/a.tar)" -lt $((10 << 20))
}

@test "what a child has cleared does not come back from its parent" {
	start heir heir
	comes_back heir heir
}

longest_us() {
	local us
	us=$(cat "$CONTAINERS/clock/data/gap")
	echo $((10#$us))
}

has_begun_anew() {
	[ "$(longest_us)" -lt 50000 ]
}

# Compare the time that we report with what the process saw.  The process also
# stands still while CRIU collects its threads, which CRIU counts as freezing,
# and on a busy machine it waits before and after.  So one time of several must
# agree, and none may be shorter than reported.
@test "the process stood still as long as we say" {
	local frozen saw i fits=no
	container_start runc containerd clock ticker /bin/ticker -m 32 /data/gap
	wait_for test -s "$CONTAINERS/clock/data/gap"
	for ((i = 0; i < 10; i++)); do
		runc kill clock USR1
		wait_for has_begun_anew
		frozen=$(dump -o $OUT/a.tar default/pod-clock/main |
			sed -n 's/.*frozen \([0-9]*\)\.\([0-9]*\) s.*/\1\2000/p')
		rm $OUT/a.tar
		frozen=$((10#$frozen)) saw=$(longest_us)
		echo "reported $frozen us, seen $saw us"
		if [ $((saw - frozen)) -lt 15000 ] &&
			[ $((frozen - saw)) -lt 5000 ]; then
			fits=yes
			break
		fi
	done
	container_end runc clock
	expect $fits = yes
}

@test "a pre-dump is refused in clear words, and nothing is touched" {
	local why='does not track which memory is written'
	if zgrep -qs '^CONFIG_MEM_SOFT_DIRTY=y' /proc/config.gz; then
		skip "this kernel tracks it: predump.bats"
	fi
	start holes counter -m 4
	run -1 dump --pre-dump -o $OUT/a.tar default/pod-holes/main
	[[ "$output" == *"pre-dump: "*"$why"* ]]
	run -1 timeout 60 $PROGRAM serve --pre-dump --root-dir $OUT/serve
	[[ "$output" == *"pre-dump: "*"$why"* ]]
	[ -z "$(ls -A $OUT)" ]
	wait_for counts_beyond holes "$(count_in holes)"
	container_end runc holes
}
