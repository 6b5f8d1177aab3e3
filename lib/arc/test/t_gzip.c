/* gzip: round trips, equal bytes, and damaged input. */
#include "lib/arc/gzip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROOM  (1u << 20)
#define PLAIN 300000

static void pack(struct str plain, size_t step, struct buf *out)
{
	AUTO_GZIP struct gzip *g = gzip_open(sink_buf(out), NULL);

	for (size_t i = 0; i < plain.n; i += step) {
		struct str s = str_sub(plain, i, step);

		assert_int_equal(sink_put(gzip_sink(g), s.p, s.n, NULL), 0);
	}
	assert_int_equal(gzip_end(g, NULL), 0);
}

static int unpack(struct str packed, size_t step, uint64_t max, struct buf *out,
	struct err *e)
{
	AUTO_GZIP struct gzip *g = gzip_expand(sink_buf(out), max, e);

	for (size_t i = 0; i < packed.n; i += step) {
		struct str s = str_sub(packed, i, step);

		if (sink_put(gzip_sink(g), s.p, s.n, e) < 0)
			return -1;
	}
	return gzip_end(g, e);
}

/* Bytes that compress a little. */
static void make_plain(struct buf *b)
{
	uint32_t x = 1;

	for (size_t i = 0; i < PLAIN; i++) {
		x = x * 1664525 + 1013904223;
		buf_byte(b, (char)('a' + (x >> 28)));
	}
}

static void what_goes_in_comes_out(void **state)
{
	static const size_t steps[] = {1, 1000, PLAIN};
	AUTO_BUF struct buf plain = buf_growing(ROOM);
	AUTO_BUF struct buf first = buf_growing(ROOM);

	(void)state;
	make_plain(&plain);
	pack(buf_view(&plain), PLAIN, &first);
	assert_true(first.n < PLAIN * 6 / 10);
	for (size_t i = 0; i < 3; i++) {
		AUTO_BUF struct buf packed = buf_growing(ROOM);
		AUTO_BUF struct buf again = buf_growing(ROOM);

		pack(buf_view(&plain), steps[i], &packed);
		assert_true(str_eq(buf_view(&packed), buf_view(&first)));
		assert_int_equal(
			unpack(buf_view(&packed), steps[i], ROOM, &again, NULL),
			0);
		assert_true(str_eq(buf_view(&again), buf_view(&plain)));
	}
}

/* RFC 1952 2.3.1: no flags, no time, slowest, system unknown. */
static void the_header_is_anonymous(void **state)
{
	AUTO_BUF struct buf b = buf_growing(ROOM);

	(void)state;
	pack(STR("abc"), 3, &b);
	assert_memory_equal(b.p, "\x1f\x8b\x08\0\0\0\0\0\x02\xff", 10);
}

static void refused(struct str packed, uint64_t max, const char *says)
{
	AUTO_BUF struct buf out = buf_growing(ROOM);
	struct err e = {0};

	assert_int_equal(unpack(packed, 100, max, &out, &e), -1);
	if (!strstr(e.text, says))
		fail_msg("%s, not %s", e.text, says);
}

static void damaged_input_is_refused(void **state)
{
	AUTO_BUF struct buf b = buf_growing(ROOM);
	AUTO_BUF struct buf plain = buf_growing(ROOM);

	(void)state;
	make_plain(&plain);
	pack(buf_view(&plain), PLAIN, &b);
	refused(str_sub(buf_view(&b), 0, b.n - 1), ROOM, "too early");
	refused(STR(""), ROOM, "too early");
	refused(buf_view(&b), PLAIN - 1, "more than the limit");
	b.p[b.n - 5] ^= 1;
	refused(buf_view(&b), ROOM, "gzip: ");
	b.p[b.n - 5] ^= 1;
	buf_byte(&b, 'x');
	refused(buf_view(&b), ROOM, "after the end");
	refused(STR("not gzip at all"), ROOM, "header");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_comes_out),
		cmocka_unit_test(the_header_is_anonymous),
		cmocka_unit_test(damaged_input_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
