/*
 * cdx_pedigree - the patches of a source, in a CycloneDX document.
 */
#ifndef KEELSON_SBOM_WRITE_CDX_PEDIGREE_H
#define KEELSON_SBOM_WRITE_CDX_PEDIGREE_H

#include "lib/base/json.h"
#include "sbom/items/items.h"

/* The member "pedigree" of a package; nothing where no patch was applied. */
void cdx_pedigree(
	struct json_out *o, const struct items *items, const struct item *x);

#endif
