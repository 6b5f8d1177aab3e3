/*
 * upstream_git - a tree of sources that is a git checkout.
 */
#ifndef KEELSON_OUTSIDE_UPSTREAM_GIT_H
#define KEELSON_OUTSIDE_UPSTREAM_GIT_H

#include "static-build/outside/upstream.h"

/* 1 and *s filled in, 0 when it is none, or -1. */
int upstream_git(const struct place *p, struct upstream *s, struct err *e);

#endif
