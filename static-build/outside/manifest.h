/*
 * manifest - every file of the tree of sources as it was before the command:
 * what is not in it was made by the build.
 */
#ifndef KEELSON_OUTSIDE_MANIFEST_H
#define KEELSON_OUTSIDE_MANIFEST_H

#include "static-build/outside/upstream.h"

/*
 * Write build/manifest.jsonl; files that differ from the commit are noted in
 * *s. What an earlier run into the same evidence wrote stays. 0 or -1.
 */
int manifest_write(const struct place *p, struct upstream *s, struct err *e);

#endif
