/*
 * authz - who is asking, and may they?
 *
 * Pure.  A client certificate that the client CA has signed names the user
 * (CN) and the groups (O).  What an API server has to decide is for another
 * module; here are the modes that need none.
 */
#ifndef CHECKPOINT_AGENT_AUTHZ_H
#define CHECKPOINT_AGENT_AUTHZ_H

#include "lib/base/args.h"
#include "lib/base/str.h"
#include "lib/net/http.h"
#include "lib/net/tls.h"

#define AUTHZ_GROUPS_MAX 32

struct authz_user {
	char name[TLS_NAME_BYTES];
	char uid[64]; /* of a token's user; or empty */
	size_t group_count;
	char group[AUTHZ_GROUPS_MAX][TLS_NAME_BYTES];
};

enum authz_mode {
	AUTHZ_GROUPS,       /* members of the allowed groups */
	AUTHZ_ALWAYS_ALLOW, /* whoever is authenticated */
	AUTHZ_WEBHOOK,      /* the API server, by SubjectAccessReview */
};

enum authz_verdict {
	AUTHZ_YES,
	AUTHZ_NO,
	AUTHZ_ASK, /* the API server has to be asked */
};

/* "AlwaysAllow", "Webhook" (as the kubelet's) or "Groups" (ours). 0 or -1. */
int authz_mode_of(const char *text, enum authz_mode *out);

/*
 * Who is it?  A trusted certificate wins; then *token is set when the request
 * brings a bearer token to be reviewed (AUTHZ_ASK); an untrusted certificate
 * or other credentials are nobody (AUTHZ_NO).  Without any credentials it is
 * system:anonymous if that is allowed.
 */
enum authz_verdict authz_identify(const struct tls_peer *peer,
	const struct http_request *r, bool takes_anonymous,
	struct authz_user *out, struct str *token);

/* May they? allowed: for AUTHZ_GROUPS. */
enum authz_verdict authz_decide(enum authz_mode mode,
	const struct args_list *allowed, const struct authz_user *u);

/* Add a group; false when there is no room or it is too long. */
bool authz_add_group(struct authz_user *u, struct str group);

#endif
