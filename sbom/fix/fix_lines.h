/*
 * fix_lines - which functions and variables of a file a patch changes.
 */
#ifndef KEELSON_SBOM_FIX_FIX_LINES_H
#define KEELSON_SBOM_FIX_FIX_LINES_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "sbom/fix/fix.h"
#include "sbom/fix/patch_text.h"

/*
 * Add the parts of a file that a hunk changes.  The hunk's lines are looked for
 * in the file as it is now, nearest to where the patch has them, because later
 * patches move them. 0 or -1 (ERR_LIMIT).
 */
int fix_add_hunk(struct fix_file *f, struct str text,
	const struct patch_hunk *hunk, struct arena *a, struct err *e);

/* Are the lines that a hunk leaves anywhere in the text? */
bool fix_hunk_stands(struct str text, const struct patch_hunk *hunk);

#endif
