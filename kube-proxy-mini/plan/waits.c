/*
 * waits - a hash table with a chain of waits in each bucket.  A wait is also
 * in a list of its entry, which finds its waits without searching.
 */
#include "kube-proxy-mini/plan/waits.h"

#include "kube-proxy-mini/plan/claims.h"

#include <stdlib.h>
#include <string.h>

#define WAITS_FIRST_SIZE 64

static struct wait **bucket_of(
	struct wait **buckets, size_t size, const struct elem *key)
{
	return &buckets[claims_hash(key) & (size - 1)];
}

static void link_wait(struct wait *one, struct wait **bucket)
{
	one->next = *bucket;
	one->at = bucket;
	if (one->next)
		one->next->at = &one->next;
	*bucket = one;
}

static int grow(struct waits *w)
{
	size_t size = w->size ? w->size * 2 : WAITS_FIRST_SIZE;
	struct wait **buckets = calloc(size, sizeof(struct wait *));
	struct wait *one;

	if (!buckets)
		return -1;
	for (size_t i = 0; i < w->size; i++)
		while ((one = w->buckets[i])) {
			w->buckets[i] = one->next;
			link_wait(one, bucket_of(buckets, size, &one->key));
		}
	free(w->buckets);
	w->buckets = buckets;
	w->size = size;
	return 0;
}

int waits_add(
	struct waits *w, struct model_entry *entry, const struct elem *key)
{
	struct wait *one;

	if (w->n >= w->size && grow(w) < 0)
		return -1;
	one = calloc(1, sizeof(*one));
	if (!one)
		return -1;
	one->key = *key;
	one->entry = entry;
	one->next_of_entry = entry->waits;
	entry->waits = one;
	link_wait(one, bucket_of(w->buckets, w->size, key));
	w->n++;
	return 0;
}

struct wait *waits_take(struct waits *w, struct model_entry *entry)
{
	struct wait *list = entry->waits;

	for (struct wait *one = list; one; one = one->next_of_entry) {
		*one->at = one->next;
		if (one->next)
			one->next->at = one->at;
		w->n--;
	}
	entry->waits = NULL;
	return list;
}

void waits_free_list(struct wait *list)
{
	struct wait *next;

	for (; list; list = next) {
		next = list->next_of_entry;
		free(list);
	}
}

static bool is_better(const struct wait *a, const struct wait *b)
{
	if (a->key.bits != b->key.bits)
		return a->key.bits > b->key.bits;
	return strcmp(a->entry->name, b->entry->name) < 0;
}

struct model_entry *waits_best(const struct waits *w, const struct elem *key)
{
	const struct wait *best = NULL;

	if (!w->n)
		return NULL;
	for (const struct wait *one = *bucket_of(w->buckets, w->size, key); one;
		one = one->next)
		if (elem_compare(&one->key, key) == 0 &&
			(!best || is_better(one, best)))
			best = one;
	return best ? best->entry : NULL;
}

void waits_free(struct waits *w)
{
	struct wait *next;

	for (size_t i = 0; i < w->size; i++)
		for (struct wait *one = w->buckets[i]; one; one = next) {
			next = one->next;
			free(one);
		}
	free(w->buckets);
	*w = (struct waits){0};
}
