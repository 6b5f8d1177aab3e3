/* file_index: what is read can be written, and read again as the same. */
#include "sbom/index/file_index.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_again(const struct file_index *x, struct arena *a)
{
	AUTO_BUF struct buf out = buf_growing(1 << 22);
	struct file_index y;

	file_index_write(x, &out);
	if (out.full)
		return;
	if (file_index_parse(buf_view(&out), a, &y, NULL) < 0 ||
		y.n_files != x->n_files || y.n_packages != x->n_packages)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena a = arena_make(1 << 24);
	struct file_index x;

	if (file_index_parse(
		    (struct str){(const char *)data, size}, &a, &x, NULL) < 0)
		return 0;
	for (size_t i = 0; i < x.n_files; i++)
		if (file_index_find(&x, x.files[i].package, x.files[i].path) !=
			&x.files[i])
			abort();
	fuzz_again(&x, &a);
	return 0;
}
