/*
 * near_names - what somebody may have meant who named no package of an index.
 */
#ifndef KEELSON_IMAGES_FRESH_NEAR_NAMES_H
#define KEELSON_IMAGES_FRESH_NEAR_NAMES_H

#include "lib/base/arena.h"

/*
 * Say that the suite has no such package, and which has a name like it, or
 * which source package builds a binary one of this name. Always -1, of
 * ERR_ABSENT.
 */
int near_names(struct str index, const char *name, const char *suite,
	struct arena *a, struct err *e);

#endif
