/*
 * cdx_component - one component of a CycloneDX document.
 */
#ifndef KEELSON_SBOM_WRITE_CDX_COMPONENT_H
#define KEELSON_SBOM_WRITE_CDX_COMPONENT_H

#include "lib/base/json.h"
#include "sbom/items/items.h"

#define CDX_RELEASE "OperatingSystem"

/* An id without the prefix of SPDX 2: "Library-libc.a". */
struct str cdx_ref(struct str id);

/* An organizationalEntity under a key; nothing for NULL. */
void cdx_party(struct json_out *o, const char *key, const struct sbom_party *p);

/* "name" and "value" of a property; nothing for an empty value. */
void cdx_property(struct json_out *o, const char *name, struct str value);

/* Open a component with everything but those that nest in it; the caller
   ends it by json_map_end(). */
void cdx_component(struct json_out *o, const char *key,
	const struct items *items, const struct item *x);

/* The release that packages with a purl of type deb are of, if there are. */
void cdx_release(struct json_out *o, const struct items *items);

#endif
