/*
 * model - Services and EndpointSlices by name, packed, with a list of those
 * that changed.
 *
 * Each object is one block of memory: model_pack.c writes it and reads it.
 * An entry joins a Service with its slices, whichever came first.  Putting
 * equal bytes is noticed by comparing blocks, so a full list of an unchanged
 * cluster leaves nothing dirty.
 */
#include "kube-proxy-mini/model_pack.h"

#include <stdlib.h>
#include <string.h>

#define MODEL_KEY_BYTES (2 * MODEL_NAME_MAX + 2) /* "ns/name" and a NUL */
#define MODEL_PACK_MAX  ((size_t)1 << 20)        /* one packed object */

struct model {
	struct index entries;      /* struct model_entry by "ns/service" */
	struct index slices;       /* struct model_packed_slice by "ns/slice" */
	struct model_entry *dirty; /* oldest first */
	struct model_entry **dirty_end;
	struct buf scratch; /* the object being packed */
	struct model_counts counts;
	size_t max_bytes;
	uint32_t list[MODEL_KINDS]; /* number of the list being read */
	char node_name[MODEL_NAME_MAX + 1];
};

struct model *model_make(size_t max_bytes)
{
	struct model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->max_bytes = max_bytes;
	m->dirty_end = &m->dirty;
	m->scratch = buf_growing(MODEL_PACK_MAX);
	return m;
}

void model_set_node(struct model *m, struct str node_name)
{
	str_copy(node_name, m->node_name, sizeof(m->node_name));
}

/* Memory, counted. */

static void *take(struct model *m, size_t n, struct err *e)
{
	void *p = NULL;

	if (n <= m->max_bytes - m->counts.bytes)
		p = calloc(1, n);
	if (!p) {
		err_kind(e, ERR_LIMIT, "no room in the model for %zu bytes", n);
		return NULL;
	}
	m->counts.bytes += n;
	return p;
}

static void give(struct model *m, void *p, size_t n)
{
	m->counts.bytes -= n;
	free(p);
}

static struct model_entry *entry_of(struct index_node *n)
{
	return (struct model_entry *)(void *)n;
}

static struct model_packed_slice *slice_of(struct index_node *n)
{
	return (struct model_packed_slice *)(void *)n;
}

static size_t entry_bytes(const struct model_entry *n)
{
	return sizeof(*n) + n->node.key_len + 1;
}

static size_t service_bytes(const struct model_packed_service *s)
{
	return sizeof(*s) + s->n;
}

static size_t slice_bytes(const struct model_packed_slice *s)
{
	return sizeof(*s) + s->n + s->node.key_len + 1;
}

/* Keys. */

static int make_key(
	struct str ns, struct str name, struct buf *out, struct err *e)
{
	if (!ns.n || !name.n || ns.n > MODEL_NAME_MAX ||
		name.n > MODEL_NAME_MAX)
		return err_kind(e, ERR_INPUT,
			"an object without a name of 1 to %d bytes",
			MODEL_NAME_MAX);
	buf_str(out, ns);
	buf_byte(out, '/');
	buf_str(out, name);
	return out->full ? err_kind(e, ERR_LIMIT, "name too long") : 0;
}

static struct index_node *find(
	const struct index *x, struct str ns, struct str name)
{
	char room[MODEL_KEY_BYTES];
	struct buf key = buf_fixed(room, sizeof(room));

	if (make_key(ns, name, &key, NULL) < 0)
		return NULL;
	return index_find(x, buf_view(&key));
}

/* Entries. */

struct model_entry *model_find(
	const struct model *m, struct str ns, struct str name)
{
	return entry_of(find(&m->entries, ns, name));
}

struct model_entry *model_each(
	const struct model *m, size_t *at, struct model_entry *last)
{
	return entry_of(index_each(&m->entries, at, last ? &last->node : NULL));
}

static struct model_entry *need_entry(
	struct model *m, struct str key, struct err *e)
{
	struct model_entry *n = entry_of(index_find(&m->entries, key));

	if (n)
		return n;
	n = take(m, sizeof(*n) + key.n + 1, e);
	if (!n)
		return NULL;
	memcpy(n->name, key.p, key.n);
	if (index_add(&m->entries, &n->node, (struct str){n->name, key.n}) <
		0) {
		give(m, n, sizeof(*n) + key.n + 1);
		err_kind(e, ERR_LIMIT, "no memory for the model's index");
		return NULL;
	}
	return n;
}

void model_touch(struct model *m, struct model_entry *n)
{
	if (n->is_dirty)
		return;
	n->is_dirty = true;
	n->next_dirty = NULL;
	*m->dirty_end = n;
	m->dirty_end = &n->next_dirty;
	m->counts.dirty++;
}

void model_touch_all(struct model *m)
{
	size_t at = 0;
	struct model_entry *n = NULL;

	while ((n = model_each(m, &at, n)))
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
	m->counts.dirty--;
	return n;
}

void model_drop_if_empty(struct model *m, struct model_entry *n)
{
	if (n->service || n->slices || n->applied || n->is_dirty ||
		n->is_planned)
		return;
	index_remove(&m->entries, &n->node);
	give(m, n, entry_bytes(n));
}

bool model_is_dirty(const struct model *m)
{
	return m->dirty != NULL;
}

struct model_counts model_count(const struct model *m)
{
	return m->counts;
}

/* It is another one now, and may be acceptable. */
static void change(struct model *m, struct model_entry *n)
{
	n->is_left_out = false;
	model_touch(m, n);
}

/* Services. */

static void remove_service(struct model *m, struct model_entry *n)
{
	if (!n->service)
		return;
	give(m, n->service, service_bytes(n->service));
	n->service = NULL;
	m->counts.services--;
}

static int store_service(
	struct model *m, struct model_entry *n, struct str bytes, struct err *e)
{
	struct model_packed_service *s = take(m, sizeof(*s) + bytes.n, e);

	if (!s)
		return -1;
	s->n = (uint32_t)bytes.n;
	s->list = m->list[MODEL_SERVICES];
	memcpy(s->bytes, bytes.p, bytes.n);
	remove_service(m, n);
	n->service = s;
	m->counts.services++;
	change(m, n);
	return 0;
}

int model_put_service(
	struct model *m, const struct model_service *s, struct err *e)
{
	char room[MODEL_KEY_BYTES];
	struct buf key = buf_fixed(room, sizeof(room));
	struct model_entry *n;
	struct str bytes;

	if (make_key(s->ns, s->name, &key, e) < 0)
		return -1;
	buf_reset(&m->scratch);
	if (model_pack_service(s, &m->scratch, e) < 0)
		return err_at(e, "Service %s", buf_cstr(&key));
	bytes = buf_view(&m->scratch);
	n = need_entry(m, buf_view(&key), e);
	if (!n)
		return -1;
	if (n->service && n->service->n == bytes.n &&
		memcmp(n->service->bytes, bytes.p, bytes.n) == 0) {
		n->service->list = m->list[MODEL_SERVICES];
		return 0;
	}
	if (store_service(m, n, bytes, e) < 0) {
		model_drop_if_empty(m, n);
		return err_at(e, "Service %s", buf_cstr(&key));
	}
	return 0;
}

void model_delete_service(struct model *m, struct str ns, struct str name)
{
	struct model_entry *n = model_find(m, ns, name);

	if (!n || !n->service)
		return;
	remove_service(m, n);
	change(m, n);
}

/* Slices. */

static void remove_slice(struct model *m, struct model_packed_slice *s)
{
	struct model_packed_slice **at = &s->owner->slices;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	change(m, s->owner);
	index_remove(&m->slices, &s->node);
	m->counts.slices--;
	m->counts.endpoints -= s->n_endpoints;
	give(m, s, slice_bytes(s));
}

/* Put it where its name belongs in the owner's list. */
static void link_slice(struct model_packed_slice *s, struct model_entry *n)
{
	struct model_packed_slice **at = &n->slices;

	while (*at && strcmp((*at)->node.key, s->node.key) < 0)
		at = &(*at)->next;
	s->next = *at;
	*at = s;
	s->owner = n;
}

static int store_slice(struct model *m, struct str key, struct model_entry *n,
	const struct model_slice *from, struct err *e)
{
	struct str bytes = buf_view(&m->scratch);
	struct index_node *old = index_find(&m->slices, key);
	struct model_packed_slice *s =
		take(m, sizeof(*s) + bytes.n + key.n + 1, e);
	char *name;

	if (!s)
		return -1;
	s->n = (uint32_t)bytes.n;
	s->n_endpoints = (uint32_t)from->n_endpoints;
	s->list = m->list[MODEL_SLICES];
	memcpy(s->bytes, bytes.p, bytes.n);
	name = (char *)s->bytes + bytes.n;
	memcpy(name, key.p, key.n);
	if (old)
		remove_slice(m, slice_of(old));
	if (index_add(&m->slices, &s->node, (struct str){name, key.n}) < 0) {
		give(m, s, sizeof(*s) + bytes.n + key.n + 1);
		return err_kind(e, ERR_LIMIT, "no memory for the index");
	}
	link_slice(s, n);
	m->counts.slices++;
	m->counts.endpoints += s->n_endpoints;
	change(m, n);
	return 0;
}

/* The same bytes for the same Service are there already. */
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
	char room[MODEL_KEY_BYTES];
	struct buf owner = buf_fixed(room, sizeof(room));
	struct model_entry *n;

	if (make_key(s->ns, s->service, &owner, e) < 0)
		return err_at(e, "label kubernetes.io/service-name");
	n = need_entry(m, buf_view(&owner), e);
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
	char room[MODEL_KEY_BYTES];
	struct buf key = buf_fixed(room, sizeof(room));

	if (make_key(s->ns, s->name, &key, e) < 0)
		return -1;
	buf_reset(&m->scratch);
	if (model_pack_slice(s, str_of(m->node_name), &m->scratch, e) < 0 ||
		put_packed(m, s, buf_view(&key), e) < 0)
		return err_at(e, "EndpointSlice %s", buf_cstr(&key));
	return 0;
}

void model_delete_slice(struct model *m, struct str ns, struct str name)
{
	struct index_node *n = find(&m->slices, ns, name);

	if (n)
		remove_slice(m, slice_of(n));
}

/* Lists. */

void model_list_begin(struct model *m, enum model_kind kind)
{
	m->list[kind]++;
}

static void sweep_services(struct model *m)
{
	size_t at = 0;
	struct model_entry *n = NULL;

	while ((n = model_each(m, &at, n)))
		if (n->service && n->service->list != m->list[MODEL_SERVICES]) {
			remove_service(m, n);
			model_touch(m, n);
		}
}

static void sweep_slices(struct model *m)
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

void model_list_end(struct model *m, enum model_kind kind)
{
	if (kind == MODEL_SERVICES)
		sweep_services(m);
	else
		sweep_slices(m);
}

void model_free(struct model *m)
{
	size_t at = 0;
	struct index_node *n, *next;

	if (!m)
		return;
	for (n = index_each(&m->slices, &at, NULL); n; n = next) {
		next = index_each(&m->slices, &at, n);
		free(slice_of(n));
	}
	at = 0;
	for (n = index_each(&m->entries, &at, NULL); n; n = next) {
		next = index_each(&m->entries, &at, n);
		free(entry_of(n)->service);
		free(entry_of(n)->applied);
		free(n);
	}
	index_free(&m->slices);
	index_free(&m->entries);
	buf_free(&m->scratch);
	free(m);
}
