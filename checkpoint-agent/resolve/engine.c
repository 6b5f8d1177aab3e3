/*
 * engine - read docker's and podman's own files about a container.
 *
 * A file that is absent or malformed is no error: then the names are unknown,
 * and the container can still be named by its id.
 */
#include "checkpoint-agent/resolve/engine.h"

#include "checkpoint-agent/node/hostfs.h"
#include "lib/base/json.h"

#include <limits.h>
#include <stdio.h>

#define DOCUMENT_MAX (4u << 20)

static bool read_document(int host_root, const char *path, struct arena *a,
	const struct node **tree)
{
	AUTO_BUF struct buf b = buf_growing(DOCUMENT_MAX);
	const char *copy;

	if (hostfs_read(host_root, path, &b, NULL) < 0)
		return false;
	copy = arena_copy(a, buf_view(&b));
	return copy && json_parse((struct str){copy, b.n}, a, tree, NULL) == 0;
}

/* ---- docker ------------------------------------------------------------- */

const char *engine_docker_dir(
	const struct spec *s, const char *id, struct arena *a)
{
	char room[512];
	struct buf b = buf_fixed(room, sizeof(room));
	struct str end;

	buf_fmt(&b, "/containers/%s/hostname", id);
	if (b.full)
		return NULL;
	end = buf_view(&b);
	for (const struct node *m = spec_mounts(s); m; m = m->next) {
		struct str from = node_text(node_get(m, "source"));

		if (str_has_suffix(from, end))
			return arena_copy(a,
				str_sub(from, 0, from.n - sizeof("hostname")));
	}
	return NULL;
}

bool engine_parse_docker(const struct node *tree, struct engine_docker *out)
{
	const struct node *config = node_get(tree, "Config");

	*out = (struct engine_docker){.name = node_text(node_get(tree, "Name")),
		.image = node_text(node_get(config, "Image")),
		.labels = node_get(config, "Labels")};
	if (str_has_prefix(out->name, STR("/")))
		out->name = str_sub(out->name, 1, out->name.n);
	return out->name.n != 0;
}

bool engine_ask_docker(int host_root, const struct spec *s, const char *id,
	struct arena *a, struct engine_docker *out)
{
	const char *dir = engine_docker_dir(s, id, a);
	const struct node *tree;
	char path[PATH_MAX];
	int n = dir ? snprintf(path, sizeof(path), "%s/config.v2.json", dir)
		    : -1;

	return n > 0 && (size_t)n < sizeof(path) &&
	       read_document(host_root, path, a, &tree) &&
	       engine_parse_docker(tree, out);
}

/* ---- podman ------------------------------------------------------------- */

/* The infra container's bundle lies beside ours: STORE/ID/userdata. */
static struct str pod_name(
	int host_root, struct str bundle, struct str infra, struct arena *a)
{
	const struct node *tree;
	struct str dir = bundle;
	char path[PATH_MAX];
	int n;

	for (int up = 0; up < 2; up++)
		while (dir.n && dir.p[--dir.n] != '/')
			;
	n = snprintf(path, sizeof(path), "%.*s/%.*s/userdata/config.json",
		STR_ARG(dir), STR_ARG(infra));
	if (n < 0 || (size_t)n >= sizeof(path) ||
		!read_document(host_root, path, a, &tree))
		return (struct str){0};
	return node_text(node_get(tree, "hostname"));
}

/* `podman kube play` calls a container POD-NAME. */
static struct str without_pod(struct str name, struct str pod)
{
	if (str_has_prefix(name, pod) && name.n > pod.n + 1 &&
		name.p[pod.n] == '-')
		return str_sub(name, pod.n + 1, name.n);
	return name;
}

/* STORE/overlay/LAYER/merged lies as deep as a bundle in the store. */
bool engine_ask_storage(const struct engine_place *p, const struct spec *s,
	struct arena *a, struct storage_image *out)
{
	const char *bundle = arena_copy(a, p->bundle);
	const char *root = arena_copy(
		a, node_text(node_path(s->tree, "root", "path", NULL)));

	return bundle && root &&
	       (storage_find(p->host_root, bundle, p->id, a, out) ||
		       storage_find(p->host_root, root, p->id, a, out));
}

/* An annotation, which an image may have as well: it must be an id. */
static bool is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
			    (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n != 0;
}

bool engine_name_podman(int host_root, struct str bundle,
	const struct storage_image *known, struct arena *a, struct spec *s)
{
	struct str infra = node_text(node_get(node_get(s->tree, "annotations"),
		"io.kubernetes.cri-o.SandboxID"));

	s->names = (struct spec_names){.namespace = STR("podman"),
		.pod = known->container,
		.container = known->container};
	if (!is_id(infra))
		return known->container.n != 0;
	s->names.pod = pod_name(host_root, bundle, infra, a);
	s->names.container = without_pod(known->container, s->names.pod);
	return s->names.pod.n != 0;
}
