/*
 * login - find the entry, take its parts.
 *
 * Secrets are copied once, into buffers that the owner wipes; no message holds
 * one.
 */
#include "images/ship/login.h"

#include "lib/base/base64.h"

#include <string.h>

#define HUB_KEY "https://index.docker.io/v1/"

/* Helpers say by this name that the secret is a token. */
#define TOKEN_NAME "<token>"

void login_open(struct login *l)
{
	l->user = buf_growing(LOGIN_SECRET_BYTES);
	l->password = buf_growing(LOGIN_SECRET_BYTES);
	l->token = buf_growing(LOGIN_SECRET_BYTES);
}

void login_close(struct login *l)
{
	buf_wipe(&l->user);
	buf_wipe(&l->password);
	buf_wipe(&l->token);
}

const char *login_key(const char *registry)
{
	return strcmp(registry, "docker.io") == 0 ? HUB_KEY : registry;
}

/* ---- which entry ----------------------------------------------------- */

/* "https://host/v2/" -> "host"; a path without a scheme stays. */
static struct str without_scheme(struct str key)
{
	static const struct str schemes[] = {{"https://", 8}, {"http://", 7}};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (!str_has_prefix(key, schemes[i]))
			continue;
		key = str_sub(key, schemes[i].n, key.n);
		return str_sub(key, 0, str_find(key, '/'));
	}
	return key;
}

static bool is_hub_name(struct str host)
{
	return str_is(host, "index.docker.io") || str_is(host, "docker.io") ||
	       str_is(host, "registry-1.docker.io");
}

/* How well a key fits: 0 not at all, else the length of what it names. */
static size_t fits(struct str key, const struct reference *r)
{
	struct str named = without_scheme(key);
	struct str host = str_sub(named, 0, str_find(named, '/'));
	struct str path = str_sub(named, host.n + 1, named.n);
	struct str name = str_of(r->name);

	if (!str_is(host, r->registry) &&
		!(strcmp(r->registry, "docker.io") == 0 && is_hub_name(host)))
		return 0;
	if (path.n == 0)
		return host.n;
	if (!str_has_prefix(name, path) ||
		(name.n > path.n && name.p[path.n] != '/'))
		return 0;
	return host.n + 1 + path.n;
}

static const struct node *best_entry(
	const struct node *map, const struct reference *r)
{
	const struct node *best = NULL;
	size_t length = 0;

	for (const struct node *c = node_first(map); c; c = c->next) {
		size_t n = fits(c->key, r);

		if (n > length) {
			length = n;
			best = c;
		}
	}
	return best;
}

/* ---- helpers --------------------------------------------------------- */

static bool is_plain_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			!(c >= '0' && c <= '9') && c != '-' && c != '_' &&
			c != '.')
			return false;
	}
	return s.n > 0;
}

int login_helper(const struct node *config, const struct reference *r,
	char out[LOGIN_HELPER_BYTES], struct err *e)
{
	const struct node *own = best_entry(node_get(config, "credHelpers"), r);
	struct str name = node_text(own ? own : node_get(config, "credsStore"));

	if (name.n == 0)
		return 0;
	if (!is_plain_name(name) || str_copy(name, out, LOGIN_HELPER_BYTES) < 0)
		return err_kind(e, ERR_INPUT,
			"%s: \"%.*s\" is not the name of a credential helper",
			own ? "credHelpers" : "credsStore",
			STR_ARG(str_sub(name, 0, LOGIN_HELPER_BYTES)));
	return 1;
}

static int check_login(const struct login *l, struct err *e)
{
	if (l->user.full || l->password.full || l->token.full)
		return err_kind(e, ERR_LIMIT, "a secret is longer than 16 KiB");
	return 0;
}

int login_told(const struct node *answer, struct login *out, struct err *e)
{
	struct str user = node_text(node_get(answer, "Username"));
	struct str secret = node_text(node_get(answer, "Secret"));

	if (user.n == 0 || secret.n == 0)
		return err_kind(
			e, ERR_INPUT, "it answered without Username or Secret");
	if (str_is(user, TOKEN_NAME)) {
		buf_str(&out->token, secret);
		return check_login(out, e);
	}
	buf_str(&out->user, user);
	buf_str(&out->password, secret);
	return check_login(out, e);
}

/* ---- auths --------------------------------------------------------------- */

/* base64 of "user:password" */
static int take_auth(struct str auth, struct login *out, struct err *e)
{
	struct buf text = buf_growing(2 * LOGIN_SECRET_BYTES);
	int done = base64_decode(auth, &text, e);
	struct str all = buf_view(&text);
	size_t colon = str_find(all, ':');

	if (done == 0 && colon == all.n)
		done = err_kind(e, ERR_INPUT, "there is no colon in it");
	if (done == 0) {
		buf_str(&out->user, str_sub(all, 0, colon));
		buf_str(&out->password, str_sub(all, colon + 1, all.n));
		/* docker pads it with NULs at times */
		while (out->password.n > 0 &&
			out->password.p[out->password.n - 1] == '\0')
			out->password.n--;
	}
	buf_wipe(&text);
	return done < 0 ? err_at(e, "auth") : 0;
}

int login_stored(const struct node *config, const struct reference *r,
	struct login *out, struct err *e)
{
	const struct node *entry = best_entry(node_get(config, "auths"), r);
	struct str auth = node_text(node_get(entry, "auth"));

	buf_str(&out->token, node_text(node_get(entry, "identitytoken")));
	if (auth.n > 0) {
		if (take_auth(auth, out, e) < 0)
			return err_at(e, "auths: %.*s", STR_ARG(entry->key));
	} else {
		buf_str(&out->user, node_text(node_get(entry, "username")));
		buf_str(&out->password, node_text(node_get(entry, "password")));
	}
	return check_login(out, e);
}
