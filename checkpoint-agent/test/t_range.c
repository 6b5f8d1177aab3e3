/* Parts of an archive: what a client may ask for, and what he gets. */
#include "checkpoint-agent/range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SIZE 1000

/* One field, or two, of a request for a file of SIZE bytes tagged "t". */
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
	/* ignored: RFC 9110 14.2, and 13.1.5 for another file */
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

static void ranges_are_read_as_the_rfc_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct http_head h = {.field_count = 1};
		struct range r;
		uint64_t from, n;
		enum range_fit fit;

		h.field[0] = (struct http_field){
			STR("range"), str_of(asked[i].range)};
		if (asked[i].if_range != NULL)
			h.field[h.field_count++] = (struct http_field){
				STR("If-Range"), str_of(asked[i].if_range)};
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

static void nothing_asked_is_everything(void **state)
{
	const struct http_head h = {.field_count = 0};
	const struct range r = range_of(&h);
	uint64_t from, n;

	(void)state;
	assert_int_equal(
		range_fit(&r, 0, STR("\"t\""), &from, &n), RANGE_WHOLE);
	assert_int_equal(n, 0);
}

static void tags_tell_files_apart(void **state)
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
		cmocka_unit_test(ranges_are_read_as_the_rfc_says),
		cmocka_unit_test(nothing_asked_is_everything),
		cmocka_unit_test(tags_tell_files_apart),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
