/*
 * credentials - find how to log in to a registry: in the files where docker and
 * podman keep that, and by the helpers that those name.
 *
 * Files, the first that has something for the registry: the one given, or
 * $REGISTRY_AUTH_FILE; else config.json in $DOCKER_CONFIG or ~/.docker, then
 * $XDG_RUNTIME_DIR/containers/auth.json.
 * A helper gets 30 seconds and 64 KiB; what it writes to standard error is
 * shown.  Secrets are wiped and in no message.
 */
#ifndef KEELSON_IMAGES_SHIP_CREDENTIALS_H
#define KEELSON_IMAGES_SHIP_CREDENTIALS_H

#include "images/ship/login.h"

/*
 * Fill l, which is open and empty; it stays empty when nobody knows a login.
 * file: of the command line, or NULL.  0, or -1: a file or a helper failed.
 */
int credentials_find(const char *file, const struct reference *r,
	struct login *l, struct err *e);

#endif
