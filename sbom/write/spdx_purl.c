/* spdx_purl - a reference of a package to its entry in purl-spec's words. */
#include "sbom/write/spdx_purl.h"

#include "sbom/write/spdx_writer.h"

#include <string.h>

/* Percent-encode all but unreserved characters (RFC 3986 2.3, purl-spec). */
void spdx_encode(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') ||
			(c != '\0' && strchr("-._~", c) != NULL))
			buf_byte(b, c);
		else
			buf_fmt(b, "%%%02X", (unsigned char)c);
	}
}

/*
 * Scanners match every purl of the document against their advisories, whatever
 * the package's relation to the image.  So what is not in the image, mere
 * headers, has its purl under a type of our own: the CVEs of the compiler
 * and of the kernel are not the image's.
 */
void spdx_purl(struct json_out *o, struct str purl, bool is_inside)
{
	json_list(o, "externalRefs");
	json_map(o, NULL);
	json_text(o, "referenceCategory",
		is_inside ? "PACKAGE-MANAGER" : "OTHER");
	json_text(o, "referenceType", is_inside ? "purl" : "build-input-purl");
	json_str(o, "referenceLocator", purl);
	json_map_end(o);
	json_list_end(o);
}

/* pkg:deb/debian/NAME@VERSION?arch=ARCH&distro=SUITE */
void spdx_deb_purl(
	struct json_out *o, const struct spdx_deb *deb, bool is_inside)
{
	char memory[SPDX_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_text(&b, "pkg:deb/debian/");
	spdx_encode(&b, deb->package);
	buf_byte(&b, '@');
	spdx_encode(&b, deb->version);
	buf_fmt(&b, "?arch=%.*s", STR_ARG(deb->arch));
	if (deb->suite.n > 0)
		buf_fmt(&b, "&distro=%.*s", STR_ARG(deb->suite));
	spdx_purl(o, buf_view(&b), is_inside);
}
