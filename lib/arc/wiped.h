/*
 * wiped - an allocator that wipes memory before it is freed, for libraries
 * that buffer secrets.
 */
#ifndef KEELSON_ARC_WIPED_H
#define KEELSON_ARC_WIPED_H

#include <stddef.h>

/* n bytes aligned for any type, or NULL. */
void *wiped_alloc(size_t n);

/* Wipe and free; NULL is ignored. */
void wiped_free(void *memory);

#endif
