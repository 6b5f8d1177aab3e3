/*
 * notice_sources - the files from which what is under a licence like the GPL
 * was built: where they are, with digests, and the patches that were applied.
 */
#ifndef KEELSON_SBOM_WRITE_NOTICE_SOURCES_H
#define KEELSON_SBOM_WRITE_NOTICE_SOURCES_H

#include "lib/base/buf.h"
#include "lib/base/json_out.h"
#include "sbom/items/items.h"

/* Every part whose source has to be offered, by itself or because of a program
   that it is in. */
void notice_sources_text(const struct items *items, struct buf *out);
void notice_sources_json(const struct items *items, struct json_out *o);

#endif
