/*
 * facts_cdx - CycloneDX: the component that the document is about and all
 * others, however deep they nest, which is as deep as the parser goes.
 */
#include "sbom/check/facts_cdx.h"

#include "lib/base/json.h"

/* organizationalEntity: the first e-mail address, else the first URL. */
static struct fact_party facts_cdx_party(const struct node *n)
{
	struct fact_party p = {.name = facts_get(n, "name")};
	const struct node *c = node_first(node_get(n, "contact"));

	for (; c != NULL && p.contact.n == 0; c = c->next)
		p.contact = facts_get(c, "email");
	if (p.contact.n == 0)
		p.contact = facts_text(node_first(node_get(n, "url")));
	return p;
}

/* A list of people: the first one with a name or an address. */
static struct fact_party facts_cdx_authors(const struct node *list)
{
	const struct node *n = node_first(list);

	if (n == NULL)
		return (struct fact_party){0};
	return (struct fact_party){facts_get(n, "name"), facts_get(n, "email")};
}

static void facts_cdx_better(struct fact_party *p, struct fact_party other)
{
	if (p->contact.n == 0 && (p->name.n == 0 || other.contact.n > 0))
		*p = other;
}

/* ---- a component ---- */

static void facts_cdx_hashes(const struct node *list, struct fact_component *c)
{
	for (const struct node *n = node_first(list); n; n = n->next) {
		struct str kind = node_text(node_get(n, "alg"));
		struct str value = facts_get(n, "content");

		c->has_hash |= value.n > 0;
		if (str_is(kind, "SHA-256") && c->sha256.n == 0)
			c->sha256 = value;
		if (str_is(kind, "SHA-512") && c->sha512.n == 0)
			c->sha512 = value;
	}
}

/* BSI wants the digest at the reference to what is distributed; the
   component's own are of the same file. */
static void facts_cdx_distribution(
	const struct node *component, struct fact_component *c)
{
	const struct node *n =
		node_first(node_get(component, "externalReferences"));

	for (; n != NULL; n = n->next)
		if (str_is(node_text(node_get(n, "type")), "distribution"))
			facts_cdx_hashes(node_get(n, "hashes"), c);
}

static void facts_cdx_licence(
	const struct node *component, struct fact_component *c)
{
	const struct node *n = node_first(node_get(component, "licenses"));

	for (; n != NULL; n = n->next) {
		const struct node *one = node_get(n, "license");
		struct str s = facts_get(n, "expression"), said;

		if (s.n == 0)
			s = facts_get(one, "id");
		if (s.n == 0)
			s = facts_get(one, "name");
		said = node_text(
			node_get(one != NULL ? one : n, "acknowledgement"));
		if (str_is(said, "declared"))
			c->declared = s;
		else if (c->licence.n == 0)
			c->licence = s;
	}
}

static void facts_cdx_properties(
	const struct node *component, struct fact_component *c)
{
	const struct node *n = node_first(node_get(component, "properties"));
	unsigned found = 0;

	for (; n != NULL; n = n->next) {
		struct str name = node_text(node_get(n, "name"));
		struct str value = facts_get(n, "value");

		if (value.n == 0)
			continue;
		if (str_is(name, "bsi:component:filename"))
			c->file_name = value;
		if (str_is(name, "keelson:declaredLicence"))
			c->declared = value;
		if (str_is(name, "bsi:component:executable"))
			found |= 1;
		if (str_is(name, "bsi:component:archive"))
			found |= 2;
		if (str_is(name, "bsi:component:structured"))
			found |= 4;
	}
	c->has_properties = found == 7;
}

static int facts_cdx_component(
	const struct node *n, struct facts *f, struct err *e)
{
	struct str type = node_text(node_get(n, "type"));
	struct fact_component *c;

	/* names the release of others; nothing of it is delivered */
	if (str_is(type, "operating-system"))
		return 0;
	c = facts_add(f, e);
	if (c == NULL)
		return -1;
	c->id = node_text(node_get(n, "bom-ref"));
	c->name = facts_get(n, "name");
	c->version = facts_get(n, "version");
	c->creator = facts_cdx_party(node_get(n, "manufacturer"));
	facts_cdx_better(
		&c->creator, facts_cdx_authors(node_get(n, "authors")));
	c->supplier = facts_cdx_party(node_get(n, "supplier"));
	c->purl = facts_get(n, "purl");
	c->cpe = facts_get(n, "cpe");
	c->swhid = facts_text(node_first(node_get(n, "swhid")));
	c->has_identifier = c->purl.n + c->cpe.n + c->swhid.n > 0 ||
			    node_get(n, "swid") != NULL ||
			    node_first(node_get(n, "omniborId")) != NULL;
	facts_cdx_hashes(node_get(n, "hashes"), c);
	facts_cdx_distribution(n, c);
	facts_cdx_licence(n, c);
	facts_cdx_properties(n, c);
	/* with BSI's properties a component that is delivered as a file */
	c->is_file = str_is(type, "file") && !c->has_properties;
	return 0;
}

/* A list and all that nests in it, with a stack of places. */
static int facts_cdx_components(
	const struct node *list, struct facts *f, struct err *e)
{
	const struct node *at[JSON_DEPTH] = {node_first(list)};
	size_t depth = 0;

	for (;;) {
		const struct node *n = at[depth];

		if (n == NULL) {
			if (depth-- == 0)
				return 0;
			continue;
		}
		at[depth] = n->next;
		if (facts_cdx_component(n, f, e) < 0)
			return -1;
		n = node_first(node_get(n, "components"));
		if (n != NULL && depth + 1 < JSON_DEPTH)
			at[++depth] = n;
	}
}

/* ---- dependencies and compositions ---- */

static int facts_cdx_dependencies(
	const struct node *doc, struct facts *f, struct err *e)
{
	const struct node *n = node_first(node_get(doc, "dependencies"));

	for (; n != NULL; n = n->next) {
		struct str ref = node_text(node_get(n, "ref"));
		struct fact_component *c = facts_find(f, ref);
		const struct node *to = node_first(node_get(n, "dependsOn"));

		if (c != NULL)
			c->has_dependencies = true;
		for (; to != NULL; to = to->next)
			if (facts_add_edge(f, ref, node_text(to), e) < 0)
				return -1;
	}
	return 0;
}

static void facts_cdx_complete(struct facts *f, const struct node *list)
{
	for (const struct node *n = node_first(list); n; n = n->next) {
		struct fact_component *c = facts_find(f, node_text(n));

		if (c != NULL)
			c->has_completeness = true;
	}
}

static void facts_cdx_compositions(const struct node *doc, struct facts *f)
{
	const struct node *n = node_first(node_get(doc, "compositions"));

	for (; n != NULL; n = n->next) {
		if (facts_get(n, "aggregate").n == 0 &&
			!str_is(node_text(node_get(n, "aggregate")), "unknown"))
			continue;
		facts_cdx_complete(f, node_get(n, "assemblies"));
		facts_cdx_complete(f, node_get(n, "dependencies"));
	}
}

/* ---- the document ---- */

/* tools: a list (until 1.4), or a map with components. */
static void facts_cdx_tool(const struct node *tools, struct facts *f)
{
	const struct node *n = node_first(node_get(tools, "components"));

	if (n == NULL && tools != NULL && tools->type == NODE_LIST)
		n = node_first(tools);
	f->tool = facts_get(n, "name");
	f->tool_version = facts_get(n, "version");
}

static void facts_cdx_metadata(const struct node *meta, struct facts *f)
{
	const struct node *phase = node_first(node_get(meta, "lifecycles"));

	f->time = facts_get(meta, "timestamp");
	f->author = facts_cdx_party(node_get(meta, "manufacturer"));
	facts_cdx_better(
		&f->author, facts_cdx_authors(node_get(meta, "authors")));
	f->context = facts_get(phase, "phase");
	if (f->context.n == 0)
		f->context = facts_get(phase, "name");
	facts_cdx_tool(node_get(meta, "tools"), f);
}

int facts_read_cdx(const struct node *doc, struct facts *f, struct err *e)
{
	const struct node *meta = node_get(doc, "metadata");
	const struct node *root = node_get(meta, "component");

	f->format = FACTS_CDX;
	f->version = facts_get(doc, "specVersion");
	f->uri = facts_get(doc, "serialNumber");
	f->has_vulnerabilities =
		node_first(node_get(doc, "vulnerabilities")) != NULL;
	facts_cdx_metadata(meta, f);
	if (root != NULL &&
		(facts_cdx_component(root, f, e) < 0 ||
			facts_cdx_components(
				node_get(root, "components"), f, e) < 0))
		return -1;
	if (facts_cdx_components(node_get(doc, "components"), f, e) < 0 ||
		facts_index(f, e) < 0 || facts_cdx_dependencies(doc, f, e) < 0)
		return -1;
	facts_cdx_compositions(doc, f);
	return 0;
}
