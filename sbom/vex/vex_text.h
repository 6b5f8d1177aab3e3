/*
 * vex_text - texts that all formats of VEX have in common: package URLs,
 * ids, and the grounds of a statement as one text.
 */
#ifndef KEELSON_SBOM_VEX_VEX_TEXT_H
#define KEELSON_SBOM_VEX_VEX_TEXT_H

#include "lib/base/json.h"
#include "sbom/vex/vex.h"

/*
 * The product: pkg:oci/NAME@sha256%3AHEX for an image, whatever registry it is
 * in, or pkg:generic/NAME@VERSION?checksum=sha256:HEX.
 */
void vex_product_purl(struct buf *b, const struct vex_product *p);

/*
 * A package, without qualifiers, which a scanner takes for any: of Debian by
 * its version, or of nobody by the version that upstream gave it, or by
 * Debian's, as SBOMs name a package that is of another release.
 */
void vex_deb_purl(struct buf *b, const struct lock_line *package);
void vex_generic_purl(struct buf *b, const struct lock_line *package);
void vex_patched_purl(struct buf *b, const struct lock_line *package);

/* Is it from a Debian source, by its line in a lock? */
bool vex_is_deb(const struct lock_line *package);

/* A UUID (RFC 9562, version 8) of product and statements: equal documents have
   equal ids, whatever their format. */
void vex_uuid(struct buf *b, const struct vex_document *d);

/* The grounds, and the command that finds them again. */
void vex_grounds(struct buf *b, const struct vex_document *d,
	const struct vex_statement *s);

/* What to do about an AFFECTED product. */
#define VEX_ACTION                                                             \
	"Apply the patch to the source, or leave the code that it changes out" \
	" of the link, and build again."

/* Write buffers as texts of JSON. */
void vex_json_buf(struct json_out *o, const char *key, const struct buf *b);

#endif
