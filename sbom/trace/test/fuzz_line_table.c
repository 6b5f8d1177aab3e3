/* line_table: any bytes as .debug_line and its texts; it ends. */
#include "sbom/trace/line_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena a = arena_make(16 << 20);
	const struct str bytes = {(const char *)data, size};
	struct line_table t = {.all = bytes,
		.line_strings = bytes,
		.strings = bytes,
		.arena = &a};
	char memory[256];
	struct buf path = buf_fixed(memory, sizeof(memory));
	struct line_range r;

	while (line_table_next(&t, &r, NULL) > 0) {
		if (r.size == 0)
			__builtin_trap();
		line_range_path(&r, &path);
	}
	return 0;
}
