/*
 * form_schema - a table of keys as JSON Schema (draft 2020-12), for editors and
 * other checkers.
 *
 * It accepts what form_check() accepts, but for rules that no pattern states
 * (numbers within a text, parts "." and ".." of a path).
 */
#ifndef KEELSON_ROOTFS_FORM_SCHEMA_H
#define KEELSON_ROOTFS_FORM_SCHEMA_H

#include "lib/base/buf.h"
#include "rootfs/form.h"

/*
 * Append the schema.
 * @is_part  a document may be a part that others include: nothing is needed at
 *           the top
 */
void form_schema(const struct form_key *keys, const char *title, bool is_part,
	struct buf *out);

#endif
