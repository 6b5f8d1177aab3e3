/*
 * trace_image - the bytes of a program in memory, as far as its file has them.
 */
#ifndef KEELSON_SBOM_TRACE_TRACE_IMAGE_H
#define KEELSON_SBOM_TRACE_TRACE_IMAGE_H

#include "sbom/trace/trace.h"

struct trace_image {
	const struct trace_section *sections;
	const struct str *data; /* of each; empty where the file has none */
	size_t n;
};

/* `size` bytes at an address, which must be in the file; 0 or -1. */
int image_bytes(const struct trace_image *image, uint64_t address,
	uint64_t size, struct str *out, struct err *e);

#endif
