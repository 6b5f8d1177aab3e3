/*
 * fix_brought - a patch that somebody brings: upstream's fix of a CVE that was
 * not applied here, or was already in the release.
 */
#ifndef KEELSON_SBOM_FIX_FIX_BROUGHT_H
#define KEELSON_SBOM_FIX_FIX_BROUGHT_H

#include "sbom/fix/fix.h"

struct fix_bringing {
	const char *path; /* for messages, and the name of the fix */
	struct str patch; /* must live as long as the basis */
};

/*
 * Find the source that a patch is for, by the lines of all its hunks in C
 * files, and which side of it the source is on (fix.is_open).  Files that the
 * patch makes or that the source does not have count for nothing.
 * 0, or -1: ERR_ABSENT: it fits no source; ERR_INPUT: it fits several, or its
 * hunks are half applied.
 */
int fix_bring(struct fix_texts *texts, const struct fix_bringing *from,
	struct fix *out, struct err *e);

#endif
