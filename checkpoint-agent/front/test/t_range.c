/* Which range of an archive a request gets. */
#include "checkpoint-agent/front/range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SIZE 1000

/* One or two fields of a request for a file of SIZE bytes with tag "t". */
static const struct {
	const char *range, *if_range;
	enum range_fit fit;
	uint64_t from, n;
} asked[] = {
	{"bytes=0-0", NULL, RANGE_PART, 0, 1},
	{"bytes=0-", NULL, RANGE_PART, 0, 1000},
	{"bytes=10-19", NULL, RANGE_PART, 10, 10},
	{"bytes=990-5000", NULL, RANGE_PART, 990, 10},
	{"bytes=999-", NULL, RANGE_PART, 999, 1},
	{"bytes=-1", NULL, RANGE_PART, 999, 1},
	{"bytes=-5000", NULL, RANGE_PART, 0, 1000},
	{"bytes=10-", "\"t\"", RANGE_PART, 10, 990},
	/* no such bytes */
	{"bytes=1000-", NULL, RANGE_OUTSIDE, 0, 0},
	{"bytes=5000-6000", NULL, RANGE_OUTSIDE, 0, 0},
	{"bytes=-0", NULL, RANGE_OUTSIDE, 0, 0},
	{"bytes=9223372036854775807-", NULL, RANGE_OUTSIDE, 0, 0},
	/* ignored: RFC 9110 14.2, and 13.1.5 for another version */
	{"bytes=20-10", NULL, RANGE_WHOLE, 0, 1000},
	{"bytes=0-1,5-6", NULL, RANGE_WHOLE, 0, 1000},
	{"bytes=-", NULL, RANGE_WHOLE, 0, 1000},
	{"bytes=", NULL, RANGE_WHOLE, 0, 1000},
	{"bytes", NULL, RANGE_WHOLE, 0, 1000},
	{"bytes=a-b", NULL, RANGE_WHOLE, 0, 1000},
	{"bytes=+1-2", NULL, RANGE_WHOLE, 0, 1000},
	{"bytes=1 -2", NULL, RANGE_WHOLE, 0, 1000},
	{"bytes=99999999999999999999-", NULL, RANGE_WHOLE, 0, 1000},
	{"lines=1-2", NULL, RANGE_WHOLE, 0, 1000},
	{"bytes=10-", "\"other\"", RANGE_WHOLE, 0, 1000},
	{"bytes=10-", "Mon, 23 Nov 2026 11:00:00 GMT", RANGE_WHOLE, 0, 1000},
	{"bytes=10-",
		"\"0123456789012345678901234567890123456789012345678901234\"",
		RANGE_WHOLE, 0, 1000},
};

static void ranges_are_parsed_as_the_rfc_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		char memory[256];
		struct buf b = buf_fixed(memory, sizeof(memory));
		struct http_head h = {.minor = 1};
		struct range r;
		uint64_t from, n;
		enum range_fit fit;

		buf_fmt(&b, "range: %s\r\n", asked[i].range);
		if (asked[i].if_range != NULL)
			buf_fmt(&b, "If-Range: %s\r\n", asked[i].if_range);
		buf_text(&b, "\r\n");
		h.fields = buf_view(&b);
		r = range_of(&h);
		fit = range_fit(&r, SIZE, STR("\"t\""), &from, &n);
		if (fit != asked[i].fit ||
			(fit != RANGE_OUTSIDE &&
				(from != asked[i].from || n != asked[i].n)))
			fail_msg("%s: %d, %llu from %llu", asked[i].range,
				(int)fit, (unsigned long long)n,
				(unsigned long long)from);
	}
}

static void without_a_range_all_is_sent(void **state)
{
	const struct http_head h = {.fields = STR("\r\n")};
	const struct range r = range_of(&h);
	uint64_t from, n;

	(void)state;
	assert_int_equal(
		range_fit(&r, 0, STR("\"t\""), &from, &n), RANGE_WHOLE);
	assert_int_equal(n, 0);
}

static void tags_differ_between_files(void **state)
{
	char memory[RANGE_TAG_BYTES];
	struct buf b = buf_fixed(memory, sizeof(memory));

	(void)state;
	range_put_tag(&b, UINT64_MAX, UINT64_MAX);
	assert_false(b.full);
	assert_string_equal(
		buf_cstr(&b), "\"ffffffffffffffff-ffffffffffffffff\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_parsed_as_the_rfc_says),
		cmocka_unit_test(without_a_range_all_is_sent),
		cmocka_unit_test(tags_differ_between_files),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
