/*
 * upstream_debian - a tree of sources that is a Debian source package.
 */
#ifndef KEELSON_OUTSIDE_UPSTREAM_DEBIAN_H
#define KEELSON_OUTSIDE_UPSTREAM_DEBIAN_H

#include "static-build/outside/upstream.h"

/* 1 and *s filled in, 0 when it is none, or -1. */
int upstream_debian(const struct place *p, struct upstream *s, struct err *e);

#endif
