/* rule_component - each field of a component that a rule book may want. */
#include "sbom/check/rule_component.h"

bool component_has_name(const struct fact_component *c)
{
	return c->name.n > 0;
}

bool component_has_version(const struct fact_component *c)
{
	return c->version.n > 0;
}

bool component_has_creator_contact(const struct fact_component *c)
{
	return c->creator.contact.n > 0;
}

bool component_has_producer(const struct fact_component *c)
{
	return c->supplier.name.n + c->creator.name.n > 0;
}

bool component_has_file_name(const struct fact_component *c)
{
	return c->file_name.n > 0 &&
	       str_find(c->file_name, '/') == c->file_name.n;
}

bool component_has_licence(const struct fact_component *c)
{
	return c->licence.n > 0;
}

bool component_has_any_licence(const struct fact_component *c)
{
	return c->licence.n + c->declared.n > 0;
}

bool component_has_sha512(const struct fact_component *c)
{
	return c->sha512.n == 128;
}

bool component_has_hash(const struct fact_component *c)
{
	return c->has_hash;
}

bool component_has_properties(const struct fact_component *c)
{
	return c->has_properties;
}

bool component_has_identifier(const struct fact_component *c)
{
	return c->has_identifier;
}

bool component_has_id(const struct fact_component *c)
{
	return c->id.n > 0;
}

bool component_has_any_id(const struct fact_component *c)
{
	return c->id.n > 0 || c->has_identifier;
}

bool component_has_dependencies(const struct fact_component *c)
{
	return c->has_dependencies;
}

bool component_has_completeness(const struct fact_component *c)
{
	return c->has_completeness;
}
