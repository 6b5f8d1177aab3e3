/*
 * definition_rules - most rules are a set of characters for the first and for
 * the other places, with a length; a few ask for more.
 *
 * The unit test holds each function to its pattern.
 */
#include "images/assemble/definition_rules.h"

#include "images/assemble/definition_letters.h"
#include "lib/base/buf.h"
#include "rootfs/tree.h"

#include <string.h>

static bool is_image_name(struct str s)
{
	return letters_only(s, LOWER DIGITS, LOWER DIGITS "-", 63) &&
	       s.p[s.n - 1] != '-';
}

const struct form_rule rule_name = {
	.pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
	.is_valid = is_image_name,
	.must = "must be lower-case letters, digits and '-'",
};

const struct form_rule rule_path = {
	.pattern = "^(/[^/]+)+$",
	.is_valid = tree_is_plain,
	.must = "must be absolute and plain: no '.', '..' or '//'",
};

static bool is_absolute(struct str s)
{
	return str_is(s, "/") || tree_is_plain(s);
}

const struct form_rule rule_absolute = {
	.pattern = "^(/|(/[^/]+)+)$",
	.is_valid = is_absolute,
	.must = "must be an absolute path",
};

#define BELOW_BYTES 2048

static bool is_below(struct str s)
{
	char path[BELOW_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	buf_byte(&b, '/');
	buf_str(&b, s);
	return !b.full && tree_is_plain(buf_view(&b));
}

const struct form_rule rule_below = {
	.pattern = "^[^/]+(/[^/]+)*$",
	.is_valid = is_below,
	.must = "must be a relative path without '.' and '..'",
};

static bool is_mode(struct str s)
{
	return letters_only(s, "01234567", "01234567", 4);
}

const struct form_rule rule_mode = {
	.pattern = "^[0-7]{1,4}$",
	.is_valid = is_mode,
	.must = "must be octal digits in quotes, as \"1777\"",
};

static bool is_number(struct str s)
{
	uint64_t id;

	return str_u64(s, 0, RULE_ID_MAX, &id) == 0;
}

static bool is_account(struct str s)
{
	return letters_only(s, LOWER "_", LOWER DIGITS "_-", 32);
}

/* useradd(8), "CAVEATS" */
const struct form_rule rule_account = {
	.pattern = "^[a-z_][a-z0-9_-]{0,31}$",
	.is_valid = is_account,
	.must = "must be lower-case letters, digits, '_' and '-'",
};

static bool is_party(struct str s)
{
	return is_number(s) || is_account(s);
}

static bool is_owner(struct str s)
{
	struct str user;

	str_cut(&s, ':', &user);
	return s.p ? is_party(user) && is_party(s) : is_account(user);
}

#define PARTY "([0-9]{1,10}|[a-z_][a-z0-9_-]{0,31})"

const struct form_rule rule_owner = {
	.pattern = "^(" PARTY ":" PARTY "|[a-z_][a-z0-9_-]{0,31})$",
	.is_valid = is_owner,
	.must = "must be UID:GID as numbers, in quotes, or names of accounts",
};

const struct form_rule rule_user = {
	.pattern = "^(" PARTY ":" PARTY "|[a-z_][a-z0-9_-]{0,31})$",
	.is_valid = is_owner,
	.must = "must be UID:GID as numbers, in quotes, or the name of an "
		"account",
};

static bool is_gecos(struct str s)
{
	return str_find(s, ':') == s.n && str_find(s, '\n') == s.n;
}

const struct form_rule rule_gecos = {
	.pattern = "^[^:\\n]*$",
	.is_valid = is_gecos,
	.must = "must not have a colon",
};

static bool is_home(struct str s)
{
	return is_absolute(s) && is_gecos(s);
}

const struct form_rule rule_home = {
	.pattern = "^(/|(/[^/:]+)+)$",
	.is_valid = is_home,
	.must = "must be an absolute path without a colon",
};
