/*
 * apko_accounts - users and groups; root is always there in ours.
 */
#include "images/migrate/apko_accounts.h"

static void apko_member(
	struct apko *a, const char *key, struct str text, bool is_number)
{
	if (text.n == 0)
		return;
	buf_fmt(a->out, ", %s: ", key);
	if (is_number)
		buf_str(a->out, text);
	else
		apko_quote(a, text);
}

static void apko_user(struct apko *a, const struct node *u)
{
	static const char *const known[] = {
		"username", "uid", "gid", "shell", "homedir", NULL};

	apko_note_others(a, u, "accounts.users: ", known);
	if (str_is(apko_text(a, node_get(u, "uid")), "0"))
		return;
	buf_text(a->out, "    - {name: ");
	apko_quote(a, apko_text(a, node_get(u, "username")));
	apko_member(a, "uid", apko_text(a, node_get(u, "uid")), true);
	apko_member(a, "gid", apko_text(a, node_get(u, "gid")), true);
	apko_member(a, "home", apko_text(a, node_get(u, "homedir")), false);
	apko_member(a, "shell", apko_text(a, node_get(u, "shell")), false);
	buf_text(a->out, "}\n");
}

static void apko_group(struct apko *a, const struct node *g)
{
	static const char *const known[] = {
		"groupname", "gid", "members", NULL};
	const struct node *members = node_get(g, "members");
	bool is_first = true;

	apko_note_others(a, g, "accounts.groups: ", known);
	if (str_is(apko_text(a, node_get(g, "gid")), "0"))
		return;
	buf_text(a->out, "    - {name: ");
	apko_quote(a, apko_text(a, node_get(g, "groupname")));
	apko_member(a, "gid", apko_text(a, node_get(g, "gid")), true);
	if (node_first(members) != NULL)
		buf_text(a->out, ", members: [");
	for (const struct node *m = node_first(members); m; m = m->next) {
		buf_text(a->out, is_first ? "" : ", ");
		apko_quote(a, apko_text(a, m));
		is_first = false;
	}
	buf_text(a->out, is_first ? "}\n" : "]}\n");
}

/* The name of the user that run-as means: apko takes a number, too. */
static struct str apko_run_as(const struct apko *a, const struct node *accounts)
{
	struct str who = apko_text(a, node_get(accounts, "run-as"));
	const struct node *users = node_get(accounts, "users");

	for (const struct node *u = node_first(users); u; u = u->next)
		if (str_eq(who, apko_text(a, node_get(u, "uid"))))
			return apko_text(a, node_get(u, "username"));
	return who;
}

static bool apko_is_number(struct str s)
{
	uint64_t n;

	return str_u64(s, 0, UINT32_MAX, &n) == 0;
}

/* A number without a user, and root, are `user` in ours. */
static void apko_put_user(struct apko *a, struct str who)
{
	if (who.n == 0 || str_is(who, "root"))
		who = STR("0");
	buf_text(a->out, "user: ");
	if (str_find(who, ':') < who.n) {
		apko_quote(a, who);
	} else {
		buf_fmt(a->out, "\"%.*s:%.*s\"", STR_ARG(who), STR_ARG(who));
	}
	buf_byte(a->out, '\n');
}

static bool apko_has_own(
	const struct apko *a, const struct node *list, const char *id)
{
	for (const struct node *c = node_first(list); c; c = c->next)
		if (!str_is(apko_text(a, node_get(c, id)), "0"))
			return true;
	return false;
}

void apko_accounts(struct apko *a)
{
	static const char *const known[] = {"run-as", "users", "groups", NULL};
	const struct node *accounts = node_get(a->doc, "accounts");
	const struct node *users = node_get(accounts, "users");
	const struct node *groups = node_get(accounts, "groups");
	struct str who = apko_run_as(a, accounts);
	bool is_named = who.n > 0 && !str_is(who, "root") &&
			!apko_is_number(who) && str_find(who, ':') == who.n;

	apko_note_others(a, accounts, "accounts.", known);
	if (!is_named)
		apko_put_user(a, who);
	if (!is_named && !apko_has_own(a, users, "uid") &&
		!apko_has_own(a, groups, "gid"))
		return;
	buf_text(a->out, "accounts:\n");
	if (is_named) {
		buf_text(a->out, "  run-as: ");
		apko_quote(a, who);
		buf_byte(a->out, '\n');
	}
	if (apko_has_own(a, users, "uid"))
		buf_text(a->out, "  users:\n");
	for (const struct node *u = node_first(users); u; u = u->next)
		apko_user(a, u);
	if (apko_has_own(a, groups, "gid"))
		buf_text(a->out, "  groups:\n");
	for (const struct node *g = node_first(groups); g; g = g->next)
		apko_group(a, g);
}
