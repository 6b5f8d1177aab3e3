/* fs_extra - files with content that is known, added before sealing. */
#include "images/export/fs_extra.h"

#include "images/export/unit.h"

#include <string.h>

#define EXTRA_TEXT_BYTES ((size_t)1 << 20)
#define UNITS            "usr/lib/systemd/system/"

bool fs_extra_is_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return n > 0 && n <= 128 && name[n] == '\0' && name[0] != '.' &&
	       name[0] != '-';
}

static bool has(const struct fs_layer *l, struct str path)
{
	for (size_t i = 0; i < l->tree.n; i++)
		if (str_eq(l->tree.nodes[i].path, path))
			return true;
	return false;
}

static bool has_beginning(const struct fs_layer *l, struct str beginning)
{
	for (size_t i = 0; i < l->tree.n; i++)
		if (str_has_prefix(l->tree.nodes[i].path, beginning))
			return true;
	return false;
}

static int add_made(struct fs_layer *l, const struct fs_node *made,
	const struct fs_extra *x, struct err *e)
{
	struct fs_node node = *made;

	node.from = FS_MADE;
	node.mtime_s = x->time_s;
	node.size_bytes = node.bytes.n;
	return fs_tree_add(&l->tree, &node, e);
}

static int add_text(struct fs_layer *l, struct str path, const struct buf *text,
	const struct fs_extra *x, struct err *e)
{
	if (text->full)
		return err_kind(e, ERR_LIMIT, "%.*s: too large", STR_ARG(path));
	if (has(l, path))
		return 0;
	return add_made(l,
		&(struct fs_node){.path = path,
			.type = TAR_FILE,
			.mode = 0644,
			.bytes = buf_view(text)},
		x, e);
}

/* As ConditionArchitecture= says it (systemd.unit(5)). */
static const char *architecture(const char *oci)
{
	return strcmp(oci, "amd64") == 0 ? "x86-64" : oci;
}

int fs_extra_extension(
	struct fs_layer *l, const struct fs_extra *x, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(EXTRA_TEXT_BYTES);
	AUTO_BUF struct buf path = buf_growing(EXTRA_TEXT_BYTES);

	buf_fmt(&path, "%s/extension-release.d/extension-release.%s",
		l->part == FS_CONFEXT ? "etc" : "usr/lib", x->name);
	buf_fmt(&text, "ID=_any\nARCHITECTURE=%s\nIMAGE_ID=%s\n",
		architecture(x->arch), x->name);
	buf_fmt(&text, "KEELSON_IMAGE=%s\n", x->digest);
	if (has(l, buf_view(&path)))
		return err_kind(e, ERR_INPUT,
			"/%s is in the image already: give the extension "
			"another name",
			buf_cstr(&path));
	return add_text(l, buf_view(&path), &text, x, e);
}

/* ---- portable services ------------------------------------------------ */

static int add_places(
	struct fs_layer *l, const struct fs_extra *x, struct err *e)
{
	static const struct {
		struct str path;
		enum tar_type type;
		uint32_t mode;
	} places[] = {
		{{"dev", 3}, TAR_DIR, 0755},
		{{"etc/machine-id", 14}, TAR_FILE, 0444},
		{{"etc/resolv.conf", 15}, TAR_FILE, 0644},
		{{"proc", 4}, TAR_DIR, 0555},
		{{"run", 3}, TAR_DIR, 0755},
		{{"sys", 3}, TAR_DIR, 0555},
		{{"tmp", 3}, TAR_DIR, 01777},
		{{"var/tmp", 7}, TAR_DIR, 01777},
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!has(l, places[i].path) &&
			add_made(l,
				&(struct fs_node){.path = places[i].path,
					.type = places[i].type,
					.mode = places[i].mode},
				x, e) < 0)
			return -1;
	return 0;
}

static int add_os_release(
	struct fs_layer *l, const struct fs_extra *x, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(EXTRA_TEXT_BYTES);

	if (has(l, STR("etc/os-release")))
		return 0;
	buf_fmt(&text, "ID=%s\nNAME=%s\nIMAGE_ID=%s\nKEELSON_IMAGE=%s\n",
		"keelson", x->name, x->name, x->digest);
	return add_text(l, STR("usr/lib/os-release"), &text, x, e);
}

static int add_unit(struct fs_layer *l, const struct fs_extra *x, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(EXTRA_TEXT_BYTES);
	AUTO_BUF struct buf path = buf_growing(EXTRA_TEXT_BYTES);

	buf_fmt(&path, UNITS "%s", x->name);
	if (has_beginning(l, buf_view(&path)))
		return 0;
	buf_text(&path, ".service");
	if (unit_put(x->name, node_get(l->view->config, "config"), &text, e) <
		0)
		return -1;
	return add_text(l, buf_view(&path), &text, x, e);
}

int fs_extra_portable(
	struct fs_layer *l, const struct fs_extra *x, struct err *e)
{
	if (add_places(l, x, e) < 0 || add_os_release(l, x, e) < 0)
		return -1;
	return add_unit(l, x, e);
}
