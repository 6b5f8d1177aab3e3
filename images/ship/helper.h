/*
 * helper - ask a credential helper of docker, docker-credential-NAME on PATH.
 *
 * Source: docker's credential helper protocol: "get", the registry on standard
 * input, JSON on standard output; or exit code 1 and words.
 */
#ifndef KEELSON_IMAGES_SHIP_HELPER_H
#define KEELSON_IMAGES_SHIP_HELPER_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#define HELPER_ANSWER_BYTES ((size_t)64 << 10)
#define HELPER_MS           30000

/*
 * Append its answer to out, which the caller wipes.  1; 0: it knows no login
 * for this registry; -1: it is not there, failed, or took too long.
 */
int helper_ask(
	const char *name, const char *registry, struct buf *out, struct err *e);

#endif
