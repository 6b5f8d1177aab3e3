/* Find patterns in memory that arrives in pieces. */
#include "checkpoint-agent/inspect/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct hits {
	uint64_t address[64];
	char around[64][64];
	size_t before[64];
	size_t n;
};

static struct scan scan;
static struct hits hits;

static void found(
	void *self, uint64_t address, struct str around, size_t before)
{
	struct hits *h = self;

	assert_true(h->n < 64);
	h->address[h->n] = address;
	h->before[h->n] = before;
	str_copy(around, h->around[h->n], sizeof(h->around[0]));
	h->n++;
}

static void start(const char *pattern, size_t context)
{
	memset(&hits, 0, sizeof(hits));
	scan_start(&scan, str_of(pattern), context, found, &hits);
}

static void matches_lie_across_pieces(void **state)
{
	(void)state;
	start("secret", 3);
	scan_put(&scan, 0x1000, "abcsec", 6);
	scan_put(&scan, 0x1006, "retxyz1", 7);
	scan_put(&scan, 0x5000, "secret", 6); /* elsewhere */
	scan_end(&scan);
	assert_int_equal(hits.n, 2);
	assert_int_equal(hits.address[0], 0x1003);
	assert_string_equal(hits.around[0], "abcsecretxyz");
	assert_int_equal(hits.before[0], 3);
	assert_int_equal(hits.address[1], 0x5000);
	assert_string_equal(hits.around[1], "secret");
}

static void pieces_that_do_not_follow_are_apart(void **state)
{
	(void)state;
	start("secret", 0);
	scan_put(&scan, 0x1000, "sec", 3);
	scan_put(&scan, 0x2000, "ret", 3);
	scan_put(&scan, 0x1003, "ret", 3);
	scan_end(&scan);
	assert_int_equal(hits.n, 0);
	start("aa", 0);
	scan_put(&scan, 0, "aaaaa", 5);
	scan_end(&scan);
	assert_int_equal(hits.n, 2); /* they do not overlap */
}

/*
 * Matches anywhere, also where a full buffer is emptied, in pieces of odd
 * sizes.
 */
static void long_memory_is_searched_whole(void **state)
{
	static char memory[3 * SCAN_ROOM_BYTES + 100];
	static const size_t at[] = {0, 4090, SCAN_ROOM_BYTES - 9,
		SCAN_ROOM_BYTES + 5, 2 * SCAN_ROOM_BYTES - 3,
		sizeof(memory) - 6};
	const size_t count = sizeof(at) / sizeof(*at);

	(void)state;
	memset(memory, '.', sizeof(memory));
	for (size_t i = 0; i < count; i++)
		memcpy(memory + at[i], "secret", 6);
	for (size_t piece = 1000; piece < 300000; piece = piece * 3 + 7) {
		start("secret", 8);
		for (size_t i = 0; i < sizeof(memory); i += piece)
			scan_put(&scan, 0x7000000 + i, memory + i,
				sizeof(memory) - i < piece ? sizeof(memory) - i
							   : piece);
		scan_end(&scan);
		assert_int_equal(hits.n, count);
		for (size_t i = 0; i < count; i++)
			assert_int_equal(hits.address[i], 0x7000000 + at[i]);
		assert_string_equal(hits.around[3], "........secret........");
	}
}

/* The scanner wipes its copy of the memory that it searched. */
static void the_room_is_wiped(void **state)
{
	(void)state;
	start("nothing", 0);
	scan_put(&scan, 0, "a password", 10);
	scan_end(&scan);
	assert_null(memmem(scan.room, sizeof(scan.room), "password", 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_lie_across_pieces),
		cmocka_unit_test(pieces_that_do_not_follow_are_apart),
		cmocka_unit_test(long_memory_is_searched_whole),
		cmocka_unit_test(the_room_is_wiped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
