/* Buffers and arenas: bounds hold, what was written stays. */
#include "lib/base/arena.h"
#include "lib/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void fixed_buffer_never_overruns(void **state)
{
	char memory[8] = "xxxxxxx";
	struct buf b = buf_fixed(memory, 4);

	(void)state;
	buf_text(&b, "abc");
	buf_text(&b, "de");
	assert_true(b.full);
	buf_text(&b, "f"); /* ignored: the message is spoilt already */
	assert_true(str_is(buf_view(&b), "abc"));
	assert_int_equal(memory[4], 'x');
}

static void growing_buffer_stops_at_its_ceiling(void **state)
{
	struct buf b = buf_growing(1000);

	(void)state;
	buf_fill(&b, 'a', 600);
	buf_fill(&b, 'b', 400);
	assert_false(b.full);
	assert_int_equal(b.n, 1000);
	buf_byte(&b, 'c');
	assert_true(b.full);
	buf_reset(&b);
	buf_fmt(&b, "%d-%s", 7, "x");
	assert_string_equal(buf_cstr(&b), "7-x");
	assert_int_equal(b.n, 3);
	buf_consume(&b, 2);
	assert_true(str_is(buf_view(&b), "x"));
	buf_wipe(&b);
}

static void empty_writes_are_nothing(void **state)
{
	struct buf b = buf_fixed(NULL, 0);

	(void)state;
	buf_put(&b, NULL, 0);
	assert_false(b.full);
	buf_byte(&b, 'x');
	assert_true(b.full);
}

static void arena_gives_zeroed_memory_again(void **state)
{
	struct arena a = arena_make(1 << 20);
	char *p = arena_alloc(&a, 5000);

	(void)state;
	assert_non_null(p);
	memset(p, 'x', 5000);
	assert_string_equal(arena_copy(&a, STR("hello")), "hello");
	arena_reset(&a);
	p = arena_alloc(&a, 5000);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(p[i], 0);
	arena_free(&a);
}

static void arena_grows_an_array(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	size_t room = 0;
	int *list = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		list = arena_grow(&a, list, (size_t)i, &room, sizeof(*list));
		assert_non_null(list);
		list[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(list[i], i);
	assert_null(arena_grow(&a, list, room, &room, (size_t)1 << 20));
}

static void arena_holds_its_ceiling(void **state)
{
	struct arena a = arena_make(10000);
	size_t got = 0;

	(void)state;
	while (arena_alloc(&a, 100))
		got += 100;
	assert_true(got > 5000 && got <= 10000);
	assert_null(arena_alloc(&a, SIZE_MAX));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_buffer_never_overruns),
		cmocka_unit_test(growing_buffer_stops_at_its_ceiling),
		cmocka_unit_test(empty_writes_are_nothing),
		cmocka_unit_test(arena_gives_zeroed_memory_again),
		cmocka_unit_test(arena_grows_an_array),
		cmocka_unit_test(arena_holds_its_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
