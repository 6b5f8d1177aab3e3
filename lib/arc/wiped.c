/*
 * wiped - keep the size in front of each allocation, so that it can be wiped.
 */
#include "lib/arc/wiped.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct front {
	alignas(max_align_t) size_t n;
};

void *wiped_alloc(size_t n)
{
	struct front *f =
		n < SIZE_MAX - sizeof(*f) ? malloc(sizeof(*f) + n) : NULL;

	if (!f)
		return NULL;
	f->n = n;
	return f + 1;
}

void wiped_free(void *memory)
{
	struct front *f = memory;

	if (!f)
		return;
	f--;
	explicit_bzero(f, sizeof(*f) + f->n);
	free(f);
}
