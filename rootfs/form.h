/*
 * form - check a document that a person wrote against the keys it may have.
 *
 * A misspelt key is refused, never ignored: each message names the line, the
 * key and what would be right.
 */
#ifndef KEELSON_ROOTFS_FORM_H
#define KEELSON_ROOTFS_FORM_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

#define FORM_FILE_BYTES ((size_t)1 << 20)

struct form_key {
	const char *name; /* NULL ends a table */
	enum node_type type;
	bool is_needed;
};

/* Read a YAML file into the arena. 0 or -1; errors name the file. */
int form_read(const char *file, struct arena *a, const struct node **out,
	struct err *e);

/* Is this a map with these keys, of these types, and no others? 0 or -1. */
int form_check(
	const struct node *map, const struct form_key *keys, struct err *e);

/* Is this NULL or a list whose elements all have one type? 0 or -1. */
int form_list(const struct node *list, enum node_type type, struct err *e);

/* Is this NULL or a map whose values are all texts? 0 or -1. */
int form_texts(const struct node *map, struct err *e);

/* Refuse a value: "line N: KEY: what", kind ERR_INPUT. Always -1. */
int form_refuse(const struct node *at, struct err *e, const char *fmt, ...)
	ERR_PRINTF(3, 4);

#endif
