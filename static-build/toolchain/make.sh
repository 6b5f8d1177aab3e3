# toolchain/make.sh - make the directory of tools that comes first on PATH.
#
# Sourced by `build`.  build/toolchain/bin holds the recorder under the names
# of the tools that it runs, and musl-gcc: the host's gcc with the sysroot
# instead of the host's libc.  build/toolchain/id lists, by hash, every tool of
# the host that can change what is built.  build/toolchain/confine runs recipes.
# shellcheck shell=sh

RECORDED='gcc cc as ld ar ranlib strip objcopy protoc protoc-c'

# The resolved path of a tool of the host; nothing when there is none.
host_tool() { # NAME
	case $1 in
	cc1 | collect2) set -- "$(/usr/bin/gcc -print-prog-name="$1")" ;;
	*) set -- "$(PATH=/usr/bin:/bin command -v "$1" || true)" ;;
	esac
	[ -z "$1" ] || readlink -f "$1"
}

toolchain_id() {
	/usr/bin/gcc -dumpfullversion -dumpmachine
	for tool in cc1 collect2 gcc as ld ar ranlib strip objcopy make \
		protoc protoc-c patch awk sed perl; do
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

toolchain_make() {
	dir=$ROOT/build/toolchain
	mkdir -p "$dir/bin"
	# shellcheck source=/dev/null
	. "$ROOT/static-build/lib/flags"
	build_tool record lib/base/arena.c lib/base/buf.c lib/base/err.c \
		lib/base/fd.c lib/base/json_out.c lib/base/str.c \
		lib/base/utf8.c lib/arc/ar.c lib/arc/sha256.c lib/arc/sha_ni.c
	build_tool confine lib/base/arena.c lib/base/buf.c lib/base/err.c \
		lib/base/fd.c lib/base/str.c
	for tool in record record-sub $RECORDED; do
		[ -e "$dir/bin/$tool" ] || ln -sf ../record "$dir/bin/$tool"
	done
	mkdir -p "$dir/shell"
	[ -e "$dir/shell/sh" ] || ln -sf ../record "$dir/shell/sh"
	sed "s|@SYSROOT@|$ROOT/build/sysroot|g" \
		"$ROOT/static-build/toolchain/musl-gcc.specs" |
		write_file "$dir/musl-gcc.specs"
	write_file "$dir/bin/musl-gcc" <<-END
		#!/bin/sh
		exec gcc "\$@" -specs "$dir/musl-gcc.specs"
	END
	chmod +x "$dir/bin/musl-gcc"
	sed "s|@SHELL@|$dir/shell/sh|g" \
		"$ROOT/static-build/toolchain/record.mk" |
		write_file "$dir/record.mk"
	toolchain_id | write_file "$dir/id"
}
