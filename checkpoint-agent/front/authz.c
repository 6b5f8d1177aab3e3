/*
 * authz - the kubelet's order of credentials, then the configured mode.
 *
 * As in the kubelet, a request with bad credentials is refused even where
 * anonymous requests are allowed.
 */
#include "checkpoint-agent/front/authz.h"

#include <string.h>

bool authz_add_group(struct authz_user *u, struct str group)
{
	if (u->group_count == AUTHZ_GROUPS_MAX ||
		str_copy(group, u->group[u->group_count], sizeof(u->group[0])) <
			0)
		return false;
	u->group_count++;
	return true;
}

static enum authz_verdict identify_certificate(
	const struct tls_peer *peer, struct authz_user *out)
{
	if (str_copy(str_of(peer->user), out->name, sizeof(out->name)) < 0 ||
		out->name[0] == '\0')
		return AUTHZ_NO;
	for (size_t i = 0; i < peer->group_count; i++)
		if (!authz_add_group(out, str_of(peer->group[i])))
			return AUTHZ_NO;
	return authz_add_group(out, STR("system:authenticated")) ? AUTHZ_YES
								 : AUTHZ_NO;
}

/*
 * RFC 6750 2.1, as Kubernetes reads it: the case of the scheme does not matter,
 * the token lies between the first blank and the next, and is empty if there
 * are two blanks at once.
 */
static bool is_bearer(struct str value, struct str *token)
{
	struct str scheme;

	return str_cut(&value, ' ', &scheme) &&
	       str_ieq(scheme, STR("Bearer")) && str_cut(&value, ' ', token);
}

static enum authz_verdict identify_anonymous(struct authz_user *out)
{
	static const struct str name = {"system:anonymous", 16};

	str_copy(name, out->name, sizeof(out->name));
	authz_add_group(out, STR("system:unauthenticated"));
	return AUTHZ_YES;
}

enum authz_verdict authz_identify(const struct tls_peer *peer,
	const struct http_request *r, bool takes_anonymous,
	struct authz_user *out, struct str *token)
{
	struct str field;
	bool has_field = http_field_get(&r->head, "Authorization", &field);

	out->name[0] = out->uid[0] = '\0';
	out->group_count = 0;
	if (peer->has_certificate && peer->is_trusted)
		return identify_certificate(peer, out);
	if (has_field && is_bearer(field, token) && token->n > 0)
		return AUTHZ_ASK;
	if (peer->has_certificate || has_field || !takes_anonymous)
		return AUTHZ_NO;
	return identify_anonymous(out);
}

enum authz_verdict authz_decide(enum config_authorization mode,
	const struct args_list *allowed, const struct authz_user *u)
{
	if (mode == CONFIG_ALWAYS_ALLOW)
		return AUTHZ_YES;
	if (mode == CONFIG_WEBHOOK)
		return AUTHZ_ASK;
	for (size_t i = 0; i < allowed->n; i++)
		for (size_t k = 0; k < u->group_count; k++)
			if (strcmp(allowed->item[i], u->group[k]) == 0)
				return AUTHZ_YES;
	return AUTHZ_NO;
}
