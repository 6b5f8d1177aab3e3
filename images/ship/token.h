/*
 * token - answer a registry's challenge: with name and password, or with a
 * token that its service gives for them.
 *
 * Source: docker's "Token Authentication Specification" and, for a token of an
 * earlier login, "Token Authentication ... using OAuth2".
 */
#ifndef KEELSON_IMAGES_SHIP_TOKEN_H
#define KEELSON_IMAGES_SHIP_TOKEN_H

#include "images/ship/registry.h"

#define TOKEN_ANSWER_BYTES ((size_t)64 << 10)

/*
 * Set the registry's authorization.  field: WWW-Authenticate.  0, or -1: it
 * asks for what we do not have, or the service refused.
 */
int token_answer(struct registry *r, struct str field, struct err *e);

/* The token in what the service said, a view of the text's tree; or empty. */
struct str token_of(const struct node *answer);

#endif
