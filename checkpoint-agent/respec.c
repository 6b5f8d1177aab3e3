/*
 * respec - see respec.h.
 *
 * Members are written in their order; those that are not named here are
 * written as they are.
 */
#include "checkpoint-agent/respec.h"

#include "checkpoint-agent/resolve/spec.h"
#include "lib/base/json.h"

#define INDENT 2

/* "DESTINATION=SOURCE" -> SOURCE when it is about this destination. */
static struct str bind_source(const struct respec *r, struct str destination)
{
	for (size_t i = 0; r->binds && i < r->binds->n; i++) {
		struct str rest = str_of(r->binds->item[i]), head;

		if (str_cut(&rest, '=', &head) && str_eq(head, destination))
			return rest;
	}
	return (struct str){0};
}

struct str respec_source(
	const struct node *spec, const struct respec *r, struct str destination)
{
	const struct node *mounts = node_get(spec, "mounts");
	struct str source = bind_source(r, destination);

	if (source.n)
		return source;
	for (const struct node *m = node_first(mounts); m; m = m->next)
		if (str_eq(node_text(node_get(m, "destination")), destination))
			source = node_text(node_get(m, "source"));
	return source;
}

/* A map with one member's text replaced (NULL: left out). */
static void put_replaced(struct json_out *o, const char *key,
	const struct node *map, const char *member, const struct str *text)
{
	json_map(o, key);
	for (const struct node *n = node_first(map); n; n = n->next) {
		if (!str_is(n->key, member))
			json_node(o, n->key.p, n);
		else if (text)
			json_str(o, n->key.p, *text);
	}
	if (text && !node_get(map, member))
		json_str(o, member, *text);
	json_map_end(o);
}

static void put_device(struct json_out *o, const char *path)
{
	json_map(o, NULL);
	json_text(o, "destination", path);
	json_text(o, "type", "bind");
	json_text(o, "source", path);
	json_list(o, "options");
	json_text(o, NULL, "bind");
	json_list_end(o);
	json_map_end(o);
}

/*
 * In a user namespace devices cannot be made, so runtimes mount the node's;
 * crun gives CRIU only those that stand among the mounts.
 */
static void put_devices(
	struct json_out *o, const struct node *spec, const struct respec *r)
{
	static const char *const device[] = {"/dev/full", "/dev/null",
		"/dev/random", "/dev/tty", "/dev/urandom", "/dev/zero"};

	if (!spec_has_namespace(spec, "user"))
		return;
	for (size_t i = 0; i < sizeof(device) / sizeof(*device); i++)
		if (respec_source(spec, r, str_of(device[i])).n == 0)
			put_device(o, device[i]);
}

static void put_mounts(
	struct json_out *o, const struct node *spec, const struct respec *r)
{
	const struct node *mounts = node_get(spec, "mounts");

	json_list(o, "mounts");
	for (const struct node *m = node_first(mounts); m; m = m->next) {
		struct str source =
			bind_source(r, node_text(node_get(m, "destination")));

		if (source.n)
			put_replaced(o, NULL, m, "source", &source);
		else
			json_node(o, NULL, m);
	}
	put_devices(o, spec, r);
	json_list_end(o);
}

static void put_namespaces(
	struct json_out *o, const struct node *list, const struct respec *r)
{
	const struct str path = str_of(r->net);

	json_list(o, "namespaces");
	for (const struct node *n = node_first(list); n; n = n->next) {
		bool is_net = str_is(node_text(node_get(n, "type")), "network");

		if (!is_net || str_is(path, "keep"))
			json_node(o, NULL, n);
		else if (str_is(path, "new"))
			put_replaced(o, NULL, n, "path", NULL);
		else
			put_replaced(o, NULL, n, "path", &path);
	}
	json_list_end(o);
}

static void put_linux(struct json_out *o, const struct node *linux_part,
	const struct respec *r)
{
	json_map(o, "linux");
	for (const struct node *n = node_first(linux_part); n; n = n->next) {
		if (str_is(n->key, "namespaces"))
			put_namespaces(o, n, r);
		else if (!str_is(n->key, "cgroupsPath"))
			json_node(o, n->key.p, n);
	}
	json_map_end(o);
}

/* runc and crun take the name of CRIU's file of options from there. */
static void put_annotations(
	struct json_out *o, const struct node *map, const struct respec *r)
{
	const struct str file = str_of(r->criu_config);

	put_replaced(o, "annotations", map, "org.criu.config", &file);
}

static int check_binds(
	const struct node *spec, const struct respec *r, struct err *e)
{
	static const struct args_list none;
	const struct respec plain = {.binds = &none};

	for (size_t i = 0; r->binds && i < r->binds->n; i++) {
		struct str rest = str_of(r->binds->item[i]), head;

		if (!str_cut(&rest, '=', &head) || rest.n == 0 ||
			respec_source(spec, &plain, head).n == 0)
			return err_kind(e, ERR_USAGE,
				"bind %s: not DESTINATION=SOURCE of a "
				"mount it has",
				r->binds->item[i]);
	}
	return 0;
}

int respec_put(struct buf *b, const struct node *spec, const struct respec *r,
	struct err *e)
{
	const struct str rootfs = str_of(r->rootfs);
	struct json_out o = json_out(b, INDENT);
	const struct node *root;

	if (node_need(spec, "root", NODE_MAP, &root, e) < 0)
		return err_at(e, "spec.dump");
	if (check_binds(spec, r, e) < 0)
		return -1;
	json_map(&o, NULL);
	for (const struct node *n = node_first(spec); n; n = n->next) {
		if (str_is(n->key, "root"))
			put_replaced(&o, "root", n, "path", &rootfs);
		else if (str_is(n->key, "mounts"))
			put_mounts(&o, spec, r);
		else if (str_is(n->key, "linux"))
			put_linux(&o, n, r);
		else if (str_is(n->key, "annotations") && r->criu_config)
			continue;
		else if (!str_is(n->key, "hooks"))
			json_node(&o, n->key.p, n);
	}
	if (r->criu_config)
		put_annotations(&o, node_get(spec, "annotations"), r);
	json_map_end(&o);
	return b->full ? err_kind(e, ERR_LIMIT, "config.json too large") : 0;
}
