/*
 * unit - a systemd service that runs an image as its configuration says.
 *
 * Pure.  Source: systemd.service(5), systemd.exec(5), systemd.syntax(7); OCI
 * image-spec config.md.
 */
#ifndef KEELSON_IMAGES_EXPORT_UNIT_H
#define KEELSON_IMAGES_EXPORT_UNIT_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

/*
 * Append the unit.  config: the object `config` of the image's configuration.
 * 0, or -1 (ERR_INPUT): no entrypoint and no command; control characters.
 */
int unit_put(const char *name, const struct node *config, struct buf *out,
	struct err *e);

#endif
