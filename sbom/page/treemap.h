/*
 * treemap - a rectangle divided into boxes, one a value, whose areas are as
 * the values: squarified, that is with boxes as near to squares as can be.
 *
 * Source: Bruls, Huizing, van Wijk, "Squarified Treemaps", 2000.
 * Everything is in whole units (a drawing takes tenths of pixels), so that the
 * boxes fill the rectangle without gap or overlap, on every machine alike; the
 * edges of a box are the nearest whole units.
 */
#ifndef KEELSON_SBOM_PAGE_TREEMAP_H
#define KEELSON_SBOM_PAGE_TREEMAP_H

#include <stddef.h>
#include <stdint.h>

#define TREEMAP_SIDE_MAX  16384
#define TREEMAP_TOTAL_MAX ((uint64_t)1 << 36) /* of all values */

struct treemap_box {
	uint32_t x, y, w, h;
};

/*
 * Divide a rectangle.  Values should come with the largest first; a value of
 * nothing gets a box without area.
 * @out  n boxes, in the order of the values
 * 0, or -1: above the limits.  Without any value above 0 all boxes are empty.
 */
int treemap_divide(const uint64_t *values, size_t n, struct treemap_box in,
	struct treemap_box *out);

#endif
