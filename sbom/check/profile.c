/*
 * profile - one table of rules; each says for which books it is and what it
 * looks at.
 *
 * Only what every book calls required is a rule.  What a book wants "if it
 * exists" cannot be missed by a document that does not know of it.
 */
#include "sbom/check/profile.h"

#include "lib/base/json.h"
#include "sbom/check/rule_component.h"
#include "sbom/check/rule_document.h"

#include <string.h>

#define ALL (PROFILE_BSI | PROFILE_CISA | PROFILE_NTIA)
#define GOV (PROFILE_BSI | PROFILE_CISA)

static const struct {
	const char *name, *title;
	enum profile profile;
} profile_names[] = {
	{"bsi", "BSI TR-03183-2 v2.1.0", PROFILE_BSI},
	{"cisa", "CISA Minimum Elements 2026", PROFILE_CISA},
	{"ntia", "NTIA Minimum Elements 2021", PROFILE_NTIA},
	{"spdx", "SPDX", PROFILE_SPDX},
	{"cyclonedx", "CycloneDX", PROFILE_CDX},
};

int profile_of(const char *name, enum profile *out, struct err *e)
{
	for (size_t i = 0; i < sizeof(profile_names) / sizeof(*profile_names);
		i++)
		if (strcmp(name, profile_names[i].name) == 0) {
			*out = profile_names[i].profile;
			return 0;
		}
	return err_kind(e, ERR_USAGE,
		"--profile %s: not one of bsi, cisa, ntia, spdx, cyclonedx",
		name);
}

/* ---- the rules ---- */

static const struct profile_rule {
	const char *field, *what;
	int profiles;
	bool (*document)(const struct facts *f); /* or */
	bool (*component)(const struct fact_component *c);
} profile_rules[] = {
	{"format", "SPDX 3.0.1 or CycloneDX 1.6, or newer", PROFILE_BSI,
		document_has_bsi_format, NULL},
	{"format", "SPDX 2.2 or newer", PROFILE_SPDX, document_has_spdx_format,
		NULL},
	{"format", "CycloneDX 1.2 or newer", PROFILE_CDX,
		document_has_cdx_format, NULL},
	{"sbom creator", "an e-mail address or a URL", PROFILE_BSI,
		document_has_author_contact, NULL},
	{"sbom author", "a name", PROFILE_CISA | PROFILE_NTIA | PROFILE_SPDX,
		document_has_author, NULL},
	{"time", "when it was made, in UTC", ALL | PROFILE_SPDX,
		document_has_time, NULL},
	{"tool", "the name of the tool", PROFILE_CISA, document_has_tool, NULL},
	{"tool version", "the version of the tool", PROFILE_CISA,
		document_has_tool_version, NULL},
	{"generation context", "before, during or after the build",
		PROFILE_CISA, document_has_context, NULL},
	{"document id", "a URI that names the document", PROFILE_SPDX,
		document_has_uri, NULL},
	{"components", "at least one", ALL, document_has_components, NULL},
	{"relations", "at least one dependency", ALL, document_has_relations,
		NULL},
	{"no vulnerabilities", "they belong into documents of their own",
		PROFILE_BSI, document_has_no_vulnerabilities, NULL},
	{"name", "a name", ALL | PROFILE_SPDX | PROFILE_CDX, NULL,
		component_has_name},
	{"version", "a version", ALL, NULL, component_has_version},
	{"id", "an id in the document", PROFILE_SPDX, NULL, component_has_id},
	{"identifier", "a purl, CPE, SWID or SWHID", PROFILE_CISA, NULL,
		component_has_identifier},
	{"identifier", "any identifier", PROFILE_NTIA, NULL,
		component_has_any_id},
	{"creator", "an e-mail address or a URL", PROFILE_BSI, NULL,
		component_has_creator_contact},
	{"producer", "the name of creator or supplier",
		PROFILE_CISA | PROFILE_NTIA, NULL, component_has_producer},
	{"file name", "the name of the file, without a path", PROFILE_BSI, NULL,
		component_has_file_name},
	{"licence", "the licence for the recipient (concluded)", PROFILE_BSI,
		NULL, component_has_licence},
	{"licence", "a licence", PROFILE_CISA, NULL, component_has_any_licence},
	{"sha-512", "the SHA-512 of the file", PROFILE_BSI, NULL,
		component_has_sha512},
	{"hash", "a hash with its algorithm", PROFILE_CISA, NULL,
		component_has_hash},
	{"properties", "whether it is executable, an archive, structured",
		PROFILE_BSI, NULL, component_has_properties},
	{"dependencies", "a list of them, be it empty", GOV, NULL,
		component_has_dependencies},
	{"completeness", "whether that list is complete", GOV, NULL,
		component_has_completeness},
};

static int profile_lack(struct profile_result *r, const struct facts *f,
	const struct profile_rule *rule, const struct fact_component *c,
	struct err *e)
{
	struct profile_lack *list =
		arena_grow(f->arena, r->lacks, r->n, &r->room, sizeof(*list));

	if (list == NULL)
		return err_kind(e, ERR_LIMIT, "no memory");
	r->lacks = list;
	list[r->n++] = (struct profile_lack){rule->field, rule->what, c};
	return 0;
}

static int profile_apply(struct profile_result *r, const struct facts *f,
	const struct profile_rule *rule, struct err *e)
{
	if (rule->document != NULL) {
		r->asked++;
		return rule->document(f) ? 0
					 : profile_lack(r, f, rule, NULL, e);
	}
	for (size_t i = 0; i < f->n; i++) {
		const struct fact_component *c = &f->components[i];

		if (c->is_file)
			continue;
		r->asked++;
		if (!rule->component(c) && profile_lack(r, f, rule, c, e) < 0)
			return -1;
	}
	return 0;
}

int profile_check(const struct facts *f, enum profile p,
	struct profile_result *out, struct err *e)
{
	*out = (struct profile_result){0};
	for (size_t i = 0; i < sizeof(profile_names) / sizeof(*profile_names);
		i++)
		if (profile_names[i].profile == p)
			out->name = profile_names[i].title;
	for (size_t i = 0; i < sizeof(profile_rules) / sizeof(*profile_rules);
		i++)
		if ((profile_rules[i].profiles & (int)p) != 0 &&
			profile_apply(out, f, &profile_rules[i], e) < 0)
			return -1;
	return 0;
}

/* ---- what is said ---- */

/* A component by name and version; by its id when it has no name. */
static void profile_say_component(
	const struct fact_component *c, struct buf *out)
{
	if (c == NULL)
		buf_text(out, "(document)");
	else if (c->name.n > 0)
		buf_fmt(out, "%.*s%s%.*s", STR_ARG(c->name),
			c->version.n > 0 ? " " : "", STR_ARG(c->version));
	else
		buf_fmt(out, "%.*s", STR_ARG(c->id));
}

void profile_table(const struct profile_result *r, const struct facts *f,
	const char *file, struct buf *out)
{
	buf_fmt(out, "%s: %s %.*s, %zu components: ", file,
		facts_format_name(f->format), STR_ARG(f->version), f->n);
	if (r->n == 0) {
		buf_fmt(out, "has what %s requires\n", r->name);
		return;
	}
	buf_fmt(out, "lacks %zu of %zu fields of %s\n\n%-20s%-42s%s\n", r->n,
		r->asked, r->name, "FIELD", "OF", "WHAT IS REQUIRED");
	for (size_t i = 0; i < r->n; i++) {
		size_t start;

		buf_fmt(out, "%-20s", r->lacks[i].field);
		start = out->n;
		profile_say_component(r->lacks[i].of, out);
		buf_fill(out, ' ',
			out->n - start < 41 ? 42 - (out->n - start) : 1);
		buf_fmt(out, "%s\n", r->lacks[i].what);
	}
}

void profile_json(const struct profile_result *r, const struct facts *f,
	const char *file, struct buf *out)
{
	struct json_out o = json_out(out, 1);

	json_map(&o, NULL);
	json_text(&o, "file", file);
	json_text(&o, "format", facts_format_name(f->format));
	json_str(&o, "version", f->version);
	json_text(&o, "profile", r->name);
	json_truth(&o, "conforms", r->n == 0);
	json_whole(&o, "components", (int64_t)f->n);
	json_whole(&o, "asked", (int64_t)r->asked);
	json_list(&o, "lacks");
	for (size_t i = 0; i < r->n; i++) {
		const struct fact_component *c = r->lacks[i].of;

		json_map(&o, NULL);
		json_text(&o, "field", r->lacks[i].field);
		json_text(&o, "required", r->lacks[i].what);
		if (c != NULL) {
			json_str(&o, "component", c->name);
			json_str(&o, "version", c->version);
			json_str(&o, "id", c->id);
		}
		json_map_end(&o);
	}
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}
