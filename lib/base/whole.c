/*
 * whole - a growing buffer is full when it reached its ceiling, or when there
 * was no memory; from outside these look alike.
 */
#include "lib/base/whole.h"

int whole_check(const struct buf *b, const char *what, struct err *e)
{
	if (!b->full)
		return 0;
	return err_kind(e, ERR_LIMIT,
		"%s: out of memory, or larger than %zu bytes", what,
		b->max ? b->max : b->cap);
}

void whole_pass(const struct buf *part, struct buf *made)
{
	made->full |= part->full;
}
