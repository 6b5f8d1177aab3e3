/*
 * index_tarball - the files of a release's tar archive.
 */
#ifndef KEELSON_SBOM_INDEX_INDEX_TARBALL_H
#define KEELSON_SBOM_INDEX_INDEX_TARBALL_H

#include "sbom/index/index_make.h"

/* Of one file, and of an archive expanded: bombs end there. */
#define INDEX_TARBALL_FILE_MAX  (256u << 20)
#define INDEX_TARBALL_TOTAL_MAX ((uint64_t)16 << 30)

/*
 * Add each regular file of an archive, plain or compressed with gzip, xz or
 * zstd. 0 or -1: ERR_INPUT no such archive, or a damaged one; ERR_LIMIT.
 */
int index_tarball_add(struct index_maker *k, const char *path, struct err *e);

#endif
