# strangers.bash - source packages of others, built with and without `keelson
# record`.  Sourced by strangers*.bats in the lab's tree "strangers".
#
#   stranger NAME LOCK    build it twice in one place, then judge:
#     every file that was made is the same, byte by byte;
#     every object, library and program has a recorded command;
#     `keelson sbom` explains each program and shared library, to the byte;
#     the evidence, compressed, is small beside the tree
#   stranger_opened NAME LOCK    build it once, under strace: see below
#
# How NAME is built stands below, as build_NAME without dots and dashes: as a
# person would build it, but without optimisation, to save time (O=-O2: with).
# The sources are those that LOCK pins, where the lab keeps them.

export O=${O:--O0}
KEELSON=${KEELSON:-/keelson/build/bin/keelson}
STRANGERS=${STRANGERS:-/tmp/strangers}

# ---- how each is built ------------------------------------------------------
configured() { # ARGUMENT...
	./configure --quiet "$@" >/dev/null
	make -j"$(nproc)" >/dev/null
}

build_lua54() {
	make -j"$(nproc)" linux MYCFLAGS=$O >/dev/null
}

build_protobufc() {
	configured --disable-protoc CFLAGS=$O
}

build_libpng16() {
	configured --disable-tests CFLAGS=$O
}

build_cjson() {
	cmake -G Ninja -B b -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=$O \
		-DBUILD_SHARED_AND_STATIC_LIBS=ON . >/dev/null 2>&1
	ninja -C b >/dev/null
}

build_libinih() {
	meson setup b --buildtype plain -Ddefault_library=both \
		-Dc_args=$O -Dcpp_args=$O >/dev/null
	ninja -C b >/dev/null
}

build_socat() {
	configured CFLAGS=$O
}

build_dropbear() {
	configured --disable-zlib --disable-pam CFLAGS=$O
}

build_nginx() {
	./configure --with-cc-opt=$O --with-http_ssl_module >/dev/null
	make -j"$(nproc)" >/dev/null
}

build_lighttpd() {
	[ -x configure ] || autoreconf -fi >/dev/null 2>&1
	configured CFLAGS=$O
}

build_dnsmasq() {
	make -j"$(nproc)" CFLAGS=$O >/dev/null
}

build_tmux() {
	[ -x configure ] || sh autogen.sh >/dev/null 2>&1
	configured CFLAGS=$O
}

build_haproxy() {
	make -j"$(nproc)" TARGET=linux-glibc USE_OPENSSL=1 USE_PCRE2=1 \
		CPU_CFLAGS=$O >/dev/null
}

build_jq() {
	[ -x configure ] || autoreconf -fi >/dev/null 2>&1
	configured --with-oniguruma=no --disable-docs CFLAGS=$O
}

build_rsync() {
	configured --disable-openssl --disable-xxhash --disable-zstd \
		--disable-lz4 --disable-md2man --with-included-zlib=no CFLAGS=$O
}

build_libzstd() {
	CFLAGS=$O make -j"$(nproc)" -C lib lib >/dev/null
	CFLAGS=$O make -j"$(nproc)" -C programs zstd >/dev/null
}

build_curl() {
	configured --with-openssl --without-libpsl --disable-manual CFLAGS=$O
}

build_sqlite3() {
	configured --disable-readline CFLAGS=$O
}

# Traffic control needs what newer kernels' headers no longer have.
build_busybox() {
	make defconfig >/dev/null
	sed -i 's/^CONFIG_TC=y/# CONFIG_TC is not set/' .config
	make -j"$(nproc)" KCONFIG_NOTIMESTAMP=1 CONFIG_EXTRA_CFLAGS=$O \
		>/dev/null 2>&1
}

build_openssl() {
	./config no-shared no-tests no-docs $O >/dev/null
	make -j"$(nproc)" build_sw >/dev/null
}

build_redis() {
	make -j"$(nproc)" MALLOC=libc OPTIMIZATION=$O USE_SYSTEMD=no \
		>/dev/null 2>&1
}

build_bash() {
	configured --without-bash-malloc CFLAGS="$O -std=gnu17"
}

# ---- the course of one ------------------------------------------------------
# The tarball lies beside the tree, Debian's patches are applied.
stranger_unpack() { # NAME VERSION FILE ROLE
	local tree=$STRANGERS/$1-$2 patch
	case $4 in
	source)
		mkdir "$tree"
		tar -xf "$3" --strip-components=1 --no-same-owner -C "$tree"
		ln -sf "$3" "$tree.${3##*.orig.}"
		;;
	patches)
		tar -xf "$3" --no-same-owner -C "$tree"
		sed 's/[ #].*//' "$tree/debian/patches/series" | grep . |
			while read -r patch; do
				patch -s -p1 -d "$tree" \
					<"$tree/debian/patches/$patch"
			done
		;;
	esac
}

stranger_sources() { # NAME LOCK
	local sources=/lab/$2 lock file role version
	[ -d "$sources" ] || skip "no $2: make check-peers"
	lock=/keelson/static-build/test/${2/-few/}.lock
	version=$(awk -v name="$1" '$1 == name { print $2; exit }' "$lock")
	version=${version#*:}
	version=${version%-*}
	rm -rf "${STRANGERS:?}/$1"*
	mkdir -p "$STRANGERS"
	awk -v packages="$1" -f /keelson/static-build/lib/lock.awk "$lock" |
		while read -r file _ _ _ _ role; do
			stranger_unpack "$1" "$version" "$sources/$file" "$role"
		done
	TREE=$STRANGERS/$1-$version
}

stranger_build() { # NAME COMMAND...
	local build=build_${1//[.-]/}
	shift
	(cd "$TREE" && env -u MAKEFLAGS LC_ALL=C TZ=UTC \
		SOURCE_DATE_EPOCH=1700000000 "$@" \
		bash -ec "$(declare -f configured "$build"); $build")
}

# ---- judging ----------------------------------------------------------------
# Files that hold times, or random names, whoever builds the same source: nginx's
# autoconf.err has the names that gcc gave its temporary files.  And lists for
# make, which name system headers besides where the build asks for -MMD.
STRANGER_ODD='(\.d$|/(config\.log|\.ninja_(log|deps)|meson-log\.txt|intro-dependencies\.json|autoconf\.err|[a-z]*\.dat)$)'

stranger_hashes() { # OUT
	(cd "$TREE" && find . -name .keelson -prune -o -type f -print0 |
		LC_ALL=C sort -z | grep -zvE "$STRANGER_ODD" |
		xargs -0 sha256sum) >"$1"
}

# Other files may differ only where configure has written down the path by which
# it found a tool, which is ours.
stranger_same() { # PLAIN RECORDED
	local file bad=''
	[ -s "$1" ] && [ -s "$2" ] || return
	while read -r _ file; do
		grep -qF /.keelson/ "$TREE/$file" || bad+=" $file"
	done < <(sort "$1" "$2" | uniq -u | sort -u -k 2)
	[ -z "$bad" ] || echo "not the same:$bad"
	[ -z "$bad" ]
}

# Programs and shared libraries; not objects, nor what cmake tries the compiler
# with, of which it removes the objects.
stranger_programs() {
	find . \( -name .keelson -o -path '*/CMakeFiles/[0-9]*' \) -prune -o \
		-type f -size +100c -print0 |
		xargs -0 file -N -F '' | grep -E ' ELF .*(executable|shared object)' |
		sed -E 's/ +ELF .*//'
}

stranger_explained() {
	local program n=0 bad=0
	while read -r program; do
		n=$((n + 1))
		"$KEELSON" sbom --json "$program" >"$STRANGERS/.sbom" ||
			{ echo "no sbom: $program" && bad=1; }
	done < <(stranger_programs)
	echo "$n programs and shared libraries"
	[ "$n" -gt 0 ] && [ "$bad" -eq 0 ]
}

stranger_unseen() {
	local unseen
	unseen=$(jq -c .unseen .keelson/record.json)
	[ "$unseen" = '[]' ] || echo "no recorded command: $unseen"
	[ "$unseen" = '[]' ]
}

# Less than 2 %: but 2.2 % where configure asks hundreds of questions of a small
# source, as dropbear's does; and of a tree of less than 8 MiB the host's files
# weigh too much.
stranger_compact() {
	local evidence tree
	evidence=$(tar -c .keelson | xz -T1 | wc -c)
	tree=$(du -sb --exclude=.keelson . | cut -f 1)
	echo "evidence: $evidence bytes compressed, of a tree of $tree"
	[ "$tree" -lt $((8 << 20)) ] || [ $((evidence * 45)) -lt "$tree" ]
}

stranger() { # NAME SOURCES
	stranger_sources "$@"
	stranger_build "$1" env
	stranger_hashes "$STRANGERS/.plain"
	stranger_sources "$@"
	stranger_build "$1" "$KEELSON" record --
	stranger_hashes "$STRANGERS/.recorded"
	cd "$TREE" || return
	stranger_same "$STRANGERS/.plain" "$STRANGERS/.recorded" &&
		stranger_unseen && stranger_explained && stranger_compact ||
		return
	cd / && rm -rf "$TREE"*
}

# Every file that the recorded build opens is in the evidence, or of a kind that
# opened.py lists.
stranger_opened() { # NAME SOURCES
	stranger_sources "$@"
	stranger_build "$1" strace -f -y -qq -e trace=execve,openat \
		-o "$STRANGERS/.opened" "$KEELSON" record --
	/keelson/static-build/test/opened.py "$TREE" "$STRANGERS/.opened"
}
