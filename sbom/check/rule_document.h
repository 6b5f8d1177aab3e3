/*
 * rule_document - what a rule looks at, of a document.
 */
#ifndef KEELSON_SBOM_CHECK_RULE_DOCUMENT_H
#define KEELSON_SBOM_CHECK_RULE_DOCUMENT_H

#include "sbom/check/facts.h"

/* Does it have that?  What each means for a rule book: profile.c. */
bool document_has_bsi_format(const struct facts *f);
bool document_has_spdx_format(const struct facts *f);
bool document_has_cdx_format(const struct facts *f);
bool document_has_author(const struct facts *f);
bool document_has_author_contact(const struct facts *f);
bool document_has_time(const struct facts *f);
bool document_has_tool(const struct facts *f);
bool document_has_tool_version(const struct facts *f);
bool document_has_context(const struct facts *f);
bool document_has_relations(const struct facts *f);
bool document_has_uri(const struct facts *f);
bool document_has_no_vulnerabilities(const struct facts *f);
bool document_has_components(const struct facts *f);

#endif
