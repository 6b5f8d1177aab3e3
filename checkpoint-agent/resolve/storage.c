/*
 * storage - parse containers.json.
 *
 * The member "metadata" of a container is a text that holds JSON, written by
 * podman and CRI-O.  A file that is absent or malformed is no error: then
 * nothing is known about the container.
 */
#include "checkpoint-agent/resolve/storage.h"

#include "checkpoint-agent/node/hostfs.h"
#include "lib/base/json.h"

#include <limits.h>
#include <stdio.h>

#define STORE_BYTES_MAX (64u << 20) /* thousands of containers */

/* Containers started with --rm are in the second file. */
static const char *const lists[] = {"overlay-containers/containers.json",
	"overlay-containers/volatile-containers.json"};

static bool parse_container(
	const struct node *c, struct arena *a, struct storage_image *out)
{
	const struct node *meta = NULL;
	struct str text = node_text(node_get(c, "metadata"));

	out->id = node_text(node_get(c, "image"));
	out->container = node_text(node_first(node_get(c, "names")));
	if (text.n && json_parse(text, a, &meta, NULL) == 0) {
		out->name = node_text(node_get(meta, "image-name"));
		out->pod = node_text(node_get(meta, "pod-name"));
	}
	return true;
}

bool storage_parse(const struct node *list, struct str id, struct arena *a,
	struct storage_image *out)
{
	*out = (struct storage_image){0};
	for (const struct node *c = node_first(list); c; c = c->next)
		if (str_eq(node_text(node_get(c, "id")), id))
			return parse_container(c, a, out);
	return false;
}

static bool find_in(int host_root, const char *path, const char *id,
	struct arena *a, struct storage_image *out)
{
	AUTO_BUF struct buf b = buf_growing(STORE_BYTES_MAX);
	const struct node *list;
	char *copy;

	if (hostfs_read(host_root, path, &b, NULL) < 0)
		return false;
	copy = arena_copy(a, buf_view(&b));
	if (!copy || json_parse((struct str){copy, b.n}, a, &list, NULL) < 0)
		return false;
	return storage_parse(list, str_of(id), a, out);
}

bool storage_find(int host_root, const char *upper, const char *id,
	struct arena *a, struct storage_image *out)
{
	struct str store = str_of(upper);
	char path[PATH_MAX];

	*out = (struct storage_image){0};
	for (int up = 0; up < 3; up++)
		while (store.n && store.p[--store.n] != '/')
			;
	for (size_t i = 0; store.n && i < 2; i++) {
		int n = snprintf(path, sizeof(path), "%.*s/%s", STR_ARG(store),
			lists[i]);

		if (n > 0 && (size_t)n < sizeof(path) &&
			find_in(host_root, path, id, a, out))
			return true;
	}
	return false;
}
