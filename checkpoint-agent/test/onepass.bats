# One pass: what the way of the pages from a process into the archive owes to
# the process, to the one who restores it and to the one who waits for it.
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
	wait_for 30 grep -qs '[1-9]' "$CONTAINERS/$name/data/count"
}

# It was dumped; it ends, comes back from the archive and goes on from there.
comes_back() { # NAME PROGRAM ARCHIVE
	local before
	before=$(count_in "$1")
	runc kill "$1" KILL
	wait_for 10 runc delete "$1"
	echo 0000000000 >"$CONTAINERS/$1/data/count"
	$PROGRAM restore --import "$3" --base "$IMAGES/$2" \
		--bundle $OUT/bundle again </dev/null 3>&-
	wait_for 10 counts_beyond "$1" $((before + 5))
	runc delete --force again
	umount $OUT/bundle/rootfs
}

bytes_of() { # ARCHIVE: of memory in it
	tar -tvf "$1" | awk '$6 ~ "/pages-" { n += $3 } END { print n }'
}

@test "zero pages are not in the archive, and are zero again" {
	start holes counter -m 64 -z 90
	dump -o $OUT/a.tar default/pod-holes/main
	expect "$(bytes_of $OUT/a.tar)" -lt $((10 << 20))
	comes_back holes counter $OUT/a.tar
}

@test "what a child has cleared does not come back from its parent" {
	start heir heir
	dump -o $OUT/a.tar default/pod-heir/main
	comes_back heir heir $OUT/a.tar
}

longest_us() {
	local us
	us=$(cat "$CONTAINERS/clock/data/gap")
	echo $((10#$us))
}

has_begun_anew() {
	[ "$(longest_us)" -lt 50000 ]
}

# What we say against what the process saw: it stands while CRIU collects its
# threads too, which CRIU counts as freezing, and a busy machine lets it wait
# before and after.  So one time of several must fit, and none may be shorter.
@test "the process stood still as long as we say" {
	local frozen saw i fits=no
	container_start runc containerd clock ticker /bin/ticker -m 32 /data/gap
	wait_for 30 test -s "$CONTAINERS/clock/data/gap"
	for ((i = 0; i < 10; i++)); do
		runc kill clock USR1
		wait_for 10 has_begun_anew
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
	run -1 timeout 10 $PROGRAM serve --pre-dump --root-dir $OUT/serve
	[[ "$output" == *"pre-dump: "*"$why"* ]]
	[ -z "$(ls -A $OUT)" ]
	wait_for 5 counts_beyond holes "$(count_in holes)"
	container_end runc holes
}
