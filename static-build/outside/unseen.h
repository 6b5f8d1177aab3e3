/*
 * unseen - objects, libraries and programs that lie in the tree after the
 * build, though no recorded command made them: a tool was called by its
 * absolute path, or with another PATH.
 */
#ifndef KEELSON_OUTSIDE_UNSEEN_H
#define KEELSON_OUTSIDE_UNSEEN_H

#include "lib/base/json_out.h"
#include "static-build/outside/place.h"

struct unseen {
	struct str *paths; /* relative to the root */
	size_t n, room;
	size_t compiles, links; /* that were recorded */
};

/* Find them. 0 or -1. */
int unseen_find(const struct place *p, struct unseen *out, struct err *e);

/* Write them as the member "unseen", a list of paths. */
void unseen_json(const struct unseen *u, struct json_out *o);

/* Say on standard error what was recorded and what was not. */
void unseen_tell(const struct unseen *u, const struct place *p);

#endif
