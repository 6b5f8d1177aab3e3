/*
 * apko_request - what is to be imported.
 */
#ifndef KEELSON_IMAGES_MIGRATE_APKO_REQUEST_H
#define KEELSON_IMAGES_MIGRATE_APKO_REQUEST_H

#include "lib/base/arena.h"

struct apko_request {
	struct str text;  /* apko's file */
	const char *file; /* its name, for messages */
	struct str name;  /* of our image */
	struct arena *arena;
};

#endif
