/*
 * login - how docker's config.json says that one logs in to a registry.
 *
 * Pure: the document is parsed already.  Read: auths (auth, username and
 * password, identitytoken), credHelpers, credsStore.  Keys of auths are hosts,
 * with or without scheme and path, or HOST/NAME... as podman writes them; the
 * longest that fits counts.  A helper for the registry counts before the store
 * of all, and that before auths.
 * Source: docker's "docker login", containers-auth.json(5).
 */
#ifndef KEELSON_IMAGES_SHIP_LOGIN_H
#define KEELSON_IMAGES_SHIP_LOGIN_H

#include "images/ship/reference.h"
#include "lib/base/buf.h"
#include "lib/base/node.h"

#define LOGIN_SECRET_BYTES 16384 /* a name, a password or a token */
#define LOGIN_HELPER_BYTES 128

struct login {
	struct buf user, password; /* owned; empty: log in as nobody */
	struct buf token; /* owned; of an earlier login; in place of both */
};

void login_open(struct login *l);

/* Wipes them. */
void login_close(struct login *l);

/*
 * The program to ask, as in "docker-credential-HELPER": 1; 0 there is none; -1
 * (ERR_INPUT) its name could lead elsewhere.
 */
int login_helper(const struct node *config, const struct reference *r,
	char out[LOGIN_HELPER_BYTES], struct err *e);

/* What auths has for it; nothing when it has nothing. 0 or -1 (ERR_INPUT). */
int login_stored(const struct node *config, const struct reference *r,
	struct login *out, struct err *e);

/* What a helper answered: {"Username": ..., "Secret": ...}. 0 or -1. */
int login_told(const struct node *answer, struct login *out, struct err *e);

/* What docker calls the registry: docker.io has an older name. */
const char *login_key(const char *registry);

#endif
