/*
 * treemap: the boxes tile the rectangle, each as large as its value says, and
 * as in the paper's own example.
 */
#include "sbom/page/treemap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { VALUES_MAX = 1200 };

static struct treemap_box boxes[VALUES_MAX];
static uint64_t values[VALUES_MAX];

static bool overlap(const struct treemap_box *a, const struct treemap_box *b)
{
	return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h &&
	       b->y < a->y + a->h;
}

static bool is_inside(const struct treemap_box *x, struct treemap_box in)
{
	return x->x >= in.x && x->y >= in.y && x->x + x->w <= in.x + in.w &&
	       x->y + x->h <= in.y + in.h;
}

/* No gap and no overlap: together they have the area of the rectangle. */
static void check_tiling(size_t n, struct treemap_box in)
{
	uint64_t area = 0;

	for (size_t i = 0; i < n; i++) {
		area += (uint64_t)boxes[i].w * boxes[i].h;
		assert_true(is_inside(&boxes[i], in));
		for (size_t k = 0; k < i; k++)
			assert_false(boxes[i].w && boxes[i].h && boxes[k].w &&
				     boxes[k].h &&
				     overlap(&boxes[i], &boxes[k]));
	}
	assert_int_equal(area, (uint64_t)in.w * in.h);
}

/* Edges are whole units, so an area is off by no more than its edges. */
static void check_areas(size_t n, struct treemap_box in)
{
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += values[i];
	for (size_t i = 0; i < n; i++) {
		double want = (double)values[i] * in.w * in.h / (double)total;
		double have = (double)boxes[i].w * boxes[i].h;
		double edges = 3.0 * (boxes[i].w + boxes[i].h + 2);

		assert_true(have - want < edges && want - have < edges);
	}
}

static void divide(size_t n, struct treemap_box in)
{
	assert_int_equal(treemap_divide(values, n, in, boxes), 0);
	check_tiling(n, in);
	check_areas(n, in);
}

/* Figure 5 of the paper: 6 6 4 3 2 2 1 in 6 by 4, here in hundredths. */
static void test_example_of_paper(void **state)
{
	static const uint64_t example[] = {6, 6, 4, 3, 2, 2, 1};

	(void)state;
	memcpy(values, example, sizeof(example));
	divide(7, (struct treemap_box){0, 0, 600, 400});
	/* the first two upon each other, three wide and two high */
	assert_memory_equal(&boxes[0], (&(struct treemap_box){0, 0, 300, 200}),
		sizeof(*boxes));
	assert_memory_equal(&boxes[1],
		(&(struct treemap_box){0, 200, 300, 200}), sizeof(*boxes));
	/* then 4 and 3 side by side, 7/3 high */
	assert_int_equal(boxes[2].y, 0);
	assert_int_equal(boxes[3].y, 0);
	assert_int_equal(boxes[2].h, 233);
	assert_int_equal(boxes[2].w, 171);
	assert_int_equal(boxes[3].w, 129);
}

static void test_equal_values_are_squares(void **state)
{
	(void)state;
	for (size_t i = 0; i < 16; i++)
		values[i] = 5;
	divide(16, (struct treemap_box){10, 20, 400, 400});
	for (size_t i = 0; i < 16; i++) {
		assert_int_equal(boxes[i].w, 100);
		assert_int_equal(boxes[i].h, 100);
	}
}

/* A program: few large files, very many small ones, some of nothing. */
static void test_many(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (size_t n = 1; n <= VALUES_MAX; n = n * 3 + 1) {
		for (size_t i = 0; i < n; i++) {
			seed = seed * 6364136223846793005u +
			       1442695040888963407u;
			values[i] = (seed >> 40) / (i * i + 1);
		}
		values[0]++;
		divide(n, (struct treemap_box){0, 0, 10400, 5000});
		divide(n, (struct treemap_box){7, 9, 3600, 4800});
		divide(n, (struct treemap_box){0, 0, 3, 2});
	}
}

static void test_none_and_nothing(void **state)
{
	const struct treemap_box in = {1, 2, 30, 40};

	(void)state;
	assert_int_equal(treemap_divide(values, 0, in, boxes), 0);
	memset(values, 0, sizeof(values));
	memset(boxes, 0xff, sizeof(boxes));
	assert_int_equal(treemap_divide(values, 3, in, boxes), 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(boxes[i].w * boxes[i].h, 0);
	/* one value takes all */
	values[0] = 1;
	divide(3, in);
	assert_memory_equal(&boxes[0], &in, sizeof(in));
	/* no place: nothing is divided by it */
	assert_int_equal(treemap_divide(values, 3,
				 (struct treemap_box){5, 5, 0, 0}, boxes),
		0);
}

static void test_limits(void **state)
{
	const struct treemap_box in = {0, 0, TREEMAP_SIDE_MAX, 100};

	(void)state;
	values[0] = TREEMAP_TOTAL_MAX - 7;
	values[1] = 7;
	assert_int_equal(treemap_divide(values, 2, in, boxes), 0);
	check_tiling(2, in);
	values[1] = 8;
	assert_int_equal(treemap_divide(values, 2, in, boxes), -1);
	values[0] = UINT64_MAX;
	assert_int_equal(treemap_divide(values, 2, in, boxes), -1);
	values[0] = 1;
	assert_int_equal(
		treemap_divide(values, 1,
			(struct treemap_box){0, 0, TREEMAP_SIDE_MAX + 1, 1},
			boxes),
		-1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example_of_paper),
		cmocka_unit_test(test_equal_values_are_squares),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_none_and_nothing),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
