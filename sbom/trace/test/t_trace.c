/*
 * trace: a project really built is followed back to its last file; then one
 * fault at a time is put into what was built or recorded, and must be named.
 */
#include "lib/base/fd.h"
#include "sbom/evidence/evidence_open.h"
#include "sbom/test/world.h"
#include "sbom/trace/inlined.h"
#include "sbom/trace/trace_program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DEMO "build/work/demo/demo/"

static int make_world(void **state)
{
	static struct world w;

	world_make(&w);
	*state = &w;
	return 0;
}

static int remove_world(void **state)
{
	world_remove(*state);
	return 0;
}

/* What the trace is made with, for one test. */
struct bench {
	struct arena arena;
	struct buf lock_text;
	struct lock lock;
	struct evidence evidence;
	struct buf program;
	struct trace trace;
	struct err e;
};

static int run_within(const struct world *w, struct bench *b, size_t memory)
{
	*b = (struct bench){.arena = arena_make(memory)};
	world_read(w, "static-build/sources.lock", &b->lock_text);
	if (lock_parse(buf_view(&b->lock_text), &b->arena, &b->lock, &b->e) < 0)
		return -1;
	if (evidence_open(
		    w->evidence, w->root, &b->arena, &b->evidence, &b->e) < 0)
		return -1;
	world_read(w, "build/bin/prog", &b->program);
	return trace_program(
		&(struct trace_basis){&b->evidence, &b->lock, &b->arena},
		&(struct trace_subject){
			str_of(w->shipped), buf_view(&b->program), "prog"},
		&b->trace, &b->e);
}

static int run(const struct world *w, struct bench *b)
{
	return run_within(w, b, (size_t)64 << 20);
}

static void done(struct bench *b)
{
	evidence_close(&b->evidence);
	arena_free(&b->arena);
	buf_free(&b->lock_text);
	buf_free(&b->program);
}

static const struct trace_file *file(const struct trace *t, const char *path)
{
	for (size_t i = 0; i < t->n_files; i++)
		if (str_is(t->files[i]->file.path, path))
			return t->files[i];
	return NULL;
}

static void test_follows_everything(void **state)
{
	static const char *const names[] = {"build/obj/prog/main.o",
		"build/obj/prog/one.o", "build/obj/prog/two.o", DEMO "blob.o",
		"pair.o", "pair.o", "twin.o", "util.o"};
	struct bench b;
	const struct trace *t = &b.trace;

	if (run(*state, &b) < 0)
		fail_msg("%s", b.e.text);
	assert_int_equal(t->n_objects, sizeof(names) / sizeof(*names));
	for (size_t i = 0; i < t->n_objects; i++) {
		assert_true(str_is(t->objects[i]->name, names[i]));
		assert_int_equal(t->objects[i]->is_embedded,
			str_is(t->objects[i]->name, DEMO "blob.o"));
	}
	assert_int_equal(t->n_libraries, 1);
	assert_int_equal(t->libraries[0]->members, 6);
	assert_int_equal(t->libraries[0]->taken, 4);
	assert_true(t->libraries[0]->bytes > 0);
	assert_true(str_is(t->libraries[0]->origin.package->package, "demo"));
	assert_int_equal(t->n_tools, 3);
	assert_true(str_is(t->tools[0]->package, "binutils"));
	done(&b);
}

/* Every byte of every section has its row, each once. */
static void test_rows_cover_the_program(void **state)
{
	struct bench b;
	const struct trace *t = &b.trace;
	uint64_t bytes = 0, owned = 0;

	if (run(*state, &b) < 0)
		fail_msg("%s", b.e.text);
	assert_true(t->n_sections >= 3);
	for (size_t i = 0; i < t->n_sections; i++) {
		const struct trace_section *s = &t->sections[i];
		uint64_t at = s->address;

		for (size_t k = s->row; k < s->row + s->n_rows; k++) {
			assert_int_equal(t->rows[k].address, at);
			at += t->rows[k].size;
		}
		assert_int_equal(at, s->address + s->size);
		bytes += s->size;
	}
	for (size_t i = 0; i < t->n_objects; i++)
		owned += t->objects[i]->bytes;
	assert_int_equal(owned + t->sums.shared + t->sums.ambiguous +
				 t->sums.padding + t->sums.made,
		bytes);
	done(&b);
}

/* The row whose owners are those of these names; NULL. */
static const struct trace_row *row_of(
	const struct trace *t, const char *one, const char *two)
{
	for (size_t i = 0; i < t->n_rows; i++) {
		const struct trace_row *r = &t->rows[i];

		if (r->n_owners == 2 && str_is(r->owners[0]->name, one) &&
			str_is(r->owners[1]->name, two))
			return r;
	}
	return NULL;
}

/* Two equal strings of an `ld -r` are one in the program, of both. */
static void test_shared_texts(void **state)
{
	struct bench b;
	const struct trace_row *r;

	if (run(*state, &b) < 0)
		fail_msg("%s", b.e.text);
	r = row_of(&b.trace, "build/obj/prog/one.o", "build/obj/prog/two.o");
	if (r == NULL) {
		fail_msg("no row of one.o and two.o");
		return;
	}
	assert_int_equal(r->kind, TRACE_SHARED);
	assert_int_equal(r->size, sizeof("text"));
	assert_true(b.trace.objects[1]->bytes > 0);
	assert_true(b.trace.objects[2]->bytes > 0);
	assert_int_equal(b.trace.objects[3]->bytes, 0);
	done(&b);
}

/* The first row of a section of this name, and the file that it is from. */
static const struct trace_row *row_named(
	const struct trace *t, const char *name)
{
	for (size_t i = 0; i < t->n_rows; i++)
		if (str_is(t->rows[i].name, name))
			return &t->rows[i];
	return NULL;
}

/*
 * Two members of one name have two functions of one name and size each, the
 * first member's are dropped: what differs is told by its bytes, what does not
 * is not guessed.
 */
static void test_members_of_one_name(void **state)
{
	const struct trace_row *same, *equal;
	struct bench b;

	if (run(*state, &b) < 0)
		fail_msg("%s", b.e.text);
	same = row_named(&b.trace, ".text.same");
	equal = row_named(&b.trace, ".text.equal");
	if (same == NULL || equal == NULL) {
		fail_msg("no rows of same() and equal()");
		return;
	}
	assert_int_equal(same->kind, TRACE_SECTION);
	assert_true(
		str_is(same->owners[0]->source->file.path, DEMO "q/pair.c"));
	assert_int_equal(equal->kind, TRACE_AMBIGUOUS);
	assert_int_equal(equal->n_owners, 2);
	assert_true(b.trace.sums.ambiguous >= equal->size);
	done(&b);
}

/* Code of a header is found by the line table; objects without one say so. */
static void test_headers(void **state)
{
	AUTO_BUF struct buf debug = {0};
	const struct trace_object *main_o, *util;
	const struct trace_file *header;
	struct inlined_code c;
	struct bench b;

	if (run(*state, &b) < 0)
		fail_msg("%s", b.e.text);
	world_read(*state, "build/bin/debug/prog", &debug);
	if (inlined_find(&b.trace, buf_view(&debug), &c, &b.e) < 0)
		fail_msg("%s", b.e.text);
	main_o = b.trace.objects[0];
	util = b.trace.objects[b.trace.n_objects - 1];
	header = file(&b.trace, "prog/main.h");
	assert_int_equal(main_o->n_headers, 1);
	assert_ptr_equal(main_o->headers[0], header);
	assert_true(inlined_bytes(&c, header, main_o) > 0);
	assert_true(inlined_bytes(&c, header, main_o) < main_o->bytes);
	assert_int_equal(c.list[0].line, 1);
	assert_ptr_equal(inlined_at(&c, c.list[0].address), &c.list[0]);
	assert_true(c.has_lines[main_o->order]);
	assert_int_equal(util->n_headers, 2);
	assert_false(c.has_lines[util->order]);
	assert_int_equal(
		inlined_bytes(&c, file(&b.trace, DEMO "demo.h"), NULL), 0);
	done(&b);
}

static void test_tells_origins(void **state)
{
	struct bench b;
	const struct trace *t = &b.trace;

	assert_int_equal(run(*state, &b), 0);
	assert_int_equal(file(t, "prog/main.c")->origin.kind, ORIGIN_OURS);
	assert_int_equal(file(t, DEMO "util.c")->origin.kind, ORIGIN_PINNED);
	assert_true(file(t, DEMO "util.c")->is_source);
	assert_true(file(t, DEMO "demo.h")->is_header);
	assert_int_equal(file(t, DEMO "made.h")->origin.kind, ORIGIN_GENERATED);
	assert_non_null(file(t, DEMO "made.in"));
	assert_non_null(file(t, DEMO "y/twin.c"));
	/* neither the twin of that name nor what nobody needs */
	assert_null(file(t, DEMO "x/twin.c"));
	assert_null(file(t, DEMO "unused.c"));
	assert_int_equal(file(t, DEMO "y/twin.c")->origin.record->n_patches, 1);
	done(&b);
}

/* The trace must fail now and say so in words that hold these. */
static void refuse(const struct world *w, const char *because, const char *name)
{
	struct bench b;

	assert_int_equal(run(w, &b), -1);
	if (strstr(b.e.text, because) == NULL || strstr(b.e.text, name) == NULL)
		fail_msg("\"%s\" does not say \"%s\" of %s", b.e.text, because,
			name);
	done(&b);
}

static void test_partial_link_deleted(void **state)
{
	const struct world *w = *state;
	const char *events = "build/evidence/prog/events.jsonl";
	AUTO_BUF struct buf whole = {0};

	world_read(w, events, &whole);
	assert_int_equal(
		world_drop_lines(w, events, "\"relocatable\":true"), 1);
	refuse(w, "orphan: build/obj/prog/part.o",
		"made by no recorded command");
	world_write(w, events, buf_view(&whole));
}

static void test_event_deleted(void **state)
{
	const struct world *w = *state;
	const char *events = "build/evidence/demo/events.jsonl";
	AUTO_BUF struct buf whole = {0};

	world_read(w, events, &whole);
	assert_true(world_drop_lines(w, events, "y/twin.o") > 0);
	refuse(w, "orphan: twin.o", "made by no recorded command");
	world_write(w, events, buf_view(&whole));
	assert_int_equal(world_drop_lines(w, events, "made.in"), 1);
	refuse(w, "orphan: " DEMO "made.h", "recorded command");
	world_write(w, events, buf_view(&whole));
	assert_true(world_drop_lines(w, events, "\"compile\"") == 7);
	refuse(w, "orphan: " DEMO, ".s (sha256");
	world_write(w, events, buf_view(&whole));
}

/* What was compiled twice with equal result counts as the last time. */
static void test_latest_event_counts(void **state)
{
	const struct world *w = *state;
	const char *events = "build/evidence/demo/events.jsonl";
	AUTO_BUF struct buf whole = {0};
	AUTO_BUF struct buf old = {0};
	AUTO_BUF struct buf twice = buf_growing(1 << 20);
	struct bench b;

	world_read(w, events, &whole);
	world_edit(w, events, "demo.h\",\"sha256\":\"",
		"demo.h\",\"sha256\":\"0000");
	world_read(w, events, &old);
	buf_str(&twice, buf_view(&old));
	buf_str(&twice, buf_view(&whole));
	refuse(w, "orphan: " DEMO "demo.h", "neither in the manifest");
	world_write(w, events, buf_view(&twice));
	if (run(w, &b) < 0)
		fail_msg("%s", b.e.text);
	done(&b);
	world_write(w, events, buf_view(&whole));
}

static void test_link_deleted(void **state)
{
	const struct world *w = *state;
	const char *events = "build/evidence/prog/events.jsonl";
	AUTO_BUF struct buf whole = {0};

	world_read(w, events, &whole);
	assert_int_equal(world_drop_lines(w, events, "\"link\""), 2);
	refuse(w, "no recorded link or strip", "prog");
	world_write(w, events, buf_view(&whole));
	assert_int_equal(world_drop_lines(w, events, "\"generate\""), 1);
	refuse(w, "no recorded link or strip", "prog");
	world_write(w, events, buf_view(&whole));
}

/* The header that was compiled is not the one that was unpacked. */
static void test_header_touched(void **state)
{
	const struct world *w = *state;
	const char *manifest = "build/evidence/demo/manifest.jsonl";
	AUTO_BUF struct buf whole = {0};

	world_read(w, manifest, &whole);
	assert_int_equal(world_drop_lines(w, manifest, "demo.h"), 1);
	refuse(w, "orphan: " DEMO "demo.h", "neither in the manifest");
	world_write(w, manifest, buf_view(&whole));
}

static void test_own_source_touched(void **state)
{
	const struct world *w = *state;
	AUTO_BUF struct buf whole = {0};

	world_read(w, "prog/main.c", &whole);
	world_write(w, "prog/main.c", STR("int changed;\n"));
	refuse(w, "prog/main.c has changed since it was compiled", "prog");
	world_write(w, "prog/main.c", buf_view(&whole));
}

static void test_members_swapped(void **state)
{
	const struct world *w = *state;
	const char *library = "build/sysroot/lib/libdemo.a";
	AUTO_BUF struct buf whole = {0};

	world_read(w, library, &whole);
	world_run(w, "cd %s/" DEMO " && rm -f ../other.a && "
		     "ar qcsD ../other.a y/twin.o x/twin.o p/pair.o q/pair.o "
		     "util.o unused.o && "
		     "cp ../other.a %s/build/sysroot/lib/libdemo.a");
	refuse(w, "libdemo.a has changed since it was linked", "prog");
	world_write(w, library, buf_view(&whole));
}

static void test_object_touched(void **state)
{
	const struct world *w = *state;
	AUTO_BUF struct buf whole = {0};

	world_read(w, "build/obj/prog/main.o", &whole);
	world_write(w, "build/obj/prog/main.o", STR("other"));
	refuse(w, "main.o has changed since it was linked", "prog");
	world_write(w, "build/obj/prog/main.o", buf_view(&whole));
}

static void test_map_touched(void **state)
{
	const struct world *w = *state;

	world_run(w, "cd %s/build/evidence/prog && cp -r maps kept && "
		     "for f in maps/*; do echo >> $f; done");
	refuse(w, ".map was changed", "prog");
	world_run(w, "cd %s/build/evidence/prog && rm -r maps && "
		     "mv kept maps");
}

static void test_lock_without_the_package(void **state)
{
	const struct world *w = *state;
	AUTO_BUF struct buf whole = {0};

	world_read(w, "static-build/sources.lock", &whole);
	assert_int_equal(
		world_drop_lines(w, "static-build/sources.lock", "demo"), 2);
	refuse(w, "orphan", "not in the lock");
	world_write(w, "static-build/sources.lock", buf_view(&whole));
}

static void test_tool_unknown(void **state)
{
	const struct world *w = *state;
	const char *tools = "build/evidence/toolchain.jsonl";
	AUTO_BUF struct buf whole = {0};

	world_read(w, tools, &whole);
	assert_int_equal(world_drop_lines(w, tools, "cc1"), 1);
	refuse(w, "tool /usr/lib/gcc/cc1 is not in the list", "prog");
	world_write(w, tools, buf_view(&whole));
}

/* Wherever memory runs out, the trace says so and leaves nothing behind. */
static void test_memory_ends(void **state)
{
	size_t memory = 4096, failures = 0;
	struct bench b;

	while (run_within(*state, &b, memory) < 0) {
		if (b.e.kind != ERR_LIMIT)
			fail_msg("%zu bytes: %s", memory, b.e.text);
		done(&b);
		failures++;
		memory += memory / 16;
		assert_true(memory < (size_t)64 << 20);
	}
	done(&b);
	assert_true(failures > 10);
}

/* Where no package owns a tool it stands for itself. */
static void test_tool_of_nobody(void **state)
{
	const struct world *w = *state;
	const char *tools = "build/evidence/toolchain.jsonl";
	AUTO_BUF struct buf whole = {0};
	struct bench b;

	world_read(w, tools, &whole);
	assert_int_equal(world_edit(w, tools, "\"binutils\"", "\"\""), 3);
	assert_int_equal(run(w, &b), 0);
	assert_int_equal(b.trace.n_tools, 5);
	assert_true(str_is(b.trace.tools[0]->package, "/usr/bin/as"));
	done(&b);
	world_write(w, tools, buf_view(&whole));
}

static void test_evidence_broken(void **state)
{
	const struct world *w = *state;
	const char *events = "build/evidence/demo/events.jsonl";
	AUTO_BUF struct buf whole = {0};

	world_read(w, events, &whole);
	assert_true(world_edit(w, events, "\"assemble\"", "\"ponder\"") == 7);
	refuse(w, "events.jsonl: line 2", "unknown kind of event");
	world_write(w, events, str_sub(buf_view(&whole), 0, whole.n / 2));
	refuse(w, "events.jsonl: line ", "byte ");
	world_write(w, events, buf_view(&whole));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_follows_everything),
		cmocka_unit_test(test_tells_origins),
		cmocka_unit_test(test_rows_cover_the_program),
		cmocka_unit_test(test_shared_texts),
		cmocka_unit_test(test_members_of_one_name),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_partial_link_deleted),
		cmocka_unit_test(test_event_deleted),
		cmocka_unit_test(test_latest_event_counts),
		cmocka_unit_test(test_link_deleted),
		cmocka_unit_test(test_header_touched),
		cmocka_unit_test(test_own_source_touched),
		cmocka_unit_test(test_members_swapped),
		cmocka_unit_test(test_object_touched),
		cmocka_unit_test(test_map_touched),
		cmocka_unit_test(test_lock_without_the_package),
		cmocka_unit_test(test_tool_unknown),
		cmocka_unit_test(test_tool_of_nobody),
		cmocka_unit_test(test_evidence_broken),
		cmocka_unit_test(test_memory_ends),
	};

	return cmocka_run_group_tests(tests, make_world, remove_world);
}
