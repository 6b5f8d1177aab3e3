/*
 * upstream_find - find out where a tree of sources comes from.
 */
#ifndef KEELSON_OUTSIDE_UPSTREAM_FIND_H
#define KEELSON_OUTSIDE_UPSTREAM_FIND_H

#include "static-build/outside/upstream.h"

/* To be called before the build. 0 or -1. */
int upstream_find(const struct place *p, struct upstream *out, struct err *e);

#endif
