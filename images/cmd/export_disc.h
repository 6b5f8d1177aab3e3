/*
 * export_disc - an image as a file system, with its papers beside it.
 */
#ifndef KEELSON_IMAGES_CMD_EXPORT_DISC_H
#define KEELSON_IMAGES_CMD_EXPORT_DISC_H

#include "images/export/disc.h"

struct export_disc {
	enum disc_kind kind;
	const char *format;           /* its name, for the papers */
	const char *name;             /* of the extension or service */
	const char *path;             /* "dir/pause.raw" */
	const char *key, *passphrase; /* files; or NULL */
	bool wants_json;
};

/*
 * Write PATH, and beside it, without the .raw of its name: .roothash, of
 * DISC_EROFS .verity, .provenance.json, .spdx.json, and with a key
 * .sigstore.json, of which an older one goes without a key; PATH comes last.
 * What was done is printed.  0, or -1: a layout has that name, whose documents
 * would be replaced (ERR_BUSY).
 */
int export_disc(const struct export_disc *x, struct view *v, struct err *e);

#endif
