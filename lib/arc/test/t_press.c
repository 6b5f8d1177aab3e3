/* press: round trips of blocks, and how pages are sampled. */
#include "lib/arc/gzip.h"
#include "lib/arc/press.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zstd.h>

#define BLOCK 262144

static unsigned char plain[BLOCK];
static unsigned char again[BLOCK + 1];

static uint32_t noise(uint32_t *x)
{
	*x = *x * 1664525u + 1013904223u;
	return *x >> 24;
}

/* Runs that shrink and runs that do not, each of so many bytes. */
static void make_plain(size_t run)
{
	uint32_t x = 1;

	for (size_t i = 0; i < BLOCK; i++)
		plain[i] = run && i / run % 2 ? 'a' : (unsigned char)noise(&x);
}

/* How many bytes come out of what was made of the first n. */
static size_t expand(enum press_kind kind, const unsigned char *in, size_t n)
{
	struct buf b = buf_fixed((char *)again, sizeof(again));

	if (kind == PRESS_ZSTD) {
		size_t got = ZSTD_decompress(again, sizeof(again), in, n);

		assert_false(ZSTD_isError(got));
		return got;
	}
	AUTO_GZIP struct gzip *g = gzip_expand(sink_buf(&b), BLOCK, NULL);
	assert_int_equal(sink_put(gzip_sink(g), in, n, NULL), 0);
	assert_int_equal(gzip_end(g, NULL), 0);
	return b.n;
}

static size_t press_and_compare(struct press *p, enum press_kind kind, size_t n)
{
	size_t room = press_bound(kind, n);
	const struct str block = {(const char *)plain, n};
	unsigned char *memory = malloc(room);
	struct buf out = buf_fixed(memory, room);
	struct err e = {0};

	if (press_block(p, block, &out, &e) < 0)
		fail_msg("%zu bytes: %s", n, e.text);
	assert_in_range(out.n, 1, room);
	assert_int_equal(expand(kind, memory, out.n), n);
	assert_memory_equal(again, plain, n);
	free(memory);
	return out.n;
}

/* Many blocks through one press, each independent of the others. */
static void blocks_are_expanded_again(void **state)
{
	static const size_t sizes[] = {1, 100, 65535, 65536, 65537, BLOCK, 5};
	static const size_t runs[] = {0, 1, 4096, 65536, 70000};

	(void)state;
	for (int kind = PRESS_GZIP; kind <= PRESS_ZSTD; kind++) {
		struct press *p = press_open((enum press_kind)kind, NULL);

		for (size_t r = 0; r < sizeof(runs) / sizeof(*runs); r++) {
			make_plain(runs[r]);
			for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes);
				i++)
				press_and_compare(
					p, (enum press_kind)kind, sizes[i]);
		}
		press_close(&p);
		assert_null(p);
	}
}

/* A page that only begins with random bytes is compressed. */
static void gzip_samples_all_of_a_page(void **state)
{
	struct press *p = press_open(PRESS_GZIP, NULL);
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < BLOCK; i++)
		plain[i] = i % 4096 < 1500 ? (unsigned char)noise(&x) : 'a';
	assert_in_range(press_and_compare(p, PRESS_GZIP, BLOCK), 1, BLOCK / 2);
	make_plain(0);
	assert_in_range(
		press_and_compare(p, PRESS_GZIP, BLOCK), BLOCK, BLOCK + 200);
	press_close(&p);
}

static void too_little_room_is_refused(void **state)
{
	(void)state;
	make_plain(0);
	for (int kind = PRESS_GZIP; kind <= PRESS_ZSTD; kind++) {
		struct press *p = press_open((enum press_kind)kind, NULL);
		const struct str block = {(const char *)plain, 1000};

		for (size_t room = 0; room < 1000; room += 111) {
			struct buf out = buf_fixed(again, room);

			assert_int_equal(press_block(p, block, &out, NULL), -1);
		}
		/* it still works afterwards */
		press_and_compare(p, (enum press_kind)kind, BLOCK);
		press_close(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_expanded_again),
		cmocka_unit_test(gzip_samples_all_of_a_page),
		cmocka_unit_test(too_little_room_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
