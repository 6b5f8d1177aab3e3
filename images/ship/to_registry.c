/*
 * to_registry - what refers to the image is noted while it is sent, and the
 * lists under tags are written at the end, one for each digest.
 *
 * Two clients that write one list at the same time can lose an entry: the
 * specification has no remedy for registries without the API.
 */
#include "images/ship/to_registry.h"

#include "images/ship/documents.h"
#include "images/ship/upload.h"
#include "lib/base/json.h"

#include <stdlib.h>
#include <string.h>

#define NOTES_ARENA_BYTES ((size_t)64 << 20)
#define DESCRIPTOR_BYTES  ((size_t)1 << 20)

struct to_registry_note {
	const char *subject;
	const char *digest;    /* of what refers to it */
	struct str descriptor; /* JSON */
	bool is_written;
};

static int registry_has(void *self, const struct piece *p, struct err *e)
{
	struct to_registry *t = self;

	return upload_has(t->registry, p, e);
}

static int registry_take_over(void *self, const struct piece *p, struct err *e)
{
	struct to_registry *t = self;

	return upload_mount(t->registry, p, e);
}

static int registry_take(void *self, const struct piece *p,
	const struct from_body *b, struct err *e)
{
	struct to_registry *t = self;

	return upload_send(t->registry, p, b->fd, b->offset, e);
}

/* ---- what refers to what --------------------------------------------- */

static void put_descriptor_of(const struct to_document *d, struct buf *out)
{
	struct json_out o = json_out(out, 0);
	struct str type = node_text(node_get(d->tree, "artifactType"));
	const struct node *notes = node_get(d->tree, "annotations");

	if (type.n == 0)
		type = node_text(
			node_path(d->tree, "config", "mediaType", NULL));
	json_map(&o, NULL);
	json_text(&o, "mediaType", d->piece->type);
	json_text(&o, "digest", d->piece->digest);
	json_whole(&o, "size", (int64_t)d->piece->size_bytes);
	if (type.n > 0)
		json_str(&o, "artifactType", type);
	if (notes)
		json_node(&o, "annotations", notes);
	json_map_end(&o);
}

static int note_referrer(
	struct to_registry *t, const struct to_document *d, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DESCRIPTOR_BYTES);
	struct to_registry_note *n = &t->notes[t->n];

	if (t->n == TO_REGISTRY_NOTES_MAX)
		return err_kind(e, ERR_LIMIT, "more than %d things refer to it",
			TO_REGISTRY_NOTES_MAX);
	put_descriptor_of(d, &text);
	*n = (struct to_registry_note){
		.subject = arena_copy(&t->arena, str_of(d->subject)),
		.digest = arena_copy(&t->arena, str_of(d->piece->digest)),
		.descriptor = {arena_copy(&t->arena, buf_view(&text)), text.n},
	};
	if (text.full || !n->subject || !n->digest || !n->descriptor.p)
		return err_kind(e, ERR_LIMIT, "out of memory");
	t->n++;
	return 0;
}

static int registry_document(
	void *self, const struct to_document *d, struct err *e)
{
	struct to_registry *t = self;
	const struct documents_new new = {
		.piece = d->piece, .bytes = d->bytes, .tag = d->tag};
	bool tells_referrers;

	if (documents_put(t->registry, &new, &tells_referrers, e) < 0)
		return -1;
	if (d->subject == NULL || tells_referrers)
		return 0;
	return note_referrer(t, d, e);
}

/* ---- lists under tags ---------------------------------------------------- */

bool to_registry_list(const struct node *index, const char *digest,
	struct str descriptor, struct buf *out)
{
	const struct node *list = node_get(index, "manifests");
	const char *comma = "";

	for (const struct node *c = node_first(list); c; c = c->next)
		if (str_is(node_text(node_get(c, "digest")), digest))
			return false;
	buf_text(out, "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX
		      "\",\"manifests\":[");
	for (const struct node *c = node_first(list); c; c = c->next) {
		struct json_out o = json_out(out, 0);

		buf_text(out, comma);
		json_node(&o, NULL, c);
		comma = ",";
	}
	buf_text(out, comma);
	buf_str(out, descriptor);
	buf_text(out, "]}");
	return true;
}

/* Add a note to the list in text; *changed says if it was missing. */
static int add_note(const struct to_registry_note *n, struct buf *text,
	bool *changed, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(NOTES_ARENA_BYTES);
	AUTO_BUF struct buf out = buf_growing(PIECE_DOCUMENT_BYTES);
	const struct node *index = NULL;

	if (text->n > 0 && json_parse(buf_view(text), &a, &index, e) < 0)
		return -1;
	if (!to_registry_list(index, n->digest, n->descriptor, &out))
		return 0;
	*changed = true;
	buf_reset(text);
	buf_str(text, buf_view(&out));
	return out.full || text->full
		       ? err_kind(e, ERR_LIMIT, "larger than 4 MiB")
		       : 0;
}

static int write_list(struct to_registry *t, const char *subject, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(PIECE_DOCUMENT_BYTES);
	char tag[DOCUMENTS_TAG_BYTES];
	bool changed = false, told;
	struct piece p;

	documents_tag(subject, "", tag);
	if (documents_get(t->registry, tag, &text, &p, e) < 0) {
		if (e->kind != ERR_ABSENT)
			return -1;
		err_clear(e);
		buf_reset(&text);
	}
	for (size_t i = 0; i < t->n; i++) {
		struct to_registry_note *n = &t->notes[i];

		if (strcmp(n->subject, subject) != 0)
			continue;
		n->is_written = true;
		if (add_note(n, &text, &changed, e) < 0)
			return err_at(e, "list %s", tag);
	}
	if (!changed)
		return 0;
	t->wrote_lists = true;
	piece_describe(&p, OCI_INDEX, buf_view(&text));
	return documents_put(t->registry,
		&(struct documents_new){
			.piece = &p, .bytes = buf_view(&text), .tag = tag},
		&told, e);
}

static int registry_finish(void *self, struct err *e)
{
	struct to_registry *t = self;

	for (size_t i = 0; i < t->n; i++)
		if (!t->notes[i].is_written &&
			write_list(t, t->notes[i].subject, e) < 0)
			return -1;
	return 0;
}

int to_registry_open(struct to_registry *t, struct registry *r, struct err *e)
{
	*t = (struct to_registry){
		.registry = r, .arena = arena_make(NOTES_ARENA_BYTES)};
	t->notes = arena_alloc(
		&t->arena, TO_REGISTRY_NOTES_MAX * sizeof(*t->notes));
	return t->notes ? 0 : err_kind(e, ERR_LIMIT, "out of memory");
}

void to_registry_close(struct to_registry *t)
{
	arena_free(&t->arena);
}

struct to to_registry(struct to_registry *t)
{
	return (struct to){.self = t,
		.has = registry_has,
		.take_over = registry_take_over,
		.blob = registry_take,
		.document = registry_document,
		.finish = registry_finish};
}
