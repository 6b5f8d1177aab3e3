/*
 * spec - look up members of the parsed config.json.
 *
 * containerd, CRI-O and others write the pod of a container into its
 * annotations, each under its own keys; `dialects` lists them.  A dialect
 * matches when the annotations have all of its names.  Annotations of a pod or
 * an image may be copied beside them, so the keys of the others prove nothing.
 */
#include "checkpoint-agent/resolve/spec.h"

struct dialect {
	const char *namespace, *pod, *container;
	const char *type; /* its value is "container" or "sandbox" */
	const char *sandbox_type;
	const char *sandbox_name; /* container name of a sandbox, or NULL */
};

static const struct dialect dialects[] = {
	/* containerd: pkg/cri/annotations */
	[SPEC_CONTAINERD] = {"io.kubernetes.cri.sandbox-namespace",
		"io.kubernetes.cri.sandbox-name",
		"io.kubernetes.cri.container-name",
		"io.kubernetes.cri.container-type", "sandbox", NULL},
	/* CRI-O: pkg/annotations, and the kubelet's labels */
	[SPEC_CRIO] = {"io.kubernetes.pod.namespace", "io.kubernetes.pod.name",
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

bool spec_read_names(const struct node *annotations, enum spec_dialect dialect,
	struct spec_names *n)
{
	const struct dialect *d = &dialects[dialect];

	*n = (struct spec_names){
		.namespace = text_at(annotations, d->namespace),
		.pod = text_at(annotations, d->pod),
		.container = text_at(annotations, d->container),
		.is_sandbox =
			str_is(text_at(annotations, d->type), d->sandbox_type),
		.is_pod = true,
	};
	if (d->sandbox_name && str_is(n->container, d->sandbox_name))
		n->is_sandbox = true;
	if (n->namespace.n && n->pod.n && (n->is_sandbox || n->container.n))
		return true;
	*n = (struct spec_names){0};
	return false;
}

bool spec_is_same(const struct spec_names *a, const struct spec_names *b)
{
	if (a->is_sandbox != b->is_sandbox ||
		!str_eq(a->namespace, b->namespace) || !str_eq(a->pod, b->pod))
		return false;
	return a->is_sandbox || str_eq(a->container, b->container);
}

int spec_find_names(const struct node *annotations, struct spec_names *n)
{
	struct spec_names other;

	if (!spec_read_names(annotations, SPEC_CONTAINERD, n))
		return spec_read_names(annotations, SPEC_CRIO, n);
	if (!spec_read_names(annotations, SPEC_CRIO, &other) ||
		spec_is_same(n, &other))
		return 1;
	*n = (struct spec_names){0};
	return -1;
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
	const struct node *root, *path;

	*s = (struct spec){.tree = tree};
	if (node_need(tree, "root", NODE_MAP, &root, e) < 0)
		return err_at(e, "config.json");
	if (node_need(root, "path", NODE_TEXT, &path, e) < 0)
		return err_at(e, "config.json: root");
	take_namespaces(s);
	s->image = find_image(node_get(tree, "annotations"));
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
