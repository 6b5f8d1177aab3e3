/* Make and parse the file names of archives. */
#include "checkpoint-agent/store/archive_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECOND 1795401513 /* 2026-11-23T02:38:33Z */

static const char *named(struct archive_name n, struct buf *b)
{
	buf_reset(b);
	archive_name_put(b, &n);
	return buf_cstr(b);
}

static void names_are_the_kubelets(void **state)
{
	AUTO_BUF struct buf b = buf_growing(1024);
	struct archive_name n = {
		STR("default"), STR("busy"), STR("main"), SECOND, 0, false};

	(void)state;
	assert_string_equal(named(n, &b), "checkpoint-busy_default-main-"
					  "2026-11-23T02:38:33Z.tar");
	n.again = 2;
	assert_string_equal(named(n, &b), "checkpoint-busy_default-main-"
					  "2026-11-23T02:38:33Z.2.tar");
	n.is_encrypted = true;
	assert_string_equal(named(n, &b), "checkpoint-busy_default-main-"
					  "2026-11-23T02:38:33Z.2.tar.age");
}

static void names_come_apart_again(void **state)
{
	AUTO_BUF struct buf b = buf_growing(1024);
	struct archive_name n = {
		STR("kube-system"), STR("a.b-c"), STR("x-y"), SECOND, 7, false};
	struct str file;
	int64_t time_s;
	uint32_t again;

	(void)state;
	file = str_of(named(n, &b));
	assert_int_equal(archive_name_parse_time(file, &time_s, &again), 0);
	assert_int_equal(time_s, SECOND);
	assert_int_equal(again, 7);
	assert_true(archive_name_is_of(file, n.namespace, n.pod, n.container));
	assert_true(archive_name_is_of(file, n.namespace, n.pod, STR("")));
	assert_true(archive_name_is_of(file, n.namespace, STR(""), STR("")));
	assert_true(archive_name_is_of(file, STR(""), STR(""), STR("")));
	assert_false(archive_name_is_of(file, n.namespace, n.pod, STR("y")));
	assert_false(
		archive_name_is_of(file, n.namespace, STR("a.b"), n.container));
	assert_false(
		archive_name_is_of(file, STR("kube-sys"), n.pod, n.container));
}

static void other_files_are_not_archives(void **state)
{
	static const char *const bad[] = {"", "checkpoint-", "x.tar",
		"checkpoint-p_n-c-2026-11-23T02:38:33Z",
		"checkpoint-p_n-c-2026-13-23T02:38:33Z.tar",
		"checkpoint-p_n-c-2026-11-23T02:38:33Z.x.tar",
		"checkpoint-p_n-c-2026-11-23T02:38:33Z.0.tar",
		"checkpoint-p_n-c-2026-11-23 02:38:33Z.tar",
		"checkpoint-2026-11-23T02:38:33Z.tar.gz",
		".checkpoint-p_n-c-2026-11-23T02:38:33Z.tar"};
	int64_t time_s;
	uint32_t again;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(archive_name_parse_time(
					 str_of(bad[i]), &time_s, &again),
			-1);
}

/* What archives of one container have in common, encrypted or not. */
static void the_stem_is_what_stands_before_the_time(void **state)
{
	static const char *const same[] = {
		"checkpoint-p_n-c-2026-11-23T02:38:33Z.tar",
		"checkpoint-p_n-c-2026-11-23T02:38:34Z.tar.age",
		"checkpoint-p_n-c-2026-11-23T02:38:34Z.12.tar.age"};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		assert_true(
			str_is(archive_name_stem(str_of(same[i])), "p_n-c"));
	assert_int_equal(archive_name_stem(STR("x.tar")).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_the_kubelets),
		cmocka_unit_test(names_come_apart_again),
		cmocka_unit_test(other_files_are_not_archives),
		cmocka_unit_test(the_stem_is_what_stands_before_the_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
