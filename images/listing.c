/* Listings: arrays that are filled, sorted once and searched. */
#include "images/listing.h"

#include <stdlib.h>
#include <string.h>

static int make_room(struct listing *l, struct err *e)
{
	size_t room = l->room ? l->room * 2 : 64;
	void *bigger;

	if (l->n < l->room)
		return 0;
	if (l->n >= LISTING_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d files", LISTING_MAX);
	bigger = realloc(l->items, room * sizeof(*l->items));
	if (!bigger)
		return err_kind(e, ERR_LIMIT, "out of memory");
	l->items = bigger;
	l->room = room;
	return 0;
}

static int order(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	return str_cmp(x->path, y->path);
}

static int order_key(const void *key, const void *item)
{
	const struct listed *y = item;

	return str_cmp(*(const struct str *)key, y->path);
}

static int sort(struct listing *l, struct err *e)
{
	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), order);
	for (size_t i = 1; i < l->n; i++)
		if (str_eq(l->items[i].path, l->items[i - 1].path))
			return err_kind(e, ERR_INPUT, "/%.*s is there twice",
				STR_ARG(l->items[i].path));
	return 0;
}

const struct listed *listing_find(const struct listing *l, struct str path)
{
	if (!l->n)
		return NULL;
	return bsearch(&path, l->items, l->n, sizeof(*l->items), order_key);
}

void listing_free(struct listing *l)
{
	free(l->items);
	l->items = NULL;
}

/* ---- from a layer ----------------------------------------------------- */

static bool keep(struct listing *l, struct str *s)
{
	s->p = arena_copy(l->arena, *s);
	return s->p;
}

/* The hash so far belongs to the last entry. */
static void finish(struct listing *l)
{
	unsigned char digest[SHA256_BYTES];
	struct listed *x;

	if (!l->n)
		return;
	x = &l->items[l->n - 1];
	if (x->type == TAR_DIR)
		return;
	if (x->type == TAR_SYMLINK)
		sha256_add(&l->hash, x->link.p, x->link.n);
	sha256_finish(&l->hash, digest);
	str_hex(digest, sizeof(digest), x->sha256);
}

static int take_entry(void *self, const struct tar_entry *t, struct err *e)
{
	struct listing *l = self;
	struct listed x = {.path = t->path,
		.link = t->link,
		.type = t->type,
		.mode = t->mode,
		.uid = t->uid,
		.gid = t->gid,
		.size_bytes = t->size};

	finish(l);
	sha256_start(&l->hash);
	if (make_room(l, e) < 0)
		return -1;
	if (!keep(l, &x.path) || !keep(l, &x.link))
		return err_kind(e, ERR_LIMIT, "out of memory");
	l->items[l->n++] = x;
	return 0;
}

static int take_data(void *self, const void *bytes, size_t n, struct err *e)
{
	struct listing *l = self;

	(void)e;
	sha256_add(&l->hash, bytes, n);
	return 0;
}

int listing_read(
	const struct view *v, struct arena *a, struct listing *l, struct err *e)
{
	const struct tar_told told = {take_entry, take_data, l};

	*l = (struct listing){.arena = a};
	if (view_layer(v, &told, e) < 0)
		return -1;
	finish(l);
	return sort(l, e);
}

/* ---- from an SBOM ----------------------------------------------------- */

#define IMAGE_ID "SPDXRef-Image"

static struct str sha256_of_file(const struct node *file)
{
	const struct node *list = node_get(file, "checksums");

	for (const struct node *c = node_first(list); c; c = c->next)
		if (str_is(node_text(node_get(c, "algorithm")), "SHA256"))
			return node_text(node_get(c, "checksumValue"));
	return (struct str){"", 0};
}

/* All files by their SPDX identifiers, taken as paths. */
static int take_files(const struct node *spdx, struct listing *l, struct err *e)
{
	const struct node *files = node_get(spdx, "files");

	for (const struct node *f = node_first(files); f; f = f->next) {
		struct str name = node_text(node_get(f, "fileName"));
		struct str hash = sha256_of_file(f);
		struct listed x = {.type = TAR_FILE,
			.path = node_text(node_get(f, "SPDXID")),
			.link = str_sub(name, 2, name.n)};

		if (!str_has_prefix(name, STR("./")) || hash.n != SHA256_HEX ||
			str_copy(hash, x.sha256, sizeof(x.sha256)) < 0)
			return err_kind(e, ERR_INPUT,
				"SBOM: file %.*s: no SHA-256 or not a "
				"relative name",
				STR_ARG(name));
		if (make_room(l, e) < 0)
			return -1;
		l->items[l->n++] = x;
	}
	return sort(l, e);
}

static bool is_contained(const struct node *r)
{
	return str_is(node_text(node_get(r, "spdxElementId")), IMAGE_ID) &&
	       str_is(node_text(node_get(r, "relationshipType")), "CONTAINS");
}

/* An image contains packages too; they are not what is listed here. */
static bool is_package(const struct node *spdx, struct str id)
{
	const struct node *list = node_get(spdx, "packages");

	for (const struct node *p = node_first(list); p; p = p->next)
		if (str_eq(node_text(node_get(p, "SPDXID")), id))
			return true;
	return false;
}

/* Those that the image contains, under their own names. */
static int take_contained(const struct node *spdx, const struct listing *all,
	struct listing *l, struct err *e)
{
	const struct node *list = node_get(spdx, "relationships");

	for (const struct node *r = node_first(list); r; r = r->next) {
		struct str id = node_text(node_get(r, "relatedSpdxElement"));
		const struct listed *f;

		if (!is_contained(r) || is_package(spdx, id))
			continue;
		f = listing_find(all, id);
		if (!f)
			return err_kind(e, ERR_INPUT, "SBOM: no file %.*s",
				STR_ARG(id));
		if (make_room(l, e) < 0)
			return -1;
		l->items[l->n] = *f;
		l->items[l->n++].path = f->link;
	}
	return sort(l, e);
}

int listing_of_sbom(const struct node *spdx, struct arena *a, struct listing *l,
	struct err *e)
{
	AUTO_LISTING struct listing all = {.arena = a};

	*l = (struct listing){.arena = a};
	if (take_files(spdx, &all, e) < 0)
		return -1;
	return take_contained(spdx, &all, l, e);
}
