/*
 * What is packed is unpacked the same; a packet whose lengths do not add up is
 * refused.
 */
#include "checkpoint-agent/ipc/credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct buf pack(void)
{
	struct buf b = buf_growing(4096);

	credentials_start(&b);
	credentials_put(&b, CREDENTIALS_CERTIFICATE, STR("abc"));
	credentials_put(&b, CREDENTIALS_KEY, STR("de"));
	assert_false(b.full);
	return b;
}

static void parts_come_out_as_they_went_in(void **state)
{
	AUTO_BUF struct buf b = pack();
	struct credentials m;
	struct err e;

	(void)state;
	assert_int_equal(credentials_parse(buf_view(&b), &m, &e), 0);
	assert_true(str_is(m.part[CREDENTIALS_CERTIFICATE], "abc"));
	assert_true(str_is(m.part[CREDENTIALS_KEY], "de"));
	assert_int_equal(m.part[CREDENTIALS_API_TOKEN].n, 0);
}

static void packets_that_do_not_add_up_are_refused(void **state)
{
	AUTO_BUF struct buf b = pack();
	const uint32_t wrong[] = {2, 4, UINT32_MAX};
	struct credentials m;
	struct err e;

	(void)state;
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(
			credentials_parse((struct str){b.p, n}, &m, &e), -1);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		memcpy(b.p, &wrong[i], sizeof(wrong[i]));
		assert_int_equal(credentials_parse(buf_view(&b), &m, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
	}
}

static void what_does_not_fit_is_marked(void **state)
{
	struct buf b = buf_growing(40);

	(void)state;
	credentials_start(&b);
	credentials_put(&b, CREDENTIALS_KEY, STR("too long to fit in here"));
	assert_true(b.full);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_come_out_as_they_went_in),
		cmocka_unit_test(packets_that_do_not_add_up_are_refused),
		cmocka_unit_test(what_does_not_fit_is_marked),
	};

	return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
