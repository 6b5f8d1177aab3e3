/*
 * authz - users, and the decisions about them that need no API server.  Pure.
 *
 * A client certificate signed by a client CA names the user (CN) and the
 * groups (each O).  What an API server has to decide is asked by reviewer.h.
 */
#ifndef CHECKPOINT_AGENT_FRONT_AUTHZ_H
#define CHECKPOINT_AGENT_FRONT_AUTHZ_H

#include "checkpoint-agent/config/config.h"
#include "lib/base/args.h"
#include "lib/base/str.h"
#include "lib/net/http.h"
#include "lib/net/tls.h"

#define AUTHZ_GROUPS_MAX 32

struct authz_user {
	char name[TLS_NAME_BYTES];
	char uid[64]; /* of a token's user; else empty */
	size_t group_count;
	char group[AUTHZ_GROUPS_MAX][TLS_NAME_BYTES];
};

enum authz_verdict {
	AUTHZ_YES,
	AUTHZ_NO,
	AUTHZ_ASK, /* the API server has to be asked */
};

/*
 * Who sent the request?  AUTHZ_YES: *out, by a trusted certificate, or as
 * system:anonymous if the request has no credentials and that is allowed.
 * AUTHZ_ASK: *token is a bearer token to be reviewed.  AUTHZ_NO: no trusted
 * credentials.
 */
enum authz_verdict authz_identify(const struct tls_peer *peer,
	const struct http_request *r, bool takes_anonymous,
	struct authz_user *out, struct str *token);

/* May the user?  allowed: the groups of CONFIG_GROUPS. */
enum authz_verdict authz_decide(enum config_authorization mode,
	const struct args_list *allowed, const struct authz_user *u);

/* Add a group; false: too many, or too long. */
bool authz_add_group(struct authz_user *u, struct str group);

#endif
