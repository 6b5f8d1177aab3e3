/*
 * field - the kinds of field that API objects and configuration files have.
 *
 * Readers of one member of a map: absent or null gives the default, the wrong
 * type or a value out of range is an error that names the member.  Pure.
 */
#ifndef KEELSON_PROXY_FIELD_H
#define KEELSON_PROXY_FIELD_H

#include "lib/base/node.h"

/* "field: why", ERR_INPUT. Always -1. */
int field_refuse(struct err *e, const char *field, const char *why);

/* A text; the empty one by default. */
int field_text(const struct node *map, const char *key, struct str *out,
	struct err *e);

int field_truth(const struct node *map, const char *key, bool otherwise,
	bool *out, struct err *e);

/* A whole number within [min, max]. */
int field_whole(const struct node *map, const char *key, int64_t min,
	int64_t max, int64_t otherwise, int64_t *out, struct err *e);

/* A list of at most so many; *n_items is 0 by default. */
int field_list(const struct node *map, const char *key, size_t most,
	const struct node **out, size_t *n_items, struct err *e);

/* A text that names a choice; the first of the table is the default. */
struct field_choice {
	const char *text; /* NULL ends the table */
	int value;
};
int field_choice(const struct node *map, const char *key,
	const struct field_choice *table, int *out, struct err *e);

#endif
