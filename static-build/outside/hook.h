/*
 * hook - how recipes of make that write sources come to run under the recorder.
 */
#ifndef KEELSON_OUTSIDE_HOOK_H
#define KEELSON_OUTSIDE_HOOK_H

#include "static-build/outside/place.h"

/*
 * Write dir/record.mk, which every make reads first (MAKEFILES), and
 * dir/shell/recipe, which it names. 0 or -1.
 */
int hook_write(const struct place *p, struct err *e);

#endif
