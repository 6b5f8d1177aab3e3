/*
 * link_rows - the rows of a map, each led to the section of an object.
 */
#ifndef KEELSON_SBOM_LINK_LINK_ROWS_H
#define KEELSON_SBOM_LINK_LINK_ROWS_H

#include "sbom/link/linked.h"

/*
 * Fill the outputs and rows of a link.  The objects' sections are marked as
 * named on the way.
 * @first  of each input of the map: its object, + 1, the first of its twins;
 *         0 for an input without one
 * 0, or -1: a row whose object has a section of that name but of another
 * size, rows that overlap.
 */
int link_rows_make(struct link *l, const struct linkmap *map,
	const uint32_t *first, struct arena *a, struct err *e);

#endif
