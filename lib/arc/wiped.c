/* wiped - see wiped.h.  The size stands in front of the bytes. */
#include "lib/arc/wiped.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

union front {
	size_t n;
	max_align_t aligned;
};

void *wiped_alloc(size_t n)
{
	union front *f =
		n < SIZE_MAX - sizeof(*f) ? malloc(sizeof(*f) + n) : NULL;

	if (!f)
		return NULL;
	f->n = n;
	return f + 1;
}

void wiped_free(void *memory)
{
	union front *f = memory;

	if (!f)
		return;
	f--;
	explicit_bzero(f, sizeof(*f) + f->n);
	free(f);
}
