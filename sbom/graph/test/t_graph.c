/*
 * graph: a small project, really built, is followed back to its sources; the
 * graph has what the program was made from and not what lay beside it; changed
 * files are found out.  The OmniBOR manifests of it are those that git's rules
 * give, and the same each time.
 */
#include "lib/base/fd.h"
#include "sbom/evidence/evidence_open.h"
#include "sbom/graph/graph_make.h"
#include "sbom/graph/graph_within.h"
#include "sbom/test/world.h"
#include "sbom/write/omnibor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct world w;
	struct arena arena;
	struct evidence evidence;
	struct graph graph;
	struct err e;
};

static void open_world(struct fixture *f)
{
	world_make(&f->w);
	f->arena = arena_make(256 << 20);
	if (evidence_open(f->w.evidence, f->w.root, &f->arena, &f->evidence,
		    &f->e) < 0)
		fail_msg("%s", f->e.text);
}

static void close_world(struct fixture *f)
{
	evidence_close(&f->evidence);
	arena_free(&f->arena);
	world_remove(&f->w);
}

static int make_graph(struct fixture *f, bool has_whole_archives)
{
	char path[128];
	const struct graph_wish wish = {
		.sha256 = str_of(f->w.shipped),
		.path = path,
		.has_whole_archives = has_whole_archives,
	};

	snprintf(path, sizeof(path), "%s/build/bin/prog", f->w.root);
	return graph_make(&f->evidence, &wish, &f->arena, &f->graph, &f->e);
}

static int64_t find_file(const struct graph *g, const char *end)
{
	for (size_t i = 0; i < g->n_files; i++)
		if (str_has_suffix(g->files[i].name, str_of(end)))
			return (int64_t)i;
	return -1;
}

static bool is_within(struct fixture *f, const char *end)
{
	const bool *within = graph_within(&f->graph, &f->e);
	int64_t file = find_file(&f->graph, end);

	assert_non_null(within);
	assert_true(file >= 0);
	return within[file];
}

static void test_what_the_program_was_made_from(void **state)
{
	struct fixture f = {0};

	(void)state;
	open_world(&f);
	if (make_graph(&f, false) < 0)
		fail_msg("%s", f.e.text);
	assert_true(is_within(&f, "prog/main.c"));
	assert_true(is_within(&f, "prog/main.h"));
	assert_true(is_within(&f, "demo/y/twin.c"));
	/* what a generated header came from */
	assert_true(is_within(&f, "made.in"));
	assert_true(is_within(&f, "blob.c"));
	/* lies in the library, was not linked */
	assert_int_equal(find_file(&f.graph, "unused.c"), -1);
	assert_int_equal(find_file(&f.graph, "demo/x/twin.c"), -1);
	close_world(&f);
}

static void test_changed_files_are_found_out(void **state)
{
	static const struct {
		const char *command, *says;
	} cases[] = {
		{"echo >> %s/prog/main.h", "main.h"},
		{"echo >> %s/build/work/demo/demo/util.c", "util.c"},
		{"rm %s/prog/one.c", "one.c"},
		{"rm %s/build/sysroot/lib/libdemo.a "
		 "%s/build/work/demo/demo/libdemo.a",
			"libdemo.a"},
		{"echo >> %s/build/bin/debug/prog", "debug/prog"},
		{"cd %s/build/sysroot/lib && ar d libdemo.a unused.o",
			"libdemo.a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fixture f = {0};

		open_world(&f);
		world_run(&f.w, cases[i].command);
		assert_int_equal(make_graph(&f, false), -1);
		if (strstr(f.e.text, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].command, f.e.text);
		close_world(&f);
	}
}

static void write_manifests(struct fixture *f, const char *name, bool linked,
	struct omnibor_sums *s)
{
	char dir[128];
	const struct omnibor_wish wish = {
		.dir = dir, .hash = GIT_SHA256, .has_linked_only = linked};

	snprintf(dir, sizeof(dir), "%s/%s", f->w.root, name);
	if (omnibor_write(&f->graph, &wish, s, &f->e) < 0)
		fail_msg("%s", f->e.text);
}

static void test_manifests(void **state)
{
	struct omnibor_sums whole, linked, again;
	struct fixture f = {0};

	(void)state;
	open_world(&f);
	if (make_graph(&f, true) < 0)
		fail_msg("%s", f.e.text);
	write_manifests(&f, "whole", false, &whole);
	write_manifests(&f, "again", false, &again);
	assert_string_equal(whole.manifest, again.manifest);
	world_run(&f.w, "diff -r %s/whole %s/again");
	/* the same, written into what is there already */
	write_manifests(&f, "again", false, &again);
	world_run(&f.w, "diff -r %s/whole %s/again");
	if (make_graph(&f, false) < 0)
		fail_msg("%s", f.e.text);
	write_manifests(&f, "linked", true, &linked);
	assert_string_equal(whole.artifact, linked.artifact);
	assert_string_not_equal(whole.manifest, linked.manifest);
	/* header, sorted records, each once */
	world_run(&f.w,
		"cd %s/whole/manifests/gitoid_blob_sha256 && "
		"for m in */*; do "
		"[ \"$(head -n 1 $m)\" = gitoid:blob:sha256 ] && "
		"tail -n +2 $m | LC_ALL=C sort -cu && "
		"! tail -n +2 $m | grep -vqE "
		"'^[0-9a-f]{64}( manifest [0-9a-f]{64})?$' || exit 1; done");
	close_world(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_the_program_was_made_from),
		cmocka_unit_test(test_changed_files_are_found_out),
		cmocka_unit_test(test_manifests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
