/* facts - lists of components and relations, and look-ups. */
#include "sbom/check/facts.h"

struct str facts_text(const struct node *n)
{
	static const char *const nothing[] = {
		"NOASSERTION", "NONE", "NOASSERTIONLICENSE", "UNKNOWN"};
	struct str s = str_trim(node_text(n));

	for (size_t i = 0; i < sizeof(nothing) / sizeof(*nothing); i++)
		if (str_ieq(s, str_of(nothing[i])))
			return (struct str){0};
	return s;
}

struct str facts_get(const struct node *map, const char *key)
{
	return facts_text(node_get(map, key));
}

static int facts_full(struct err *e, const char *what)
{
	return err_kind(
		e, ERR_LIMIT, "more than %d %s, or no memory", FACTS_MAX, what);
}

struct fact_component *facts_add(struct facts *f, struct err *e)
{
	struct fact_component *list =
		f->n == FACTS_MAX ? NULL
				  : arena_grow(f->arena, f->components, f->n,
					    &f->room, sizeof(*list));

	if (list == NULL) {
		facts_full(e, "components");
		return NULL;
	}
	f->components = list;
	list[f->n] = (struct fact_component){0};
	return &list[f->n++];
}

int facts_add_edge(
	struct facts *f, struct str from, struct str to, struct err *e)
{
	struct fact_edge *list =
		f->n_edges == FACTS_MAX
			? NULL
			: arena_grow(f->arena, f->edges, f->n_edges,
				  &f->edges_room, sizeof(*list));

	if (list == NULL)
		return facts_full(e, "relations");
	f->edges = list;
	list[f->n_edges++] = (struct fact_edge){from, to};
	return 0;
}

int facts_index(struct facts *f, struct err *e)
{
	f->by_id = table_make(f->arena);
	for (size_t i = 0; i < f->n; i++)
		if (table_add(&f->by_id, f->components[i].id, (uint32_t)i) < 0)
			return facts_full(e, "components");
	return 0;
}

struct fact_component *facts_find(const struct facts *f, struct str id)
{
	const struct table_entry *t = table_find(&f->by_id, id);

	return t == NULL ? NULL : &f->components[t->value];
}

const char *facts_format_name(enum facts_format format)
{
	return format == FACTS_CDX ? "CycloneDX" : "SPDX";
}
