/*
 * kubeconfig_fields - one table of fields for a cluster and one for a user.
 *
 * The tables say which fields are known, what they set, and which are refused.
 * An unknown field is refused too, because a misspelt one would otherwise be
 * ignored silently.
 */
#include "lib/net/kubeconfig_fields.h"

#include "lib/base/base64.h"

#include <string.h>

/* What to do with a field. */
enum use {
	USE_SERVER,
	USE_SERVER_NAME,
	USE_CA,
	USE_CA_DATA,
	USE_CERTIFICATE,
	USE_CERTIFICATE_DATA,
	USE_KEY,
	USE_KEY_DATA,
	USE_TOKEN,
	USE_TOKEN_FILE,
	USE_NOTHING,  /* harmless here */
	USE_NOT_TRUE, /* refused when true */
	USE_NEVER,    /* refused */
};

struct field {
	const char *name;
	enum use use;
};

static const struct field cluster_fields[] = {
	{"server", USE_SERVER},
	{"tls-server-name", USE_SERVER_NAME},
	{"certificate-authority", USE_CA},
	{"certificate-authority-data", USE_CA_DATA},
	{"insecure-skip-tls-verify", USE_NOT_TRUE},
	{"proxy-url", USE_NEVER},
	{"disable-compression", USE_NOTHING},
	{"extensions", USE_NOTHING},
	{NULL, USE_NEVER},
};

static const struct field user_fields[] = {
	{"client-certificate", USE_CERTIFICATE},
	{"client-certificate-data", USE_CERTIFICATE_DATA},
	{"client-key", USE_KEY},
	{"client-key-data", USE_KEY_DATA},
	{"token", USE_TOKEN},
	{"tokenFile", USE_TOKEN_FILE},
	{"username", USE_NEVER},
	{"password", USE_NEVER},
	{"exec", USE_NEVER},
	{"auth-provider", USE_NEVER},
	{"as", USE_NEVER},
	{"as-uid", USE_NEVER},
	{"as-groups", USE_NEVER},
	{"as-user-extra", USE_NEVER},
	{"extensions", USE_NOTHING},
	{NULL, USE_NEVER},
};

static int fail_field(
	struct kubeconfig_reading *r, const struct node *at, const char *why)
{
	return err_kind(r->e, ERR_USAGE, "line %u: %.*s: %s",
		(unsigned int)at->line, STR_ARG(at->key), why);
}

static int fail_memory(struct kubeconfig_reading *r)
{
	return err_kind(
		r->e, ERR_LIMIT, "larger than %u bytes", KUBECONFIG_BYTES_MAX);
}

/* ---- values ------------------------------------------------------------- */

static int set_text(
	struct kubeconfig_reading *r, const struct node *n, const char **out)
{
	*out = arena_copy(r->a, n->text);
	return *out != NULL ? 0 : fail_memory(r);
}

/* A relative path starts at the directory of the kubeconfig. */
static int set_path(struct kubeconfig_reading *r, const struct node *n,
	struct kubeconfig_source *out)
{
	char room[4096];
	struct buf b = buf_fixed(room, sizeof(room));

	if (n->text.n == 0)
		return 0;
	if (n->text.p[0] != '/')
		buf_fmt(&b, "%s/", r->dir);
	buf_str(&b, n->text);
	if (b.full || memchr(n->text.p, '\0', n->text.n) != NULL)
		return fail_field(r, n, "not a usable path");
	out->path = arena_copy(r->a, buf_view(&b));
	return out->path != NULL ? 0 : fail_memory(r);
}

/* Data overrules a path of the same kind, as in client-go. */
static int set_data(struct kubeconfig_reading *r, const struct node *n,
	struct kubeconfig_source *out)
{
	struct buf b;
	struct err why = {0};
	const char *copy;

	if (n->text.n == 0)
		return 0;
	b = buf_growing(KUBECONFIG_BYTES_MAX);
	if (base64_decode(n->text, &b, &why) < 0) {
		buf_wipe(&b);
		return fail_field(r, n, why.text);
	}
	copy = arena_copy(r->a, buf_view(&b));
	out->bytes = (struct str){copy, b.n};
	buf_wipe(&b);
	return copy != NULL ? 0 : fail_memory(r);
}

static int set_token(struct kubeconfig_reading *r, const struct node *n)
{
	const char *copy = arena_copy(r->a, n->text);

	r->out->token.bytes = (struct str){copy, n->text.n};
	return copy != NULL ? 0 : fail_memory(r);
}

static int set_server(struct kubeconfig_reading *r, const struct node *n)
{
	struct err why = {0};

	if (url_parse(n->text, &r->out->server, &why) < 0)
		return fail_field(r, n, why.text);
	return 0;
}

static int apply_field(
	struct kubeconfig_reading *r, const struct node *n, enum use use)
{
	struct kubeconfig *k = r->out;

	switch (use) {
	case USE_SERVER:
		return set_server(r, n);
	case USE_SERVER_NAME:
		return n->text.n > 0 ? set_text(r, n, &k->tls_server_name) : 0;
	case USE_CA:
		return set_path(r, n, &k->ca);
	case USE_CA_DATA:
		return set_data(r, n, &k->ca);
	case USE_CERTIFICATE:
		return set_path(r, n, &k->certificate);
	case USE_CERTIFICATE_DATA:
		return set_data(r, n, &k->certificate);
	case USE_KEY:
		return set_path(r, n, &k->key);
	case USE_KEY_DATA:
		return set_data(r, n, &k->key);
	case USE_TOKEN:
		return set_token(r, n);
	case USE_TOKEN_FILE:
		return set_path(r, n, &k->token);
	case USE_NOTHING:
	case USE_NOT_TRUE:
	case USE_NEVER:
		break;
	}
	return 0;
}

/* ---- fields ------------------------------------------------------------- */

static enum use use_of(
	const struct field *table, struct str name, bool *is_known)
{
	for (; table->name != NULL; table++)
		if (str_is(name, table->name)) {
			*is_known = true;
			return table->use;
		}
	*is_known = false;
	return USE_NEVER;
}

/* An empty value is no value: client-go omits those that it writes. */
static bool is_empty(const struct node *n)
{
	switch (n->type) {
	case NODE_NULL:
		return true;
	case NODE_TEXT:
		return n->text.n == 0;
	case NODE_LIST:
	case NODE_MAP:
		return n->count == 0;
	case NODE_BOOL:
	case NODE_INT:
	case NODE_REAL:
		break;
	}
	return false;
}

/* One member of a cluster or a user. */
static int read_field(struct kubeconfig_reading *r, const struct field *table,
	const struct node *n)
{
	bool is_known;
	enum use use = use_of(table, n->key, &is_known);

	if (!is_known)
		return fail_field(r, n, "unknown field");
	if (use == USE_NOTHING || is_empty(n))
		return 0;
	if (use == USE_NOT_TRUE)
		return node_truth(n, true)
			       ? fail_field(r, n,
					 "not supported: the server is "
					 "always verified")
			       : 0;
	if (use == USE_NEVER)
		return fail_field(r, n, "not supported");
	if (n->type != NODE_TEXT)
		return fail_field(r, n, "expected a text");
	return apply_field(r, n, use);
}

/* All members of `kind:` in the entry. */
static int read_part(struct kubeconfig_reading *r, const struct field *table,
	const struct node *entry, const char *kind)
{
	const struct node *part = node_get(entry, kind);

	if (node_is_null(part))
		return 0;
	if (part->type != NODE_MAP)
		return fail_field(r, part, "expected a map");
	for (const struct node *n = node_first(part); n; n = n->next)
		if (read_field(r, table, n) < 0)
			return -1;
	return 0;
}

int kubeconfig_read_cluster(
	struct kubeconfig_reading *r, const struct node *entry)
{
	return read_part(r, cluster_fields, entry, "cluster");
}

int kubeconfig_read_user(struct kubeconfig_reading *r, const struct node *entry)
{
	return read_part(r, user_fields, entry, "user");
}

int kubeconfig_set_server(struct kubeconfig *k, const char *url, struct err *e)
{
	if (url_parse(str_of(url), &k->server, e) < 0) {
		if (e != NULL)
			e->kind = ERR_USAGE;
		return -1;
	}
	return 0;
}
