/*
 * rule - one function for each kind of thing that a configuration can name.
 *
 * Members, annotations and types of file systems are lists of what is known
 * to be the container's own: what a later version of the specification adds
 * is dropped or refused until somebody has looked at it.
 */
#include "checkpoint-agent/restore/rule.h"

#include "checkpoint-agent/resolve/spec.h"
#include "lib/base/buf.h"

#include <string.h>

static const struct rule kept = {RULE_KEPT, {NULL, 0}, ""};

static struct rule fate_of(enum rule_fate fate, const char *why)
{
	return (struct rule){fate, {NULL, 0}, why};
}

static struct rule changed_to(struct str value, const char *why)
{
	return (struct rule){RULE_CHANGED, value, why};
}

const char *rule_fate_name(enum rule_fate fate)
{
	static const char *const names[] = {
		"kept", "changed", "dropped", "refused"};

	return names[fate];
}

static bool is_listed(struct str text, const char *const *list)
{
	for (; *list; list++)
		if (str_is(text, *list))
			return true;
	return false;
}

bool rule_find_option(
	const struct args_list *list, struct str name, struct str *value)
{
	*value = (struct str){NULL, 0};
	for (size_t i = 0; list && i < list->n; i++) {
		struct str rest = str_of(list->item[i]), head;

		if (!str_cut(&rest, '=', &head) || !str_eq(head, name))
			continue;
		*value = rest;
		return true;
	}
	return false;
}

/* ---- mounts ------------------------------------------------------------- */

/* File systems that begin empty or show the container's own namespaces. */
static const char *const own_types[] = {"cgroup", "cgroup2", "devpts", "mqueue",
	"proc", "sysfs", "tmpfs", NULL};

/* Device files that every container may use (config-linux.md). */
static const char *const plain_devices[] = {"/dev/full", "/dev/null",
	"/dev/random", "/dev/tty", "/dev/urandom", "/dev/zero", NULL};

static bool is_own_mount(const struct node *mount)
{
	struct str source = node_text(node_get(mount, "source"));

	if (!spec_is_bind(mount))
		return is_listed(node_text(node_get(mount, "type")), own_types);
	return is_listed(source, plain_devices) &&
	       str_eq(source, node_text(node_get(mount, "destination")));
}

struct rule rule_mount(const struct node *mount, const struct rule_allowed *a)
{
	struct str value;

	if (rule_find_option(a->binds,
		    node_text(node_get(mount, "destination")), &value))
		return value.n ? changed_to(value, "by --bind")
			       : fate_of(RULE_KEPT, "by --bind");
	if (is_own_mount(mount))
		return kept;
	return fate_of(RULE_REFUSED, "a place of the node: --bind");
}

/* ---- namespaces --------------------------------------------------------- */

const char *const rule_namespaces[] = {"mount", "pid", "network", "ipc", "uts",
	"user", "cgroup", "time", NULL};

/* Without one of these the container would use the node's. */
static const char *const needed_namespaces[] = {
	"mount", "pid", "network", "ipc", "uts", NULL};

/* CRIU joins these; it makes others anew, whatever their path was. */
static const char *const joined_namespaces[] = {"network", "pid", "user", NULL};

const struct node *rule_find_namespace(
	const struct node *spec, const char *type)
{
	const struct node *list = node_path(spec, "linux", "namespaces", NULL);

	for (const struct node *n = node_first(list); n; n = n->next)
		if (str_is(node_text(node_get(n, "type")), type))
			return n;
	return NULL;
}

static struct rule network_rule(bool is_there, bool has_path, const char *net)
{
	if (strcmp(net, "keep") == 0)
		return fate_of(RULE_KEPT, "by --net");
	if (!is_there)
		return fate_of(RULE_REFUSED,
			"the node's network: only --net keep fits");
	if (*net && strcmp(net, "new") != 0)
		return changed_to(str_of(net), "by --net");
	if (has_path && !*net)
		return fate_of(RULE_REFUSED,
			"a namespace of the node: --net keep, new or PATH");
	return has_path ? changed_to((struct str){NULL, 0}, "new, by --net")
			: kept;
}

struct rule rule_namespace(
	const struct node *spec, const char *type, const struct rule_allowed *a)
{
	const struct node *n = rule_find_namespace(spec, type);
	bool has_path = node_text(node_get(n, "path")).n > 0;
	struct str value;

	if (strcmp(type, "network") == 0)
		return network_rule(n != NULL, has_path, a->net);
	if (rule_find_option(a->joins, str_of(type), &value))
		return value.n && n ? changed_to(value, "by --join")
				    : fate_of(RULE_KEPT, "by --join");
	if (!n)
		return is_listed(str_of(type), needed_namespaces)
			       ? fate_of(RULE_REFUSED,
					 "the node's own: --join TYPE")
			       : kept;
	if (!has_path)
		return kept;
	if (is_listed(str_of(type), joined_namespaces))
		return fate_of(RULE_REFUSED,
			"a namespace of the node: --join TYPE[=PATH]");
	return changed_to((struct str){NULL, 0}, "a new one");
}

/* ---- devices ------------------------------------------------------------ */

static struct str device_type(const struct node *device)
{
	struct str type = node_text(node_get(device, "type"));

	return type.n ? type : STR("a");
}

static void put_device_number(struct buf *b, const struct node *number)
{
	if (node_whole(number, -1) < 0)
		buf_byte(b, '*');
	else
		buf_fmt(b, "%lld", (long long)node_whole(number, 0));
}

void rule_device_name(const struct node *device, char out[RULE_DEVICE_BYTES])
{
	struct buf b = buf_fixed(out, RULE_DEVICE_BYTES);

	buf_str(&b, str_sub(device_type(device), 0, 1));
	buf_byte(&b, ' ');
	put_device_number(&b, node_get(device, "major"));
	buf_byte(&b, ':');
	put_device_number(&b, node_get(device, "minor"));
	buf_cstr(&b);
}

bool rule_grants_device(const struct node *device)
{
	struct str access = node_text(node_get(device, "access"));

	if (!node_truth(node_get(device, "allow"), false))
		return false;
	return access.n == 0 || str_find(access, 'r') < access.n ||
	       str_find(access, 'w') < access.n;
}

/* full, null, random, urandom, zero; console, ptmx, tty; terminals. */
static const char *const plain_numbers[] = {"c 1:3", "c 1:5", "c 1:7", "c 1:8",
	"c 1:9", "c 5:0", "c 5:1", "c 5:2", "c 136:*", NULL};

struct rule rule_device(const struct node *device, const struct rule_allowed *a)
{
	char name[RULE_DEVICE_BYTES];
	struct str value;

	rule_device_name(device, name);
	if (rule_find_option(a->devices, STR("all"), &value) ||
		rule_find_option(a->devices, str_of(name), &value))
		return fate_of(RULE_KEPT, "by --device");
	if (is_listed(str_of(name), plain_numbers))
		return kept;
	return fate_of(RULE_REFUSED, "a device of the node: --device");
}

/* ---- members ------------------------------------------------------------ */

/*
 * Names that Kubernetes and engines give; the agent finds containers by them.
 * Others tell a runtime what to do: org.criu.config names a file whose
 * actions CRIU runs, run.oci.* are crun's, org.systemd.property.* systemd's.
 */
struct rule rule_annotation(struct str key)
{
	const struct str named[] = {STR("io.kubernetes."),
		STR("io.container.manager"), STR("io.podman.annotations."),
		STR("org.opencontainers.image.")};

	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
		if (str_has_prefix(key, named[i]))
			return kept;
	return fate_of(RULE_DROPPED, "a runtime might act on it");
}

const char *const rule_members[] = {
	"ociVersion", "process", "hostname", "domainname", NULL};

const char *const rule_linux_members[] = {"uidMappings", "gidMappings",
	"sysctl", "seccomp", "rootfsPropagation", "maskedPaths",
	"readonlyPaths", "mountLabel", "personality", "timeOffsets", NULL};

struct rule rule_member(struct str key)
{
	static const char *const rewritten[] = {
		"root", "mounts", "annotations", "linux", NULL};

	if (str_is(key, "hooks"))
		return fate_of(RULE_DROPPED, "never run");
	if (is_listed(key, rewritten) || is_listed(key, rule_members))
		return kept;
	return fate_of(RULE_DROPPED, "");
}

struct rule rule_linux_member(struct str key)
{
	static const char *const rewritten[] = {
		"namespaces", "devices", "resources", NULL};

	if (str_is(key, "cgroupsPath"))
		return fate_of(RULE_DROPPED, "the runtime chooses");
	if (is_listed(key, rewritten) || is_listed(key, rule_linux_members))
		return kept;
	return fate_of(RULE_DROPPED, "");
}
