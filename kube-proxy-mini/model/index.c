/*
 * index - a chained hash table that doubles when it holds as many nodes as
 * buckets.  Nodes keep their hash, so growing relinks them without reading
 * keys.
 */
#include "kube-proxy-mini/model/index.h"

#include <stdlib.h>
#include <string.h>

#define INDEX_FIRST_BUCKETS 64

uint32_t index_hash(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 16777619u;
	h ^= h >> 15;
	return h * 2246822519u;
}

static struct index_node **bucket(const struct index *x, uint32_t hash)
{
	return &x->buckets[(hash ^ hash >> 16) & (x->n_buckets - 1)];
}

struct index_node *index_find(const struct index *x, struct str key)
{
	uint32_t hash = index_hash(key.p, key.n);

	if (!x->n_buckets)
		return NULL;
	for (struct index_node *n = *bucket(x, hash); n; n = n->next)
		if (n->hash == hash && n->key_len == key.n &&
			memcmp(n->key, key.p, key.n) == 0)
			return n;
	return NULL;
}

static void push(struct index *x, struct index_node *n)
{
	struct index_node **b = bucket(x, n->hash);

	n->next = *b;
	*b = n;
}

static void grow(struct index *x)
{
	struct index old = *x;
	size_t want = old.n_buckets ? old.n_buckets * 2 : INDEX_FIRST_BUCKETS;
	struct index_node **b = calloc(want, sizeof(*b));
	struct index_node *n, *next;

	if (!b)
		return;
	x->buckets = b;
	x->n_buckets = want;
	for (size_t i = 0; i < old.n_buckets; i++)
		for (n = old.buckets[i]; n; n = next) {
			next = n->next;
			push(x, n);
		}
	free(old.buckets);
}

int index_add(struct index *x, struct index_node *n, struct str key)
{
	if (x->n >= x->n_buckets)
		grow(x);
	if (!x->n_buckets)
		return -1;
	n->key = key.p;
	n->key_len = (uint32_t)key.n;
	n->hash = index_hash(key.p, key.n);
	push(x, n);
	x->n++;
	return 0;
}

void index_remove(struct index *x, struct index_node *n)
{
	struct index_node **at = bucket(x, n->hash);

	while (*at && *at != n)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = n->next;
	x->n--;
}

void index_free(struct index *x)
{
	free(x->buckets);
	*x = (struct index){0};
}

struct index_node *index_each(
	const struct index *x, size_t *at, struct index_node *last)
{
	struct index_node *n = last ? last->next : NULL;

	while (!n && *at < x->n_buckets)
		n = x->buckets[(*at)++];
	return n;
}
