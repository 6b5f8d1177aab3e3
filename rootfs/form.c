/*
 * form - each key of the document is looked up in the table of keys; then each
 * needed key of the table is looked up in the document.
 */
#include "rootfs/form.h"

#include "lib/base/fd.h"
#include "lib/base/near.h"
#include "lib/base/yaml.h"

#include <stdarg.h>
#include <stdio.h>

#define KNOWN_BYTES 512

int form_read(const char *file, struct arena *a, const struct node **out,
	struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(FORM_FILE_BYTES);

	if (file_read(file, &text, e) < 0)
		return -1;
	if (yaml_parse(buf_view(&text), a, out, e) < 0)
		return err_at(e, "%s", file);
	return 0;
}

int form_refuse(const struct node *at, struct err *e, const char *fmt, ...)
{
	char what[ERR_TEXT_BYTES / 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	err_kind(e, ERR_INPUT, "%s", what);
	if (at && at->key.n)
		err_at(e, "%.*s", STR_ARG(at->key));
	if (at && at->line)
		err_at(e, "line %u", (unsigned)at->line);
	return -1;
}

const struct form_key *form_key(const struct form_key *keys, struct str name)
{
	for (; keys->name; keys++)
		if (str_is(name, keys->name))
			return keys;
	return NULL;
}

/* The nearest key if the name is likely to be a slip, then all of them. */
static int refuse_key(
	const struct node *at, const struct form_key *keys, struct err *e)
{
	char known[KNOWN_BYTES];
	struct buf b = buf_fixed(known, sizeof(known));
	struct near near = near_make(at->key);

	for (; keys->name; keys++) {
		near_offer(&near, keys->name);
		buf_fmt(&b, "%s%s", b.n ? ", " : "", keys->name);
	}
	if (near.best)
		return form_refuse(at, e,
			"unknown key (known: %s); did you mean %s?",
			buf_cstr(&b), near.best);
	return form_refuse(at, e, "unknown key (known: %s)", buf_cstr(&b));
}

static int check_type(const struct node *at, enum node_type type, struct err *e)
{
	if (at->type == type)
		return 0;
	return form_refuse(at, e, "must be %s, is %s", node_type_name(type),
		node_type_name(at->type));
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return true;
	return false;
}

static int check_text(
	const struct node *at, const struct form_rule *rule, struct err *e)
{
	if (check_type(at, NODE_TEXT, e) < 0)
		return -1;
	if (has_control(at->text) && !(rule && rule->has_lines))
		return form_refuse(at, e, "has a control character in it");
	if (rule && !rule->is_valid(at->text))
		return form_refuse(at, e, "%s", rule->must);
	return 0;
}

static int check_name(
	const struct node *at, const struct form_key *k, struct err *e)
{
	if (has_control(at->key))
		return form_refuse(at, e, "has a control character in it");
	if (k->names && !k->names->is_valid(at->key))
		return form_refuse(at, e, "%s", k->names->must);
	return 0;
}

/* One level of a map; what is in its lists and maps of texts, too. */
static int check_level(
	const struct node *map, const struct form_key *keys, struct err *e)
{
	if (!map || map->type != NODE_MAP)
		return form_refuse(map, e, "must be a map, is %s",
			node_type_name(map ? map->type : NODE_NULL));
	for (const struct node *c = node_first(map); c; c = c->next) {
		const struct form_key *k = form_key(keys, c->key);

		if (!k)
			return refuse_key(c, keys, e);
		if (check_type(c, k->type, e) < 0)
			return -1;
		if (k->type == NODE_INT && (c->whole < 0 || c->whole > k->max))
			return form_refuse(c, e, "must be from 0 to %lld",
				(long long)k->max);
		if (k->type == NODE_TEXT && check_text(c, k->rule, e) < 0)
			return -1;
		if (k->keys || (k->type != NODE_LIST && k->type != NODE_MAP))
			continue;
		for (const struct node *x = node_first(c); x; x = x->next)
			if ((k->type == NODE_MAP && check_name(x, k, e) < 0) ||
				check_text(x, k->rule, e) < 0)
				return err_at(e, "%s", k->name);
	}
	return 0;
}

static int check_needed_level(
	const struct node *map, const struct form_key *keys, struct err *e)
{
	for (; keys->name; keys++)
		if (keys->is_needed && !node_get(map, keys->name))
			return form_refuse(
				map, e, "key %s is missing", keys->name);
	return 0;
}

typedef int form_level(
	const struct node *map, const struct form_key *keys, struct err *e);

/* Call a check for the document, the maps in its maps and lists, and so on. */
static int each_level(const struct node *map, const struct form_key *keys,
	form_level *check, struct err *e);

static int each_below(const struct node *n, const struct form_key *k,
	form_level *check, struct err *e)
{
	if (!n || !k->keys)
		return 0;
	if (k->type == NODE_MAP)
		return each_level(n, k->keys, check, e) < 0
			       ? err_at(e, "%s", k->name)
			       : 0;
	for (const struct node *c = node_first(n); c; c = c->next)
		if (each_level(c, k->keys, check, e) < 0)
			return err_at(e, "%s", k->name);
	return 0;
}

/* As deep as the tables, which are constants. */
static int each_level(const struct node *map, const struct form_key *keys,
	form_level *check, struct err *e)
{
	if (check(map, keys, e) < 0)
		return -1;
	for (; keys->name; keys++)
		if (each_below(node_get(map, keys->name), keys, check, e) < 0)
			return -1;
	return 0;
}

int form_check_part(
	const struct node *map, const struct form_key *keys, struct err *e)
{
	return each_level(map, keys, check_level, e);
}

int form_check_needed(
	const struct node *map, const struct form_key *keys, struct err *e)
{
	return each_level(map, keys, check_needed_level, e);
}

int form_check(
	const struct node *map, const struct form_key *keys, struct err *e)
{
	if (form_check_part(map, keys, e) < 0)
		return -1;
	return form_check_needed(map, keys, e);
}
