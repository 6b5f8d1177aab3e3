/*
 * key - joins a namespace and a name.  Both are DNS names of at most 253 bytes
 * (RFC 1123), so a key always fits and is never cut.
 */
#include "kube-proxy-mini/model/key.h"

#include <string.h>

static bool is_name(struct str name)
{
	return name.n > 0 && name.n <= MODEL_NAME_MAX;
}

int key_make(struct str ns, struct str name, struct key *out, struct err *e)
{
	if (!is_name(ns) || !is_name(name))
		return err_kind(e, ERR_INPUT,
			"an object without a name of 1 to %d bytes",
			MODEL_NAME_MAX);
	memcpy(out->room, ns.p, ns.n);
	out->room[ns.n] = '/';
	memcpy(out->room + ns.n + 1, name.p, name.n);
	out->n = ns.n + 1 + name.n;
	out->room[out->n] = '\0';
	return 0;
}

struct str key_view(const struct key *k)
{
	return (struct str){k->room, k->n};
}

struct index_node *key_find(
	const struct index *x, struct str ns, struct str name)
{
	struct key k;

	return key_make(ns, name, &k, NULL) < 0 ? NULL
						: index_find(x, key_view(&k));
}
