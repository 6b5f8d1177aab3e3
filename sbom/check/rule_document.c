/* rule_document - each field of a document that a rule book may want. */
#include "sbom/check/rule_document.h"

/* "1.6" is at least 1.6, "3.0.1" at least 3.0.1; numbers of one digit or two
   compare as numbers. */
static bool rule_at_least(struct str version, struct str wanted)
{
	struct str a, b;

	while (str_cut(&wanted, '.', &b)) {
		uint64_t x = 0, y = 0;

		if (!str_cut(&version, '.', &a))
			return false;
		if (str_u64(a, 0, UINT32_MAX, &x) < 0 ||
			str_u64(b, 0, UINT32_MAX, &y) < 0)
			return false;
		if (x != y)
			return x > y;
	}
	return true;
}

bool document_has_bsi_format(const struct facts *f)
{
	return f->format == FACTS_CDX ? rule_at_least(f->version, STR("1.6"))
				      : rule_at_least(f->version, STR("3.0.1"));
}

bool document_has_spdx_format(const struct facts *f)
{
	return f->format != FACTS_CDX && rule_at_least(f->version, STR("2.2"));
}

bool document_has_cdx_format(const struct facts *f)
{
	return f->format == FACTS_CDX && rule_at_least(f->version, STR("1.2"));
}

bool document_has_author(const struct facts *f)
{
	return f->author.name.n + f->author.contact.n > 0;
}

bool document_has_author_contact(const struct facts *f)
{
	return f->author.contact.n > 0;
}

/* RFC 3339 in UTC, as all three formats want it. */
bool document_has_time(const struct facts *f)
{
	struct str t = f->time;
	bool is_utc =
		str_has_suffix(t, STR("Z")) || str_has_suffix(t, STR("+00:00"));

	return t.n >= 20 && t.p[4] == '-' && t.p[10] == 'T' && is_utc;
}

bool document_has_tool(const struct facts *f)
{
	return f->tool.n > 0;
}

bool document_has_tool_version(const struct facts *f)
{
	return f->tool_version.n > 0;
}

bool document_has_context(const struct facts *f)
{
	return f->context.n > 0;
}

/* One that starts at a component and leads somewhere. */
bool document_has_relations(const struct facts *f)
{
	for (size_t i = 0; i < f->n_edges; i++)
		if (facts_find(f, f->edges[i].from) != NULL &&
			f->edges[i].to.n > 0)
			return true;
	return false;
}

bool document_has_uri(const struct facts *f)
{
	return f->uri.n > 0;
}

bool document_has_no_vulnerabilities(const struct facts *f)
{
	return !f->has_vulnerabilities;
}

bool document_has_components(const struct facts *f)
{
	return f->n > 0;
}
