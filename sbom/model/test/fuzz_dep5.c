/* dep5: any text and any path; the answer is a view into the text. */
#include "sbom/model/dep5.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	struct str text = {(const char *)data, size}, path, found;
	struct dep5_fields fields;

	str_cut(&text, '\n', &path);
	found = dep5_licence(text, path);
	if (found.n > 0 &&
		(found.p < text.p || found.p + found.n > text.p + text.n))
		__builtin_trap();
	dep5_to_spdx(found, &b);
	while (dep5_next(&text, &fields))
		if (fields.wording.n > size || fields.copyright.n > size)
			__builtin_trap();
	return 0;
}
