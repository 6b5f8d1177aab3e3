/* Which members of an archive stay in it. */
#include "checkpoint-agent/restore/stay.h"
#include "checkpoint-agent/tar/members.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void pages_are_known_by_name(void **state)
{
	static const char *const others[] = {"", "checkpoint",
		"checkpoint/pages-.img", "checkpoint/pages-1", "pages-1.img",
		"checkpoint/pagemap-1.img", "checkpoint/pages-1.img.gz",
		"checkpoint/pages-1x.img", "checkpoint/pages--1.img",
		"checkpoint/pages-4294967296.img", "checkpoint/x/pages-1.img",
		"checkpoint/parent/parent/pages-1.img", "checkpoint/pages-img",
		"xcheckpoint/pages-1.img", "checkpoint/../pages-1.img"};

	(void)state;
	assert_true(stay_is_pages(STR("checkpoint/pages-1.img")));
	assert_true(stay_is_pages(STR("checkpoint/pages-4294967295.img")));
	assert_true(stay_is_pages(STR("checkpoint/parent/pages-12.img")));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (stay_is_pages(str_of(others[i])))
			fail_msg("%s", others[i]);
}

static void take(
	struct stay *s, const char *path, const char *note, const char *says)
{
	AUTO_BUF struct buf name = buf_growing(1000);
	AUTO_BUF struct buf line = buf_growing(1000);
	const struct tarfile_piece p = {path, 1536, 4096};

	stay_take_pages(s, &p, &name, &line);
	assert_string_equal(buf_cstr(&name), note);
	assert_string_equal(buf_cstr(&line), says);
}

static void a_line_tells_criu_where_pages_are(void **state)
{
	struct stay s = {.base = 1000000};

	(void)state;
	take(&s, "checkpoint/pages-1.img", "checkpoint/pages-1.at",
		"1001536 archive\n");
	assert_true(s.has_pages && !s.has_predump);
	s = (struct stay){0};
	take(&s, "checkpoint/parent/pages-23.img",
		"checkpoint/parent/pages-23.at", "1536 archive\n");
	assert_true(!s.has_pages && s.has_predump);
}

static void tars_are_found_again(void **state)
{
	const struct tarfile_piece changes = {MEMBER_CHANGES, 512, 10240};
	const struct tarfile_piece empty = {MEMBER_SHM, 512, 0};
	const struct tarfile_piece other = {"other.tar", 512, 10240};
	struct stay s = {.base = 1024};

	(void)state;
	assert_true(stay_take_tar(&s, &changes));
	assert_true(stay_take_tar(&s, &empty));
	assert_false(stay_take_tar(&s, &other));
	assert_int_equal(stay_find(&s, MEMBER_CHANGES)->at, 1536);
	assert_int_equal(stay_find(&s, MEMBER_CHANGES)->size, 10240);
	assert_null(stay_find(&s, MEMBER_SHM));
	assert_null(stay_find(&s, MEMBER_DELETED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_known_by_name),
		cmocka_unit_test(a_line_tells_criu_where_pages_are),
		cmocka_unit_test(tars_are_found_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
