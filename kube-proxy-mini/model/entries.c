/*
 * entries - an index of entries by "namespace/name", and a queue of the dirty
 * ones.  An entry's key is its own name, so the index stores no text.
 */
#include "kube-proxy-mini/model/entries.h"

#include "kube-proxy-mini/model/gone.h"
#include "kube-proxy-mini/model/key.h"
#include "kube-proxy-mini/model/store.h"

#include <stdlib.h>
#include <string.h>

static struct model_entry *entry_of(struct index_node *n)
{
	return (struct model_entry *)(void *)n;
}

static size_t entry_bytes(size_t key_len)
{
	return sizeof(struct model_entry) + key_len + 1;
}

struct model_entry *model_find(
	const struct model *m, struct str ns, struct str name)
{
	return entry_of(key_find(&m->entries, ns, name));
}

struct model_entry *model_each(
	const struct model *m, size_t *at, struct model_entry *last)
{
	return entry_of(index_each(&m->entries, at, last ? &last->node : NULL));
}

struct model_entry *model_need_entry(
	struct model *m, struct str key, struct err *e)
{
	struct model_entry *n = entry_of(index_find(&m->entries, key));

	if (n)
		return n;
	n = budget_alloc(&m->budget, entry_bytes(key.n), e);
	if (!n)
		return NULL;
	memcpy(n->name, key.p, key.n);
	if (index_add(&m->entries, &n->node, (struct str){n->name, key.n}) <
		0) {
		budget_free(&m->budget, n, entry_bytes(key.n));
		err_kind(e, ERR_LIMIT, "no memory for the model's index");
		return NULL;
	}
	return n;
}

bool model_is_dirty(const struct model *m)
{
	return m->dirty != NULL;
}

void model_touch(struct model *m, struct model_entry *n)
{
	if (n->is_dirty)
		return;
	n->is_dirty = true;
	n->next_dirty = NULL;
	*m->dirty_end = n;
	m->dirty_end = &n->next_dirty;
}

void model_touch_all(struct model *m)
{
	size_t at = 0;
	struct model_entry *n = NULL;

	while ((n = model_each(m, &at, n)))
		model_touch(m, n);
}

void model_change_entry(struct model *m, struct model_entry *n)
{
	n->is_left_out = false;
	model_touch(m, n);
}

struct model_entry *model_take_dirty(struct model *m)
{
	struct model_entry *n = m->dirty;

	if (!n)
		return NULL;
	m->dirty = n->next_dirty;
	if (!m->dirty)
		m->dirty_end = &m->dirty;
	n->is_dirty = false;
	n->next_dirty = NULL;
	return n;
}

void model_note_planned(
	struct model *m, struct model_entry *n, bool is_followed)
{
	gone_free(m, n);
	for (struct model_packed_slice *s = n->slices; s; s = s->next)
		s->is_new = false;
	n->is_followed = is_followed;
}

void model_set_planner(struct model *m, model_free_plan *free_plan)
{
	m->free_plan = free_plan;
}

void model_drop_if_empty(struct model *m, struct model_entry *n)
{
	if (n->service || n->slices || n->applied || n->is_dirty ||
		n->is_planned)
		return;
	model_note_planned(m, n, false);
	if (m->free_plan)
		m->free_plan(n);
	index_remove(&m->entries, &n->node);
	budget_free(&m->budget, n, entry_bytes(n->node.key_len));
}

void model_free_entries(struct model *m)
{
	size_t at = 0;
	struct model_entry *n = model_each(m, &at, NULL), *next;

	for (; n; n = next) {
		next = model_each(m, &at, n);
		if (m->free_plan)
			m->free_plan(n);
		gone_free(m, n);
		free(n->service);
		free(n);
	}
	index_free(&m->entries);
}
