/*
 * key - an object's key in the model's indexes: "namespace/name".
 */
#ifndef KEELSON_PROXY_KEY_H
#define KEELSON_PROXY_KEY_H

#include "kube-proxy-mini/model/index.h"
#include "kube-proxy-mini/model/object.h"
#include "lib/base/err.h"

#define KEY_BYTES (2 * MODEL_NAME_MAX + 2) /* names, the slash, a NUL */

struct key {
	char room[KEY_BYTES]; /* NUL-terminated */
	size_t n;
};

/* -1 when a name is empty or longer than MODEL_NAME_MAX. */
int key_make(struct str ns, struct str name, struct key *out, struct err *e);
struct str key_view(const struct key *k);

/* The node with that key; NULL when there is none. */
struct index_node *key_find(
	const struct index *x, struct str ns, struct str name);

#endif
