/*
 * review - writes the two requests as JSON, reads `status` of their answers,
 * and keeps answers in a small table.
 *
 * Extra attributes of a user are not passed on, as none of Kubernetes' own
 * authorizers considers them for nodes.
 */
#include "checkpoint-agent/front/review.h"

#include "lib/arc/sha256.h"
#include "lib/base/json.h"

#include <string.h>

static struct json_out begin_review(
	struct buf *b, const char *kind, const char *api)
{
	struct json_out o = json_out(b, 0);

	json_map(&o, NULL);
	json_text(&o, "kind", kind);
	json_text(&o, "apiVersion", api);
	json_map(&o, "metadata");
	json_map_end(&o);
	json_map(&o, "spec");
	return o;
}

static void end_review(struct json_out *o)
{
	json_map_end(o);
	json_map_end(o);
}

void review_put_token(struct buf *b, struct str token)
{
	struct json_out o =
		begin_review(b, "TokenReview", "authentication.k8s.io/v1");

	json_str(&o, "token", token);
	end_review(&o);
}

void review_put_access(struct buf *b, const struct review_access *a)
{
	struct json_out o = begin_review(
		b, "SubjectAccessReview", "authorization.k8s.io/v1");

	json_map(&o, "resourceAttributes");
	json_text(&o, "verb", a->verb);
	json_text(&o, "version", "v1");
	json_text(&o, "resource", "nodes");
	json_text(&o, "subresource", a->subresource);
	json_text(&o, "name", a->node);
	json_map_end(&o);
	json_text(&o, "user", a->user->name);
	json_list(&o, "groups");
	for (size_t i = 0; i < a->user->group_count; i++)
		json_text(&o, NULL, a->user->group[i]);
	json_list_end(&o);
	if (a->user->uid[0] != '\0')
		json_text(&o, "uid", a->user->uid);
	end_review(&o);
}

static int parse_status(struct str json, struct arena *a,
	const struct node **status, struct err *e)
{
	const struct node *top;

	if (json_parse(json, a, &top, e) < 0)
		return err_at(e, "review");
	return node_need(top, "status", NODE_MAP, status, e);
}

static int take_user(
	const struct node *n, struct authz_user *user, struct err *e)
{
	struct str name = node_text(node_get(n, "username"));
	const struct node *groups = node_get(n, "groups");
	bool fits = name.n > 0;

	*user = (struct authz_user){.group_count = 0};
	fits = fits && str_copy(name, user->name, sizeof(user->name)) == 0;
	fits = fits && str_copy(node_text(node_get(n, "uid")), user->uid,
			       sizeof(user->uid)) == 0;
	for (const struct node *g = node_first(groups); g; g = g->next)
		fits = fits && authz_add_group(user, node_text(g));
	if (!fits)
		return err_set(e, "review: user name or groups are too long");
	return 1;
}

int review_parse_token(struct str json, struct arena *a,
	struct authz_user *user, struct err *e)
{
	const struct node *status;

	if (parse_status(json, a, &status, e) < 0)
		return -1;
	if (!node_truth(node_get(status, "authenticated"), false))
		return 0;
	return take_user(node_get(status, "user"), user, e);
}

int review_parse_access(struct str json, struct arena *a, struct err *e)
{
	const struct node *status;

	if (parse_status(json, a, &status, e) < 0)
		return -1;
	return node_truth(node_get(status, "allowed"), false) &&
	       !node_truth(node_get(status, "denied"), false);
}

/* --- cache --------------------------------------------------------- */

void review_key(struct str question, unsigned char key[REVIEW_KEY_BYTES])
{
	sha256_of(question, key);
}

int review_cache_get(const struct review_cache *m,
	const unsigned char key[REVIEW_KEY_BYTES], uint64_t now_ms,
	struct authz_user *user)
{
	for (size_t i = 0; i < REVIEW_CACHE_MAX; i++) {
		if (m->entry[i].until_ms <= now_ms ||
			memcmp(m->entry[i].key, key, REVIEW_KEY_BYTES) != 0)
			continue;
		if (user != NULL)
			*user = m->entry[i].user;
		return m->entry[i].is_yes;
	}
	return -1;
}

void review_cache_put(struct review_cache *m,
	const unsigned char key[REVIEW_KEY_BYTES], uint64_t until_ms,
	bool is_yes, const struct authz_user *user)
{
	size_t at = 0;

	for (size_t i = 0; i < REVIEW_CACHE_MAX; i++) {
		if (memcmp(m->entry[i].key, key, REVIEW_KEY_BYTES) == 0) {
			at = i;
			break;
		}
		if (m->entry[i].until_ms < m->entry[at].until_ms)
			at = i;
	}
	memcpy(m->entry[at].key, key, REVIEW_KEY_BYTES);
	m->entry[at].until_ms = until_ms;
	m->entry[at].is_yes = is_yes;
	if (user != NULL)
		m->entry[at].user = *user;
}
