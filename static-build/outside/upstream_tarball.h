/*
 * upstream_tarball - a tree of sources that is an unpacked tarball.
 */
#ifndef KEELSON_OUTSIDE_UPSTREAM_TARBALL_H
#define KEELSON_OUTSIDE_UPSTREAM_TARBALL_H

#include "static-build/outside/upstream.h"

/* 1 and *s filled in, 0 when it is none, or -1. */
int upstream_tarball(const struct place *p, struct upstream *s, struct err *e);

#endif
