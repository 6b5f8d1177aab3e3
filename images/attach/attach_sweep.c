/*
 * attach_sweep - a manifest names its configuration and its layers; nothing
 * else names a blob.
 */
#include "images/attach/attach_sweep.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool names(const struct entry *x, const char *digest)
{
	const struct node *layers = node_get(x->manifest, "layers");
	const struct node *config = node_get(x->manifest, "config");

	if (!strcmp(view_digest(x->descriptor), digest) ||
		!strcmp(view_digest(config), digest))
		return true;
	for (const struct node *c = node_first(layers); c; c = c->next)
		if (!strcmp(view_digest(c), digest))
			return true;
	return false;
}

static int sweep_one(const char *path, const struct view *now,
	const char *digest, struct err *e)
{
	char name[OCI_BLOB_NAME_BYTES], file[1024];
	int n;

	for (size_t i = 0; i < now->entries.n; i++)
		if (names(&now->entries.items[i], digest))
			return 0;
	if (oci_blob_name(digest, name, e) < 0)
		return -1;
	n = snprintf(file, sizeof(file), "%s/%s", path, name);
	if (n < 0 || (size_t)n >= sizeof(file))
		return err_kind(e, ERR_LIMIT, "%s: path too long", path);
	if (unlink(file) < 0 && errno != ENOENT)
		return err_sys(e, "remove %s", file);
	return 0;
}

static int sweep_entry(const char *path, const struct view *now,
	const struct entry *x, struct err *e)
{
	const struct node *layers = node_get(x->manifest, "layers");
	const struct node *config = node_get(x->manifest, "config");

	if (sweep_one(path, now, view_digest(x->descriptor), e) < 0 ||
		sweep_one(path, now, view_digest(config), e) < 0)
		return -1;
	for (const struct node *c = node_first(layers); c; c = c->next)
		if (sweep_one(path, now, view_digest(c), e) < 0)
			return -1;
	return 0;
}

int attach_sweep(const char *path, const struct view *before,
	const struct view *now, struct err *e)
{
	for (size_t i = 0; i < before->entries.n; i++)
		if (sweep_entry(path, now, &before->entries.items[i], e) < 0)
			return -1;
	return 0;
}
