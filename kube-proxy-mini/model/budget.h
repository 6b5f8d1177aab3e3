/*
 * budget - allocates memory up to a ceiling.
 */
#ifndef KEELSON_PROXY_BUDGET_H
#define KEELSON_PROXY_BUDGET_H

#include "lib/base/err.h"

#include <stddef.h>

struct budget {
	size_t max_bytes;
	size_t bytes; /* allocated, without malloc's own overhead */
};

/* n zeroed bytes; NULL beyond the ceiling or when memory is out. */
void *budget_alloc(struct budget *b, size_t n, struct err *e);

/* Free a block; n as it was allocated. */
void budget_free(struct budget *b, void *p, size_t n);

#endif
