/*
 * accounts - lists that are sorted by number, so that the order in the
 * definition does not matter.
 *
 * Passwords are "x", for a shadow(5) that no image has: nobody logs in.
 */
#include "images/assemble/accounts.h"

#include "images/assemble/definition_rules.h"
#include "rootfs/form.h"

#include <stdlib.h>

#define NOLOGIN "/sbin/nologin"

static const struct account root_user = {
	.name = {"root", 4},
	.home = {"/root", 5},
	.shell = {NOLOGIN, sizeof(NOLOGIN) - 1},
	.comment = {"root", 4},
};
static const struct account root_group = {.name = {"root", 4}};

static const struct account *find_name(
	const struct account *list, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].name, name))
			return &list[i];
	return NULL;
}

static const struct account *find_gid(const struct accounts *as, uint32_t gid)
{
	for (size_t i = 0; i < as->n_groups; i++)
		if (as->groups[i].gid == gid)
			return &as->groups[i];
	return NULL;
}

static struct str text_or(
	const struct node *map, const char *key, struct str otherwise)
{
	const struct node *n = node_get(map, key);

	return n ? node_text(n) : otherwise;
}

static int add_user(struct accounts *as, const struct node *n, struct err *e)
{
	uint32_t uid = (uint32_t)node_whole(node_get(n, "uid"), 0);
	struct account u = {
		.name = node_text(node_get(n, "name")),
		.uid = uid,
		.gid = (uint32_t)node_whole(node_get(n, "gid"), uid),
		.home = text_or(n, "home", STR("/")),
		.shell = text_or(n, "shell", STR(NOLOGIN)),
		.comment = text_or(n, "comment", STR("")),
	};

	for (size_t i = 0; i < as->n_users; i++)
		if (str_eq(as->users[i].name, u.name) ||
			as->users[i].uid == u.uid)
			return form_refuse(n, e,
				"user %.*s (%u): user %.*s has that name or "
				"number already",
				STR_ARG(u.name), (unsigned)u.uid,
				STR_ARG(as->users[i].name));
	as->users[as->n_users++] = u;
	return 0;
}

static int add_group(struct accounts *as, const struct node *n, struct err *e)
{
	struct account g = {
		.name = node_text(node_get(n, "name")),
		.gid = (uint32_t)node_whole(node_get(n, "gid"), 0),
		.members = node_get(n, "members"),
	};
	const struct account *other = find_gid(as, g.gid);

	if (!other)
		other = find_name(as->groups, as->n_groups, g.name);
	if (other)
		return form_refuse(n, e,
			"group %.*s (%u): group %.*s has that name or number "
			"already",
			STR_ARG(g.name), (unsigned)g.gid, STR_ARG(other->name));
	as->groups[as->n_groups++] = g;
	return 0;
}

/* Groups of users that have none under their number. */
static int add_own_groups(
	struct accounts *as, const struct node *users, struct err *e)
{
	for (size_t i = 0; i < as->n_users; i++) {
		const struct account *u = &as->users[i];

		if (find_gid(as, u->gid))
			continue;
		if (find_name(as->groups, as->n_groups, u->name))
			return form_refuse(users, e,
				"user %.*s: group %u has no name, and group "
				"%.*s has another number",
				STR_ARG(u->name), (unsigned)u->gid,
				STR_ARG(u->name));
		as->groups[as->n_groups++] =
			(struct account){.name = u->name, .gid = u->gid};
	}
	return 0;
}

static int check_members(const struct accounts *as, struct err *e)
{
	for (size_t i = 0; i < as->n_groups; i++)
		for (const struct node *m = node_first(as->groups[i].members);
			m; m = m->next)
			if (!find_name(as->users, as->n_users, node_text(m)))
				return form_refuse(m, e,
					"group %.*s: no user %.*s",
					STR_ARG(as->groups[i].name),
					STR_ARG(node_text(m)));
	return 0;
}

static int order_uid(const void *a, const void *b)
{
	const struct account *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static int order_gid(const void *a, const void *b)
{
	const struct account *x = a, *y = b;

	return x->gid < y->gid ? -1 : x->gid > y->gid;
}

static int read_lists(const struct node *n, struct accounts *as, struct err *e)
{
	const struct node *users = node_get(n, "users");
	const struct node *groups = node_get(n, "groups");
	const struct node *c;

	for (c = node_first(users); c; c = c->next)
		if (add_user(as, c, e) < 0)
			return -1;
	for (c = node_first(groups); c; c = c->next)
		if (add_group(as, c, e) < 0)
			return -1;
	if (add_own_groups(as, users, e) < 0)
		return -1;
	return check_members(as, e);
}

/* The user that the image runs as, once all are known. */
static int read_run_as(const struct node *n, struct accounts *as, struct err *e)
{
	const struct node *run_as = node_get(n, "run-as");

	as->run_as = find_name(as->users, as->n_users, node_text(run_as));
	if (run_as && !as->run_as)
		return form_refuse(run_as, e, "no user of this name");
	return 0;
}

int accounts_read(const struct node *n, struct arena *a, struct accounts *out,
	struct err *e)
{
	const struct node *users = node_get(n, "users");
	const struct node *groups = node_get(n, "groups");
	size_t n_users = users ? users->count : 0;
	size_t n_groups = groups ? groups->count : 0;

	*out = (struct accounts){.is_given = n};
	if (n_users > ACCOUNTS_MAX || n_groups > ACCOUNTS_MAX)
		return form_refuse(
			n, e, "more than %d users or groups", ACCOUNTS_MAX);
	out->users = arena_alloc(a, (n_users + 1) * sizeof(*out->users));
	out->groups =
		arena_alloc(a, (n_users + n_groups + 2) * sizeof(*out->groups));
	if (!out->users || !out->groups)
		return err_kind(e, ERR_LIMIT, "out of memory");
	out->users[out->n_users++] = root_user;
	out->groups[out->n_groups++] = root_group;
	if (read_lists(n, out, e) < 0)
		return err_at(e, "accounts");
	qsort(out->users, out->n_users, sizeof(*out->users), order_uid);
	qsort(out->groups, out->n_groups, sizeof(*out->groups), order_gid);
	if (read_run_as(n, out, e) < 0)
		return err_at(e, "accounts");
	return 0;
}

/* ---- names where numbers are needed ------------------------------------ */

/* A number, or that of the account of this name, NULL if there is none. */
static int number_of(struct str text, const uint32_t *named, uint32_t *out)
{
	uint64_t number;

	if (str_u64(text, 0, RULE_ID_MAX, &number) == 0)
		*out = (uint32_t)number;
	else if (named != NULL)
		*out = *named;
	else
		return -1;
	return 0;
}

static int user_number(
	const struct accounts *as, struct str text, uint32_t *out)
{
	const struct account *x = find_name(as->users, as->n_users, text);

	return number_of(text, x ? &x->uid : NULL, out);
}

static int group_number(
	const struct accounts *as, struct str text, uint32_t *out)
{
	const struct account *x = find_name(as->groups, as->n_groups, text);

	return number_of(text, x ? &x->gid : NULL, out);
}

int accounts_owner(const struct accounts *as, const struct node *n,
	uint32_t *uid, uint32_t *gid, struct err *e)
{
	struct str group = node_text(n), user;
	const struct account *x;

	*uid = 0;
	*gid = 0;
	if (!n)
		return 0;
	str_cut(&group, ':', &user);
	x = find_name(as->users, as->n_users, user);
	if (!group.p && x) {
		*uid = x->uid;
		*gid = x->gid;
		return 0;
	}
	if (!group.p || user_number(as, user, uid) < 0)
		return form_refuse(
			n, e, "no user %.*s in accounts", STR_ARG(user));
	if (group_number(as, group, gid) < 0)
		return form_refuse(
			n, e, "no group %.*s in accounts", STR_ARG(group));
	return 0;
}

/* ---- files ------------------------------------------------------------- */

void accounts_passwd(const struct accounts *as, struct buf *out)
{
	for (size_t i = 0; i < as->n_users; i++) {
		const struct account *u = &as->users[i];

		buf_fmt(out, "%.*s:x:%u:%u:%.*s:%.*s:%.*s\n", STR_ARG(u->name),
			(unsigned)u->uid, (unsigned)u->gid, STR_ARG(u->comment),
			STR_ARG(u->home), STR_ARG(u->shell));
	}
}

void accounts_group(const struct accounts *as, struct buf *out)
{
	for (size_t i = 0; i < as->n_groups; i++) {
		const struct account *g = &as->groups[i];
		const char *before = "";

		buf_fmt(out, "%.*s:x:%u:", STR_ARG(g->name), (unsigned)g->gid);
		for (const struct node *m = node_first(g->members); m;
			m = m->next) {
			buf_fmt(out, "%s%.*s", before, STR_ARG(node_text(m)));
			before = ",";
		}
		buf_byte(out, '\n');
	}
}
