/* image_licences: each part has a file of its own, and each file its licence.
 */
#include "images/assemble/image_licences.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The project, and two packages of which one may have its name. */
struct made {
	struct lock_line line[2];
	struct model_package package[2];
	struct sbom_file taken[2];
	struct model_file files[2];
	struct notice_group one, two[2];
	struct notice_part parts[3];
	struct model model;
	struct notice notice;
	struct sbom_project project;
	struct items items;
};

static void make(struct made *w, const char *first, const char *second)
{
	*w = (struct made){.project = {.name = STR("demo")}};
	for (size_t i = 0; i < 2; i++) {
		w->package[i].line = &w->line[i];
		w->taken[i].path = i == 0 ? STR("usr/a") : STR("usr/b");
		w->files[i] = (struct model_file){.file = &w->taken[i],
			.package = &w->package[0],
			.licence = i == 0 ? STR("MIT") : STR("ISC")};
		w->two[i] = (struct notice_group){
			.licence = w->files[i].licence, .files = 2 - i};
	}
	w->one =
		(struct notice_group){.licence = STR("Apache-2.0"), .files = 1};
	w->parts[0] = (struct notice_part){
		.name = STR("demo"), .groups = &w->one, .n_groups = 1};
	w->parts[1] = (struct notice_part){.name = str_of(first),
		.package = &w->package[0],
		.groups = w->two,
		.n_groups = 2};
	w->parts[2] = (struct notice_part){.name = str_of(second),
		.package = &w->package[1],
		.groups = &w->one,
		.n_groups = 1};
	w->model.files = w->files;
	w->model.n_files = 2;
	w->notice = (struct notice){
		.model = &w->model, .parts = w->parts, .n_parts = 3};
	w->items = (struct items){.model = &w->model,
		.notice = &w->notice,
		.project = &w->project};
}

static struct str text_of(const struct tree *t, const char *path)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_is(t->entries[i].path, path))
			return t->entries[i].bytes;
	fail_msg("no %s", path);
	return (struct str){0};
}

static void test_package_with_the_name_of_the_project(void **state)
{
	AUTO_TREE struct tree t = tree_make();
	static struct made w;
	struct err e = {0};

	(void)state;
	make(&w, "demo", "other");
	if (image_licences_add(&w.items, &t, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(t.n, 3);
	text_of(&t, "usr/share/doc/demo/copyright");
	text_of(&t, "usr/share/doc/demo-project/copyright");
	text_of(&t, "usr/share/doc/other/copyright");
}

static void test_two_packages_of_a_name(void **state)
{
	AUTO_TREE struct tree t = tree_make();
	static struct made w;
	struct err e = {0};

	(void)state;
	make(&w, "other", "other");
	assert_int_equal(image_licences_add(&w.items, &t, &e), -1);
	assert_non_null(strstr(e.text, "/usr/share/doc/other/copyright: two"));
}

static void test_file_of_the_definition_stays(void **state)
{
	AUTO_TREE struct tree t = tree_make();
	static struct made w;
	struct err e = {0};

	(void)state;
	make(&w, "zlib", "other");
	assert_int_equal(
		tree_add(&t,
			&(struct tree_entry){.type = TREE_FILE,
				.path = STR("/usr/share/doc/zlib/copyright"),
				.bytes = STR("mine"),
				.origin = TREE_MADE,
				.name = STR("a test")},
			&e),
		0);
	assert_int_equal(image_licences_add(&w.items, &t, &e), 0);
	assert_int_equal(t.n, 3);
	assert_true(
		str_is(text_of(&t, "usr/share/doc/zlib/copyright"), "mine"));
}

/* The last paragraph that matches counts: "*" may stand in the first alone. */
static void test_taken_files_are_named(void **state)
{
	AUTO_TREE struct tree t = tree_make();
	static struct made w;
	struct err e = {0};
	struct str text;

	(void)state;
	make(&w, "zlib", "other");
	assert_int_equal(image_licences_add(&w.items, &t, &e), 0);
	text = text_of(&t, "usr/share/doc/zlib/copyright");
	assert_non_null(memmem(text.p, text.n, "Files: usr/b\n", 13));
	assert_non_null(memmem(text.p, text.n, "Files: *\n", 9));
	assert_true(memmem(text.p, text.n, "Files: *\n", 9) <
		    memmem(text.p, text.n, "Files: usr/b\n", 13));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_package_with_the_name_of_the_project),
		cmocka_unit_test(test_two_packages_of_a_name),
		cmocka_unit_test(test_file_of_the_definition_stays),
		cmocka_unit_test(test_taken_files_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
