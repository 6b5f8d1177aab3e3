/*
 * hosts - the files of the host that took part: system headers, libraries,
 * start files and tools, each with the package that owns it.
 */
#ifndef KEELSON_OUTSIDE_HOSTS_H
#define KEELSON_OUTSIDE_HOSTS_H

#include "static-build/outside/place.h"

/* Write toolchain.jsonl from the paths that events name. 0 or -1. */
int hosts_write(const struct place *p, struct err *e);

#endif
