/*
 * facts_cdx - what a document of CycloneDX says.
 */
#ifndef KEELSON_SBOM_CHECK_FACTS_CDX_H
#define KEELSON_SBOM_CHECK_FACTS_CDX_H

#include "sbom/check/facts.h"

/* Add the facts of a document to *f, whose arena is set. 0 or -1. */
int facts_read_cdx(const struct node *doc, struct facts *f, struct err *e);

#endif
