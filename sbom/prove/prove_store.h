/*
 * prove_store - files that trees are made of, each under its digest once.
 *
 * What a step is to see is linked from here: a copy whose digest was checked,
 * read-only, and of another user than the one that the step runs as.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_STORE_H
#define KEELSON_SBOM_PROVE_PROVE_STORE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

struct prove_store {
	const char *dir; /* exists */
};

/*
 * Put bytes there under a name, unless it is there; *path gets the file's.
 * 0 or -1.
 */
int prove_store_put(const struct prove_store *s, struct str name,
	struct str bytes, struct buf *path, struct err *e);

#endif
