/*
 * world - a small project with its evidence, for tests.
 *
 * How: a shell script compiles in two steps, source to assembly to object, as
 * the compiler's driver does under `record`; then the events are written with
 * the digests of what lies there.
 */
#include "sbom/test/world.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define DEMO     "build/work/demo/demo/"
#define LIBRARY  "build/sysroot/lib/libdemo.a"
#define HASH_MAX 65

static const char script[] =
	"cd %s && mkdir -p static-build/patches/demo prog build/bin/debug "
	"build/obj/prog build/sysroot/lib build/evidence/demo/maps "
	"build/evidence/prog/maps " DEMO "x " DEMO "y " DEMO "p " DEMO "q " DEMO
	"debian/patches && cd " DEMO " && "
	"echo 'int util(void);' > demo.h && "
	"echo '#define GENERATED 7' > made.h && "
	"echo 'made from this' > made.in && "
	"printf '#include \"demo.h\"\n#include \"made.h\"\n"
	"int util(void) { return GENERATED; }\n' > util.c && "
	"echo 'int in_x(void) { return 1; }' > x/twin.c && "
	"echo 'int in_y(void) { return 22; }' > y/twin.c && "
	"echo 'int unused(void) { return 3; }' > unused.c && "
	"echo 'int blob(void) { return 4444; }' > blob.c && "
	"echo 'a patch' > debian/patches/fix.patch && "
	"for f in p q; do printf '"
	"#define LONE static __attribute__((noinline, noclone)) int\n"
	"LONE same(int a) { return a * %d; }\n"
	"LONE equal(int a) { return a * 7777; }\n"
	"int in_%c(int a) { return same(a) + equal(a); }\n"
	"int also_%c(void) { return 5; }\n' "
	"$(echo $f | tr pq 12)111 $f $f > $f/pair.c; done && "
	"for f in util x/twin y/twin p/pair q/pair unused blob; do "
	"gcc -Os -fPIE -ffunction-sections -S -o $f.s $f.c && "
	"as -o $f.o $f.s || exit 1; done && "
	"ar qcsD libdemo.a x/twin.o y/twin.o p/pair.o q/pair.o util.o "
	"unused.o && "
	"cp libdemo.a ../../../sysroot/lib/ && cd ../../../.. && "
	"echo 'static inline __attribute__((always_inline)) int thrice(int a) "
	"{ return 3 * a + (a ^ 77); }' > prog/main.h && "
	"printf '#include \"main.h\"\n"
	"int util(void), in_y(void), one(void), two(void);\n"
	"int also_p(void), in_q(int);\n"
	"void _start(void) { for (;;) util(), in_y(), one(), two(), "
	"also_p(), in_q(thrice(one())); }\n' "
	"> prog/main.c && "
	"echo 'const char *one(void) { return \"text\"; }' > prog/one.c && "
	"echo 'const char *two(void) { return \"text\"; }' > prog/two.c && "
	"for f in main one two; do "
	"gcc $([ $f != main ] || echo -g -ffile-prefix-map=$PWD=.) -Os "
	"-fPIE -S -o build/obj/prog/$f.s "
	"prog/$f.c && "
	"as -o build/obj/prog/$f.o build/obj/prog/$f.s || exit 1; done && "
	"ld -r -Map=part -o build/obj/prog/part.o build/obj/prog/one.o "
	"build/obj/prog/two.o && "
	"ld -pie --no-dynamic-linker --gc-sections -Map=map -o "
	"build/bin/debug/prog "
	"build/obj/prog/main.o build/obj/prog/part.o " LIBRARY " && "
	"strip -o build/bin/prog build/bin/debug/prog && "
	"echo 'our patch' > static-build/patches/demo/own.patch";

static void path_of(const struct world *w, const char *path, char out[256])
{
	assert_true(snprintf(out, 256, "%s/%s", w->root, path) < 256);
}

void world_run(const struct world *w, const char *command)
{
	char text[4096];
	struct buf b = buf_fixed(text, sizeof(text));

	for (const char *p = command; *p != '\0'; p++) {
		if (p[0] == '%' && p[1] == 's') {
			buf_text(&b, w->root);
			p++;
		} else {
			buf_byte(&b, *p);
		}
	}
	if (system(buf_cstr(&b)) != 0)
		fail_msg("failed: %s", text);
}

void world_read(const struct world *w, const char *path, struct buf *out)
{
	char full[256];
	struct err e = {0};

	path_of(w, path, full);
	*out = buf_growing(1 << 20);
	if (file_read(full, out, &e) < 0)
		fail_msg("%s", e.text);
}

void world_write(const struct world *w, const char *path, struct str text)
{
	char full[256];
	struct err e = {0};

	path_of(w, path, full);
	if (file_write(full, text, 0644, &e) < 0)
		fail_msg("%s", e.text);
}

static void digest(const struct world *w, const char *path, char hex[HASH_MAX])
{
	char full[256];
	struct err e = {0};
	uint64_t size;

	path_of(w, path, full);
	if (sha256_file(full, hex, &size, &e) < 0)
		fail_msg("%s", e.text);
}

/* "KEY":{"path":...,"sha256":...,"size":1} */
static void put_file(const struct world *w, struct json_out *o, const char *key,
	const char *path)
{
	char hex[HASH_MAX];

	digest(w, path, hex);
	json_map(o, key);
	json_text(o, "path", path);
	json_text(o, "sha256", hex);
	json_whole(o, "size", 1);
	json_map_end(o);
}

/* Words separated by blanks, as a list of files. */
static void put_files(const struct world *w, struct json_out *o,
	const char *key, const char *paths)
{
	struct str rest = str_of(paths), one;
	char path[256];

	json_list(o, key);
	while (paths[0] != '\0' && str_cut(&rest, ' ', &one)) {
		assert_int_equal(str_copy(one, path, sizeof(path)), 0);
		put_file(w, o, NULL, path);
	}
	json_list_end(o);
}

static void begin_event(
	struct json_out *o, struct buf *b, const char *kind, const char *tool)
{
	*o = json_out(b, 0);
	json_map(o, NULL);
	json_text(o, "ev", kind);
	json_text(o, "run", "1");
	json_text(o, "cwd", "");
	json_text(o, "tool", tool);
	json_whole(o, "rc", 0);
}

static void end_event(struct json_out *o, struct buf *b)
{
	json_map_end(o);
	buf_byte(b, '\n');
}

/* The two events of compiling NAME.c; objects lie at `out`. */
static void put_compile(const struct world *w, struct buf *b, const char *name,
	const char *out, const char *deps)
{
	char source[128], assembly[128], object[128];
	struct json_out o;

	snprintf(source, sizeof(source), "%s.c", name);
	snprintf(assembly, sizeof(assembly), "%s.s", out);
	snprintf(object, sizeof(object), "%s.o", out);
	begin_event(&o, b, "compile", "/usr/lib/gcc/cc1");
	put_file(w, &o, "source", source);
	put_file(w, &o, "output", assembly);
	put_files(w, &o, "deps", deps);
	end_event(&o, b);
	begin_event(&o, b, "assemble", "/usr/bin/as");
	put_file(w, &o, "source", assembly);
	put_file(w, &o, "output", object);
	put_files(w, &o, "deps", "");
	end_event(&o, b);
}

static void put_upstream_events(const struct world *w)
{
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	struct json_out o;

	put_compile(
		w, &b, DEMO "util", DEMO "util", DEMO "demo.h " DEMO "made.h");
	put_compile(w, &b, DEMO "x/twin", DEMO "x/twin", "");
	put_compile(w, &b, DEMO "y/twin", DEMO "y/twin", "");
	put_compile(w, &b, DEMO "p/pair", DEMO "p/pair", "");
	put_compile(w, &b, DEMO "q/pair", DEMO "q/pair", "");
	put_compile(w, &b, DEMO "unused", DEMO "unused", "");
	put_compile(w, &b, DEMO "blob", DEMO "blob", "");
	begin_event(&o, &b, "generate", "/usr/bin/dash");
	put_files(w, &o, "inputs", DEMO "made.in " DEMO "blob.o");
	put_files(w, &o, "outputs", DEMO "made.h");
	end_event(&o, &b);
	world_write(w, "build/evidence/demo/events.jsonl", buf_view(&b));
}

/* The map moves to where its digest is its name; inputs as words. */
static void put_link(const struct world *w, struct buf *b, const char *map,
	const char *output, bool is_relocatable, const char *inputs)
{
	char hex[HASH_MAX], name[128];
	struct json_out o;

	digest(w, map, hex);
	begin_event(&o, b, "link", "/usr/bin/ld");
	put_file(w, &o, "output", output);
	json_truth(&o, "relocatable", is_relocatable);
	put_files(w, &o, "inputs", inputs);
	json_text(&o, "map", hex);
	end_event(&o, b);
	snprintf(name, sizeof(name),
		"mv %%s/%s %%s/build/evidence/prog/maps/%s.map", map, hex);
	world_run(w, name);
}

static void put_program_events(struct world *w)
{
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	struct json_out o;

	put_compile(w, &b, "prog/main", "build/obj/prog/main", "prog/main.h");
	put_compile(w, &b, "prog/one", "build/obj/prog/one", "");
	put_compile(w, &b, "prog/two", "build/obj/prog/two", "");
	put_link(w, &b, "part", "build/obj/prog/part.o", true,
		"build/obj/prog/one.o build/obj/prog/two.o");
	put_link(w, &b, "map", "build/bin/debug/prog", false,
		"build/obj/prog/main.o build/obj/prog/part.o " LIBRARY);
	begin_event(&o, &b, "generate", "/usr/bin/strip");
	put_files(w, &o, "inputs", "build/bin/debug/prog");
	put_files(w, &o, "outputs", "build/bin/prog");
	end_event(&o, &b);
	world_write(w, "build/evidence/prog/events.jsonl", buf_view(&b));
	digest(w, "build/bin/prog", w->shipped);
}

static void put_manifest_line(const struct world *w, struct buf *b,
	const char *path, const char *archive, const char *patch)
{
	struct json_out o = json_out(b, 0);
	char hex[HASH_MAX];

	digest(w, path, hex);
	json_map(&o, NULL);
	json_text(&o, "path", path);
	json_text(&o, "sha256", hex);
	json_whole(&o, "size", 1);
	json_text(&o, "archive", archive);
	json_list(&o, "patches");
	if (patch != NULL)
		json_text(&o, NULL, patch);
	json_list_end(&o);
	end_event(&o, b);
}

static void put_manifest(const struct world *w)
{
	static const char *const paths[] = {DEMO "demo.h", DEMO "made.in",
		DEMO "x/twin.c", DEMO "p/pair.c", DEMO "q/pair.c",
		DEMO "unused.c", DEMO "blob.c"};
	const char *archive = "demo_1.0.orig.tar.gz";
	AUTO_BUF struct buf b = buf_growing(1 << 20);

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		put_manifest_line(w, &b, paths[i], archive, NULL);
	put_manifest_line(w, &b, DEMO "y/twin.c", archive, "fix.patch");
	put_manifest_line(w, &b, DEMO "util.c", archive,
		"static-build/patches/demo/own.patch");
	put_manifest_line(w, &b, DEMO "debian/patches/fix.patch",
		"demo_1.0-1.debian.tar.xz", NULL);
	world_write(w, "build/evidence/demo/manifest.jsonl", buf_view(&b));
}

static void put_installed(const struct world *w)
{
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	struct json_out o = json_out(&b, 0);
	char hex[HASH_MAX];

	digest(w, LIBRARY, hex);
	json_map(&o, NULL);
	json_text(&o, "path", LIBRARY);
	json_text(&o, "sha256", hex);
	json_whole(&o, "size", 1);
	json_text(&o, "from", DEMO "libdemo.a");
	end_event(&o, &b);
	world_write(w, "build/evidence/demo/installed.jsonl", buf_view(&b));
	world_write(w, "build/evidence/demo/recipe.json",
		STR("{\"name\":\"demo\",\"packages\":[\"demo\"],"
		    "\"needs\":[]}\n"));
}

static void put_toolchain(const struct world *w)
{
	static const char *const tools[][2] = {{"/usr/lib/gcc/cc1", "cpp-12"},
		{"/usr/bin/as", "binutils"}, {"/usr/bin/ld", "binutils"},
		{"/usr/bin/strip", "binutils"}, {"/usr/bin/dash", "dash"}};
	AUTO_BUF struct buf b = buf_growing(1 << 20);

	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
		buf_fmt(&b,
			"{\"path\":\"%s\",\"sha256\":\"%064d\",\"size\":1,"
			"\"package\":\"%s\",\"version\":\"1-1\","
			"\"arch\":\"amd64\"}\n",
			tools[i][0], 0, tools[i][1]);
	world_write(w, "build/evidence/toolchain.jsonl", buf_view(&b));
}

static void put_lock(const struct world *w)
{
	AUTO_BUF struct buf b = buf_growing(1 << 20);

	buf_fmt(&b,
		"demo 1.0-1 trixie pool/d/demo_1.0.orig.tar.gz 1 %064d "
		"source MIT OR Zlib\n",
		1);
	buf_fmt(&b,
		"demo 1.0-1 trixie pool/d/demo_1.0-1.debian.tar.xz 1 "
		"%064d patches MIT OR Zlib\n",
		2);
	buf_fmt(&b,
		"certs 20250419 trixie pool/c/certs_20250419_all.deb 1 "
		"%064d rootfs MPL-2.0\n",
		3);
	world_write(w, "static-build/sources.lock", buf_view(&b));
}

void world_make(struct world *w)
{
	snprintf(w->root, sizeof(w->root), "/tmp/t_world.XXXXXX");
	assert_non_null(mkdtemp(w->root));
	snprintf(
		w->evidence, sizeof(w->evidence), "%s/build/evidence", w->root);
	world_run(w, script);
	put_upstream_events(w);
	put_program_events(w);
	put_manifest(w);
	put_installed(w);
	put_toolchain(w);
	put_lock(w);
}

void world_remove(const struct world *w)
{
	world_run(w, "rm -rf %s");
}

int world_drop_lines(const struct world *w, const char *path, const char *text)
{
	AUTO_BUF struct buf old = {0};
	AUTO_BUF struct buf new = buf_growing(1 << 20);
	struct str rest, line;
	int dropped = 0;

	world_read(w, path, &old);
	rest = buf_view(&old);
	while (str_cut(&rest, '\n', &line)) {
		if (line.n == 0)
			continue;
		if (memmem(line.p, line.n, text, strlen(text)) != NULL) {
			dropped++;
			continue;
		}
		buf_str(&new, line);
		buf_byte(&new, '\n');
	}
	world_write(w, path, buf_view(&new));
	return dropped;
}

int world_edit(const struct world *w, const char *path, const char *old,
	const char *new)
{
	AUTO_BUF struct buf before = {0};
	AUTO_BUF struct buf after = buf_growing(1 << 20);
	struct str rest;
	int edits = 0;

	world_read(w, path, &before);
	rest = buf_view(&before);
	while (rest.n > 0) {
		if (str_has_prefix(rest, str_of(old))) {
			buf_text(&after, new);
			rest = str_sub(rest, strlen(old), rest.n);
			edits++;
			continue;
		}
		buf_byte(&after, rest.p[0]);
		rest = str_sub(rest, 1, rest.n);
	}
	world_write(w, path, buf_view(&after));
	return edits;
}
