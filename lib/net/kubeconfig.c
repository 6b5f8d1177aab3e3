/*
 * kubeconfig: see kubeconfig.h.  A field is found by its path through the
 * YAML tree; one table says which fields of a cluster and of a user are
 * known, what they fill and which are refused.  A field in neither table is
 * refused too: a misspelt one would otherwise be ignored in silence.
 */
#include "lib/net/kubeconfig.h"
#include "lib/base/base64.h"
#include "lib/base/fd.h"
#include "lib/base/yaml.h"

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

/* What is being read, for messages and for relative paths. */
struct reading {
	struct arena *a;
	const char *dir;
	struct kubeconfig *out;
	struct err *e;
};

static int refuse(struct reading *r, const struct node *at, const char *why)
{
	return err_kind(r->e, ERR_USAGE, "line %u: %.*s: %s",
		(unsigned int)at->line, STR_ARG(at->key), why);
}

static int no_memory(struct reading *r)
{
	return err_kind(
		r->e, ERR_LIMIT, "larger than %u bytes", KUBECONFIG_BYTES_MAX);
}

/* ------------------------------------------------------------------ values */

static int set_text(struct reading *r, const struct node *n, const char **out)
{
	*out = arena_copy(r->a, n->text);
	return *out != NULL ? 0 : no_memory(r);
}

/* A path as the file means it: relative ones start at its directory. */
static int set_path(
	struct reading *r, const struct node *n, struct kubeconfig_source *out)
{
	char room[4096];
	struct buf b = buf_fixed(room, sizeof(room));

	if (n->text.n == 0)
		return 0;
	if (n->text.p[0] != '/')
		buf_fmt(&b, "%s/", r->dir);
	buf_str(&b, n->text);
	if (b.full || memchr(n->text.p, '\0', n->text.n) != NULL)
		return refuse(r, n, "no usable path");
	out->path = arena_copy(r->a, buf_view(&b));
	return out->path != NULL ? 0 : no_memory(r);
}

/* Data wins over a path of the same kind, as client-go has it. */
static int set_data(
	struct reading *r, const struct node *n, struct kubeconfig_source *out)
{
	struct buf b;
	struct err why = {0};
	const char *copy;

	if (n->text.n == 0)
		return 0;
	b = buf_growing(KUBECONFIG_BYTES_MAX);
	if (base64_decode(n->text, &b, &why) < 0) {
		buf_wipe(&b);
		return refuse(r, n, why.text);
	}
	copy = arena_copy(r->a, buf_view(&b));
	out->bytes = (struct str){copy, b.n};
	buf_wipe(&b);
	return copy != NULL ? 0 : no_memory(r);
}

static int set_token(struct reading *r, const struct node *n)
{
	const char *copy = arena_copy(r->a, n->text);

	r->out->token.bytes = (struct str){copy, n->text.n};
	return copy != NULL ? 0 : no_memory(r);
}

static int set_server(struct reading *r, const struct node *n)
{
	struct err why = {0};

	if (url_parse(n->text, &r->out->server, &why) < 0)
		return refuse(r, n, why.text);
	return 0;
}

static int apply_field(struct reading *r, const struct node *n, enum use use)
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

/* ------------------------------------------------------------------ fields */

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

/* One member of a cluster or a user. */
static int read_field(
	struct reading *r, const struct field *table, const struct node *n)
{
	bool is_known;
	enum use use = use_of(table, n->key, &is_known);

	if (!is_known)
		return refuse(r, n, "unknown field");
	if (use == USE_NOTHING || node_is_null(n))
		return 0;
	if (use == USE_NOT_TRUE)
		return node_truth(n, true)
			       ? refuse(r, n,
					 "not supported: the server is "
					 "always verified")
			       : 0;
	if (use == USE_NEVER)
		return refuse(r, n, "not supported");
	if (n->type != NODE_TEXT)
		return refuse(r, n, "expected a text");
	return apply_field(r, n, use);
}

/* All members of `kind:` in the entry. */
static int read_part(struct reading *r, const struct field *table,
	const struct node *entry, const char *kind)
{
	const struct node *part = node_get(entry, kind);

	if (node_is_null(part))
		return 0;
	if (part->type != NODE_MAP)
		return refuse(r, part, "expected a map");
	for (const struct node *n = node_first(part); n; n = n->next)
		if (read_field(r, table, n) < 0)
			return -1;
	return 0;
}

/* The entry of that name in one of the three lists. */
static int find_entry(struct reading *r, const struct node *top,
	const char *list, struct str name, const struct node **out)
{
	const struct node *entries = node_get(top, list);

	for (const struct node *n = node_first(entries); n; n = n->next)
		if (str_eq(node_text(node_get(n, "name")), name)) {
			*out = n;
			return 0;
		}
	return err_kind(r->e, ERR_USAGE, "%s: there is no \"%.*s\"", list,
		STR_ARG(name));
}

/* ------------------------------------------------------------------ wholes */

static int check_whole(struct reading *r)
{
	const struct kubeconfig *k = r->out;
	bool has_certificate = k->certificate.path || k->certificate.bytes.n;
	bool has_key = k->key.path || k->key.bytes.n;

	if (k->server.host[0] == '\0')
		return err_kind(
			r->e, ERR_USAGE, "the current cluster has no server");
	if (k->ca.path == NULL && k->ca.bytes.n == 0)
		return err_kind(r->e, ERR_USAGE,
			"the current cluster has no "
			"certificate-authority");
	if (has_certificate != has_key)
		return err_kind(r->e, ERR_USAGE,
			"the current user has a %s without a %s",
			has_key ? "client-key" : "client-certificate",
			has_key ? "client-certificate" : "client-key");
	return 0;
}

static int read_top(struct reading *r, const struct node *top)
{
	struct str name = node_text(node_get(top, "current-context"));
	const struct node *entry, *context;

	if (name.n == 0)
		return err_kind(r->e, ERR_USAGE, "no current-context");
	if (find_entry(r, top, "contexts", name, &entry) < 0)
		return -1;
	context = node_get(entry, "context");
	name = node_text(node_get(context, "cluster"));
	if (find_entry(r, top, "clusters", name, &entry) < 0 ||
		read_part(r, cluster_fields, entry, "cluster") < 0)
		return err_at(r->e, "cluster \"%.*s\"", STR_ARG(name));
	name = node_text(node_get(context, "user"));
	if (name.n == 0)
		return 0;
	if (find_entry(r, top, "users", name, &entry) < 0 ||
		read_part(r, user_fields, entry, "user") < 0)
		return err_at(r->e, "user \"%.*s\"", STR_ARG(name));
	return 0;
}

int kubeconfig_parse(struct str text, const char *dir, struct arena *a,
	struct kubeconfig *out, struct err *e)
{
	struct reading r = {.a = a, .dir = dir, .out = out, .e = e};
	const struct node *top;

	*out = (struct kubeconfig){0};
	if (yaml_parse(text, a, &top, e) < 0) {
		if (e != NULL)
			e->kind = ERR_USAGE;
		return -1;
	}
	if (read_top(&r, top) < 0)
		return -1;
	return check_whole(&r);
}

int kubeconfig_load(const char *path, struct arena *a, struct kubeconfig *out,
	struct err *e)
{
	struct buf text = buf_growing(KUBECONFIG_BYTES_MAX);
	const char *slash = strrchr(path, '/');
	const char *dir = ".";
	int done = -1;

	if (slash == path)
		dir = "/";
	else if (slash != NULL)
		dir = arena_copy(a, (struct str){path, (size_t)(slash - path)});
	if (dir == NULL)
		err_kind(e, ERR_LIMIT, "no memory");
	else if (file_read(path, &text, e) < 0)
		err_at(e, "kubeconfig");
	else if (kubeconfig_parse(buf_view(&text), dir, a, out, e) < 0)
		err_at(e, "kubeconfig %s", path);
	else
		done = 0;
	buf_wipe(&text);
	return done;
}

/* ----------------------------------------------------------------- in pods */

static const char *join(struct arena *a, const char *dir, const char *name)
{
	char room[4096];
	struct buf b = buf_fixed(room, sizeof(room));

	buf_fmt(&b, "%s/%s", dir, name);
	return b.full ? NULL : arena_copy(a, buf_view(&b));
}

int kubeconfig_in_cluster(const char *host, const char *port, const char *dir,
	struct arena *a, struct kubeconfig *out, struct err *e)
{
	char room[512];
	struct buf b = buf_fixed(room, sizeof(room));
	bool has_colons;

	*out = (struct kubeconfig){0};
	if (host == NULL || port == NULL || host[0] == '\0')
		return err_kind(e, ERR_USAGE,
			"no kubeconfig given, and not in a pod: "
			"KUBERNETES_SERVICE_HOST and "
			"KUBERNETES_SERVICE_PORT are not set");
	has_colons = strchr(host, ':') != NULL;
	buf_fmt(&b, "https://%s%s%s:%s", has_colons ? "[" : "", host,
		has_colons ? "]" : "", port);
	if (kubeconfig_set_server(out, buf_cstr(&b), e) < 0)
		return err_at(e, "KUBERNETES_SERVICE_HOST and _PORT");
	out->ca.path = join(a, dir, "ca.crt");
	out->token.path = join(a, dir, "token");
	if (out->ca.path == NULL || out->token.path == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for paths");
	return 0;
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
