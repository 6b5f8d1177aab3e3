/*
 * waits - which Services wait for an address that another one owns.
 *
 * When an owner gives an address up, the best of those that wait for it gets
 * it.  Only that one is planned again, so what many Services dispute costs no
 * more at a change than what two do.
 */
#ifndef KEELSON_PROXY_WAITS_H
#define KEELSON_PROXY_WAITS_H

#include "kube-proxy-mini/model/entry.h"
#include "kube-proxy-mini/ruleset/elem.h"

/* An entry waits for the key of an element; freed by waits_free_list(). */
struct wait {
	struct wait *next_of_entry;
	struct elem key;
	/* inside */
	struct model_entry *entry;
	struct wait *next, **at; /* in a bucket, and what points here */
};

struct waits {
	struct wait **buckets; /* or NULL */
	size_t size;           /* a power of two */
	size_t n;
};

/* The entry waits for this key; its rank is key->bits.  -1: no memory. */
int waits_add(
	struct waits *w, struct model_entry *entry, const struct elem *key);

/* The entry waits no longer: a list of what it waited for, the caller's. */
struct wait *waits_take(struct waits *w, struct model_entry *entry);
void waits_free_list(struct wait *list);

/* Of those that wait: of highest rank, then of lowest name; or NULL. */
struct model_entry *waits_best(const struct waits *w, const struct elem *key);

/* Free all; entries must be told apart (entry->waits = NULL). */
void waits_free(struct waits *w);

#endif
