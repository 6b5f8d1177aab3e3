/*
 * spdx_purl - package URLs (purl-spec), by which scanners know packages.
 */
#ifndef KEELSON_SBOM_WRITE_SPDX_PURL_H
#define KEELSON_SBOM_WRITE_SPDX_PURL_H

#include "lib/base/json_out.h"

/* Percent-encode all but unreserved characters (RFC 3986 2.3, purl-spec). */
void spdx_encode(struct buf *b, struct str s);

/*
 * The list of a package's external references, with one purl.
 * @is_inside  something of the package is in the image
 */
void spdx_purl(struct json_out *o, struct str purl, bool is_inside);

struct spdx_deb {
	struct str package, version, arch;
	struct str suite; /* empty: not known */
};

/* pkg:deb/debian/NAME@VERSION?arch=ARCH&distro=SUITE */
void spdx_deb_purl(
	struct json_out *o, const struct spdx_deb *deb, bool is_inside);

#endif
