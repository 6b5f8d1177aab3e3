/*
 * yaml_anchor - a table of names; the latest of one name counts.
 *
 * A merge copies the members of the other map, not what is below them.
 */
#include "lib/base/yaml_anchor.h"

#include <string.h>

static const char too_large[] = "aliases make the document too large";

int yaml_anchor_begin(
	struct yaml_anchors *as, const char *name, const struct node *n)
{
	struct yaml_anchor *one = &as->item[as->n];

	if (as->n == YAML_ANCHORS_MAX ||
		str_copy(str_of(name), one->name, sizeof(one->name)) < 0)
		return -1;
	one->node = n;
	one->nodes = as->n_nodes - 1; /* n itself counts */
	one->is_open = true;
	return as->n++;
}

void yaml_anchor_end(struct yaml_anchors *as, int number)
{
	struct yaml_anchor *one = &as->item[number];

	one->nodes = as->n_nodes - one->nodes;
	one->is_open = false;
}

static bool count_aliased(struct yaml_anchors *as, uint32_t nodes)
{
	if (nodes > YAML_ALIASED_MAX - as->n_aliased)
		return false;
	as->n_aliased += nodes;
	as->n_nodes += nodes;
	return true;
}

/* All but the key, and what follows it. */
static void take_value(struct node *to, const struct node *from)
{
	struct node kept = *to;

	*to = *from;
	to->key = kept.key;
	to->next = kept.next;
	to->line = kept.line;
}

const char *yaml_anchor_use(
	struct yaml_anchors *as, const char *name, struct node *n)
{
	int i = as->n - 1;

	while (i >= 0 && strcmp(as->item[i].name, name) != 0)
		i--;
	if (i < 0)
		return "an alias of an anchor that is not there";
	if (as->item[i].is_open)
		return "an alias within what it stands for";
	if (!count_aliased(as, as->item[i].nodes))
		return too_large;
	take_value(n, as->item[i].node);
	return NULL;
}

static void append(struct node *map, struct node *member)
{
	struct node **end = &map->first;

	while (*end != NULL)
		end = &(*end)->next;
	*end = member;
	map->count++;
}

/* Members of one map that the other does not have. */
static const char *merge_map(struct yaml_anchors *as, struct arena *a,
	struct node *map, const struct node *from)
{
	if (from->type != NODE_MAP)
		return "<<: not a map";
	for (const struct node *c = from->first; c != NULL; c = c->next) {
		struct node *copy;

		if (node_get(map, c->key.p) != NULL)
			continue;
		copy = arena_alloc(a, sizeof(*copy));
		if (copy == NULL || !count_aliased(as, 1))
			return too_large;
		*copy = *c;
		copy->next = NULL;
		append(map, copy);
	}
	return NULL;
}

/* Take the member "<<" out of the map; NULL when it has none. */
static const struct node *take_out(struct node *map)
{
	struct node **at = &map->first;
	const struct node *found;

	while (*at != NULL && !str_is((*at)->key, "<<"))
		at = &(*at)->next;
	found = *at;
	if (found != NULL) {
		*at = found->next;
		map->count--;
	}
	return found;
}

const char *yaml_anchor_merge(
	struct yaml_anchors *as, struct arena *a, struct node *map)
{
	const struct node *from = take_out(map);
	const char *why = NULL;

	if (from == NULL)
		return NULL;
	if (from->type != NODE_LIST)
		return merge_map(as, a, map, from);
	for (const struct node *c = from->first; c && !why; c = c->next)
		why = merge_map(as, a, map, c);
	return why;
}
