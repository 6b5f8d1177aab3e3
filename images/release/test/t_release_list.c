/* t_release_list - two lists of files agree, or the first fault is named. */
#include "images/release/release_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEX "0000000000000000000000000000000000000000000000000000000000000000"

/* "a b c": files of these names; a capital letter has another digest. */
static void fill(struct release_list *l, const char *names)
{
	struct str rest = str_of(names), name;

	while (str_cut(&rest, ' ', &name)) {
		char hex[] = HEX, lower[2] = {name.p[0], '\0'};

		if (*lower >= 'A' && *lower <= 'Z') {
			*lower = (char)(*lower + 'a' - 'A');
			hex[63] = '1';
		}
		assert_int_equal(
			release_list_add(l, str_of(lower), hex, NULL), 0);
	}
}

static void the_first_difference_is_named(void **state)
{
	static const struct {
		const char *stated, *found, *says; /* NULL: they agree */
	} rows[] = {
		{"b a c", "c a b", NULL},
		{"a", "a", NULL},
		{"a b", "a b c", "c: not a file of this release"},
		{"a b c", "a c", "b: missing"},
		{"a b", "a", "b: missing"},
		{"a b", "a B", "b: its sha256 is " HEX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		AUTO_ARENA struct arena a = arena_make((size_t)1 << 20);
		struct release_list x = {.arena = &a}, y = {.arena = &a};
		struct err e = {0};
		int done;

		fill(&x, rows[i].stated);
		fill(&y, rows[i].found);
		assert_int_equal(release_list_sort(&x, NULL), 0);
		assert_int_equal(release_list_sort(&y, NULL), 0);
		done = release_list_compare(&x, &y, &e);
		assert_int_equal(done, rows[i].says ? -1 : 0);
		if (rows[i].says && strncmp(e.text, rows[i].says, 20) != 0)
			fail_msg("%s, not %s", e.text, rows[i].says);
	}
}

static void a_file_twice_is_refused(void **state)
{
	AUTO_ARENA struct arena a = arena_make((size_t)1 << 20);
	struct release_list l = {.arena = &a};
	struct err e = {0};

	(void)state;
	fill(&l, "b a b");
	assert_int_equal(release_list_sort(&l, &e), -1);
	assert_string_equal(e.text, "b is listed twice");
}

static void sums_leave_out_what_is_made_of_them(void **state)
{
	AUTO_ARENA struct arena a = arena_make((size_t)1 << 20);
	AUTO_BUF struct buf text = buf_growing(4096);
	struct release_list l = {.arena = &a};

	(void)state;
	fill(&l, "b a");
	assert_int_equal(release_list_add(&l, STR(RELEASE_SUMS), HEX, NULL), 0);
	assert_int_equal(
		release_list_add(&l, STR(RELEASE_STATEMENT), HEX, NULL), 0);
	assert_int_equal(release_list_sort(&l, NULL), 0);
	release_list_sums(&l, &text);
	assert_string_equal(buf_cstr(&text), HEX "  a\n" HEX "  b\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_difference_is_named),
		cmocka_unit_test(a_file_twice_is_refused),
		cmocka_unit_test(sums_leave_out_what_is_made_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
