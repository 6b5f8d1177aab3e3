/*
 * archive - see archive.h.
 *
 * The header of a member whose length is not known is a hole in the flow,
 * filled when the member is closed.
 */
#include "checkpoint-agent/archive.h"

#include <stdio.h>

#define MODE_FILE 0600
#define MODE_DIR  0700

static struct tar_entry entry_of(const struct archive *a, const char *name,
		enum tar_type type, uint64_t size)
{
	return (struct tar_entry){
			.type = type,
			.path = str_of(name),
			.mode = type == TAR_DIR ? MODE_DIR : MODE_FILE,
			.size = size,
			.mtime_s = a->time_s,
	};
}

static int put_header(struct archive *a, const struct tar_entry *t,
		struct err *e)
{
	unsigned char block[TAR_BLOCK_BYTES];

	if (tar_header(t, block, e) < 0)
		return -1;
	return flow_put(a->to, block, sizeof(block), e);
}

static int put_padding(struct archive *a, uint64_t size, struct err *e)
{
	static const char zeros[TAR_BLOCK_BYTES];

	return flow_put(a->to, zeros, tar_padding(size), e);
}

void archive_start(struct archive *a, struct flow *to, int64_t time_s)
{
	*a = (struct archive){.to = to, .time_s = time_s};
}

int archive_dir(struct archive *a, const char *name, struct err *e)
{
	struct tar_entry t = entry_of(a, name, TAR_DIR, 0);

	return put_header(a, &t, e);
}

int archive_add(struct archive *a, const char *name, struct str content,
		struct err *e)
{
	struct tar_entry t = entry_of(a, name, TAR_FILE, content.n);

	if (put_header(a, &t, e) < 0)
		return err_at(e, "%s", name);
	if (flow_put(a->to, content.p, content.n, e) < 0)
		return err_at(e, "%s", name);
	return put_padding(a, content.n, e);
}

int archive_open(struct archive *a, const char *name, struct err *e)
{
	struct tar_entry t = entry_of(a, name, TAR_FILE, 0);
	unsigned char block[TAR_BLOCK_BYTES];

	if (a->is_open)
		return err_set(e, "%s: %s is still open", name, a->name);
	if (tar_header(&t, block, e) < 0) /* refuse a bad name now */
		return -1;
	snprintf(a->name, sizeof(a->name), "%s", name);
	a->is_open = true;
	a->size = 0;
	return flow_hole(a->to, TAR_BLOCK_BYTES, e);
}

int archive_put(struct archive *a, const void *bytes, size_t n,
		struct err *e)
{
	a->size += n;
	return flow_put(a->to, bytes, n, e);
}

int archive_take(struct archive *a, int pipe, size_t *got, struct err *e)
{
	if (flow_take(a->to, pipe, got, e) < 0)
		return err_at(e, "%s", a->name);
	a->size += *got;
	return 0;
}

int archive_close(struct archive *a, struct err *e)
{
	struct tar_entry t = entry_of(a, a->name, TAR_FILE, a->size);
	unsigned char block[TAR_BLOCK_BYTES];

	a->is_open = false;
	if (put_padding(a, a->size, e) < 0)
		return -1;
	if (tar_header(&t, block, e) < 0)
		return -1;
	return flow_fill(a->to, block, e);
}

int archive_end(struct archive *a, struct err *e)
{
	static const char zeros[TAR_END_BYTES];

	if (flow_put(a->to, zeros, sizeof(zeros), e) < 0)
		return -1;
	return flow_end(a->to, e);
}
