/*
 * draft - a table of steps for each build system, between a heading and what is
 * the same in every recipe.
 */
#include "images/draft/draft.h"

#define DRAFT_FILL(what) "\techo 'fill in: " what "' >&2\n\texit 1\n"

struct draft_steps {
	const char *configure, *compile, *install;
};

static const struct draft_steps draft_steps[] = {
	[DRAFT_UNKNOWN] = {"",
		DRAFT_FILL("compile(): the tarball has no build system that "
			   "is known"),
		DRAFT_FILL("install(): copy programs to $STAGE/bin, libraries "
			   "to $STAGE/lib, headers to $STAGE/include")},
	[DRAFT_AUTOCONF] = {"\t./configure --prefix=/usr @ \\\n"
			    "\t\tCC=\"$CC\" CFLAGS=\"$CFLAGS\" "
			    "CPPFLAGS=\"$CPPFLAGS\" LDFLAGS=\"$LDFLAGS\"\n",
		"\tmake -j\"$JOBS\"\n", "\tmake install DESTDIR=\"$STAGE\"\n"},
	[DRAFT_CONFIGURE] = {"\tCC=\"$CC\" CFLAGS=\"$CFLAGS $CPPFLAGS\" "
			     "LDFLAGS=\"$LDFLAGS\" \\\n"
			     "\t\t./configure --prefix=/usr @\n",
		"\tmake -j\"$JOBS\"\n", "\tmake install DESTDIR=\"$STAGE\"\n"},
	[DRAFT_CMAKE] = {"\tcmake -B build-keelson -DCMAKE_BUILD_TYPE=None \\\n"
			 "\t\t-DCMAKE_INSTALL_PREFIX=/usr "
			 "-DCMAKE_INSTALL_LIBDIR=lib \\\n"
			 "\t\t-DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF \\\n"
			 "\t\t-DCMAKE_C_FLAGS=\"$CFLAGS $CPPFLAGS\" \\\n"
			 "\t\t-DCMAKE_CXX_FLAGS=\"$CFLAGS $CPPFLAGS\" \\\n"
			 "\t\t-DCMAKE_EXE_LINKER_FLAGS=\"-static $LDFLAGS\" "
			 "\\\n"
			 "\t\t-DCMAKE_PREFIX_PATH=\"$SYSROOT\" .\n",
		"\tcmake --build build-keelson -j \"$JOBS\"\n",
		"\tDESTDIR=\"$STAGE\" cmake --install build-keelson\n"},
	[DRAFT_MESON] = {"\tmeson setup build-keelson --buildtype=plain \\\n"
			 "\t\t--prefix=/usr --libdir=lib "
			 "--default-library=static \\\n"
			 "\t\t--prefer-static -Dc_args=\"$CFLAGS $CPPFLAGS\" "
			 "\\\n"
			 "\t\t-Dc_link_args=\"-static $LDFLAGS\" \\\n"
			 "\t\t-Dcpp_args=\"$CFLAGS $CPPFLAGS\" \\\n"
			 "\t\t-Dcpp_link_args=\"-static $LDFLAGS\"\n",
		"\tninja -C build-keelson -j \"$JOBS\"\n",
		"\tDESTDIR=\"$STAGE\" meson install -C build-keelson\n"},
	[DRAFT_AUTORECONF] = {"\tautoreconf -fi\n"
			      "\t./configure --prefix=/usr --disable-shared "
			      "--enable-static \\\n"
			      "\t\tCC=\"$CC\" CFLAGS=\"$CFLAGS\" "
			      "CPPFLAGS=\"$CPPFLAGS\" LDFLAGS=\"$LDFLAGS\"\n",
		"\tmake -j\"$JOBS\"\n", "\tmake install DESTDIR=\"$STAGE\"\n"},
	[DRAFT_MAKE] = {"",
		"\tmake -j\"$JOBS\" CC=\"$CC\" CFLAGS=\"$CFLAGS $CPPFLAGS\" "
		"\\\n"
		"\t\tLDFLAGS=\"$LDFLAGS\" prefix=/usr PREFIX=/usr\n",
		"\tmake install DESTDIR=\"$STAGE\" prefix=/usr "
		"PREFIX=/usr\n"},
};

/* How a configure script leaves shared libraries out. */
static const char *draft_no_shared(const struct draft *d)
{
	if (d->kind == DRAFT_CONFIGURE)
		return d->has_static ? "--static" : "";
	return d->has_no_shared ? "--disable-shared --enable-static" : "";
}

/* The text with the option in place of '@', or without both. */
static void draft_put_step(
	const struct draft *d, const char *text, struct buf *out)
{
	const char *option = draft_no_shared(d);

	for (const char *c = text; *c; c++) {
		if (*c == '@')
			buf_text(out, option);
		else if (*c == ' ' && c[1] == '@' && *option == '\0')
			c++;
		else
			buf_byte(out, *c);
	}
}

static const char *draft_install(const struct draft *d)
{
	if (d->kind == DRAFT_MAKE && !d->has_destdir)
		return DRAFT_FILL("install(): the Makefile has no DESTDIR; "
				  "copy programs to $STAGE/bin, libraries to "
				  "$STAGE/lib, headers to $STAGE/include");
	return draft_steps[d->kind].install;
}

static void draft_put_steps(const struct draft *d, struct buf *out)
{
	const struct draft_steps *s = &draft_steps[d->kind];

	buf_text(out, "configure() {\n");
	draft_put_step(d, *s->configure ? s->configure : "\t:\n", out);
	buf_text(out, "}\n\ncompile() {\n");
	buf_text(out, s->compile);
	buf_text(out, "}\n\ninstall() {\n");
	buf_text(out, draft_install(d));
	buf_text(out, "}\n");
}

/* What it may need, as Debian builds it. */
static void draft_put_libraries(const struct draft *d, struct buf *out)
{
	AUTO_BUF struct buf list = buf_growing((size_t)1 << 16);

	draft_libraries(d->depends, &list);
	if (list.n == 0)
		return;
	buf_fmt(out,
		"#\n# Debian builds it with these.  What you want of them is "
		"on this machine, or a\n# source of its own (keelson "
		"add-source) whose recipe runs before; the rest is\n# "
		"switched off in configure():\n#  %.*s\n",
		STR_ARG(buf_view(&list)));
}

/* ---- the script ---- */

static const char draft_tail[] =
	"\n# ---- the same in every recipe "
	"--------------------------------------------\n"
	"\n"
	"fail() {\n"
	"\techo \"$package: $*\" >&2\n"
	"\texit 1\n"
	"}\n"
	"\n"
	"pinned() { # ROLE: the file of the lock, when it has the right bytes\n"
	"\tSOURCES_DIR=$sources awk -v p=\"$package\" -v r=\"$1\" '\n"
	"\t\t$1 == p && $7 == r {\n"
	"\t\t\tsub(/.*\\//, \"\", $4)\n"
	"\t\t\tprint $6 \"  \" ENVIRON[\"SOURCES_DIR\"] \"/\" $4\n"
	"\t\t}' < \"$lock\" > \"$WORK.sum\"\n"
	"\t[ -s \"$WORK.sum\" ] || return 0\n"
	"\tsha256sum --check --quiet --strict \"$WORK.sum\" >&2 ||\n"
	"\t\tfail 'not the pinned file: keelson fetch'\n"
	"\tcut -c 67- \"$WORK.sum\"\n"
	"}\n"
	"\n"
	"unpack() {\n"
	"\tsource=$(pinned source)\n"
	"\tpatches=$(pinned patches)\n"
	"\t[ -n \"$source\" ] || fail \"$lock pins no source of it\"\n"
	"\ttar -C \"$WORK\" -xf \"$source\" --strip-components=1 "
	"--no-same-owner\n"
	"\tif [ -n \"$patches\" ]; then\n"
	"\t\trm -rf \"$WORK/debian\"\n"
	"\t\ttar -C \"$WORK\" -xf \"$patches\" --no-same-owner\n"
	"\tfi\n"
	"\t[ ! -s \"$WORK/debian/patches/series\" ] ||\n"
	"\t\tsed 's/[ \\t]*#.*//; s/[ \\t].*//; /^$/d' \\\n"
	"\t\t\t\"$WORK/debian/patches/series\" |\n"
	"\t\twhile read -r patch; do\n"
	"\t\t\tpatch -d \"$WORK\" -p1 -s --no-backup-if-mismatch \\\n"
	"\t\t\t\t< \"$WORK/debian/patches/$patch\"\n"
	"\t\tdone\n"
	"\t# equal times: nothing is regenerated because of a patch\n"
	"\tfind \"$WORK\" -exec touch -h -d @1767225600 {} +\n"
	"}\n"
	"\n"
	"# Programs must be static; scripts are left out.\n"
	"place_program() { # FILE\n"
	"\theader=$(readelf -lW \"$1\" 2> /dev/null) || return 0\n"
	"\tcase $header in\n"
	"\t*INTERP*) fail \"${1##*/} is not static: give the linker "
	"-static\" ;;\n"
	"\tesac\n"
	"\tcp \"$1\" \"$root/build/bin/\"\n"
	"\techo \"$package: build/bin/${1##*/}\"\n"
	"}\n"
	"\n"
	"place() {\n"
	"\tcd \"$STAGE\"\n"
	"\t[ ! -d usr ] || cp -R usr/. .\n"
	"\tfor file in bin/* sbin/*; do\n"
	"\t\t[ ! -f \"$file\" ] || place_program \"$file\"\n"
	"\tdone\n"
	"\t[ ! -d include ] || cp -RL include \"$SYSROOT/\"\n"
	"\tfor file in lib/*.a; do\n"
	"\t\t[ -f \"$file\" ] || continue\n"
	"\t\tcp -L \"$file\" \"$SYSROOT/lib/\"\n"
	"\t\techo \"$package: build/sysroot/$file\"\n"
	"\tdone\n"
	"\tfor file in lib/pkgconfig/*.pc share/pkgconfig/*.pc; do\n"
	"\t\t[ ! -f \"$file\" ] || sed \"s|^prefix=.*|prefix=$SYSROOT|\" "
	"\"$file\" \\\n"
	"\t\t\t> \"$SYSROOT/lib/pkgconfig/${file##*/}\"\n"
	"\tdone\n"
	"\tcd \"$root\"\n"
	"}\n"
	"\n"
	"rm -rf \"$WORK\" \"$STAGE\"\n"
	"mkdir -p \"$WORK\" \"$STAGE\" \"$SYSROOT/lib/pkgconfig\" build/bin\n"
	"unpack\n"
	"cd \"$WORK\"\n"
	"configure\n"
	"compile\n"
	"install\n"
	"cd \"$root\"\n"
	"[ -n \"$(ls \"$STAGE\")\" ] || fail 'install() left nothing in "
	"$STAGE'\n"
	"place\n";

void draft_write(const struct draft *d, struct buf *out)
{
	const struct str p = d->package;

	buf_fmt(out,
		"#!/bin/sh\n"
		"# %.*s, built with %s.  Drafted by keelson; change it as you "
		"need.\n"
		"#\n"
		"#   keelson record --root . -- sh recipes/%.*s\n"
		"#\n"
		"# Unpacks what the lock pins, applies Debian's patches and "
		"builds.  Programs go to\n"
		"# build/bin, libraries and headers to build/sysroot, where "
		"later recipes look.\n",
		STR_ARG(p), draft_kind_name(d->kind), STR_ARG(p));
	draft_put_libraries(d, out);
	buf_fmt(out,
		"set -eu\n\n"
		"package=%.*s\n"
		"lock='%s'\n"
		"sources=${SOURCES_DIR:-build/sources}\n"
		"root=$PWD\n"
		"WORK=$root/build/work/$package\n"
		"STAGE=$root/build/work/$package.stage\n"
		"SYSROOT=$root/build/sysroot\n"
		"JOBS=$(nproc)\n"
		"CC='gcc -static'\n"
		"CFLAGS=-O2\n"
		"CPPFLAGS=-I$SYSROOT/include\n"
		"LDFLAGS=-L$SYSROOT/lib\n"
		"PKG_CONFIG_PATH=$SYSROOT/lib/pkgconfig\n"
		"export CC CFLAGS CPPFLAGS LDFLAGS PKG_CONFIG_PATH\n\n",
		STR_ARG(p), d->lock);
	draft_put_steps(d, out);
	buf_text(out, draft_tail);
}

void draft_write_bare(const struct draft *d, struct buf *out)
{
	buf_fmt(out,
		"# %.*s: built with %s; a draft: say what it is for\n"
		"packages=%.*s\n"
		"needs='musl linux-headers'\n",
		STR_ARG(d->package), draft_kind_name(d->kind),
		STR_ARG(d->package));
	draft_put_libraries(d, out);
	buf_text(out, "CPPFLAGS=-I$SYSROOT/include\n"
		      "LDFLAGS=-L$SYSROOT/lib\n\n");
	draft_put_steps(d, out);
}
