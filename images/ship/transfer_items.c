/*
 * transfer_items - a list that grows while it is walked: each manifest adds
 * its parts, and what refers to it, behind the last one.
 */
#include "images/ship/transfer_items.h"

#include "images/read/unambiguous.h"
#include "images/ship/documents.h"
#include "lib/base/json.h"

#include <string.h>

struct finding {
	const struct from *from;
	struct transfer_items *list;
	struct buf text; /* of one document */
	size_t at;       /* the item that is looked at */
	bool is_alone;   /* nothing that refers to the image is wanted */
};

static struct transfer_item *known_item(
	const struct transfer_items *l, const char *digest)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->items[i].piece.digest, digest) == 0)
			return &l->items[i];
	return NULL;
}

/* Keep the document in f->text as an item. NULL: -1. */
static struct transfer_item *add_item(struct finding *f, const struct piece *p,
	enum transfer_role role, struct err *e)
{
	struct transfer_items *l = f->list;
	struct transfer_item *x = &l->items[l->n];
	char *copy;

	if (l->n == TRANSFER_ITEMS_MAX) {
		err_kind(e, ERR_LIMIT, "more than %d manifests belong to it",
			TRANSFER_ITEMS_MAX);
		return NULL;
	}
	copy = arena_copy(&l->arena, buf_view(&f->text));
	*x = (struct transfer_item){
		.role = role, .piece = *p, .bytes = {copy, f->text.n}};
	if (!copy) {
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	if (json_parse(x->bytes, &l->arena, &x->tree, e) < 0 ||
		unambiguous_keys(x->tree, e) < 0) {
		err_at(e, "%s", p->digest);
		return NULL;
	}
	l->n++;
	return x;
}

static int add_described(struct finding *f, const struct node *descriptor,
	enum transfer_role role, struct err *e)
{
	struct piece p;

	if (piece_of(descriptor, &p, e) < 0)
		return -1;
	if (known_item(f->list, p.digest))
		return 0;
	if (!piece_is_manifest(p.type))
		return err_kind(e, ERR_INPUT,
			"%s: a %s cannot be part of an image", p.digest,
			p.type);
	if (f->from->document(f->from->self, &p, &f->text, e) < 0)
		return -1;
	return add_item(f, &p, role, e) ? 0 : -1;
}

/* A list may name what belongs to another image. */
static int on_referrer(
	void *context, const struct node *descriptor, struct err *e)
{
	struct finding *f = context;
	size_t n = f->list->n;
	const struct transfer_item *x = &f->list->items[n];

	if (add_described(f, descriptor, TRANSFER_REFERRER, e) < 0)
		return -1;
	if (f->list->n == n ||
		str_is(node_text(node_path(x->tree, "subject", "digest", NULL)),
			f->list->items[f->at].piece.digest))
		return 0;
	return err_kind(e, ERR_INPUT, "%s: it refers to another image",
		x->piece.digest);
}

static int add_parts(struct finding *f, struct err *e)
{
	const struct transfer_item *x = &f->list->items[f->at];

	if (!piece_is_index(x->piece.type))
		return 0;
	for (const struct node *c = node_first(node_get(x->tree, "manifests"));
		c; c = c->next)
		if (add_described(f, c, TRANSFER_PART, e) < 0)
			return -1;
	return 0;
}

static int add_tagged(struct finding *f, const char *suffix, struct err *e)
{
	const struct from *from = f->from;
	char tag[DOCUMENTS_TAG_BYTES];
	struct transfer_item *x;
	struct piece p;

	documents_tag(f->list->items[f->at].piece.digest, suffix, tag);
	if (from->named(from->self, tag, &f->text, &p, e) < 0) {
		if (e->kind != ERR_ABSENT)
			return -1;
		err_clear(e);
		return 0;
	}
	x = add_item(f, &p, TRANSFER_TAGGED, e);
	if (x)
		x->tag = arena_copy(&f->list->arena, str_of(tag));
	return x && x->tag ? 0 : -1;
}

static int look_at(struct finding *f, struct err *e)
{
	static const char *const suffixes[] = {".sig", ".att", ".sbom"};
	const struct from *from = f->from;
	const struct transfer_item *x = &f->list->items[f->at];
	const struct from_listener to = {.each = on_referrer, .context = f};

	if (x->role == TRANSFER_TAGGED)
		return 0;
	if (add_parts(f, e) < 0)
		return -1;
	if (f->is_alone)
		return 0;
	if (from->referrers(from->self, x->piece.digest, &to, e) < 0)
		return -1;
	if (x->role == TRANSFER_REFERRER)
		return 0;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (add_tagged(f, suffixes[i], e) < 0)
			return -1;
	return 0;
}

int transfer_items_find(const struct from *from,
	const struct transfer_wanted *wanted, struct transfer_items *out,
	struct err *e)
{
	struct finding f = {.from = from,
		.list = out,
		.is_alone = wanted->is_alone,
		.text = buf_growing(PIECE_DOCUMENT_BYTES)};
	struct piece p;
	int done = -1;

	*out = (struct transfer_items){
		.arena = arena_make(TRANSFER_ARENA_BYTES)};
	out->items = arena_alloc(
		&out->arena, TRANSFER_ITEMS_MAX * sizeof(*out->items));
	if (!out->items)
		err_kind(e, ERR_LIMIT, "out of memory");
	else if (from->named(from->self, wanted->version, &f.text, &p, e) == 0)
		done = add_item(&f, &p, TRANSFER_IMAGE, e) ? 0 : -1;
	for (; done == 0 && f.at < out->n; f.at++)
		done = look_at(&f, e);
	buf_free(&f.text);
	return done;
}
