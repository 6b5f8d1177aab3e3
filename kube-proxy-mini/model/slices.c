/*
 * slices - keeps each slice as one packed block, in an index by its own name
 * and in the list of the Service that its label names, sorted by name.
 *
 * A slice may move to another Service: it is the same only when its bytes and
 * its owner are.
 */
#include "kube-proxy-mini/model/slices.h"

#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/model/gone.h"
#include "kube-proxy-mini/model/key.h"
#include "kube-proxy-mini/model/pack.h"
#include "kube-proxy-mini/model/store.h"

#include <stdlib.h>
#include <string.h>

static struct model_packed_slice *slice_of(struct index_node *n)
{
	return (struct model_packed_slice *)(void *)n;
}

static void remove_slice(struct model *m, struct model_packed_slice *s)
{
	struct model_packed_slice **at = &s->owner->slices;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	model_change_entry(m, s->owner);
	index_remove(&m->slices, &s->node);
	m->n_endpoints -= s->n_endpoints;
	gone_take(m, s);
}

/* Insert a slice where its name belongs in the owner's list. */
static void link_slice(struct model_packed_slice *s, struct model_entry *n)
{
	struct model_packed_slice **at = &n->slices;

	while (*at && strcmp((*at)->node.key, s->node.key) < 0)
		at = &(*at)->next;
	s->next = *at;
	*at = s;
	s->owner = n;
}

static uint16_t count_on_node(
	const struct model *m, const struct model_slice *s)
{
	struct str us = str_of(m->node_name);
	size_t n = 0;

	for (size_t i = 0; i < s->n_endpoints; i++)
		n += s->endpoints[i].node.n && str_eq(s->endpoints[i].node, us);
	return (uint16_t)n;
}

/* A block with the scratch's bytes and the key behind them. */
static struct model_packed_slice *copy_slice(struct model *m, struct str key,
	const struct model_slice *from, struct err *e)
{
	struct str bytes = buf_view(&m->scratch);
	struct model_packed_slice *s =
		budget_alloc(&m->budget, gone_slice_bytes(bytes.n, key.n), e);

	if (!s)
		return NULL;
	s->n = (uint32_t)bytes.n;
	s->n_endpoints = (uint16_t)from->n_endpoints;
	s->n_local = count_on_node(m, from);
	s->is_new = true;
	s->list = m->list[MODEL_SLICES];
	memcpy(s->bytes, bytes.p, bytes.n);
	memcpy(s->bytes + bytes.n, key.p, key.n);
	return s;
}

static int store_slice(struct model *m, struct str key, struct model_entry *n,
	const struct model_slice *from, struct err *e)
{
	struct index_node *old = index_find(&m->slices, key);
	struct model_packed_slice *s = copy_slice(m, key, from, e);
	struct str own_key;

	if (!s)
		return -1;
	own_key = (struct str){(char *)s->bytes + s->n, key.n};
	if (old)
		remove_slice(m, slice_of(old));
	if (index_add(&m->slices, &s->node, own_key) < 0) {
		budget_free(&m->budget, s, gone_slice_bytes(s->n, key.n));
		return err_kind(e, ERR_LIMIT, "no memory for the index");
	}
	link_slice(s, n);
	m->n_endpoints += s->n_endpoints;
	model_change_entry(m, n);
	return 0;
}

/* Does the Service already have this slice with the scratch's bytes? */
static bool has_slice(
	struct model *m, struct str key, const struct model_entry *owner)
{
	struct model_packed_slice *s = slice_of(index_find(&m->slices, key));
	struct str bytes = buf_view(&m->scratch);

	if (!s || s->owner != owner || s->n != bytes.n ||
		memcmp(s->bytes, bytes.p, bytes.n) != 0)
		return false;
	s->list = m->list[MODEL_SLICES];
	return true;
}

static int put_packed(struct model *m, const struct model_slice *s,
	struct str key, struct err *e)
{
	struct model_entry *n;
	struct key owner;

	if (key_make(s->ns, s->service, &owner, e) < 0)
		return err_at(e, "label kubernetes.io/service-name");
	n = model_need_entry(m, key_view(&owner), e);
	if (!n)
		return -1;
	if (has_slice(m, key, n))
		return 0;
	if (store_slice(m, key, n, s, e) < 0) {
		model_drop_if_empty(m, n);
		return -1;
	}
	return 0;
}

int model_put_slice(struct model *m, const struct model_slice *s, struct err *e)
{
	struct key key;

	if (key_make(s->ns, s->name, &key, e) < 0)
		return -1;
	buf_reset(&m->scratch);
	if (model_pack_slice(s, str_of(m->node_name), &m->scratch, e) < 0 ||
		put_packed(m, s, key_view(&key), e) < 0)
		return err_at(e, "EndpointSlice %s", key.room);
	return 0;
}

void model_delete_slice(struct model *m, struct str ns, struct str name)
{
	struct index_node *n = key_find(&m->slices, ns, name);

	if (n)
		remove_slice(m, slice_of(n));
}

void model_sweep_slices(struct model *m)
{
	size_t at = 0;
	struct index_node *n = index_each(&m->slices, &at, NULL);
	struct index_node *next;

	for (; n; n = next) {
		next = index_each(&m->slices, &at, n);
		if (slice_of(n)->list != m->list[MODEL_SLICES])
			remove_slice(m, slice_of(n));
	}
}

void model_free_slices(struct model *m)
{
	size_t at = 0;
	struct index_node *n = index_each(&m->slices, &at, NULL);
	struct index_node *next;

	for (; n; n = next) {
		next = index_each(&m->slices, &at, n);
		free(slice_of(n));
	}
	index_free(&m->slices);
}
