/*
 * kubeconfig - from the current context of a file to its cluster and its user,
 * whose fields kubeconfig_fields reads.
 *
 * Of several documents the first counts, as in kubectl, whose YAML reader knows
 * no more.
 */
#include "lib/net/kubeconfig.h"

#include "lib/base/fd.h"
#include "lib/base/yaml.h"
#include "lib/net/kubeconfig_fields.h"

#include <string.h>

/* The entry of that name in one of the three lists. */
static int find_entry(struct kubeconfig_reading *r, const struct node *top,
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

/* ---- a whole file ------------------------------------------------------- */

static int check_complete(struct kubeconfig_reading *r)
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

static int read_top(struct kubeconfig_reading *r, const struct node *top)
{
	struct str name = node_text(node_get(top, "current-context"));
	const struct node *entry, *context;

	/* without a current one, a context without a name is meant */
	if (find_entry(r, top, "contexts", name, &entry) < 0)
		return name.n > 0 ? -1
				  : err_kind(r->e, ERR_USAGE,
					    "no current-context");
	context = node_get(entry, "context");
	name = node_text(node_get(context, "cluster"));
	if (find_entry(r, top, "clusters", name, &entry) < 0 ||
		kubeconfig_read_cluster(r, entry) < 0)
		return err_at(r->e, "cluster \"%.*s\"", STR_ARG(name));
	name = node_text(node_get(context, "user"));
	if (name.n == 0)
		return 0;
	if (find_entry(r, top, "users", name, &entry) < 0 ||
		kubeconfig_read_user(r, entry) < 0)
		return err_at(r->e, "user \"%.*s\"", STR_ARG(name));
	return 0;
}

int kubeconfig_parse(struct str text, const char *dir, struct arena *a,
	struct kubeconfig *out, struct err *e)
{
	struct kubeconfig_reading r = {.a = a, .dir = dir, .out = out, .e = e};
	const struct node *top;

	*out = (struct kubeconfig){0};
	if (yaml_parse_first(text, a, &top, e) < 0) {
		if (e != NULL)
			e->kind = ERR_USAGE;
		return -1;
	}
	if (read_top(&r, top) < 0)
		return -1;
	return check_complete(&r);
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
		err_kind(e, ERR_LIMIT, "out of memory");
	else if (file_read(path, &text, e) < 0)
		err_at(e, "kubeconfig");
	else if (kubeconfig_parse(buf_view(&text), dir, a, out, e) < 0)
		err_at(e, "kubeconfig %s", path);
	else
		done = 0;
	buf_wipe(&text);
	return done;
}
