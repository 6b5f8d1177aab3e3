/* The layer streams by once more for an SBOM that is only in it. */
#include "images/bill.h"

#include <string.h>

#include "lib/base/json.h"

#define PLACE STR("usr/share/sbom/")

struct pick {
	struct str path; /* wanted */
	bool is_there;   /* the entry that streams by */
	struct buf *text;
};

static int take_entry(void *self, const struct tar_entry *t, struct err *e)
{
	struct pick *p = self;

	(void)e;
	p->is_there = str_eq(t->path, p->path);
	return 0;
}

static int take_data(void *self, const void *bytes, size_t n, struct err *e)
{
	struct pick *p = self;

	if (p->is_there)
		buf_put(p->text, bytes, n);
	if (p->text->full)
		return err_kind(
			e, ERR_LIMIT, "/%.*s is too large", STR_ARG(p->path));
	return 0;
}

static int read_inside(struct view *v, const struct listed *file,
	const struct node **spdx, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(VIEW_DOCUMENT_BYTES);
	struct pick pick = {.path = file->path, .text = &text};
	const struct tar_told told = {take_entry, take_data, &pick};

	if (view_layer(v, &told, e) < 0)
		return -1;
	if (json_parse(buf_view(&text), &v->arena, spdx, e) < 0)
		return err_at(e, "/%.*s", STR_ARG(file->path));
	return 0;
}

static bool is_sbom(const struct listed *x)
{
	return x->type == TAR_FILE && str_has_prefix(x->path, PLACE) &&
	       str_has_suffix(x->path, STR(".spdx.json"));
}

static int find_inside(struct view *v, const struct listing *layer,
	const struct node **spdx, char hex[SHA256_HEX + 1], struct err *e)
{
	const struct listed *file = NULL;

	for (size_t i = 0; i < layer->n; i++) {
		if (!is_sbom(&layer->items[i]))
			continue;
		if (file)
			return err_kind(e, ERR_INPUT,
				"more than one SBOM in the image: /%.*s "
				"and /%.*s",
				STR_ARG(file->path),
				STR_ARG(layer->items[i].path));
		file = &layer->items[i];
	}
	if (!file)
		return 0;
	memcpy(hex, file->sha256, SHA256_HEX + 1);
	return read_inside(v, file, spdx, e);
}

static bool holds(const struct listing *layer, const char *hex)
{
	for (size_t i = 0; i < layer->n; i++)
		if (strcmp(layer->items[i].sha256, hex) == 0)
			return true;
	return false;
}

int bill_find(struct view *v, const struct listing *layer,
	const struct node **spdx, char hex[SHA256_HEX + 1], struct err *e)
{
	const struct node *blob;

	*spdx = NULL;
	if (view_referrer(v, OCI_SPDX, &blob, e) < 0)
		return -1;
	if (!blob)
		return find_inside(v, layer, spdx, hex, e);
	if (view_document(v, blob, spdx, e) < 0)
		return -1;
	memcpy(hex, view_digest(blob) + strlen("sha256:"), SHA256_HEX + 1);
	if (!holds(layer, hex))
		return err_kind(e, ERR_INPUT,
			"the image does not hold its SBOM %s",
			view_digest(blob));
	return 0;
}
