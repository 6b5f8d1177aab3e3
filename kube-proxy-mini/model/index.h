/*
 * index - finds objects by a text key: a hash table whose nodes are embedded
 * in the objects.  It owns only its bucket array, which doubles as the table
 * fills; when there is no memory to grow, chains become longer instead.
 */
#ifndef KEELSON_PROXY_INDEX_H
#define KEELSON_PROXY_INDEX_H

#include "lib/base/str.h"

struct index_node {
	struct index_node *next;
	const char *key; /* the object's; lives as long as the node */
	uint32_t key_len;
	uint32_t hash;
};

struct index {
	struct index_node **buckets;
	size_t n_buckets; /* a power of two, or 0 */
	size_t n;
};

struct index_node *index_find(const struct index *x, struct str key);

/* Add a node whose key is not there yet.  -1: no memory for a first table. */
int index_add(struct index *x, struct index_node *n, struct str key);

void index_remove(struct index *x, struct index_node *n);
void index_free(struct index *x);

/* Each node once: begin with at = 0, last = NULL and call until NULL. */
struct index_node *index_each(
	const struct index *x, size_t *at, struct index_node *last);

/* FNV-1a with a final mix; other hash tables use it too. */
uint32_t index_hash(const void *bytes, size_t n);

#endif
