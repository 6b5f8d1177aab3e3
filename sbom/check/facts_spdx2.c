/*
 * facts_spdx2 - SPDX 2.2 and 2.3: packages are components.  These versions
 * cannot say whether a list of dependencies is complete, nor when the SBOM was
 * made.
 */
#include "sbom/check/facts_spdx2.h"

/* "Organization: NAME (MAIL)" */
static struct fact_party facts_spdx2_party(struct str s)
{
	struct fact_party p = {0};
	struct str kind;
	size_t at;

	if (str_find(s, ':') == s.n)
		return p;
	str_cut(&s, ':', &kind);
	s = str_trim(s);
	at = str_find(s, '(');
	p.name = str_trim(str_sub(s, 0, at));
	p.contact = str_sub(s, at + 1, s.n);
	p.contact.n = str_find(p.contact, ')');
	p.contact = str_trim(p.contact);
	if (str_find(p.contact, '@') == p.contact.n)
		p.contact = (struct str){0};
	return p;
}

static void facts_spdx2_creators(const struct node *info, struct facts *f)
{
	const struct node *n = node_first(node_get(info, "creators"));

	for (; n != NULL; n = n->next) {
		struct str s = node_text(n), kind;
		size_t at;

		if (!str_has_prefix(s, STR("Tool:"))) {
			if (f->author.name.n == 0)
				f->author = facts_spdx2_party(s);
			continue;
		}
		str_cut(&s, ':', &kind);
		s = str_trim(s);
		at = s.n;
		while (at > 0 && s.p[at - 1] != '-')
			at--;
		f->tool = at > 1 ? str_sub(s, 0, at - 1) : s;
		f->tool_version =
			at > 0 ? str_sub(s, at, s.n) : (struct str){0};
	}
}

static void facts_spdx2_hashes(
	const struct node *package, struct fact_component *c)
{
	const struct node *n = node_first(node_get(package, "checksums"));

	for (; n != NULL; n = n->next) {
		struct str kind = node_text(node_get(n, "algorithm"));
		struct str value = facts_get(n, "checksumValue");

		c->has_hash |= value.n > 0;
		if (str_is(kind, "SHA256"))
			c->sha256 = value;
		if (str_is(kind, "SHA512"))
			c->sha512 = value;
	}
}

static void facts_spdx2_names(
	const struct node *package, struct fact_component *c)
{
	const struct node *n = node_first(node_get(package, "externalRefs"));

	for (; n != NULL; n = n->next) {
		struct str type = node_text(node_get(n, "referenceType"));
		struct str locator = facts_get(n, "referenceLocator");

		if (str_is(type, "purl"))
			c->purl = locator;
		else if (str_has_prefix(type, STR("cpe2")))
			c->cpe = locator;
		else if (str_is(type, "swh"))
			c->swhid = locator;
		else if (!str_is(type, "swid"))
			continue;
		c->has_identifier |= locator.n > 0;
	}
}

static int facts_spdx2_package(
	const struct node *n, struct facts *f, struct err *e)
{
	struct str home = facts_get(n, "homepage");
	struct fact_component *c;

	/* names the release of others; nothing of it is delivered */
	if (str_is(node_text(node_get(n, "primaryPackagePurpose")),
		    "OPERATING-SYSTEM"))
		return 0;
	c = facts_add(f, e);
	if (c == NULL)
		return -1;
	c->id = node_text(node_get(n, "SPDXID"));
	c->name = facts_get(n, "name");
	c->version = facts_get(n, "versionInfo");
	c->supplier = facts_spdx2_party(facts_get(n, "supplier"));
	c->creator = facts_spdx2_party(facts_get(n, "originator"));
	if (c->creator.name.n > 0 && c->creator.contact.n == 0)
		c->creator.contact = home;
	c->licence = facts_get(n, "licenseConcluded");
	c->declared = facts_get(n, "licenseDeclared");
	c->file_name = facts_get(n, "packageFileName");
	c->has_properties = facts_get(n, "primaryPackagePurpose").n > 0;
	facts_spdx2_hashes(n, c);
	facts_spdx2_names(n, c);
	return 0;
}

/* A relation that says what something is made of; *turned: from the part. */
static bool facts_spdx2_is_part(struct str how, bool *turned)
{
	static const struct {
		const char *how;
		bool turned;
	} parts[] = {
		{"CONTAINS", false},
		{"CONTAINED_BY", true},
		{"DEPENDS_ON", false},
		{"DEPENDENCY_OF", true},
		{"STATIC_LINK", false},
		{"DYNAMIC_LINK", false},
		{"GENERATED_FROM", false},
		{"GENERATES", true},
		{"PATCH_FOR", true},
		{"BUILD_DEPENDENCY_OF", true},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (str_is(how, parts[i].how)) {
			*turned = parts[i].turned;
			return true;
		}
	return false;
}

static int facts_spdx2_relations(
	const struct node *doc, struct facts *f, struct err *e)
{
	const struct node *n = node_first(node_get(doc, "relationships"));

	for (; n != NULL; n = n->next) {
		struct str a = node_text(node_get(n, "spdxElementId"));
		struct str b = node_text(node_get(n, "relatedSpdxElement"));
		struct fact_component *c;
		bool turned;

		if (!facts_spdx2_is_part(
			    node_text(node_get(n, "relationshipType")),
			    &turned))
			continue;
		if (facts_add_edge(f, turned ? b : a, turned ? a : b, e) < 0)
			return -1;
		c = facts_find(f, turned ? b : a);
		if (c != NULL)
			c->has_dependencies = true;
	}
	return 0;
}

int facts_read_spdx2(const struct node *doc, struct facts *f, struct err *e)
{
	const struct node *info = node_get(doc, "creationInfo");
	const struct node *n = node_first(node_get(doc, "packages"));

	f->format = FACTS_SPDX2;
	f->version = str_sub(node_text(node_get(doc, "spdxVersion")), 5, 100);
	f->uri = facts_get(doc, "documentNamespace");
	f->time = facts_get(info, "created");
	facts_spdx2_creators(info, f);
	for (; n != NULL; n = n->next)
		if (facts_spdx2_package(n, f, e) < 0)
			return -1;
	if (facts_index(f, e) < 0)
		return -1;
	return facts_spdx2_relations(doc, f, e);
}
