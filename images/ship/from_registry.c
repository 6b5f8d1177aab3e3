/* from_registry - documents.h and download.h behind the table. */
#include "images/ship/from_registry.h"

#include "images/ship/documents.h"
#include "images/ship/download.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIST_ARENA_BYTES ((size_t)64 << 20)

static int registry_named(void *self, const char *version, struct buf *out,
	struct piece *p, struct err *e)
{
	struct from_registry *f = self;

	return documents_get(f->registry, version, out, p, e);
}

static int registry_document(
	void *self, const struct piece *p, struct buf *out, struct err *e)
{
	struct from_registry *f = self;
	struct piece got;

	if (documents_get(f->registry, p->digest, out, &got, e) < 0)
		return -1;
	if (strcmp(got.type, p->type) != 0 || got.size_bytes != p->size_bytes)
		return err_kind(e, ERR_INPUT,
			"%s: the registry has a %s of %llu bytes, not a %s of "
			"%llu",
			p->digest, got.type, (unsigned long long)got.size_bytes,
			p->type, (unsigned long long)p->size_bytes);
	return 0;
}

static int registry_referrers(void *self, const char *digest,
	const struct from_listener *to, struct err *e)
{
	struct from_registry *f = self;
	AUTO_BUF struct buf text = buf_growing(PIECE_DOCUMENT_BYTES);
	AUTO_ARENA struct arena a = arena_make(LIST_ARENA_BYTES);
	const struct node *index = NULL;

	if (documents_referrers(f->registry, digest, &text, e) < 0)
		return -1;
	if (text.n > 0 && json_parse(buf_view(&text), &a, &index, e) < 0)
		return err_at(e, "what refers to %s", digest);
	for (const struct node *c = node_first(node_get(index, "manifests")); c;
		c = c->next)
		if (to->each(to->context, c, e) < 0)
			return -1;
	return 0;
}

/* The hex of a digest, which is the file's name. */
static const char *file_of(const struct piece *p)
{
	return p->digest + strlen("sha256:");
}

/* Nothing goes on with a part in a directory that is not kept. */
static void forget_part(const struct from_registry *f, const struct piece *p)
{
	char part[OCI_DIGEST_BYTES + sizeof(".partial")];

	snprintf(part, sizeof(part), "%s.partial", file_of(p));
	if (!f->keeps)
		unlinkat(f->dir, part, 0);
}

static int registry_blob(
	void *self, const struct piece *p, struct from_body *b, struct err *e)
{
	struct from_registry *f = self;

	if (download_blob(f->registry, p, f->dir, file_of(p), e) < 0) {
		forget_part(f, p);
		return -1;
	}
	b->offset = 0;
	b->fd = openat(f->dir, file_of(p), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return b->fd < 0 ? err_sys(e, "open %s", file_of(p)) : 0;
}

static void registry_leave(
	void *self, const struct piece *p, struct from_body *b)
{
	struct from_registry *f = self;

	fd_close(&b->fd);
	if (!f->keeps)
		unlinkat(f->dir, file_of(p), 0);
}

struct from from_registry(struct from_registry *f)
{
	return (struct from){.self = f,
		.named = registry_named,
		.document = registry_document,
		.referrers = registry_referrers,
		.blob = registry_blob,
		.leave = registry_leave};
}
