/*
 * item_names - under which names the world knows a component: package URLs,
 * CPE 2.3, versions, addresses.
 */
#ifndef KEELSON_SBOM_ITEMS_ITEM_NAMES_H
#define KEELSON_SBOM_ITEMS_ITEM_NAMES_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "sbom/items/items.h"

enum { ITEM_TEXT_MAX = 2048 }; /* bytes of one name or comment */

/* Percent-encode all but unreserved characters (RFC 3986 2.3, purl-spec). */
void item_encode(struct buf *b, struct str s);

/* A text of the arena by printf. 0, or -1: memory is out, or it is longer
   than ITEM_TEXT_MAX. */
int item_fmt(const struct items *items, struct str *out, struct err *e,
	const char *fmt, ...) ERR_PRINTF(4, 5);

/* A text of the arena from a buffer. 0 or -1. */
int item_keep(const struct items *items, const struct buf *b, struct str *out,
	struct err *e);

/* Is this version what Debian has: of Debian's pool, with its patches? */
bool item_is_debian(const struct model_package *p);

/* Upstream's version where Debian's patches are not applied. */
struct str item_version(const struct model_package *p);

/* "13" of "trixie"; empty for a suite that has no number. */
struct str item_release_number(struct str suite);

/* purl and, where the table of upstreams has a name, CPE of a package.
   0 or -1. */
int item_name_package(const struct items *items, struct item *to,
	const struct model_package *p, struct err *e);

/* pkg:generic/NAME@VERSION of what the project itself makes. 0 or -1. */
int item_name_own(const struct items *items, struct item *to, struct err *e);

/* pkg:oci/NAME@DIGEST?arch=ARCH&tag=VERSION (without a digest, when that is
   not known). 0 or -1. */
int item_name_image(const struct items *items, struct item *to,
	struct str digest, struct err *e);

/* Of the building machine; nothing for a file that no package owns. */
int item_name_host(const struct items *items, struct item *to,
	const struct evidence_file *record, struct err *e);

#endif
