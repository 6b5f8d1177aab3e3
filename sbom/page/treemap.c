/*
 * treemap - rows along the shorter side: values join a row as long as its
 * worst box becomes no longer and thinner; then the row is laid, and what is
 * left of the rectangle takes the next one.
 *
 * An edge lies where the sum of the values before it puts it, rounded; so the
 * boxes of a row end where the next begins, and rounding does not add up.
 */
#include "sbom/page/treemap.h"

#include <stdbool.h>

enum {
	TREEMAP_FINE = 16,       /* parts of a unit, for proportions */
	TREEMAP_PROPORTION = 256 /* what a square has */
};

/* a * b / c, rounded; c is not 0. */
static uint64_t treemap_scale(uint64_t a, uint64_t b, uint64_t c)
{
	return (a * b + c / 2) / c;
}

struct treemap_row {
	size_t n;
	uint64_t sum, least, most;
};

struct treemap_rest {
	struct treemap_box box;
	uint64_t total; /* of the values that are not laid yet */
};

static uint32_t treemap_short_side(const struct treemap_rest *r)
{
	return r->box.w < r->box.h ? r->box.w : r->box.h;
}

static uint32_t treemap_long_side(const struct treemap_rest *r)
{
	return r->box.w < r->box.h ? r->box.h : r->box.w;
}

/* How much longer a box of the row is than wide, or wider than long. */
static uint64_t treemap_proportion(const struct treemap_rest *rest,
	const struct treemap_row *row, uint64_t value)
{
	uint64_t thick =
		row->sum * treemap_long_side(rest) * TREEMAP_FINE / rest->total;
	uint64_t length =
		value * treemap_short_side(rest) * TREEMAP_FINE / row->sum;

	if (thick == 0 || length == 0)
		return UINT64_MAX;
	return thick > length ? thick * TREEMAP_PROPORTION / length
			      : length * TREEMAP_PROPORTION / thick;
}

static uint64_t treemap_worst(
	const struct treemap_rest *rest, const struct treemap_row *row)
{
	uint64_t a = treemap_proportion(rest, row, row->least);
	uint64_t b = treemap_proportion(rest, row, row->most);

	return a > b ? a : b;
}

static struct treemap_row treemap_join(struct treemap_row row, uint64_t value)
{
	if (row.n == 0 || value < row.least)
		row.least = value;
	if (value > row.most)
		row.most = value;
	row.sum += value;
	row.n++;
	return row;
}

/* The next row; values above 0 are left. */
static struct treemap_row treemap_pick(
	const struct treemap_rest *rest, const uint64_t *values, size_t n)
{
	struct treemap_row row = treemap_join((struct treemap_row){0}, *values);

	while (row.n < n) {
		struct treemap_row longer = treemap_join(row, values[row.n]);

		if (row.sum > 0 && treemap_worst(rest, &longer) >
					   treemap_worst(rest, &row))
			break;
		row = longer;
	}
	return row;
}

/* Lay a row along the shorter side, and take its place off the rest. */
static void treemap_lay(struct treemap_rest *rest,
	const struct treemap_row *row, const uint64_t *values,
	struct treemap_box *out)
{
	struct treemap_box *box = &rest->box;
	bool is_column = box->w >= box->h; /* the row stands upright */
	uint32_t side = treemap_short_side(rest), from = 0, to;
	uint32_t thick = (uint32_t)treemap_scale(
		row->sum, treemap_long_side(rest), rest->total);
	uint64_t sum = 0;

	for (size_t i = 0; i < row->n; i++) {
		sum += values[i];
		to = row->sum == 0
			     ? 0
			     : (uint32_t)treemap_scale(sum, side, row->sum);
		out[i] = is_column ? (struct treemap_box){box->x, box->y + from,
					     thick, to - from}
				   : (struct treemap_box){box->x + from, box->y,
					     to - from, thick};
		from = to;
	}
	rest->total -= row->sum;
	if (is_column) {
		box->x += thick;
		box->w -= thick;
	} else {
		box->y += thick;
		box->h -= thick;
	}
}

int treemap_divide(const uint64_t *values, size_t n, struct treemap_box in,
	struct treemap_box *out)
{
	struct treemap_rest rest = {.box = in};
	size_t i = 0;

	if (in.w > TREEMAP_SIDE_MAX || in.h > TREEMAP_SIDE_MAX)
		return -1;
	for (size_t k = 0; k < n; k++) {
		if (values[k] > TREEMAP_TOTAL_MAX - rest.total)
			return -1;
		rest.total += values[k];
	}
	while (i < n && rest.total > 0) {
		struct treemap_row row = treemap_pick(&rest, values + i, n - i);

		treemap_lay(&rest, &row, values + i, out + i);
		i += row.n;
	}
	for (; i < n; i++)
		out[i] = (struct treemap_box){rest.box.x, rest.box.y, 0, 0};
	return 0;
}
