/*
 * walk - the regular files of a tree of sources.
 */
#ifndef KEELSON_OUTSIDE_WALK_H
#define KEELSON_OUTSIDE_WALK_H

#include "static-build/outside/place.h"

struct walk {
	struct str *paths; /* relative to the root, sorted */
	size_t n, room;
};

/*
 * List them all, without the evidence itself, the insides of .git and symbolic
 * links. 0 or -1: more than a million files, a directory that cannot be read.
 */
int walk_make(const struct place *p, struct walk *out, struct err *e);

#endif
