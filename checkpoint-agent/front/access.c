/*
 * access - identity first, then permission, as in the kubelet.
 *
 * If the API server gives no answer, a token does not authenticate (401), and
 * a permission is an error (500), which cannot be mistaken for a denial.
 */
#include "checkpoint-agent/front/access.h"

static bool settle(struct access *a, unsigned int refusal)
{
	a->refusal = refusal;
	return true;
}

static bool take_permission(struct access *a, enum reviewer_verdict verdict)
{
	switch (verdict) {
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

/* Permission for one of the route's subresources is enough. */
static bool ask_permission(struct access *a)
{
	struct review_access question = {.user = &a->user,
		.verb = a->route->verb,
		.node = a->config->hostname};
	enum reviewer_verdict verdict = REVIEWER_NO;

	while (verdict == REVIEWER_NO && a->asked < 2 &&
		a->route->subresource[a->asked] != NULL) {
		question.subresource = a->route->subresource[a->asked++];
		verdict = reviewer_ask_access(
			a->reviewer, &a->question, &question);
	}
	return take_permission(a, verdict);
}

static void on_permission(void *context, enum reviewer_verdict verdict)
{
	struct access *a = context;

	if (verdict == REVIEWER_NO ? ask_permission(a)
				   : take_permission(a, verdict))
		a->settled(a->context);
}

/* a->user is authenticated, or anonymous. */
static bool judge_permission(struct access *a)
{
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

static bool take_identity(struct access *a, enum reviewer_verdict verdict)
{
	if (verdict == REVIEWER_LATER)
		return false;
	if (verdict != REVIEWER_YES)
		return settle(a, 401);
	a->user = a->question.user;
	a->is_known = true;
	return judge_permission(a);
}

static void on_identity(void *context, enum reviewer_verdict verdict)
{
	struct access *a = context;

	if (take_identity(a, verdict))
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
		a->is_known = peer->has_certificate && peer->is_trusted;
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
