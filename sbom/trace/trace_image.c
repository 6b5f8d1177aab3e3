/* trace_image - look the section up, then cut its bytes. */
#include "sbom/trace/trace_image.h"

int image_bytes(const struct trace_image *image, uint64_t address,
	uint64_t size, struct str *out, struct err *e)
{
	for (size_t i = 0; i < image->n; i++) {
		const struct trace_section *s = &image->sections[i];
		uint64_t from = address - s->address;

		if (address < s->address || from > image->data[i].n ||
			size > image->data[i].n - from)
			continue;
		*out = str_sub(image->data[i], (size_t)from, (size_t)size);
		return 0;
	}
	return err_kind(e, ERR_INPUT,
		"the program has no bytes at 0x%llx, where its map has %llu",
		(unsigned long long)address, (unsigned long long)size);
}
