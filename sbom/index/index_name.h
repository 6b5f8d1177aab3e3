/*
 * index_name - the name and version of a package by the name of its archive
 * or directory: "zlib-1.3.1.tar.gz", "zlib_1.3.dfsg+really1.3.1.orig.tar.gz".
 */
#ifndef KEELSON_SBOM_INDEX_INDEX_NAME_H
#define KEELSON_SBOM_INDEX_INDEX_NAME_H

#include "lib/base/err.h"
#include "lib/base/str.h"

/* Views into file. 0, or -1 (ERR_INPUT): no version in it. */
int index_name_split(
	struct str file, struct str *name, struct str *version, struct err *e);

#endif
