/*
 * spec - see spec.h.
 *
 * Runtimes above runc and crun say whom a container belongs to in the
 * annotations of its config.json; each has its own keys, so they stand in one
 * table.  A row counts when all three of its names are there.
 */
#include "checkpoint-agent/resolve/spec.h"

struct dialect {
	const char *namespace, *pod, *container;
	const char *type; /* says "container" or "sandbox"; may be absent */
	const char *sandbox_type;
	const char *sandbox_name; /* container name of a sandbox, or NULL */
};

static const struct dialect dialects[] = {
	/* containerd: pkg/cri/annotations */
	{"io.kubernetes.cri.sandbox-namespace",
		"io.kubernetes.cri.sandbox-name",
		"io.kubernetes.cri.container-name",
		"io.kubernetes.cri.container-type", "sandbox", NULL},
	/* CRI-O and the kubelet's own labels */
	{"io.kubernetes.pod.namespace", "io.kubernetes.pod.name",
		"io.kubernetes.container.name",
		"io.kubernetes.cri-o.ContainerType", "sandbox", "POD"},
};

static const char *const image_keys[] = {
	"io.kubernetes.cri.image-name",
	"io.kubernetes.cri-o.ImageName",
	"io.kubernetes.cri-o.Image",
	"org.opencontainers.image.ref.name",
};

static struct str text_at(const struct node *map, const char *key)
{
	return node_text(node_get(map, key));
}

static bool try_dialect(
	const struct node *map, const struct dialect *d, struct spec_names *n)
{
	*n = (struct spec_names){
		.namespace = text_at(map, d->namespace),
		.pod = text_at(map, d->pod),
		.container = text_at(map, d->container),
		.is_sandbox = str_is(text_at(map, d->type), d->sandbox_type),
	};
	if (d->sandbox_name && str_is(n->container, d->sandbox_name))
		n->is_sandbox = true;
	if (n->namespace.n == 0 || n->pod.n == 0)
		return false;
	return n->is_sandbox || n->container.n != 0;
}

bool spec_find_names(const struct node *annotations, struct spec_names *n)
{
	for (size_t i = 0; i < sizeof(dialects) / sizeof(*dialects); i++)
		if (try_dialect(annotations, &dialects[i], n))
			return true;
	*n = (struct spec_names){0};
	return false;
}

static struct str find_image(const struct node *annotations)
{
	for (size_t i = 0; i < sizeof(image_keys) / sizeof(*image_keys); i++) {
		struct str s = text_at(annotations, image_keys[i]);

		if (s.n)
			return s;
	}
	return (struct str){0};
}

static void take_namespaces(struct spec *s)
{
	const struct node *list =
		node_path(s->tree, "linux", "namespaces", NULL);

	s->net = SPEC_NET_HOST;
	for (const struct node *n = node_first(list); n; n = n->next) {
		struct str type = text_at(n, "type");
		bool has_path = text_at(n, "path").n != 0;

		if (str_is(type, "network"))
			s->net = has_path ? SPEC_NET_PATH : SPEC_NET_NEW;
		if (str_is(type, "pid"))
			s->joins_pid = has_path;
	}
}

int spec_parse(const struct node *tree, struct spec *s, struct err *e)
{
	const struct node *root, *path, *annotations;

	*s = (struct spec){.tree = tree};
	if (node_need(tree, "root", NODE_MAP, &root, e) < 0)
		return err_at(e, "config.json");
	if (node_need(root, "path", NODE_TEXT, &path, e) < 0)
		return err_at(e, "config.json: root");
	s->rootfs = node_text(path);
	s->has_terminal =
		node_truth(node_path(tree, "process", "terminal", NULL), false);
	take_namespaces(s);
	annotations = node_get(tree, "annotations");
	spec_find_names(annotations, &s->names);
	s->image = find_image(annotations);
	return 0;
}

const struct node *spec_mounts(const struct spec *s)
{
	return node_first(node_get(s->tree, "mounts"));
}

bool spec_is_bind(const struct node *mount)
{
	const struct node *options = node_get(mount, "options");

	if (str_is(text_at(mount, "type"), "bind"))
		return true;
	for (const struct node *o = node_first(options); o; o = o->next)
		if (str_is(node_text(o), "bind") ||
			str_is(node_text(o), "rbind"))
			return true;
	return false;
}

bool spec_has_namespace(const struct node *tree, const char *type)
{
	const struct node *list = node_path(tree, "linux", "namespaces", NULL);

	for (const struct node *n = node_first(list); n; n = n->next)
		if (str_is(node_text(node_get(n, "type")), type))
			return true;
	return false;
}

const struct node *spec_masked(const struct spec *s)
{
	return node_first(node_path(s->tree, "linux", "maskedPaths", NULL));
}
