/*
 * Fuzz lib/arc/tar_read: whatever comes, no fault; and what is told is plain
 * enough for tar.c to write again.
 */
#include "lib/arc/tar_read.h"

#include <stdlib.h>

#define ROOM ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int write_again(void *self, const struct tar_entry *t, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(ROOM * 2);
	struct tar_entry copy = *t;

	(void)self;
	(void)e;
	/* Links may point anywhere, so tar.c may refuse them. */
	if (t->type == TAR_SYMLINK || t->type == TAR_HARD_LINK)
		return 0;
	copy.link = (struct str){NULL, 0};
	copy.xattr_count = 0;
	if (tar_headers(&copy, &out, NULL) < 0 && t->path.n < TAR_PATH_BYTES)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct tar_told told = {.entry = write_again};
	AUTO_TAR_READER struct tar_reader *r = tar_read_open(&told, NULL);
	size_t step = size ? 1 + data[0] % 7 * 100 : 1;

	for (size_t i = 0; i < size; i += step)
		if (sink_put(tar_read_sink(r), data + i,
			    size - i < step ? size - i : step, NULL) < 0)
			return 0;
	tar_read_end(r, NULL);
	return 0;
}
