/*
 * notice_text - whose code is inside, with licences and their texts, for
 * people: one document about all, and one file a package for the image.
 */
#ifndef KEELSON_SBOM_WRITE_NOTICE_TEXT_H
#define KEELSON_SBOM_WRITE_NOTICE_TEXT_H

#include "lib/base/buf.h"
#include "sbom/items/items.h"

enum { NOTICE_DOCUMENT_MAX = 16 << 20 };

/* Where a system keeps the texts that packages share. */
#define NOTICE_COMMON_DIR "usr/share/common-licenses"

/* All parts with their copyright lines, then each text once. */
void notice_text_write(const struct items *items, struct buf *out);

/*
 * One part in the form of debian/copyright
 * (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/), which
 * scanners read at usr/share/doc/NAME/copyright; texts that are common are
 * pointed to.
 */
void notice_text_write_part(const struct items *items,
	const struct notice_part *p, struct buf *out);

#endif
