/*
 * from_several - the index is written here; whatever else is asked for comes
 * from the first layout that has it.
 */
#include "images/ship/from_several.h"

#include "images/read/unambiguous.h"
#include "lib/base/json.h"
#include "lib/base/json_out.h"
#include "lib/base/whole.h"

#include <string.h>

/* ---- the index --------------------------------------------------------- */

/* What the index is written from. */
struct joined {
	struct arena arena;
	const struct node *images[FROM_SEVERAL_MAX];    /* descriptors */
	const struct node *manifests[FROM_SEVERAL_MAX]; /* documents */
};

static int read_manifest(
	struct from_layout *f, struct joined *j, size_t at, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(PIECE_DOCUMENT_BYTES);
	struct from from = from_layout(f);
	struct piece p;
	const char *kept;

	j->images[at] = from_layout_image(f, e);
	if (!j->images[at] || piece_of(j->images[at], &p, e) < 0 ||
		from.document(from.self, &p, &text, e) < 0)
		return -1;
	if (strcmp(p.type, OCI_MANIFEST) != 0)
		return err_kind(e, ERR_INPUT, "%s: it is a %s, not one image",
			f->path, p.type);
	if (!node_get(j->images[at], "platform"))
		return err_kind(e, ERR_INPUT,
			"%s: its index does not say for which platform it is",
			f->path);
	kept = arena_copy(&j->arena, buf_view(&text));
	if (!kept)
		return err_kind(e, ERR_LIMIT, "out of memory");
	return json_parse(
		(struct str){kept, text.n}, &j->arena, &j->manifests[at], e);
}

/* Do all manifests say this? */
static bool is_common(
	const struct joined *j, size_t n, const struct node *annotation)
{
	for (size_t i = 0; i < n; i++)
		if (!str_eq(node_text(annotation),
			    node_text(node_path(j->manifests[i], "annotations",
				    annotation->key.p, NULL))))
			return false;
	return true;
}

static void put_image(struct json_out *o, const struct node *image)
{
	json_map(o, NULL);
	json_str(o, "mediaType", node_text(node_get(image, "mediaType")));
	json_str(o, "digest", node_text(node_get(image, "digest")));
	json_whole(o, "size", node_whole(node_get(image, "size"), 0));
	json_node(o, "platform", node_get(image, "platform"));
	json_map_end(o);
}

static int write_index(
	struct from_several *s, const struct joined *j, struct err *e)
{
	const struct node *first = node_get(j->manifests[0], "annotations");
	struct json_out o = json_out(&s->index, 0);

	json_map(&o, NULL);
	json_whole(&o, "schemaVersion", 2);
	json_text(&o, "mediaType", OCI_INDEX);
	json_list(&o, "manifests");
	for (size_t i = 0; i < s->n; i++)
		put_image(&o, j->images[i]);
	json_list_end(&o);
	if (first)
		json_map(&o, "annotations");
	for (const struct node *a = node_first(first); a; a = a->next)
		if (is_common(j, s->n, a))
			json_str(&o, a->key.p, node_text(a));
	if (first)
		json_map_end(&o);
	json_map_end(&o);
	return whole_check(&s->index, "the index", e);
}

/* One image for a platform, as readers of the index need it. */
static int check_index(
	const struct from_several *s, struct joined *j, struct err *e)
{
	const struct node *doc;

	if (json_parse(buf_view(&s->index), &j->arena, &doc, e) < 0)
		return -1;
	return unambiguous_platforms(doc, e);
}

/* Is it the same image, by its name and tag? */
static int check_names(const struct from_several *s, const struct joined *j,
	size_t at, struct err *e)
{
	static const char *const keys[] = {
		"io.containerd.image.name", OCI_KEY("ref.name")};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct str is = node_text(
			node_path(j->images[at], "annotations", keys[i], NULL));
		struct str first = node_text(
			node_path(j->images[0], "annotations", keys[i], NULL));

		if (!str_eq(is, first))
			return err_kind(e, ERR_INPUT,
				"%s is %.*s and %s is %.*s: not the same image",
				s->layouts[at].path, STR_ARG(is),
				s->layouts[0].path, STR_ARG(first));
	}
	return 0;
}

static int make_index(struct from_several *s, struct joined *j, struct err *e)
{
	for (size_t i = 0; i < s->n; i++)
		if (read_manifest(&s->layouts[i], j, i, e) < 0 ||
			check_names(s, j, i, e) < 0)
			return -1;
	return write_index(s, j, e) < 0 ? -1 : check_index(s, j, e);
}

int from_several_open(struct from_several *s, size_t n,
	const char *const *names, struct err *e)
{
	struct joined j = {.arena = arena_make(PIECE_DOCUMENT_BYTES * 16)};
	int done = 0;

	*s = (struct from_several){.index = buf_growing(PIECE_DOCUMENT_BYTES)};
	if (n > FROM_SEVERAL_MAX)
		done = err_kind(
			e, ERR_LIMIT, "more than %d layouts", FROM_SEVERAL_MAX);
	while (done == 0 && s->n < n) {
		done = from_layout_open(&s->layouts[s->n], names[s->n], e);
		s->n++; /* closed in any case */
	}
	if (done == 0)
		done = make_index(s, &j, e);
	arena_free(&j.arena);
	return done;
}

void from_several_close(struct from_several *s)
{
	for (size_t i = 0; i < s->n; i++)
		from_layout_close(&s->layouts[i]);
	buf_free(&s->index);
}

/* ---- the table ----------------------------------------------------------- */

static int several_named(void *self, const char *version, struct buf *out,
	struct piece *p, struct err *e)
{
	struct from_several *s = self;

	if (version[0] == '\0') {
		buf_reset(out);
		buf_str(out, buf_view(&s->index));
		piece_describe(p, OCI_INDEX, buf_view(&s->index));
		return whole_check(out, "the index", e);
	}
	for (size_t i = 0; i < s->n; i++) {
		struct from from = from_layout(&s->layouts[i]);

		err_clear(e);
		if (from.named(from.self, version, out, p, e) == 0)
			return 0;
		if (e->kind != ERR_ABSENT)
			return -1;
	}
	return -1;
}

/* The layout that has a blob; the first, which will say so, if none has. */
static struct from_layout *layout_of(
	struct from_several *s, const struct piece *p)
{
	char name[OCI_BLOB_NAME_BYTES];

	if (oci_blob_name(p->digest, name, NULL) == 0)
		for (size_t i = 0; i < s->n; i++)
			if (source_has(&s->layouts[i].source, name))
				return &s->layouts[i];
	return &s->layouts[0];
}

static int several_document(
	void *self, const struct piece *p, struct buf *out, struct err *e)
{
	struct from from = from_layout(layout_of(self, p));

	return from.document(from.self, p, out, e);
}

static int several_referrers(void *self, const char *digest,
	const struct from_listener *to, struct err *e)
{
	struct from_several *s = self;

	for (size_t i = 0; i < s->n; i++) {
		struct from from = from_layout(&s->layouts[i]);

		if (from.referrers(from.self, digest, to, e) < 0)
			return -1;
	}
	return 0;
}

static int several_blob(
	void *self, const struct piece *p, struct from_body *b, struct err *e)
{
	struct from from = from_layout(layout_of(self, p));

	return from.blob(from.self, p, b, e);
}

static void several_leave(
	void *self, const struct piece *p, struct from_body *b)
{
	struct from from = from_layout(layout_of(self, p));

	from.leave(from.self, p, b);
}

struct from from_several(struct from_several *s)
{
	return (struct from){.self = s,
		.named = several_named,
		.document = several_document,
		.referrers = several_referrers,
		.blob = several_blob,
		.leave = several_leave};
}
