/*
 * mapword - the words of a linker map: names, numbers, section names.
 */
#ifndef KEELSON_SBOM_LINK_MAPWORD_H
#define KEELSON_SBOM_LINK_MAPWORD_H

#include "lib/base/str.h"

/* Take blanks, then a word, off *s. */
struct str mapword_next(struct str *s);

/* "0x1f": 1; another word: 0; a number beyond 64 bits: -1. */
int mapword_number(struct str word, uint64_t *out);

/* "PATH(MEMBER)" into its two; false, and *path the whole, for "PATH". */
bool mapword_split(struct str file, struct str *path, struct str *member);

#endif
