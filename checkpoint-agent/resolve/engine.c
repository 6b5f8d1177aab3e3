/*
 * engine - see engine.h.
 *
 * Whatever is missing or odd means only that nothing is known: the container
 * can still be named by its id.
 */
#include "checkpoint-agent/resolve/engine.h"

#include "checkpoint-agent/resolve/hostfs.h"
#include "checkpoint-agent/resolve/storage.h"
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

/* A container of no pod, under its own name. */
static void name_alone(struct spec *s, struct str engine, struct str name)
{
	s->names = (struct spec_names){
		.namespace = engine, .pod = name, .container = name};
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

bool engine_parse_docker(const struct node *tree, struct spec *s)
{
	const struct node *config = node_get(tree, "Config");
	struct str name = node_text(node_get(tree, "Name"));

	s->image = node_text(node_get(config, "Image"));
	if (spec_find_names(node_get(config, "Labels"), &s->names))
		return true;
	if (str_has_prefix(name, STR("/")))
		name = str_sub(name, 1, name.n);
	if (name.n)
		name_alone(s, STR("docker"), name);
	return name.n != 0;
}

static bool ask_docker(
	int host_root, const char *id, struct arena *a, struct spec *s)
{
	const char *dir = engine_docker_dir(s, id, a);
	const struct node *tree;
	char path[PATH_MAX];
	int n = dir ? snprintf(path, sizeof(path), "%s/config.v2.json", dir)
		    : -1;

	return n > 0 && (size_t)n < sizeof(path) &&
	       read_document(host_root, path, a, &tree) &&
	       engine_parse_docker(tree, s);
}

/* ---- podman ------------------------------------------------------------- */

/* The bundle of the infra container lies beside ours: STORE/ID/userdata. */
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

static bool ask_podman(int host_root, const char *id, struct str bundle,
	struct arena *a, struct spec *s)
{
	const struct node *notes = node_get(s->tree, "annotations");
	struct str infra =
		node_text(node_get(notes, "io.kubernetes.cri-o.SandboxID"));
	struct storage_image known;
	const char *path = arena_copy(a, bundle);

	if (!str_is(node_text(node_get(notes, "io.container.manager")),
		    "libpod") ||
		!path || !storage_find(host_root, path, id, a, &known))
		return false;
	s->image = known.name;
	name_alone(s, STR("podman"), known.container);
	if (infra.n == 0)
		return true;
	s->names.pod = pod_name(host_root, bundle, infra, a);
	s->names.container = without_pod(known.container, s->names.pod);
	return s->names.pod.n != 0;
}

bool engine_find_names(int host_root, const char *id, struct str bundle,
	struct arena *a, struct spec *s)
{
	return ask_podman(host_root, id, bundle, a, s) ||
	       ask_docker(host_root, id, a, s);
}
