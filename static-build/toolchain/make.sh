# toolchain/make.sh - make the directory of tools that comes first on PATH.
#
# Sourced by `build`, after lib/arch.  toolchain/bin of $BUILD holds the recorder
# under the names of the tools that it runs, and musl-gcc: the host's gcc, or its
# cross compiler, with the sysroot instead of the host's libc.  toolchain/id
# lists, by hash, every tool of the host that can change what is built.
# build/toolchain has the recorder itself, and confine, which runs recipes.
# shellcheck shell=sh

RECORDED='gcc cc as ld ar ranlib strip objcopy protoc protoc-c'
CROSS_RECORDED='gcc as ld ar ranlib strip objcopy'

# The resolved path of a tool of the host; nothing when there is none.
host_tool() { # NAME
	case $1 in
	cc1 | collect2)
		set -- "$("/usr/bin/${CROSS}gcc" -print-prog-name="$1")"
		;;
	*) set -- "$(PATH=/usr/bin:/bin command -v "$1" || true)" ;;
	esac
	[ -z "$1" ] || readlink -f "$1"
}

toolchain_id() {
	"/usr/bin/${CROSS}gcc" -dumpfullversion -dumpmachine
	for tool in cc1 collect2 "${CROSS}gcc" "${CROSS}as" "${CROSS}ld" \
		"${CROSS}ar" "${CROSS}ranlib" "${CROSS}strip" \
		"${CROSS}objcopy" ${CROSS:+gcc} make protoc protoc-c patch \
		awk sed perl; do
		path=$(host_tool "$tool")
		[ -n "$path" ] || continue
		printf '%s %s\n' "$tool" "$(sha256sum < "$path")"
	done
	# the recorder and the wrapper decide what the evidence contains
	cat "$ROOT/build/toolchain/record" \
		"$ROOT/static-build/toolchain/musl-gcc.specs" \
		"$ROOT/static-build/toolchain/record.mk" | sha256sum
}

write_file() { # PATH: from standard input, unless it is the same
	cat > "$1.new"
	if cmp -s "$1.new" "$1"; then
		rm "$1.new"
	else
		mv "$1.new" "$1"
	fi
}

# A program of ours for the build itself, from its room and these of lib.
build_tool() { # NAME LIB-SOURCE...
	name=$1
	bin=$ROOT/build/toolchain/$name
	shift
	newer=$(cd "$ROOT" && find static-build/"$name"/*.[ch] "$@" \
		lib/base/*.h lib/arc/*.h -newer "$bin" 2>&1 | head -n 1)
	[ -n "$newer" ] || return 0
	(cd "$ROOT" && env -i PATH=/usr/bin:/bin LC_ALL=C /usr/bin/gcc -I. \
		$WARN -O2 -ffunction-sections -fdata-sections -static \
		-Wl,--gc-sections -o "$bin.new" static-build/"$name"/*.c "$@")
	mv "$bin.new" "$bin"
}

# The tools of this machine, and where we cross those of the other.
recorded_names() {
	printf 'bin/%s\n' $RECORDED
	[ -z "$CROSS" ] || printf "bin/$CROSS%s\n" $CROSS_RECORDED
}

toolchain_make() {
	dir=$HERE/toolchain
	mkdir -p "$ROOT/build/toolchain" "$dir/bin" "$dir/shell"
	# shellcheck source=/dev/null
	. "$ROOT/static-build/lib/flags"
	build_tool record lib/base/arena.c lib/base/buf.c lib/base/err.c \
		lib/base/fd.c lib/base/json_out.c lib/base/str.c \
		lib/base/utf8.c lib/arc/ar.c lib/arc/sha256.c lib/arc/sha_ni.c
	build_tool confine lib/base/arena.c lib/base/buf.c lib/base/err.c \
		lib/base/fd.c lib/base/str.c
	up=..
	[ "$BUILD" = build ] || up=../../../toolchain
	for tool in bin/record bin/record-sub shell/sh \
		$(recorded_names); do
		[ -e "$dir/$tool" ] || ln -sf "$up/record" "$dir/$tool"
	done
	sed "s|@SYSROOT@|$HERE/sysroot|g" \
		"$ROOT/static-build/toolchain/musl-gcc.specs" |
		write_file "$dir/musl-gcc.specs"
	write_file "$dir/bin/musl-gcc" <<-END
		#!/bin/sh
		exec ${CROSS}gcc "\$@" -specs "$dir/musl-gcc.specs"
	END
	chmod +x "$dir/bin/musl-gcc"
	sed "s|@SHELL@|$dir/shell/sh|g" \
		"$ROOT/static-build/toolchain/record.mk" |
		write_file "$dir/record.mk"
	toolchain_id | write_file "$dir/id"
}
