/*
 * Tests of sbom/index/vendored: where packages lie in a tree, and what of
 * them was modified.
 */
#include "sbom/index/vendored.h"

#include "sbom/evidence/evidence_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MEMORY ((size_t)1 << 22)

/* A tree and an index; an id is a digit, repeated. */
struct world {
	struct arena arena;
	struct evidence ev;
	struct lock lock;
	struct file_index index;
};

static struct str id_of(struct world *w, char digit)
{
	char *id = arena_alloc(&w->arena, 41);

	assert_non_null(id);
	memset(id, digit, 40);
	return (struct str){id, 40};
}

static void start(struct world *w)
{
	*w = (struct world){.arena = arena_make(MEMORY)};
	w->lock.lines = arena_alloc(&w->arena, sizeof(*w->lock.lines));
	w->lock.n = 1;
	w->index.by_id = table_make(&w->arena);
	w->ev = (struct evidence){.arena = &w->arena, .is_outside = true};
}

static void package(struct world *w, const char *name, const char *version)
{
	const struct indexed_package p = {
		.name = str_of(name),
		.version = str_of(version),
		.archive = str_of(name),
		.first = (uint32_t)w->index.n_files,
	};

	assert_int_equal(
		file_index_add_package(&w->index, &w->arena, p, NULL), 0);
}

/* In the last package; paths in order. */
static void released(struct world *w, const char *path, char id)
{
	const struct indexed_file f = {
		.path = str_of(path),
		.id = id_of(w, id),
		.size = 1000,
		.package = (uint32_t)w->index.n_packages - 1,
	};

	assert_int_equal(file_index_add_file(&w->index, &w->arena, f, NULL), 0);
	w->index.packages[f.package].n++;
	assert_int_equal(table_add(&w->index.by_id, f.id,
				 (uint32_t)w->index.n_files - 1),
		0);
}

static void in_tree(struct world *w, const char *path, char id)
{
	static size_t room;
	struct evidence_file *list;

	room = w->ev.n_files == 0 ? 0 : room;
	list = arena_grow(
		&w->arena, w->ev.files, w->ev.n_files, &room, sizeof(*list));
	assert_non_null(list);
	w->ev.files = list;
	list[w->ev.n_files++] = (struct evidence_file){
		.list = EVIDENCE_MANIFEST,
		.path = str_of(path),
		.git = id_of(w, id),
	};
}

static void find(struct world *w)
{
	struct err e = {0};

	assert_int_equal(
		vendored_find(&w->ev, &w->lock, &w->index, &w->arena, &e), 0);
}

static void zlib(struct world *w, const char *version, char inflate)
{
	package(w, "zlib", version);
	released(w, "contrib/extra.c", '9');
	released(w, "deflate.c", '1');
	released(w, "inflate.c", inflate);
	released(w, "zlib.h", '3');
}

static void with_a_modified_file(void **state)
{
	struct world w;
	const struct evidence_vendored *v;

	(void)state;
	start(&w);
	zlib(&w, "1.3.1", '2');
	in_tree(&w, "main.c", 'a');
	in_tree(&w, "vendor/zlib/deflate.c", 'f');
	in_tree(&w, "vendor/zlib/inflate.c", '2');
	in_tree(&w, "vendor/zlib/our-config.h", 'b');
	in_tree(&w, "vendor/zlib/zlib.h", '3');
	find(&w);
	assert_int_equal(w.ev.n_vendored, 1);
	v = &w.ev.vendored[0];
	assert_true(str_is(v->path, "vendor/zlib"));
	assert_true(str_is(v->name, "zlib"));
	assert_true(str_is(v->version, "1.3.1"));
	assert_int_equal(v->same, 2);
	assert_int_equal(v->n_changed, 1);
	assert_true(str_is(v->changed[0], "vendor/zlib/deflate.c"));
	assert_int_equal(w.lock.n, 2);
	assert_true(str_is(w.lock.lines[1].package, "zlib"));
	assert_non_null(strstr(w.lock.lines[1].from.p,
		"2 files as in zlib, modified: vendor/zlib/deflate.c"));
	assert_int_equal(w.ev.files[0].vendored, 0);
	assert_int_equal(w.ev.files[1].vendored, 1);
	assert_int_equal(w.ev.files[3].vendored, 0); /* zlib has no such file */
	arena_free(&w.arena);
}

static void the_version_that_fits_best(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	zlib(&w, "1.2.13", '7');
	zlib(&w, "1.3.1", '2');
	zlib(&w, "1.3.2", '8');
	in_tree(&w, "z/deflate.c", '1');
	in_tree(&w, "z/inflate.c", '2');
	find(&w);
	assert_int_equal(w.ev.n_vendored, 1);
	assert_true(str_is(w.ev.vendored[0].version, "1.3.1"));
	assert_int_equal(w.ev.vendored[0].n_changed, 0);
	assert_int_equal(w.ev.vendored[0].others.n, 0);
	arena_free(&w.arena);
}

/* Nothing tells them apart: the last is named, the others are said. */
static void versions_that_fit_equally(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	zlib(&w, "1.3", '2');
	zlib(&w, "1.3.1", '2');
	in_tree(&w, "z/inflate.c", '2');
	find(&w);
	assert_int_equal(w.ev.n_vendored, 1);
	assert_true(str_is(w.ev.vendored[0].version, "1.3.1"));
	assert_true(str_is(w.ev.vendored[0].others, "1.3"));
	arena_free(&w.arena);
}

/* What a package has in src/ may lie elsewhere in a tree. */
static void part_of_a_package(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	package(&w, "lua", "5.4.7");
	released(&w, "README", '6');
	released(&w, "src/lapi.c", '4');
	released(&w, "src/lvm.c", '5');
	in_tree(&w, "deps/lua/lapi.c", '4');
	in_tree(&w, "deps/lua/lvm.c", '5');
	find(&w);
	assert_int_equal(w.ev.n_vendored, 1);
	assert_true(str_is(w.ev.vendored[0].path, "deps/lua"));
	assert_int_equal(w.ev.vendored[0].same, 2);
	arena_free(&w.arena);
}

static void one_inside_another(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	package(&w, "big", "4");
	released(&w, "a.c", 'c');
	released(&w, "b.c", 'd');
	released(&w, "zlib/deflate.c", '1');
	released(&w, "zlib/inflate.c", '2');
	zlib(&w, "1.3.1", '2');
	in_tree(&w, "deps/big/a.c", 'c');
	in_tree(&w, "deps/big/b.c", 'd');
	in_tree(&w, "deps/big/zlib/deflate.c", '1');
	in_tree(&w, "deps/big/zlib/inflate.c", '2');
	find(&w);
	assert_int_equal(w.ev.n_vendored, 2);
	assert_true(str_is(w.ev.vendored[0].name, "zlib"));
	assert_int_equal(w.ev.vendored[0].same, 2);
	assert_true(str_is(w.ev.vendored[1].name, "big"));
	assert_int_equal(w.ev.vendored[1].same, 2);
	arena_free(&w.arena);
}

/* One file that many copy makes no package of a directory; nor is the whole
   tree vendored in itself. */
static void what_is_no_package(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	zlib(&w, "1.3.1", '2');
	in_tree(&w, "inflate.c", '2');
	in_tree(&w, "src/deflate.c", '1');
	in_tree(&w, "src/one.c", 'a');
	in_tree(&w, "src/two.c", 'b');
	find(&w);
	assert_int_equal(w.ev.n_vendored, 0);
	assert_int_equal(w.lock.n, 1);
	arena_free(&w.arena);
}

/* A third as released is a copy that was modified; fewer are another thing. */
static void mostly_modified(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	zlib(&w, "1.3.1", '2');
	in_tree(&w, "z/deflate.c", 'a');
	in_tree(&w, "z/inflate.c", '2');
	in_tree(&w, "z/zlib.h", 'b');
	in_tree(&w, "y/deflate.c", 'a');
	in_tree(&w, "y/inflate.c", '2');
	in_tree(&w, "y/zlib.h", 'b');
	in_tree(&w, "y/contrib/extra.c", 'c');
	find(&w);
	assert_int_equal(w.ev.n_vendored, 1);
	assert_true(str_is(w.ev.vendored[0].path, "z"));
	assert_int_equal(w.ev.vendored[0].n_changed, 2);
	arena_free(&w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_a_modified_file),
		cmocka_unit_test(the_version_that_fits_best),
		cmocka_unit_test(versions_that_fit_equally),
		cmocka_unit_test(part_of_a_package),
		cmocka_unit_test(one_inside_another),
		cmocka_unit_test(what_is_no_package),
		cmocka_unit_test(mostly_modified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
