/*
 * facts_spdx3 - SPDX 3.0 in JSON-LD: a graph of elements that name each other
 * by id.  A software_Package is a component; what is said of the file that it
 * is delivered as, of its licence and of its dependencies stands in
 * relationships.
 *
 * An element may also stand in the place of its id; then its own id counts.
 */
#include "sbom/check/facts_spdx3.h"

/* The document by its ids. */
struct facts_graph {
	const struct node **nodes;
	size_t n;
	struct table by_id; /* -> nodes */
};

/* The id that a value refers to, or that an element has. */
static struct str facts_graph_id(const struct node *n)
{
	struct str id = node_text(n);

	if (id.n == 0)
		id = node_text(node_get(n, "spdxId"));
	return id.n > 0 ? id : node_text(node_get(n, "@id"));
}

static const struct node *facts_graph_find(
	const struct facts_graph *g, const struct node *ref)
{
	const struct table_entry *t;

	if (ref != NULL && ref->type == NODE_MAP)
		return ref;
	t = table_find(&g->by_id, node_text(ref));
	return t == NULL ? NULL : g->nodes[t->value];
}

static bool facts_graph_is(const struct node *n, const char *type)
{
	struct str s = node_text(node_get(n, "type"));

	return str_is(s.n > 0 ? s : node_text(node_get(n, "@type")), type);
}

static int facts_graph_make(const struct node *doc, struct arena *a,
	struct facts_graph *g, struct err *e)
{
	const struct node *list = node_get(doc, "@graph");

	*g = (struct facts_graph){.by_id = table_make(a)};
	g->nodes = arena_alloc(
		a, ((list == NULL ? 0 : list->count) + 1) * sizeof(*g->nodes));
	for (const struct node *n = node_first(list); n && g->nodes;
		n = n->next) {
		if (table_add(&g->by_id, facts_graph_id(n), (uint32_t)g->n) < 0)
			return err_kind(e, ERR_LIMIT, "no memory");
		g->nodes[g->n++] = n;
	}
	return g->nodes == NULL ? err_kind(e, ERR_LIMIT, "no memory") : 0;
}

/* ---- who ---- */

static struct fact_party facts_spdx3_party(
	const struct facts_graph *g, const struct node *ref)
{
	const struct node *agent = facts_graph_find(g, ref);
	const struct node *n =
		node_first(node_get(agent, "externalIdentifier"));
	struct fact_party p = {.name = facts_get(agent, "name")};

	for (; n != NULL; n = n->next) {
		struct str type =
			node_text(node_get(n, "externalIdentifierType"));
		struct str value = facts_get(n, "identifier");
		bool is_mail =
			str_is(type, "email") && str_find(value, '@') < value.n;
		bool is_url =
			(str_is(type, "urlScheme") || str_is(type, "other")) &&
			(str_has_prefix(value, STR("https://")) ||
				str_has_prefix(value, STR("http://")));

		if (is_mail || (is_url && p.contact.n == 0))
			p.contact = value;
	}
	return p;
}

/* ---- components ---- */

static void facts_spdx3_names(const struct node *n, struct fact_component *c)
{
	n = node_first(node_get(n, "externalIdentifier"));
	for (; n != NULL; n = n->next) {
		struct str type =
			node_text(node_get(n, "externalIdentifierType"));
		struct str value = facts_get(n, "identifier");

		if (str_is(type, "packageUrl"))
			c->purl = value;
		else if (str_has_prefix(type, STR("cpe2")))
			c->cpe = value;
		else if (str_is(type, "swhid"))
			c->swhid = value;
		else if (!str_is(type, "swid") && !str_is(type, "gitoid"))
			continue;
		c->has_identifier |= value.n > 0;
	}
}

static void facts_spdx3_hashes(const struct node *n, struct fact_component *c)
{
	n = node_first(node_get(n, "verifiedUsing"));
	for (; n != NULL; n = n->next) {
		struct str kind = node_text(node_get(n, "algorithm"));
		struct str value = facts_get(n, "hashValue");

		c->has_hash |= value.n > 0;
		if (str_is(kind, "sha256"))
			c->sha256 = value;
		if (str_is(kind, "sha512"))
			c->sha512 = value;
	}
}

static int facts_spdx3_package(const struct facts_graph *g,
	const struct node *n, struct facts *f, struct err *e)
{
	struct fact_component *c = facts_add(f, e);

	if (c == NULL)
		return -1;
	c->id = facts_graph_id(n);
	c->name = facts_get(n, "name");
	c->version = facts_get(n, "software_packageVersion");
	c->creator =
		facts_spdx3_party(g, node_first(node_get(n, "originatedBy")));
	c->supplier = facts_spdx3_party(g, node_get(n, "suppliedBy"));
	facts_spdx3_names(n, c);
	if (c->purl.n == 0) {
		c->purl = facts_get(n, "software_packageUrl");
		c->has_identifier |= c->purl.n > 0;
	}
	facts_spdx3_hashes(n, c);
	return 0;
}

/* ---- relationships ---- */

/* BSI: every such file is said to be structured or not. */
static bool facts_spdx3_has_properties(const struct node *file)
{
	const struct node *n =
		node_first(node_get(file, "software_additionalPurpose"));

	for (; n != NULL; n = n->next)
		if (str_is(node_text(n), "container") ||
			str_is(node_text(n), "firmware"))
			return true;
	return false;
}

static void facts_spdx3_artifact(const struct facts_graph *g,
	const struct node *ref, struct fact_component *c)
{
	const struct node *file = facts_graph_find(g, ref);

	if (!facts_graph_is(file, "software_File"))
		return;
	c->file_name = facts_get(file, "name");
	c->has_properties |= facts_spdx3_has_properties(file);
	facts_spdx3_hashes(file, c);
}

static int facts_spdx3_parts(const struct node *relation, struct facts *f,
	struct fact_component *c, struct err *e)
{
	struct str complete = node_text(node_get(relation, "completeness"));
	const struct node *to = node_first(node_get(relation, "to"));

	c->has_dependencies = true;
	c->has_completeness |= complete.n > 0;
	for (; to != NULL; to = to->next) {
		struct str id = facts_graph_id(to);

		if (!str_has_suffix(id, STR("/NoneElement")) &&
			facts_add_edge(f, c->id, id, e) < 0)
			return -1;
	}
	return 0;
}

static struct str facts_spdx3_licence(
	const struct facts_graph *g, const struct node *relation)
{
	const struct node *n =
		facts_graph_find(g, node_first(node_get(relation, "to")));

	return facts_get(n, "simplelicensing_licenseExpression");
}

static int facts_spdx3_relation(const struct facts_graph *g,
	const struct node *n, struct facts *f, struct err *e)
{
	struct str how = node_text(node_get(n, "relationshipType"));
	struct fact_component *c =
		facts_find(f, facts_graph_id(node_get(n, "from")));
	const struct node *to = node_first(node_get(n, "to"));

	if (c == NULL)
		return 0;
	if (str_is(how, "contains") || str_is(how, "dependsOn") ||
		str_is(how, "hasStaticLink") || str_is(how, "hasDynamicLink"))
		return facts_spdx3_parts(n, f, c, e);
	if (str_is(how, "hasConcludedLicense"))
		c->licence = facts_spdx3_licence(g, n);
	else if (str_is(how, "hasDeclaredLicense"))
		c->declared = facts_spdx3_licence(g, n);
	else if (str_is(how, "hasDistributionArtifact"))
		for (; to != NULL; to = to->next)
			facts_spdx3_artifact(g, to, c);
	return 0;
}

/* ---- the document ---- */

static void facts_spdx3_creation(const struct facts_graph *g,
	const struct node *document, struct facts *f)
{
	const struct node *info =
		facts_graph_find(g, node_get(document, "creationInfo"));
	const struct node *tool =
		facts_graph_find(g, node_first(node_get(info, "createdUsing")));
	struct str name = facts_get(tool, "name");
	size_t at = name.n;

	f->version = node_text(node_get(info, "specVersion"));
	f->time = facts_get(info, "created");
	f->author =
		facts_spdx3_party(g, node_first(node_get(info, "createdBy")));
	while (at > 0 && name.p[at - 1] != '-')
		at--;
	f->tool = at > 1 ? str_sub(name, 0, at - 1) : name;
	f->tool_version = at > 0 ? str_sub(name, at, name.n) : (struct str){0};
}

static int facts_spdx3_element(const struct facts_graph *g,
	const struct node *n, struct facts *f, struct err *e)
{
	struct str type = node_text(node_get(n, "type"));

	if (facts_graph_is(n, "software_Package"))
		return facts_spdx3_package(g, n, f, e);
	if (facts_graph_is(n, "SpdxDocument")) {
		f->uri = facts_graph_id(n);
		facts_spdx3_creation(g, n, f);
	}
	if (facts_graph_is(n, "software_Sbom"))
		f->context = facts_text(
			node_first(node_get(n, "software_sbomType")));
	f->has_vulnerabilities |= str_has_prefix(type, STR("security_"));
	return 0;
}

int facts_read_spdx3(const struct node *doc, struct facts *f, struct err *e)
{
	struct facts_graph g;

	f->format = FACTS_SPDX3;
	if (facts_graph_make(doc, f->arena, &g, e) < 0)
		return -1;
	for (size_t i = 0; i < g.n; i++)
		if (facts_spdx3_element(&g, g.nodes[i], f, e) < 0)
			return -1;
	if (facts_index(f, e) < 0)
		return -1;
	for (size_t i = 0; i < g.n; i++)
		if ((facts_graph_is(g.nodes[i], "Relationship") ||
			    facts_graph_is(g.nodes[i],
				    "LifecycleScopedRelationship")) &&
			facts_spdx3_relation(&g, g.nodes[i], f, e) < 0)
			return -1;
	return 0;
}
