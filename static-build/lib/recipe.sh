#!/bin/sh
# recipe.sh ROOT ARCH NAME JOBS - run one recipe, in a clean environment.
#
# A recipe (recipes/NAME) sets
#   packages   names in sources.lock; it builds the first of them
#   needs      recipes that must run before
#   config     files of config/ that it uses
#   optimize   -Os by default
# each on one line, in single quotes or one word: `build` reads them and does not
# run them.  It defines those of configure, compile, install that differ from the
# defaults below.  They run in the unpacked source of the first package.  What
# install leaves in $STAGE/include and $STAGE/lib goes to the sysroot,
# $STAGE/bin to build/bin; place.sh takes it there.  lib/arch sets what follows
# from the architecture; a recipe uses $AR, $RANLIB, $STRIP, $CC for what it
# builds, and gcc for a program that it runs while it builds.
#
# Called by `build`, confined: only $WORK, $EVIDENCE and /tmp can be written.
# Nothing of the caller's environment gets in, because what a host exports
# (LIBRARY_PATH, CFLAGS, MAKEFLAGS) must not change any bit.
set -eu
umask 022

ROOT=$1 ARCH=$2 NAME=$3 JOBS=$4
# shellcheck source=/dev/null
. "$ROOT/static-build/lib/arch"
HERE=$ROOT/$BUILD
[ "${5:-}" = clean ] || exec env -i LC_ALL=C TZ=UTC HOME=/nonexistent \
	PATH="$HERE/toolchain/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
	/bin/sh "$0" "$ROOT" "$ARCH" "$NAME" "$JOBS" clean
WORK=$HERE/work/$NAME
STAGE=$WORK/stage
EVIDENCE=$HERE/evidence/$NAME
SYSROOT=$HERE/sysroot
# The binutils of what is built; gcc alone is the compiler of this machine.
# shellcheck disable=SC2034 # recipes use them
AR=${CROSS}ar RANLIB=${CROSS}ranlib STRIP=${CROSS}strip

# ---- helpers of recipes ------------------------------------------------------

# The directory in which a package of this recipe is unpacked.
tree() { # PACKAGE
	echo "$WORK/$1"
}

run_make() {
	make -j"$JOBS" "$@"
}

one_line() { # WORD...: join a list of flags that recipes break
	printf '%s ' "$@"
}

# Compile sources with $CPPFLAGS $CFLAGS into one archive.
make_archive() { # LIB SOURCE...
	lib=$1
	shift
	run_make -f "$ROOT/static-build/lib/archive.mk" LIB="$lib" SRC="$*" \
		CC="$CC" AR="$AR" CFLAGS="$CFLAGS" \
		CPPFLAGS="$(one_line ${CPPFLAGS:-})"
}

stage_lib() {
	mkdir -p "$STAGE/lib"
	cp "$@" "$STAGE/lib/"
}

stage_include() { # [-d SUBDIRECTORY] FILE-or-DIRECTORY...
	at=$STAGE/include
	if [ "$1" = -d ]; then
		at=$at/$2
		shift 2
	fi
	mkdir -p "$at"
	cp -RL "$@" "$at/"
}

# Metadata for recipes that use pkg-config.
stage_pc() { # NAME VERSION LIBS CFLAGS
	mkdir -p "$STAGE/lib/pkgconfig"
	printf '%s\n' "Name: $1" "Description: $1" "Version: $2" \
		"Libs: -L$SYSROOT/lib $3" "Cflags: -I$SYSROOT/include $4" \
		> "$STAGE/lib/pkgconfig/$1.pc"
}

# The .note.package (UAPI.8) of a program, as a file of linker arguments, so
# that no shell or make on the way has to keep the quotes.  It names the package
# as its SBOM does: Debian's only with Debian's patches.
note_arguments() { # PACKAGE LINKED...: prints @FILE
	note_of=$1
	shift
	note_linked=$(awk -v packages="$*" -f "$ROOT/static-build/lib/linked.awk" \
		"$ROOT/static-build/sources.lock")
	awk -v p="$note_of" -v linked="$note_linked" -v cpu="$CPU" '
	BEGIN {
		number["bookworm"] = 12
		number["trixie"] = 13
	}
	$1 == p && $7 == "patches" {
		is_debian = 1
	}
	$1 == p && $7 == "source" {
		full = version = $2
		suite = $3
		licence = $8
		for (i = 9; i <= NF; i++)
			licence = licence " " $i
	}
	END {
		sub(/^[0-9]+:/, "", version)
		sub(/-[^-]*$/, "", version)
		sub(/^.*\+really/, "", version)
		sub(/[+.~](dfsg|ds).*$/, "", version)
		gsub(/:/, "%3A", full)
		gsub(/[+]/, "%2B", full)
		purl = "pkg:generic/" p "@" version
		if (is_debian && suite in number)
			purl = "pkg:deb/debian/" p "@" full \
				"?arch=source&distro=debian-" number[suite]
		printf "-Xlinker \047--package-metadata={" \
			"\"type\":\"generic\"," \
			"\"name\":\"%s\",\"version\":\"%s\"," \
			"\"architecture\":\"%s\",\"purl\":\"%s\"," \
			"\"license\":\"%s\",%s}\047\n",
			p, version, cpu, purl, licence, linked
	}' "$ROOT/static-build/sources.lock" > "$WORK/.note"
	echo "@$WORK/.note"
}

# ---- defaults ---------------------------------------------------------------

configure() {
	:
}

compile() {
	run_make
}

install() {
	run_make install DESTDIR="$STAGE"
}

# ---- unpacking --------------------------------------------------------------

lock_file() { # PACKAGE ROLE: the file's name, empty when there is none
	awk -v packages="$1" -f "$ROOT/static-build/lib/lock.awk" \
		"$ROOT/static-build/sources.lock" |
		awk -v role="$2" '$6 == role { print $1 }'
}

# Apply a patch and note the files that it touches, as the patch names them.
apply() { # FILE NAME
	echo "patch: $2"
	patch -p1 -s --no-backup-if-mismatch < "$1"
	sed -n 's|^+++ [^/]*/\([^	 ]*\).*|\1 '"$2"'|p' "$1" \
		>> "$WORK/.touched"
}

# Debian's patches in the order of their series, then this project's own.
apply_patches() { # PACKAGE
	if [ -s debian/patches/series ]; then
		for patch in $(sed 's/[ \t]*#.*//; s/[ \t].*//; /^$/d' \
				debian/patches/series); do
			apply "debian/patches/$patch" "$patch"
		done
	fi
	for patch in "$ROOT/static-build/patches/$1"/*.patch; do
		[ -e "$patch" ] || continue
		apply "$patch" "${patch#"$ROOT"/}"
	done
}

# Lines for `record files`, which adds size and hash.
list_tree() { # PACKAGE ARCHIVE DEBIAN-ARCHIVE
	find "$WORK/$1" -type f | LC_ALL=C sort | awk -v root="$ROOT/" \
		-v tree="$WORK/$1/" -v archive="$2" -v debian="$3" '
	FILENAME != "-" {
		before = $1 in patches ? patches[$1] "," : ""
		patches[$1] = before "\"" $2 "\""
		next
	}
	{
		rest = substr($0, length(tree) + 1)
		from = archive
		if (debian != "" && rest ~ /^debian\//)
			from = debian
		printf "%s\t\"archive\":\"%s\",\"patches\":[%s]\n",
			substr($0, length(root) + 1), from, patches[rest]
	}' "$WORK/.touched" -
}

unpack_deb() { # PACKAGE FILE
	dpkg-deb -x "$ROOT/build/sources/$2" "$WORK/$1"
}

unpack_source() { # PACKAGE FILE PATCHES
	tar -C "$WORK/$1" -xf "$ROOT/build/sources/$2" --strip-components=1 \
		--no-same-owner --no-same-permissions
	if [ -n "$3" ]; then
		rm -rf "$WORK/$1/debian"
		tar -C "$WORK/$1" -xf "$ROOT/build/sources/$3" \
			--no-same-owner --no-same-permissions
	fi
	(cd "$WORK/$1" && apply_patches "$1")
}

unpack() { # PACKAGE
	mkdir -p "$WORK/$1"
	: > "$WORK/.touched"
	source=$(lock_file "$1" source)
	patches=$(lock_file "$1" patches)
	deb=$(lock_file "$1" sysroot)
	if [ -n "$deb" ]; then
		unpack_deb "$1" "$deb"
	else
		unpack_source "$1" "$source" "$patches"
	fi
	# Equal times: no file looks older than what it is made from, so no
	# build system regenerates itself because of a patch.
	find "$WORK/$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	list_tree "$1" "$source$deb" "$patches" |
		(cd "$ROOT" && record files) >> "$EVIDENCE/manifest.jsonl"
}

# ---- evidence of configure, and what install left --------------------------------------

# Files of the tree that are new or differ from the manifest.
list_configured() {
	find "$WORK" -type f -newermt "@$SOURCE_DATE_EPOCH" ! -name '.*' |
		LC_ALL=C sort |
		sed "s|^$ROOT/||" | (cd "$ROOT" && record files)
}

# Leave plain files and directories in the stage: what links to a file becomes
# a copy of it, as far as this recipe sees the file.
settle() {
	cd "$STAGE"
	if [ -d usr ]; then
		cp -R usr/. . && rm -rf usr
	fi
	find . -type l ! -name '*.la' | while read -r link; do
		cp -L "$link" "$link.settled"
		mv -f "$link.settled" "$link"
	done
}

# ---- the run -----------------------------------------------------------------

# shellcheck source=/dev/null
. "$ROOT/static-build/lib/flags"
HARD=$(one_line $HARD)
optimize=-Os
packages=''
# shellcheck source=/dev/null
. "$ROOT/static-build/recipes/$NAME"

PREFIX_MAP="-ffile-prefix-map=$ROOT=."
CFLAGS="$optimize $HARD $PREFIX_MAP"
CC=musl-gcc
PKG_CONFIG_LIBDIR=$SYSROOT/lib/pkgconfig
export SOURCE_DATE_EPOCH PKG_CONFIG_LIBDIR

mkdir "$STAGE"
for package in $packages; do
	unpack "$package"
done

cd "$WORK/${packages%% *}"
configure
list_configured > "$EVIDENCE/configured.jsonl"

RECORD_DIR=$EVIDENCE RECORD_ROOT=$ROOT RECORD_NAME=$NAME
RECORD_KNOWN=$WORK/.known
export RECORD_DIR RECORD_ROOT RECORD_NAME RECORD_KNOWN
MAKEFILES=$HERE/toolchain/record.mk
export MAKEFILES
compile
install
unset MAKEFILES RECORD_DIR RECORD_KNOWN
settle
