/*
 * blob - documents and other blobs of a layout, each compared with its
 * descriptor before it is used.
 */
#include "images/read/blob.h"

#include "lib/arc/oci.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <string.h>

const char *blob_digest(const struct node *descriptor)
{
	struct str s = node_text(node_get(descriptor, "digest"));

	return s.n ? s.p : "";
}

int blob_check(const struct node *descriptor, uint64_t size, const char *hex,
	struct err *e)
{
	const char *digest = blob_digest(descriptor);
	int64_t want = node_whole(node_get(descriptor, "size"), -1);

	if (want < 0 || (uint64_t)want != size)
		return err_kind(e, ERR_INPUT, "%s: %llu bytes, should be %lld",
			digest, (unsigned long long)size, (long long)want);
	if (strcmp(digest + strlen("sha256:"), hex) != 0)
		return err_kind(e, ERR_INPUT, "%s: has sha256:%s", digest, hex);
	return 0;
}

/* Read a whole file of the layout; out must be a growing buffer. */
static int read_file(const struct source *s, const char *name, struct buf *out,
	struct err *e)
{
	AUTO_FD int fd = -1;
	uint64_t size;
	void *room;

	if (source_file(s, name, &fd, &size, e) < 0)
		return -1;
	if (size == 0)
		return 0;
	room = size <= BLOB_BYTES ? buf_room(out, (size_t)size) : NULL;
	if (!room)
		return err_kind(
			e, ERR_LIMIT, "%s: %s is too large", s->path, name);
	if (fd_read(fd, room, (size_t)size, e) < 0)
		return err_at(e, "%s: %s", s->path, name);
	return 0;
}

int blob_read(const struct source *s, const struct node *descriptor,
	struct buf *out, struct err *e)
{
	char name[OCI_BLOB_NAME_BYTES], hex[SHA256_HEX + 1];

	if (oci_blob_name(blob_digest(descriptor), name, e) < 0)
		return err_at(e, "%s", s->path);
	if (read_file(s, name, out, e) < 0)
		return -1;
	sha256_hex(buf_view(out), hex);
	if (blob_check(descriptor, out->n, hex, e) < 0)
		return err_at(e, "%s", s->path);
	return 0;
}

int blob_document(const struct source *s, const struct node *descriptor,
	struct arena *a, const struct node **out, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(BLOB_BYTES);

	if (blob_read(s, descriptor, &text, e) < 0)
		return -1;
	if (json_parse(buf_view(&text), a, out, e) < 0)
		return err_at(e, "%s: %s", s->path, blob_digest(descriptor));
	return 0;
}

int blob_named(const struct source *s, const char *name, struct arena *a,
	const struct node **out, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(BLOB_BYTES);

	if (read_file(s, name, &text, e) < 0)
		return -1;
	if (json_parse(buf_view(&text), a, out, e) < 0)
		return err_at(e, "%s/%s", s->path, name);
	return 0;
}
