/*
 * wiped - memory for libraries that keep what passes through them: it is
 * zero before it is given back.
 */
#ifndef KEELSON_ARC_WIPED_H
#define KEELSON_ARC_WIPED_H

#include <stddef.h>

/* n bytes aligned for any type, or NULL. */
void *wiped_alloc(size_t n);

/* Wipe and release; NULL is nothing. */
void wiped_free(void *memory);

#endif
