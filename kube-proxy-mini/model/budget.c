/*
 * budget - counts the bytes that are allocated.  The caller states a block's
 * size again when it frees it, so blocks need no header.
 */
#include "kube-proxy-mini/model/budget.h"

#include <stdlib.h>

void *budget_alloc(struct budget *b, size_t n, struct err *e)
{
	void *p = NULL;

	if (n <= b->max_bytes - b->bytes)
		p = calloc(1, n);
	if (!p) {
		err_kind(e, ERR_LIMIT, "no room in the model for %zu bytes", n);
		return NULL;
	}
	b->bytes += n;
	return p;
}

void budget_free(struct budget *b, void *p, size_t n)
{
	b->bytes -= n;
	free(p);
}
