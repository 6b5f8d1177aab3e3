/*
 * unpack - the tree of an image as a directory.
 *
 * It grows as .NAME.partial beside its final name and is renamed when it is
 * complete; nothing may have either name before.  Nothing is written outside:
 * the tree has no path below a link (fs_tree.h), and nobody else can write to
 * the directory.  Owners, devices and attributes of the kernel (security.*,
 * trusted.*) take root; another user gets a tree without owners, attributes and
 * set-id bits, and is refused devices.
 */
#ifndef KEELSON_IMAGES_EXPORT_UNPACK_H
#define KEELSON_IMAGES_EXPORT_UNPACK_H

#include "images/export/fs_layer.h"

/* l: read whole, its tree sealed. 0, or -1: a name is taken (ERR_BUSY). */
int unpack_layer(const struct fs_layer *l, const char *path, struct err *e);

#endif
