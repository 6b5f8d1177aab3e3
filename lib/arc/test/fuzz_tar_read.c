/*
 * Fuzz lib/arc/tar_read: no fault on any input, and each entry that is read
 * can be encoded again.
 */
#include "lib/arc/tar_header.h"
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
	/* Links may point anywhere; tar_headers() may refuse them. */
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
	const struct tar_visitor visitor = {.entry = write_again};
	AUTO_TAR_READER struct tar_reader *r = tar_read_open(&visitor, NULL);
	size_t step = size ? 1 + data[0] % 7 * 100 : 1;

	for (size_t i = 0; i < size; i += step)
		if (sink_put(tar_read_sink(r), data + i,
			    size - i < step ? size - i : step, NULL) < 0)
			return 0;
	tar_read_end(r, NULL);
	return 0;
}
