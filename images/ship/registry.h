/*
 * registry - a repository in a registry, as a client sees it (OCI
 * distribution-spec 1.1).
 *
 * One connection is kept to the registry; a redirect to another server gets
 * one of its own.  Credentials and tokens go to the registry and, the former,
 * to the token service that it names; never to another server that it
 * redirects to.  Without TLS only a registry on this machine is spoken to,
 * unless that is asked for.
 */
#ifndef KEELSON_IMAGES_SHIP_REGISTRY_H
#define KEELSON_IMAGES_SHIP_REGISTRY_H

#include "images/ship/login.h"
#include "images/ship/progress.h"
#include "images/ship/reference.h"
#include "images/ship/trust.h"
#include "lib/base/args.h"
#include "lib/net/exchange.h"
#include "lib/net/url.h"

/* What a person may say about it; outlives the registry. */
struct registry_options {
	const char *ca_file;    /* more authorities; or NULL */
	const char *auth_file;  /* or NULL: credentials.h says where */
	struct args_list plain; /* HOST[:PORT] that may do without TLS */
};

struct registry {
	const struct registry_options *options;
	struct progress *progress;
	struct reference ref;
	struct url_web at;     /* the server of its API */
	const char *actions;   /* "pull" or "pull,push" */
	const char *also_from; /* a repository to mount blobs from; or NULL */

	/* private */
	struct trust trust;
	struct login login;
	struct buf authorization; /* a field's value; wiped */
	struct exchange main, other;
};

/*
 * Find out how to speak to it and who we are.  The reference is copied; the
 * rest outlives the registry.  0 or -1; close it in both cases.
 */
struct registry_plan {
	const struct reference *ref;
	const struct registry_options *options;
	struct progress *progress;
	const char *actions;
};
int registry_open(
	struct registry *r, const struct registry_plan *plan, struct err *e);
void registry_close(struct registry *r);

/* "/v2/NAME/" and what the format says. */
void registry_path(const struct registry *r, struct buf *out, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));

/*
 * Is a server that answered with this location one that may be spoken to?
 * Without TLS only where that is allowed. 0 or -1 (ERR_DENIED).
 */
int registry_allows(
	const struct registry *r, const struct url_web *to, struct err *e);

/* Connect to a server; x is closed. 0 or -1. */
int registry_connect(const struct registry *r, struct exchange *x,
	const struct url_web *to, struct err *e);

#endif
