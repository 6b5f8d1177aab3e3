/*
 * fs_extra - what systemd wants to find in an image, beside its files.
 *
 * An extension says for which hosts it is (os-release(5), extension-release). A
 * portable service has units, os-release, and places that something is mounted
 * on (systemd's docs/PORTABLE_SERVICES.md); what the image itself has stays.
 */
#ifndef KEELSON_IMAGES_EXPORT_FS_EXTRA_H
#define KEELSON_IMAGES_EXPORT_FS_EXTRA_H

#include "images/export/fs_layer.h"

struct fs_extra {
	const char *name;   /* of the extension or service */
	const char *arch;   /* as OCI says it */
	const char *digest; /* of the image */
	int64_t time_s;
};

/* A name that systemd takes for images and units: letters, digits, ".-_". */
bool fs_extra_is_name(const char *name);

/* Add extension-release.NAME. 0 or -1. */
int fs_extra_extension(
	struct fs_layer *l, const struct fs_extra *x, struct err *e);

/*
 * Add what a portable service lacks: NAME.service, which runs the image as its
 * configuration says, unless it has units of that name.  0, or -1: the
 * configuration has no command, or one that no unit can say (ERR_INPUT).
 */
int fs_extra_portable(
	struct fs_layer *l, const struct fs_extra *x, struct err *e);

#endif
