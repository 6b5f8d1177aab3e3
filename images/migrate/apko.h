/*
 * apko - a configuration of apko becomes a definition of ours, as far as it
 * maps (docs/from-apko.md).
 *
 * Source: apko's image configuration, its types.go of 2026: names and types of
 * keys, and how its values are read (octal numbers, words of a command).
 */
#ifndef KEELSON_IMAGES_MIGRATE_APKO_H
#define KEELSON_IMAGES_MIGRATE_APKO_H

#include "images/migrate/apko_request.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

/*
 * Write our definition, and of each key that does not map a line "FILE:LINE:
 * KEY: what to do".  0, or -1: it is no YAML, no map, or would give no valid
 * definition.
 */
int apko_import(const struct apko_request *r, struct buf *out,
	struct buf *unmapped, struct err *e);

#endif
