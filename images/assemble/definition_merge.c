/*
 * definition_merge - members are copied, as they carry the link to the next
 * one; what they hold is not.
 */
#include "images/assemble/definition_merge.h"

/* Append a copy to a list or a map. */
static struct node *append(
	struct arena *a, struct node *to, const struct node *member)
{
	struct node *copy = arena_alloc(a, sizeof(*copy));
	struct node **end = &to->first;

	if (!copy)
		return NULL;
	while (*end)
		end = &(*end)->next;
	*copy = *member;
	copy->next = NULL;
	*end = copy;
	to->count++;
	return copy;
}

static bool append_all(
	struct arena *a, struct node *to, const struct node *from)
{
	for (const struct node *c = node_first(from); c; c = c->next)
		if (!append(a, to, c))
			return false;
	return true;
}

/* What two values of one key become, in *to, a copy of the one that counts. */
static bool merge_value(struct arena *a, struct node *to,
	const struct node *low, const struct node *high,
	const struct form_key *k)
{
	const struct node *map;

	if (!k || low->type != high->type)
		return true;
	if (k->type == NODE_MAP) {
		map = definition_merge(a, low, high, k->keys);
		if (map)
			to->first = map->first;
		to->count = map ? map->count : 0;
		return map;
	}
	if (k->type != NODE_LIST || k->is_replaced)
		return true;
	to->first = NULL;
	to->count = 0;
	return append_all(a, to, low) && append_all(a, to, high);
}

/* As deep as the tables, which are constants. */
const struct node *definition_merge(struct arena *a, const struct node *low,
	const struct node *high, const struct form_key *keys)
{
	struct node *map = arena_alloc(a, sizeof(*map));

	if (!map)
		return NULL;
	*map = *high;
	map->first = NULL;
	map->count = 0;
	for (const struct node *c = node_first(low); c; c = c->next) {
		const struct node *over = node_get(high, c->key.p);
		struct node *to = append(a, map, over ? over : c);

		if (!to ||
			(over && !merge_value(a, to, c, over,
					 keys ? form_key(keys, c->key) : NULL)))
			return NULL;
	}
	for (const struct node *c = node_first(high); c; c = c->next)
		if (!node_get(low, c->key.p) && !append(a, map, c))
			return NULL;
	return map;
}
