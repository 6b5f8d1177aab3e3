/*
 * definition_merge - two documents as one, by the table of their keys.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_DEFINITION_MERGE_H
#define KEELSON_IMAGES_ASSEMBLE_DEFINITION_MERGE_H

#include "lib/base/arena.h"
#include "rootfs/form.h"

/*
 * `low` with what `high` says over it: maps key by key, lists appended unless
 * the table says that they are replaced, any other value that of `high`.  Both
 * have passed form_check_part(). The result shares what is below the members
 * with both.  NULL: out of memory.
 */
const struct node *definition_merge(struct arena *a, const struct node *low,
	const struct node *high, const struct form_key *keys);

#endif
