/*
 * platform - which image of several is meant: "linux/arm64/v8", "linux/arm64"
 * or "arm64".  Pure.
 * Source: OCI image-spec 1.1 image-index.md.
 */
#ifndef KEELSON_IMAGES_READ_PLATFORM_H
#define KEELSON_IMAGES_READ_PLATFORM_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

#define PLATFORM_BYTES 128 /* of one as text */

/* Views into the text; an empty variant is not said. */
struct platform {
	struct str os, arch, variant;
};

/* 0, or -1 (ERR_USAGE). */
int platform_parse(const char *text, struct platform *out, struct err *e);

/*
 * Is it what `is` says, a map with os, architecture and perhaps variant: the
 * platform of a descriptor, or a configuration?  A variant counts where both
 * have one.
 */
bool platform_is(const struct platform *wanted, const struct node *is);

/* Append it as text. */
void platform_write(const struct node *is, struct buf *out);

#endif
