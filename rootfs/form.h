/*
 * form - hold a document that a person wrote to the keys that it may have.
 *
 * A misspelt key is refused, never passed over: each message names the line,
 * the key and what would be right.
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

/* Read a YAML file into the arena. Errors name the file. */
int form_read(const char *file, struct arena *a, const struct node **out,
	struct err *e);

/* A map with these keys, of these types, and no others. */
int form_check(
	const struct node *map, const struct form_key *keys, struct err *e);

/* A list (or nothing) whose elements are all of one type. */
int form_list(const struct node *list, enum node_type type, struct err *e);

/* A map (or nothing) whose values are all texts. */
int form_texts(const struct node *map, struct err *e);

/* "line N: KEY: what" about a value, kind ERR_INPUT. Always -1. */
int form_refuse(const struct node *at, struct err *e, const char *fmt, ...)
	ERR_PRINTF(3, 4);

#endif
