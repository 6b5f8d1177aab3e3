/*
 * access - first the identity, then the permission, as in the kubelet.
 *
 * A token that the API server cannot be asked about is nobody's (401); a
 * permission that it cannot be asked about is an error (500), so that nobody
 * takes it for a no.
 */
#include "checkpoint-agent/access.h"

static bool settle(struct access *a, unsigned int refusal)
{
	a->refusal = refusal;
	return true;
}

static bool take_permission(struct access *a, enum reviewer_word word)
{
	switch (word) {
	case REVIEWER_YES:
		return settle(a, 0);
	case REVIEWER_NO:
		return settle(a, 403);
	case REVIEWER_UNKNOWN:
		return settle(a, 500);
	case REVIEWER_LATER:
		break;
	}
	return false;
}

/* Any one of the route's subresources will do. */
static bool ask_permission(struct access *a)
{
	struct review_access question = {.user = &a->user,
		.verb = a->route->verb,
		.node = a->config->hostname};
	enum reviewer_word word = REVIEWER_NO;

	while (word == REVIEWER_NO && a->asked < 2 &&
		a->route->subresource[a->asked] != NULL) {
		question.subresource = a->route->subresource[a->asked++];
		word = reviewer_ask_access(
			a->reviewer, &a->question, &question);
	}
	return take_permission(a, word);
}

static void on_permission(void *context, enum reviewer_word word)
{
	struct access *a = context;

	if (word == REVIEWER_NO ? ask_permission(a) : take_permission(a, word))
		a->settled(a->context);
}

/* a->user is somebody. */
static bool judge_permission(struct access *a)
{
	a->is_known = true;
	switch (authz_decide(a->config->mode, &a->config->groups, &a->user)) {
	case AUTHZ_YES:
		return settle(a, 0);
	case AUTHZ_NO:
		return settle(a, 403);
	case AUTHZ_ASK:
		break;
	}
	a->asked = 0;
	a->question.answered = on_permission;
	return ask_permission(a);
}

static bool take_identity(struct access *a, enum reviewer_word word)
{
	if (word == REVIEWER_LATER)
		return false;
	if (word != REVIEWER_YES)
		return settle(a, 401);
	a->user = a->question.user;
	return judge_permission(a);
}

static void on_identity(void *context, enum reviewer_word word)
{
	struct access *a = context;

	if (take_identity(a, word))
		a->settled(a->context);
}

static bool ask_identity(struct access *a, struct str token)
{
	if (!a->config->takes_tokens)
		return settle(a, 401);
	a->question.answered = on_identity;
	return take_identity(
		a, reviewer_ask_token(a->reviewer, &a->question, token));
}

bool access_judge(struct access *a, const struct tls_peer *peer,
	const struct http_request *r, const struct route *route)
{
	struct str token = STR("");

	a->route = route;
	a->is_known = false;
	a->user.name[0] = '\0';
	a->question.context = a;
	if (!route->needs_auth)
		return settle(a, 0);
	switch (authz_identify(
		peer, r, a->config->takes_anonymous, &a->user, &token)) {
	case AUTHZ_YES:
		return judge_permission(a);
	case AUTHZ_NO:
		return settle(a, 401);
	case AUTHZ_ASK:
		break;
	}
	return ask_identity(a, token);
}

void access_forget(struct access *a)
{
	reviewer_forget(a->reviewer, &a->question);
}
