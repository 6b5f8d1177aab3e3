/*
 * config_json - write an OCI runtime configuration from the known members of
 * another; rule.h says which are obeyed.
 */
#include "checkpoint-agent/restore/config_json.h"

#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/tar/members.h"
#include "lib/base/json.h"

#include <string.h>

#define INDENT 2

/* A member whose text is set here; a NULL text leaves it out. */
struct config_json_set {
	const char *key;
	const struct str *text;
};

/*
 * A map with its known members alone, each once.  Go reads keys in any case
 * and takes the last of several, so a copy could mean something else to a
 * runtime than it did to rule.h.
 */
static void put_known(struct json_out *o, const struct node *map,
	const char *const *keys, struct config_json_set set)
{
	for (; *keys; keys++) {
		if (strcmp(*keys, set.key) == 0) {
			if (set.text)
				json_str(o, *keys, *set.text);
		} else if (node_get(map, *keys)) {
			json_node(o, *keys, node_get(map, *keys));
		}
	}
}

static bool is_dropped(struct rule r)
{
	return r.fate == RULE_DROPPED || r.fate == RULE_REFUSED;
}

/* An element of a list as its rule says; a new value goes into keys[0]. */
static void put_ruled(struct json_out *o, const struct node *n, struct rule r,
	const char *const *keys)
{
	const struct config_json_set set = {r.fate == RULE_CHANGED ? *keys : "",
		r.value.n ? &r.value : NULL};

	if (is_dropped(r))
		return;
	json_map(o, NULL);
	put_known(o, n, keys, set);
	json_map_end(o);
}

/* ---- mounts ------------------------------------------------------------- */

static void put_device_mount(struct json_out *o, const char *path)
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

static bool has_mount(const struct node *mounts, const char *destination)
{
	for (const struct node *m = node_first(mounts); m; m = m->next)
		if (str_is(node_text(node_get(m, "destination")), destination))
			return true;
	return false;
}

/*
 * Device nodes cannot be created in a user namespace, so runtimes bind-mount
 * the node's; crun passes only those to CRIU that are listed as mounts.
 */
static void put_device_mounts(struct json_out *o, const struct node *spec)
{
	static const char *const device[] = {"/dev/full", "/dev/null",
		"/dev/random", "/dev/tty", "/dev/urandom", "/dev/zero"};

	if (!spec_has_namespace(spec, "user"))
		return;
	for (size_t i = 0; i < sizeof(device) / sizeof(*device); i++)
		if (!has_mount(node_get(spec, "mounts"), device[i]))
			put_device_mount(o, device[i]);
}

static void put_mounts(struct json_out *o, const struct node *spec,
	const struct config_json *r)
{
	static const char *const keys[] = {"source", "destination", "type",
		"options", "uidMappings", "gidMappings", NULL};
	const struct node *mounts = node_get(spec, "mounts");

	json_list(o, "mounts");
	for (const struct node *m = node_first(mounts); m; m = m->next)
		put_ruled(o, m, rule_mount(m, &r->allowed), keys);
	put_device_mounts(o, spec);
	json_list_end(o);
}

/* ---- linux -------------------------------------------------------------- */

static void put_namespaces(struct json_out *o, const struct node *spec,
	const struct config_json *r)
{
	static const char *const keys[] = {"path", "type", NULL};
	const char *const *type = rule_namespaces;

	json_list(o, "namespaces");
	for (; *type; type++)
		if (rule_find_namespace(spec, *type))
			put_ruled(o, rule_find_namespace(spec, *type),
				rule_namespace(spec, *type, &r->allowed), keys);
	json_list_end(o);
}

static void put_devices(struct json_out *o, const struct node *list,
	const struct config_json *r)
{
	static const char *const keys[] = {"path", "type", "major", "minor",
		"fileMode", "uid", "gid", NULL};

	json_list(o, "devices");
	for (const struct node *n = node_first(list); n; n = n->next)
		put_ruled(o, n, rule_device(n, &r->allowed), keys);
	json_list_end(o);
}

static void put_device_rules(struct json_out *o, const struct node *list,
	const struct config_json *r)
{
	static const char *const keys[] = {
		"allow", "type", "major", "minor", "access", NULL};
	static const struct rule denies = {RULE_KEPT, {NULL, 0}, ""};

	json_list(o, "devices");
	for (const struct node *n = node_first(list); n; n = n->next)
		put_ruled(o, n,
			rule_grants_device(n) ? rule_device(n, &r->allowed)
					      : denies,
			keys);
	json_list_end(o);
}

static void put_resources(struct json_out *o, const struct node *resources,
	const struct config_json *r)
{
	static const char *const keys[] = {"memory", "cpu", "pids", "blockIO",
		"hugepageLimits", "network", "rdma", "unified", NULL};

	json_map(o, "resources");
	put_known(o, resources, keys, (struct config_json_set){"", NULL});
	if (node_get(resources, "devices"))
		put_device_rules(o, node_get(resources, "devices"), r);
	json_map_end(o);
}

static void put_linux(struct json_out *o, const struct node *spec,
	const struct config_json *r)
{
	const struct node *all = node_get(spec, "linux");

	json_map(o, "linux");
	put_namespaces(o, spec, r);
	if (node_get(all, "devices"))
		put_devices(o, node_get(all, "devices"), r);
	if (node_get(all, "resources"))
		put_resources(o, node_get(all, "resources"), r);
	put_known(
		o, all, rule_linux_members, (struct config_json_set){"", NULL});
	json_map_end(o);
}

/* ---- the rest ----------------------------------------------------------- */

/* runc and crun find the configuration file for CRIU by org.criu.config. */
static void put_annotations(
	struct json_out *o, const struct node *map, const struct config_json *r)
{
	json_map(o, "annotations");
	for (const struct node *n = node_first(map); n; n = n->next)
		if (!is_dropped(rule_annotation(n->key)))
			json_node(o, n->key.p, n);
	if (r->criu_config)
		json_text(o, "org.criu.config", r->criu_config);
	json_map_end(o);
}

static void put_root(struct json_out *o, const struct node *root,
	const struct config_json *r)
{
	static const char *const keys[] = {"path", "readonly", NULL};
	const struct str path = str_of(r->rootfs);

	json_map(o, "root");
	put_known(o, root, keys, (struct config_json_set){"path", &path});
	json_map_end(o);
}

int config_json_put(struct buf *b, const struct node *spec,
	const struct config_json *r, struct err *e)
{
	struct json_out o = json_out(b, INDENT);
	const struct node *root;

	if (node_need(spec, "root", NODE_MAP, &root, e) < 0)
		return err_at(e, MEMBER_SPEC);
	json_map(&o, NULL);
	put_known(&o, spec, rule_members, (struct config_json_set){"", NULL});
	put_root(&o, root, r);
	put_mounts(&o, spec, r);
	put_linux(&o, spec, r);
	put_annotations(&o, node_get(spec, "annotations"), r);
	json_map_end(&o);
	return b->full ? err_kind(e, ERR_LIMIT, "config.json too large") : 0;
}
