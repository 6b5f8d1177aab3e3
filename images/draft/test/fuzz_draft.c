/* draft: any list of names, and any Build-Depends, of which nothing but names
   of packages gets into the comments of a script. */
#include "images/draft/draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {(const char *)data, size};
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	struct draft d = {
		.package = STR("a"), .lock = "sources.lock", .depends = text};

	draft_look(&d, text);
	draft_libraries(text, &b);
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] < ' ')
			__builtin_trap();
	draft_write(&d, &b);
	draft_write_bare(&d, &b);
	return 0;
}
