/*
 * rule_component - what a rule looks at, of a component.
 */
#ifndef KEELSON_SBOM_CHECK_RULE_COMPONENT_H
#define KEELSON_SBOM_CHECK_RULE_COMPONENT_H

#include "sbom/check/facts.h"

/* Does it have that?  What each means for a rule book: profile.c. */
bool component_has_name(const struct fact_component *c);
bool component_has_version(const struct fact_component *c);
bool component_has_creator_contact(const struct fact_component *c);
bool component_has_producer(const struct fact_component *c);
bool component_has_file_name(const struct fact_component *c);
bool component_has_licence(const struct fact_component *c);
bool component_has_any_licence(const struct fact_component *c);
bool component_has_sha512(const struct fact_component *c);
bool component_has_hash(const struct fact_component *c);
bool component_has_properties(const struct fact_component *c);
bool component_has_identifier(const struct fact_component *c);
bool component_has_id(const struct fact_component *c);
bool component_has_any_id(const struct fact_component *c);
bool component_has_dependencies(const struct fact_component *c);
bool component_has_completeness(const struct fact_component *c);

#endif
