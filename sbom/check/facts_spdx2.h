/*
 * facts_spdx2 - what a document of SPDX 2 says.
 */
#ifndef KEELSON_SBOM_CHECK_FACTS_SPDX2_H
#define KEELSON_SBOM_CHECK_FACTS_SPDX2_H

#include "sbom/check/facts.h"

/* Add the facts of a document to *f, whose arena is set. 0 or -1. */
int facts_read_spdx2(const struct node *doc, struct facts *f, struct err *e);

#endif
