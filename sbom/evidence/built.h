/*
 * built - where a project that builds from a lock has what it builds
 * (docs/static-build.md): below build/ for amd64, below build/ARCH/ for another
 * architecture.  Pure.
 */
#ifndef KEELSON_SBOM_EVIDENCE_BUILT_H
#define KEELSON_SBOM_EVIDENCE_BUILT_H

#include "lib/base/str.h"

#include <stdbool.h>

/*
 * Is it in the folder `part` ("work") of one architecture?  Then *rest is what
 * follows after the slash.
 */
bool built_is_in(struct str path, struct str part, struct str *rest);

/*
 * Is it in a source that a recipe unpacked, work/RECIPE/PACKAGE/REST?  Then
 * *dir is all before REST, with the slash.
 */
bool built_is_source(struct str path, struct str *dir, struct str *rest);

#endif
