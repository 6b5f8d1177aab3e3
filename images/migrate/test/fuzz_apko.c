/* apko: any text as a configuration; what is taken gives one that is checked
   within, and no text makes notes without end. */
#include "images/migrate/apko.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena a = arena_make(1 << 24);
	AUTO_BUF struct buf out = buf_growing(1 << 22);
	AUTO_BUF struct buf unmapped = buf_growing(1 << 22);
	const struct apko_request r = {
		.text = {(const char *)data, size},
		.file = "apko.yaml",
		.name = STR("web"),
		.arena = &a,
	};
	struct err e;

	apko_import(&r, &out, &unmapped, &e);
	return 0;
}
