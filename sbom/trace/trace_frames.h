/*
 * trace_frames - the unwind table: what it says of a function belongs to the
 * object of that function.
 */
#ifndef KEELSON_SBOM_TRACE_TRACE_FRAMES_H
#define KEELSON_SBOM_TRACE_TRACE_FRAMES_H

#include "sbom/trace/row_writer.h"
#include "sbom/trace/trace_image.h"

/*
 * Write the rows of .eh_frame, once those of all functions are written.
 * @section  where it is in the program
 * @last     the object that the zero at its end is from; NULL: the linker
 * 0, or -1: a table that ends in the middle of an entry, a function that no
 * object has.
 */
int frames_write(struct tracer *tr, const struct trace_section *section,
	const struct trace_image *image, const struct trace_object *last,
	struct err *e);

#endif
