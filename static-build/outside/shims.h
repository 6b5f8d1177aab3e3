/*
 * shims - the directory that comes first on PATH: our own program under the
 * name of every compiler and binary tool that PATH holds.
 */
#ifndef KEELSON_OUTSIDE_SHIMS_H
#define KEELSON_OUTSIDE_SHIMS_H

#include "static-build/outside/place.h"

/*
 * Make it anew, and the makefile that leads recipes for sources through the
 * recorder. 0 or -1.
 */
int shims_make(const struct place *p, struct err *e);

#endif
